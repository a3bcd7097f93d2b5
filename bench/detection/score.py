"""How soon and how truly breakages were found, and what was alarmed about without cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from bench.detection.world import APART, KINDS, Breakage, Event, World
from bench.detection.year import Alarm, Year, breakage_at
from monitoring.outages import OUTAGE, parse

AFTER = timedelta(hours=12)
"""From a visit, or a publication, to the end of the night in which it is looked at; at most."""


@dataclass(slots=True)
class Score:
    """What came of one or more years. Times are in nights."""

    weeks: float = 0.0
    broken: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    timely: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    causes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    nights: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    missed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    events: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)

    @property
    def false_per_week(self) -> float:
        """Alarms a week that nothing stood behind, or that told of one matter again."""
        return self.false.total() / self.weeks if self.weeks else 0.0

    def share(self, of: Counter[str], *, apart: bool = False) -> float:
        """What part of the breakages it is, of those that the bar is about or of those apart."""
        kinds = [kind for kind in KINDS if (kind in APART) is apart]
        total = sum(self.broken[kind] for kind in kinds)
        return sum(of[kind] for kind in kinds) / total if total else 1.0


def score(year: Year, into: Score) -> None:
    """Add a year that was lived through."""
    world = year.world
    into.weeks += ((world.last - world.first).days + 1) / 7
    answered: dict[int, list[Alarm]] = defaultdict(list)
    of_event: dict[int, list[Alarm]] = defaultdict(list)
    for alarm in year.ledger.alarms:
        _attribute(year, alarm, answered, of_event, into)
    for number, breakage in enumerate(world.breakages):
        _judge(year, breakage, answered.get(number, []), into)
    for number, event in enumerate(world.events):
        if event.kind in ("vendor", "network") and (event.ends - event.begins).days >= 2:
            into.events[event.kind] += 1
            into.told[event.kind] += bool(of_event.get(number))


def _attribute(
    year: Year, alarm: Alarm, answered: dict[int, list[Alarm]], of_event: dict[int, list[Alarm]], into: Score
) -> None:
    """What an alarm was about. One of several portals stands for its event, or for the breakages of all of its portals."""
    world = year.world
    portals: Sequence[str] = (alarm.portal,) if alarm.portal else parse(alarm.detail)[2]
    state = alarm.cause if alarm.portal else parse(alarm.detail)[1]
    event = _event_of(world, alarm, portals, state)
    if event is not None:
        if of_event[event] or alarm.cause != OUTAGE:
            _false(f"again:{world.events[event].kind}", alarm, into)
        of_event[event].append(alarm)
        return
    hits = 0
    for portal in portals:
        breakage = breakage_at(world, portal, alarm.at)
        if breakage is not None:
            number = world.breakages.index(breakage)
            if not answered[number] or answered[number][0].cause != state:
                hits += 1
            answered[number].append(Alarm(alarm.at, portal, state, alarm.detail))
    if not hits:
        _false(state, alarm, into)
    elif len(portals) == 1 and len(answered[world.breakages.index(breakage_at(world, portals[0], alarm.at))]) > 1:
        _false(f"again:{state}", alarm, into)


def _false(name: str, alarm: Alarm, into: Score) -> None:
    into.false[name] += 1
    into.late.append(f"false {name} {alarm.at:%Y-%m-%d} {alarm.portal} {alarm.detail[:150]}")


def _event_of(world: World, alarm: Alarm, portals: Sequence[str], state: str) -> int | None:
    """The event that an alarm tells of, by its time and by most of its portals."""
    for number, event in enumerate(world.events):
        if not event.begins <= alarm.at < event.ends + timedelta(days=2, hours=12) or event.kind == "slow":
            continue
        if event.kind == "off" and state == "never-ran":
            return number
        mine = [
            portal for portal in portals if portal in event.portals and breakage_at(world, portal, alarm.at) is None
        ]
        if mine and 2 * len(mine) >= len(portals) and state == event.state:
            return number
    return None


def _judge(year: Year, breakage: Breakage, alarms: Iterable[Alarm], into: Score) -> None:
    """One breakage: found, in time, by its right name.

    In time is before a third publication goes unseen. Nobody looks more often than nightly: what the second visit finds is
    in time, too, however much is published in between.
    """
    kind = breakage.kind
    ward = next(ward for ward in year.world.wards if ward.id == breakage.portal)
    unseen = [at for at in ward.news if breakage.begins <= at < breakage.ends]
    visits = [at for at in year.visits.get(ward.id, []) if at >= breakage.begins]
    first = next((alarm for alarm in alarms if alarm.at >= breakage.begins), None)
    deadline = max(_nth(visits, 2, breakage.ends), _night_after(_nth(unseen, 2, breakage.ends), visits, breakage.ends))
    if deadline + AFTER > breakage.ends and (first is None or first.at > breakage.ends):
        return  # mended before it could be found in time
    into.broken[kind] += 1
    if first is None:
        into.causes[kind]["(not found)"] += 1
        into.late.append(f"seed {year.world.seed} {breakage.portal} {ward.rhythm} {kind} not found")
        return
    into.found[kind] += 1
    into.causes[kind][first.cause] += 1
    into.nights[kind].append((first.at - breakage.begins) / timedelta(days=1))
    into.missed[kind].append(sum(at < first.at for at in unseen))
    into.right[kind] += first.cause in KINDS[kind]
    if first.at <= deadline + AFTER:
        into.timely[kind] += 1
    else:
        into.late.append(f"seed {year.world.seed} {breakage.portal} {ward.rhythm} {kind} {first.at - breakage.begins}")


def _nth(instants: Sequence[datetime], number: int, otherwise: datetime) -> datetime:
    return instants[number - 1] if len(instants) >= number else otherwise


def _night_after(at: datetime, visits: Sequence[datetime], otherwise: datetime) -> datetime:
    """The first visit after an instant."""
    return next((visit for visit in visits if visit >= at), otherwise)


def table(total: Score) -> str:
    """The score for people."""
    lines = [f"{'kind (* apart)':20}{'n':>5}{'found':>8}{'in time':>9}{'cause':>8}{'nights':>8}{'unseen':>8}  causes"]
    for kind in KINDS:
        count = total.broken[kind]
        if not count:
            continue
        causes = ", ".join(f"{name} {times}" for name, times in total.causes[kind].most_common(4))
        nights = median(total.nights[kind]) if total.nights[kind] else 0.0
        unseen = median(total.missed[kind]) if total.missed[kind] else 0.0
        lines.append(
            f"{kind + ' *' * (kind in APART):20}{count:5}{total.found[kind] / count:8.1%}{total.timely[kind] / count:9.1%}"
            f"{total.right[kind] / max(1, total.found[kind]):8.1%}{nights:8.1f}{unseen:8.1f}  {causes}"
        )
    lines += [
        "",
        f"breakages: {total.share(total.timely):.2%} found in time, {total.share(total.found):.2%} at all,"
        f" {total.share(total.right) / max(1e-9, total.share(total.found)):.2%} by their right name",
        f"those apart (*): {total.share(total.found, apart=True):.2%} found before they were mended",
        f"false or repeated alarms: {total.false.total()} in {total.weeks:.0f} operator-weeks:"
        f" {total.false_per_week:.2f} a week ({', '.join(f'{name} {count}' for name, count in total.false.most_common(12))})",
        "events of many portals that were told once: "
        + ", ".join(f"{kind} {total.told[kind]}/{count}" for kind, count in sorted(total.events.items())),
    ]
    return "\n".join(lines)


def events_of(world: World) -> Sequence[Event]:
    """The events of a world, in the order of time."""
    return sorted(world.events, key=lambda event: event.begins)
