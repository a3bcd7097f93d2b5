"""One vendor's outage is one alarm: portals that fell into the same trouble at one time, by what they share. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.states import PortalState

TOGETHER = timedelta(hours=60)
"""Troubles that began within this time of each other may be one: half of the portals may be visited before it."""

SHARED = frozenset((
    "unreachable", "tls", "error", "blocked", "maintenance", "robots-deferred", "needs-browser", "empty-listing",
    "layout-changed", "hijacked", "never-ran",
))  # fmt: skip
"""States that a server, a vendor or this machine may bring upon many portals at once."""

LEAST, MOST = 3, 0.5
"""Portals that must fall together, and the share of those that have the same in common."""

OWN, ALL = frozenset(("unreachable", "tls", "never-ran")), 0.7
"""Troubles that this machine or its network brings upon portals of several servers, and upon what share of all."""

OUTAGE = "outage"
"""What the alert of an outage is called."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a portal may share with others."""

    server: str = ""
    domain: str = ""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """Portals that fell into the same trouble together.

    `key` is what they share: `machine` (all of them), `server 203.0.113.7`, `domain hanoi.gov.vn`, `platform nukeviet`;
    `since` is when the first of them fell.
    `alarm`: at least one is certain.
    """

    key: str
    state: str
    portals: tuple[str, ...]
    since: datetime
    alarm: bool = True

    @property
    def detail(self) -> str:
        """The alert's text, of which `parse` makes key, state and portals again."""
        return f"{self.key} · {self.state}: {', '.join(self.portals)}"


def parse(detail: str) -> tuple[str, str, tuple[str, ...]]:
    """Key, state and portals of an outage's alert."""
    key, _, rest = detail.partition(" · ")
    state, _, portals = rest.partition(": ")
    return key, state, tuple(filter(None, portals.split(", ")))


def domain_of(host: str) -> str:
    """What stands above a portal's own name: `hanoi.gov.vn` of `ward.hanoi.gov.vn`; empty for an address of numbers."""
    name = host.partition(":")[0].lower()
    if re.fullmatch(r"[\d.]+|\[.*\]?|localhost", name):
        return ""
    labels = name.removeprefix("www.").split(".")
    above = ".".join(labels[1:])
    return above if len(labels) >= 4 or (len(labels) == 3 and above not in PUBLIC) else ""


PUBLIC = frozenset(("gov.vn", "com.vn", "org.vn", "edu.vn", "net.vn", "info.vn", "name.vn"))
"""Suffixes under which anybody may stand: they are nobody's."""


def group(
    states: Sequence[PortalState],
    places: Mapping[str, Place],
    *,
    going_on: Iterable[tuple[str, str, Sequence[str]]] = (),
) -> tuple[Outage, ...]:
    """The outages among these states; no portal is in two.

    `places` has what each portal that is watched shares with others. `going_on` are outages that are open: key, state and
    portals. One goes on, under the same key and name, while any of its portals is in trouble.
    """
    left = {state.portal: state for state in states if _shared(state) and state.portal in places}
    found = [outage for one in going_on if (outage := _continued(*one, left, places)) is not None]
    for outage in found:
        for portal in outage.portals:
            left.pop(portal, None)
    fallen: dict[str, list[PortalState]] = defaultdict(list)
    for state in left.values():
        fallen[_shared(state)].append(state)
    for name, members in sorted(fallen.items()):
        found += _grouped(name, members, places)
    return tuple(found)


def _shared(state: PortalState) -> str:
    """The trouble that a portal may share with others; one bad visit counts here, too."""
    name = state.state if state.state in SHARED else state.doubt
    return name if name in SHARED else ""


def _continued(
    key: str, name: str, portals: Sequence[str], left: Mapping[str, PortalState], places: Mapping[str, Place]
) -> Outage | None:
    """An open outage with those of its portals that are still in trouble, and those that fell into it since."""
    kind = key.partition(" ")[0]
    stay = {portal for portal in portals if portal in left}
    if not stay:
        return None
    joined = {portal for portal, state in left.items() if _shared(state) == name and _key(kind, places[portal]) == key}
    began = min(left[portal].fell_at for portal in stay)
    return Outage(key, name, tuple(sorted(stay | joined)), began)


def _grouped(name: str, members: Sequence[PortalState], places: Mapping[str, Place]) -> list[Outage]:
    left, found = list(members), list[Outage]()
    for kind in ("machine", "server", "domain", "platform"):
        shared: dict[str, list[PortalState]] = defaultdict(list)
        for state in left:
            if key := _key(kind, places[state.portal]):
                shared[key].append(state)
        for key, falling in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0])):
            together = _together(falling)
            size = sum(_key(kind, place) == key for place in places.values())
            if not _enough(kind, name, together, size, places):
                continue
            left = [state for state in left if state not in together]
            found.append(Outage(
                key, name, tuple(sorted(state.portal for state in together)), min(state.fell_at for state in together),
                any(state.alarm for state in together),
            ))  # fmt: skip
    return found


def _enough(kind: str, name: str, together: Sequence[PortalState], size: int, places: Mapping[str, Place]) -> bool:
    """Whether so many portals that fell together are no accident."""
    if kind != "machine":
        return len(together) >= LEAST and len(together) >= MOST * size
    if name == "never-ran":
        return len(together) >= 2
    servers = {places[state.portal].server or state.portal for state in together}
    return name in OWN and len(servers) >= LEAST and len(together) >= ALL * size


def _together(falling: Sequence[PortalState]) -> list[PortalState]:
    """The largest number of them that began within one span of time."""
    ordered = sorted(falling, key=lambda state: state.fell_at)
    best: list[PortalState] = []
    for at, first in enumerate(ordered):
        span = [state for state in ordered[at:] if state.fell_at - first.fell_at <= TOGETHER]
        best = span if len(span) > len(best) else best
    return best


def _key(kind: str, place: Place) -> str:
    if kind == "machine":
        return "machine"
    value = getattr(place, kind)
    return f"{kind} {value}" if value else ""
