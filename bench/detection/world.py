"""A year in the life of some two hundred portals: who they are, when they publish, what breaks, and what only looks like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bench.detection.rhythms import RHYTHMS, office, shuffled, span
from storage.text import VIETNAM

HISTORY = 400
"""Days of news before the year begins, that the first fill brought in."""

DAY = timedelta(days=1)

KINDS: Mapping[str, tuple[str, ...]] = {
    "down": ("unreachable",),
    "dns-gone": ("unreachable",),
    "every-other-night": ("unreachable", "error"),
    "certificate": ("tls",),
    "forbidden": ("blocked",),
    "too-many": ("blocked",),
    "captcha": ("blocked",),
    "server-errors": ("error",),
    "home-404": ("error",),
    "robots-5xx": ("robots-deferred",),
    "robots-forbids": ("robots-deferred",),
    "scripts": ("needs-browser",),
    "empty-lists": ("empty-listing",),
    "unread-layout": ("layout-changed",),
    "redirects-away": ("moved",),
    "moved-notice": ("moved",),
    "closed-notice": ("dissolved",),
    "farewell": ("dissolved",),
    "taken-over": ("hijacked",),
    "spam-injected": ("hijacked",),
    "maintenance": ("maintenance",),
    "frozen-lists": ("late",),
}
"""Every kind of breakage, and the states that name it truly."""

APART = frozenset(("frozen-lists", "every-other-night"))
"""Kinds that the bar is not about: of frozen lists nothing but silence tells, which is no sooner certain than the portal's own
pauses are long; of a portal that fails every other night nothing is lost."""


@dataclass(frozen=True, slots=True)
class Breakage:
    """Something that broke one portal, and when; it is mended at `ends`."""

    portal: str
    kind: str
    begins: datetime
    ends: datetime
    flavour: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to many portals or to the machine, and is one matter: `vendor`, `network`, `off`, `slow`."""

    kind: str
    begins: datetime
    ends: datetime
    portals: frozenset[str] = frozenset()
    state: str = ""


@dataclass(slots=True)
class Ward:
    """A portal: where it stands, when it publishes (all instants, the history too), and what its lists look like."""

    id: str
    rhythm: str
    server: str
    domain: str
    platform: str
    news: list[datetime]
    shown: int
    foreign: float
    redesigns: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class World:
    """All of it, from `first` night to `last`."""

    seed: int
    first: date
    last: date
    wards: tuple[Ward, ...]
    breakages: tuple[Breakage, ...]
    events: tuple[Event, ...]


def make_world(seed: int, *, portals: int = 200, days: int = 365) -> World:
    """The world of a seed; the year begins on another day with each."""
    draw = Random(f"detection/{seed}")
    first = date(2024, 9, 1) + timedelta(days=(seed * 67) % 500)
    last = first + timedelta(days=days - 1)
    wards = _wards(draw, portals, first, last)
    events = _events(draw, wards, first, last)
    return World(seed, first, last, wards, _breakages(draw, wards, events, first, last), events)


def at_night(day: date) -> datetime:
    """When the night of a day begins."""
    return datetime.combine(day, time(22), VIETNAM).astimezone(UTC)


def _wards(draw: Random, portals: int, first: date, last: date) -> tuple[Ward, ...]:
    vendors = [
        (f"198.51.100.{number}", draw.choice(("nukeviet", "liferay", "dnn", "vnptportal"))) for number in range(14)
    ]
    names = shuffled(draw)
    days = span(first - timedelta(days=HISTORY), last)
    wards = []
    for number in range(portals):
        name = next(names)
        process, _ = RHYTHMS[name]
        server, platform = draw.choice(vendors)
        if draw.random() < 0.3:
            server = f"203.0.113.{number}"
        articles = process(draw, days, office(draw, first, last))
        news = sorted(_instant(draw, day) for day, count in articles.items() for _ in range(count))
        redesigns = [_moment(draw, first, last)] if draw.random() < 0.3 else []
        wards.append(Ward(
            f"ward{number}.tinh{number % 20}.gov.vn", name, server, f"tinh{number % 20}.gov.vn", platform, news,
            shown=draw.randrange(8, 45), foreign=draw.choice((0.0, 0.0, 0.01, 0.05)), redesigns=redesigns,
        ))  # fmt: skip
    return tuple(wards)


def _events(draw: Random, wards: tuple[Ward, ...], first: date, last: date) -> tuple[Event, ...]:
    """Four outages of vendors, a province's names gone, the machine off, its network down, nights that are too short."""
    found = []
    by_server: dict[str, list[str]] = {}
    by_domain: dict[str, list[str]] = {}
    for ward in wards:
        by_server.setdefault(ward.server, []).append(ward.id)
        by_domain.setdefault(ward.domain, []).append(ward.id)
    large = sorted(server for server, members in by_server.items() if len(members) >= 4)
    for server in draw.sample(large, min(4, len(large))):
        state = draw.choice(("unreachable", "error", "maintenance", "tls"))
        found.append(_event(draw, "vendor", first, last, draw.randrange(2, 6), by_server[server], state))
    domain = draw.choice(sorted(name for name, members in by_domain.items() if len(members) >= 4) or sorted(by_domain))
    found.append(_event(draw, "vendor", first, last, 3, by_domain[domain], "unreachable"))
    found.append(_event(draw, "network", first, last, 2, [ward.id for ward in wards], "unreachable"))
    found += [_event(draw, "network", first, last, 1, [ward.id for ward in wards], "unreachable")]
    found += [_event(draw, "off", first, last, nights) for nights in (1, 1, 2, 4)]
    found += [_event(draw, "slow", first, last, 1) for _ in range(6)]
    return tuple(found)


def _event(
    draw: Random, kind: str, first: date, last: date, nights: int, portals: list[str] | None = None, state: str = ""
) -> Event:
    begins = at_night(first + timedelta(days=20 + draw.randrange((last - first).days - 30))) - timedelta(hours=6)
    return Event(kind, begins, begins + nights * DAY, frozenset(portals or ()), state)


def _breakages(
    draw: Random, wards: tuple[Ward, ...], events: tuple[Event, ...], first: date, last: date
) -> tuple[Breakage, ...]:
    """One or two of each portal, none while a vendor's outage lasts or another one is not long mended."""
    found: list[Breakage] = []
    kinds = list(KINDS)
    draw.shuffle(kinds)
    for ward in wards:
        for _ in range(draw.choice((1, 1, 2))):
            begins = _moment(draw, first + timedelta(days=20), last - timedelta(days=60))
            ends = begins + timedelta(days=draw.uniform(25, 55))
            mine = [one for one in found if one.portal == ward.id]
            taken = [(one.begins - 20 * DAY, one.ends + 20 * DAY) for one in mine]
            taken += [(one.begins - 5 * DAY, one.ends + 5 * DAY) for one in events if ward.id in one.portals]
            taken += [(at - 10 * DAY, at + 10 * DAY) for at in ward.redesigns]
            if any(begins < until and since < ends for since, until in taken):
                continue
            kind = kinds[len(found) % len(kinds)]
            found.append(Breakage(ward.id, kind, begins, ends, draw.random()))
    return tuple(found)


def _instant(draw: Random, day: date) -> datetime:
    return datetime.combine(day, time(7 + int(10 * draw.betavariate(2, 2)), draw.randrange(60)), VIETNAM).astimezone(
        UTC
    )


def _moment(draw: Random, first: date, last: date) -> datetime:
    return datetime.combine(
        first + timedelta(days=draw.randrange(max(1, (last - first).days))), time(draw.randrange(24)), VIETNAM
    ).astimezone(UTC)
