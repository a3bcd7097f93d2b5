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
    states: Sequence[PortalState], places: Mapping[str, Place], *, total: Iterable[str] | None = None
) -> tuple[Outage, ...]:
    """The outages among these states; no portal is in two. `total` are the portals that share what their places say."""
    everybody = list(total if total is not None else places)
    fallen: dict[str, list[PortalState]] = defaultdict(list)
    for state in states:
        if name := _shared(state):
            fallen[name].append(state)
    found: list[Outage] = []
    for name, members in sorted(fallen.items()):
        found += _grouped(name, members, places, everybody)
    return tuple(found)


def _shared(state: PortalState) -> str:
    """The trouble that a portal may share with others; one bad visit counts here, too."""
    name = state.state if state.state in SHARED else state.doubt
    return name if name in SHARED else ""


def _grouped(
    name: str, members: Sequence[PortalState], places: Mapping[str, Place], everybody: Sequence[str]
) -> list[Outage]:
    left, found = list(members), []
    for kind in ("machine", "server", "domain", "platform"):
        shared: dict[str, list[PortalState]] = defaultdict(list)
        for state in left:
            if key := _key(kind, places.get(state.portal, Place())):
                shared[key].append(state)
        for key, falling in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0])):
            together = _together(falling)
            size = sum(_key(kind, places.get(portal, Place())) == key for portal in everybody)
            least, most = (5, 0.8) if kind == "machine" else (LEAST, MOST)
            if (
                len(together) < least
                or len(together) < most * size
                or (kind == "machine" and not _of_the_machine(name))
            ):
                continue
            left = [state for state in left if state not in together]
            found.append(Outage(
                key, name, tuple(sorted(state.portal for state in together)), min(_began(state) for state in together),
                any(state.alarm for state in together),
            ))  # fmt: skip
    return found


def _of_the_machine(name: str) -> bool:
    """Troubles that our own machine or its network brings upon all portals."""
    return name in ("unreachable", "never-ran", "tls")


def _together(falling: Sequence[PortalState]) -> list[PortalState]:
    """The largest number of them that began within one span of time."""
    ordered = sorted(falling, key=_began)
    best: list[PortalState] = []
    for at, first in enumerate(ordered):
        span = [state for state in ordered[at:] if _began(state) - _began(first) <= TOGETHER]
        best = span if len(span) > len(best) else best
    return best


def _began(state: PortalState) -> datetime:
    return state.since


def _key(kind: str, place: Place) -> str:
    if kind == "machine":
        return "machine"
    value = getattr(place, kind)
    return f"{kind} {value}" if value else ""
