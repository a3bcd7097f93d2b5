"""What a person should look at after a night, and whether it is bad enough to say so unasked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.outages import OUTAGE, parse
from monitoring.symptoms import UNFINISHED
from monitoring.words import STATES, Meaning, meaning
from storage.reader.nights import Night, NightPortal

TOGETHER = 3
"""So many portals of one server (or platform) with one bad end are told as one, where nobody judged them."""


@dataclass(frozen=True, slots=True)
class Need:
    """Portals that need the same thing: one alone, or all that one outage has taken. `name` is that of the state."""

    portals: tuple[NightPortal, ...]
    name: str
    state: Meaning
    cause: str
    detail: str
    since: datetime | None
    place: str = ""


def needs(night: Night) -> tuple[Need, ...]:
    """What a person should look at: troubles that an alert is open for, and how visits ended where nobody judged the portal.

    Portals that one outage has taken are one. A first bad night is no alert yet: `watched` names it.
    """
    open_alerts = [alert for alert in night.alerts if alert.closed_at is None]
    known = {portal.id: portal for portal in night.portals}
    found: list[Need] = []
    taken: set[str] = set()
    for alert in open_alerts:
        if alert.cause == OUTAGE:
            place, state, members = parse(alert.detail)
            together = tuple(known[name] for name in members if name in known)
            if together:
                found.append(Need(together, state, meaning(state), _cause_of(together[0]), "", _since(together), place))
                taken.update(portal.id for portal in together)
    alarmed = {alert.portal for alert in open_alerts if alert.cause in STATES}
    for portal in night.portals:
        standing = portal.standing
        if portal.id not in taken and standing is not None and portal.id in alarmed and meaning(standing.state).person:
            found.append(
                Need((portal,), standing.state, meaning(standing.state), standing.cause, portal.detail, standing.since)
            )
    found += _unjudged([portal for portal in night.portals if portal.standing is None])
    return tuple(sorted(found, key=lambda need: (-len(need.portals), need.portals[0].id)))


def watched(night: Night) -> tuple[NightPortal, ...]:
    """Portals that are in trouble, though not yet for long enough to call a person: one bad visit changes no state."""
    called = {portal.id for need in needs(night) for portal in need.portals}
    return tuple(portal for portal in night.portals if portal.id not in called and seeming(portal) is not None)


def seeming(portal: NightPortal) -> tuple[str, str] | None:
    """The trouble that a portal which is judged seems to be in, and its cause; None if none is seen.

    It is the trouble it is known to be in, else what the end of its last visit looks like.
    """
    standing = portal.standing
    if standing is None:
        return None
    if meaning(standing.state).person:
        return standing.state, standing.cause
    fruitless = portal.state == "partial" and not portal.counts.get("answered") and portal.cause not in UNFINISHED
    if portal.state == "failed":
        return "error", portal.cause
    return ("unreachable", portal.cause) if portal.state == "unreachable" or fruitless else None


def _cause_of(portal: NightPortal) -> str:
    return portal.standing.cause if portal.standing is not None else portal.cause


def _unjudged(portals: Sequence[NightPortal]) -> list[Need]:
    """Bad ends of visits, those of one server and cause together."""
    groups: dict[tuple[str, str, str], list[NightPortal]] = {}
    for portal in portals:
        if portal.state in ("unreachable", "failed"):
            name = "unreachable" if portal.state == "unreachable" else "error"
        elif portal.cause in STATES and STATES[portal.cause].person:
            name = portal.cause
        else:
            continue
        groups.setdefault((name, portal.cause, portal.server or portal.platform), []).append(portal)
    found = []
    for (name, cause, place), members in groups.items():
        if place and len(members) >= TOGETHER:
            found.append(Need(tuple(members), name, meaning(name), cause, members[0].detail, None, place))
        else:
            found += [Need((one,), name, meaning(name), cause, one.detail, None) for one in members]
    return found


FAILED = (1, 5, 6, 7, 8)
"""Exit codes of runs that somebody should hear of at once: a fault, nothing reached, disk, database, damage."""


def is_trouble(night: Night) -> bool:
    """Whether somebody should be told even who wants to hear of troubles only: something new is wrong.

    What was told before is not told again each night: a trouble counts once, in the first night that ends after its alert was
    opened, be it by a job or a run by day.
    """
    failed = any(run.state == "failed" or run.exit_code in FAILED for run in night.runs)
    since = night.since
    opened = any(alert.closed_at is None and (since is None or alert.opened_at > since) for alert in night.alerts)
    unjudged = any(portal.standing is None for need in needs(night) for portal in need.portals)
    return failed or opened or unjudged or bool(night.missed)


def _since(portals: Sequence[NightPortal]) -> datetime | None:
    return min((one.standing.since for one in portals if one.standing is not None), default=None)
