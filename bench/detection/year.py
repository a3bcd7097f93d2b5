"""The year, night by night: who is visited, what is observed, and what the watch makes of it, as it would in an archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from bench.detection import nights
from bench.detection.nights import Sight
from bench.detection.world import Breakage, Event, World, at_night
from monitoring import cadence as cadences
from monitoring import polling
from monitoring.cadence import Prior, Rhythm
from monitoring.outages import Place
from monitoring.states import Before, Case
from monitoring.symptoms import usual_of
from monitoring.watch import Picture, judge, last_look
from storage.observations import Observation
from storage.records import Visit
from storage.states import Kept, OpenAlert

WINDOW = 14
_RUN_TIME = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alert as it was opened: of one portal, or of an outage (then `portal` is empty)."""

    at: datetime
    portal: str
    cause: str
    detail: str


@dataclass(slots=True)
class Ledger:
    """What the tables of the archive would hold."""

    kept: dict[str, Kept] = field(default_factory=dict)
    open: dict[int, OpenAlert] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)
    changes: int = 0

    def take(self, picture: Picture) -> None:
        """Write down what changed."""
        changes = picture.changes
        for kept in (*changes.states, *changes.causes):
            self.kept[kept.portal] = kept
        self.changes += len(changes.states)
        for number, _ in changes.closed:
            del self.open[number]
        for number, detail in changes.details:
            before = self.open[number]
            self.open[number] = OpenAlert(number, before.portal, before.cause, detail, before.opened_at)
        for portal, cause, detail, at in changes.opened:
            self.alarms.append(Alarm(at, portal, cause, detail))
            self.open[len(self.alarms)] = OpenAlert(len(self.alarms), portal, cause, detail, at)


@dataclass(slots=True)
class Year:
    """A world as it is lived through; `visits` counts those that were made."""

    world: World
    ledger: Ledger = field(default_factory=Ledger)
    observed: dict[str, list[Observation]] = field(default_factory=dict)
    visits: dict[str, list[datetime]] = field(default_factory=dict)
    rhythms: dict[str, tuple[date, Rhythm]] = field(default_factory=dict)
    prior: Prior = field(default_factory=Prior)

    def live(self) -> Iterator[tuple[datetime, Picture]]:
        """All nights; yields what the watch saw after each."""
        world, draw = self.world, Random(f"nights/{self.world.seed}")
        sights = {ward.id: Sight(ward) for ward in world.wards}
        begins = at_night(world.first)
        for sight in sights.values():
            nights.take(sight, begins - timedelta(hours=20))
        places = {ward.id: Place(ward.server, ward.domain, ward.platform) for ward in world.wards}
        for number in range((world.last - world.first).days + 1):
            day = world.first + timedelta(days=number)
            opens = at_night(day)
            if self._event("off", opens):
                continue
            for at, portal in self._order(opens, draw):
                self._visit(sights[portal], number + 1, at, draw)
            now = opens + _RUN_TIME
            picture = judge(
                self._cases(sights, now), places, self.ledger.kept, list(self.ledger.open.values()), run=number, now=now
            )
            self.ledger.take(picture)
            yield now, picture

    def _order(self, opens: datetime, draw: Random) -> list[tuple[datetime, str]]:
        """Who is visited in this night, and when; failing portals are tried seldom, a short night leaves some out."""
        chosen = []
        slow = self._event("slow", opens)
        for number, ward in enumerate(self.world.wards):
            past = [_visit_of(one) for one in reversed(self.observed.get(ward.id, [])[-12:])]
            if polling.rests(past, opens) or (slow and draw.random() < 0.15):
                continue
            chosen.append((opens + timedelta(seconds=40 * number + draw.randrange(30)), ward.id))
        return chosen

    def _visit(self, sight: Sight, run: int, at: datetime, draw: Random) -> None:
        portal = sight.ward.id
        breakage = next(
            (one for one in self.world.breakages if one.portal == portal and one.begins <= at < one.ends), None
        )
        event = next((one for one in self.world.events if portal in one.portals and one.begins <= at < one.ends), None)
        if event is not None:
            seen = nights.fallen(sight, event, run, at, draw)
        elif breakage is not None:
            seen = nights.broken(sight, breakage, run, at, draw)
        elif draw.random() < nights.TRANSIENT:
            seen = nights.transient(sight, run, at, draw)
        elif self._event("slow", at) and draw.random() < 0.2:
            seen = nights.cut_short(sight, run, at, draw)
        else:
            sight.spam, sight.farewell = 0, False
            seen = nights.well(sight, run, at, draw, deep=run % 7 == len(portal) % 7)
        past = self.observed.setdefault(portal, [])
        usual = usual_of([*past[1 - WINDOW :], seen])
        past.append(replace(seen, counts={**seen.counts, **usual}))
        self.visits.setdefault(portal, []).append(at)

    def _event(self, kind: str, at: datetime) -> Event | None:
        return next((one for one in self.world.events if one.kind == kind and one.begins <= at < one.ends), None)

    def _cases(self, sights: dict[str, Sight], now: datetime) -> list[Case]:
        today = cadences.local_day(now)
        if today.day == 1 or not self.rhythms:
            self.rhythms.clear()
            self.prior = cadences.pooled([self._learned(sight, today) for sight in sights.values()])
            self.rhythms.clear()
        cases = []
        for portal, sight in sights.items():
            observed = self.observed.get(portal, [])[-WINDOW:]
            cadence = cadences.cadence(self._learned(sight, today), last=sight.last, looked_at=last_look(observed))
            kept = self.ledger.kept.get(portal)
            before = Before(kept.state, kept.since) if kept else None
            farewell = "Trang thông tin điện tử ngừng hoạt động" if sight.farewell else ""
            cases.append(Case(portal, observed, cadence, before, added=at_night(self.world.first), farewell=farewell))
        return cases

    def _learned(self, sight: Sight, today: date) -> Rhythm:
        """The rhythm; learned anew each week, to be quick: an archive does it each night."""
        known = self.rhythms.get(sight.ward.id)
        if known is not None and (today - known[0]).days < 7:
            return known[1]
        days = {cadences.local_day(at) for at in sight.days}
        rhythm = cadences.learn(days, today=today, prior=self.prior)
        self.rhythms[sight.ward.id] = (today, rhythm)
        return rhythm


def _visit_of(one: Observation) -> Visit:
    return Visit(
        run=one.run, portal=one.portal, state=one.state, cause=one.cause, detail="", counts=dict(one.counts),  # type: ignore[arg-type]
        started_at=one.at, ended_at=one.ended,
    )  # fmt: skip


def breakage_at(world: World, portal: str, at: datetime) -> Breakage | None:
    """The breakage of a portal at an instant; it is answered for until the second night after it was mended."""
    grace = timedelta(days=2, hours=12)
    return next((one for one in world.breakages if one.portal == portal and one.begins <= at < one.ends + grace), None)
