"""The watch over all portals: reads what was observed, decides how each stands, writes down what changed.

`look` only reads (`status`, health checks); `watch` runs at the end of each run, under its fence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from monitoring import cadence as cadences
from monitoring import headlines, outages, symptoms
from monitoring.cadence import Cadence
from monitoring.nights import next_instant
from monitoring.outages import OUTAGE, Outage, Place
from monitoring.states import STATES, UNTROUBLED, Before, Case, PortalState, decide
from storage import observations, overview, seen, states
from storage.engine import Database, Fence
from storage.observations import News, Observation
from storage.records import Portal
from storage.states import Changes, Kept, OpenAlert

LOOKED_BACK = timedelta(days=120)
"""How far back the headlines of a silent portal are looked through for its farewell."""

_DAILY = re.compile(r"\d+ \d+ \* \* \*")


@dataclass(frozen=True, slots=True)
class Picture:
    """How all portals stand at one moment, by id: states, cadences, and troubles that several have together."""

    at: datetime
    states: Mapping[str, PortalState] = field(default_factory=dict)
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()
    changes: Changes = field(default_factory=Changes)


def watch(
    db: Database, fence: Fence | None, known: Sequence[Portal], *, run: int, now: datetime,
    nightly: str = "",
) -> Picture:  # fmt: skip
    """Count what the run saw, decide how each of the `known` portals stands, and write down what changed.

    `nightly` are the cron fields of portals without times of their own; without them each is due every day. Done once more for
    the same run it changes nothing.
    """
    observed = observations.observations(db, before=run)
    notes: dict[str, dict[str, int]] = {}
    for portal, one in seen.seen(db, run).items():
        counts = {
            **one.counts,
            **headlines.counted(one.headlines),
            "farewell": int(bool(headlines.farewell(one.fresh))),
        }
        *before, last = observed[portal]
        last = replace(last, counts={**last.counts, **counts})
        usual = symptoms.usual_of([*before, last])
        notes[portal] = counts | usual
        observed[portal] = (*before, replace(last, counts={**last.counts, **usual}))
    states.note(db, fence, run, notes)
    picture = _picture(db, known, observed, now=now, run=run, nightly=nightly)
    states.keep(db, fence, picture.changes)
    return picture


def look(db: Database, known: Sequence[Portal], *, now: datetime, nightly: str = "") -> Picture:
    """How each of the `known` portals stands at `now`; nothing is written."""
    return _picture(db, known, observations.observations(db), now=now, run=None, nightly=nightly)


def _picture(
    db: Database, known: Sequence[Portal], observed: Mapping[str, Sequence[Observation]], *, now: datetime,
    run: int | None, nightly: str,
) -> Picture:  # fmt: skip
    news = observations.news(db, since=now - cadences.LEARNED_FROM)
    facts, kept, added = overview.facts(db), states.standing(db), states.added(db)
    learned = _cadences(known, observed, news, now)
    cases = [
        Case(
            portal.id, observed.get(portal.id, ()), learned[portal.id], _before(kept.get(portal.id)),
            _interval(portal.cron or nightly, now), portal.enabled, added.get(portal.id),
        )
        for portal in known
        if not portal.retired
    ]  # fmt: skip
    cases = [replace(case, farewell=_farewell(db, case, now)) for case in cases]
    places = {portal.id: _place(portal, facts.get(portal.id)) for portal in known}
    return judge(cases, places, kept, states.open_alerts(db), run=run, now=now)


def judge(
    cases: Iterable[Case], places: Mapping[str, Place], kept: Mapping[str, Kept], alerts: Sequence[OpenAlert], *,
    run: int | None, now: datetime,
) -> Picture:  # fmt: skip
    """How the portals of these cases stand, alone and together, and what has to be written down. Pure."""
    cases = list(cases)
    found = {case.portal: decide(case, now=now) for case in cases}
    watched = {case.portal: places[case.portal] for case in cases if case.enabled}
    open_outages = [outages.parse(alert.detail) for alert in alerts if alert.cause == OUTAGE]
    together = outages.group(list(found.values()), watched, going_on=open_outages)
    changes = changes_of(found, together, kept, alerts, run=run, now=now)
    return Picture(now, found, {case.portal: case.cadence for case in cases}, together, changes)


def _farewell(db: Database, case: Case, now: datetime) -> str:
    """The headline that tells of the portal's end; looked for only where it could matter."""
    if not case.enabled or not (case.cadence.quiet or any(one.counts.get("farewell") for one in case.observed)):
        return ""
    return headlines.farewell(seen.headlines_since(db, case.portal, now - LOOKED_BACK))


def changes_of(
    found: Mapping[str, PortalState], together: Sequence[Outage], kept: Mapping[str, Kept], alerts: Sequence[OpenAlert],
    *, run: int | None, now: datetime,
) -> Changes:  # fmt: skip
    """What has to be written down: new states, alerts to open and to close. Pure."""
    new, causes = [], []
    for portal, state in found.items():
        before, row = kept.get(portal), Kept(portal, state.state, state.cause, state.since, run)
        if before is None or before.state != state.state:
            new.append(row)
        elif before.cause != state.cause:
            causes.append(row)
    told = [outage for outage in together if outage.alarm]
    covered = {portal for outage in told for portal in outage.portals}
    opened: list[tuple[str, str, str, datetime]] = []
    closed: list[tuple[int, datetime]] = []
    details: list[tuple[int, str]] = []
    wanted = {(one.portal, one.state): one for one in found.values() if one.alarm and one.portal not in covered}
    for alert in alerts:
        if alert.cause == OUTAGE:
            _settle_outage(alert, told, found, closed, details, now)
        elif alert.portal and alert.cause in STATES:
            going_on = wanted.pop((alert.portal, alert.cause), None)
            if going_on is None:
                closed.append((alert.id, _recovered([alert.portal], found, alert, now)))
            elif going_on.cause != alert.detail:
                details.append((alert.id, going_on.cause))
    open_keys = {
        (key, state) for alert in alerts if alert.cause == OUTAGE for key, state, _ in [outages.parse(alert.detail)]
    }
    opened += [("", OUTAGE, one.detail, now) for one in told if (one.key, one.state) not in open_keys]
    opened += [(portal, name, one.cause, now) for (portal, name), one in wanted.items()]
    return Changes(new, causes, opened, closed, details)


def _settle_outage(
    alert: OpenAlert, told: Iterable[Outage], found: Mapping[str, PortalState], closed: list[tuple[int, datetime]],
    details: list[tuple[int, str]], now: datetime,
) -> None:  # fmt: skip
    """An outage that is open goes on, with other portals perhaps, or is over."""
    key, state, members = outages.parse(alert.detail)
    going_on = next((one for one in told if (one.key, one.state) == (key, state)), None)
    if going_on is None:
        closed.append((alert.id, _recovered(members, found, alert, now)))
    elif going_on.detail != alert.detail:
        details.append((alert.id, going_on.detail))


def _recovered(members: Iterable[str], found: Mapping[str, PortalState], alert: OpenAlert, now: datetime) -> datetime:
    """When a trouble ended: at the first good visit of the last portal; now, where it became another trouble."""
    after = [found[portal] for portal in members if portal in found]
    if not after or any(one.state not in UNTROUBLED for one in after):
        return now
    ends = [one.since for one in after if one.state == "healthy" and one.since >= alert.opened_at]
    return max(ends, default=now)


def _cadences(
    known: Sequence[Portal], observed: Mapping[str, Sequence[Observation]], news: Mapping[str, News], now: datetime
) -> dict[str, Cadence]:
    """Each portal's cadence; those with little of their own lean on what all have in common."""
    today = cadences.local_day(now)
    nothing = News()
    first = {portal.id: cadences.learn(news.get(portal.id, nothing).days, today=today) for portal in known}
    prior = cadences.pooled(list(first.values()))
    return {
        portal.id: cadences.cadence(
            cadences.learn(news.get(portal.id, nothing).days, today=today, prior=prior),
            last=news.get(portal.id, nothing).last, looked_at=last_look(observed.get(portal.id, ())),
        )
        for portal in known
    }  # fmt: skip


def last_look(observed: Sequence[Observation]) -> datetime | None:
    """The last visit that could have seen news: it was answered, and its lists showed something."""
    for one in reversed(observed):
        if one.counts.get("answered") and one.counts.get("listed", 1):
            return one.at
    return None


@lru_cache(maxsize=256)
def _interval(cron: str, now: datetime) -> timedelta:
    """The longest time between two of the next planned visits; a day where nothing is planned."""
    if _DAILY.fullmatch(cron):  # nearly all: what reads the others is long to load
        return timedelta(days=1)
    at, longest = now, timedelta(days=1)
    for _ in range(8 if cron else 0):
        following = next_instant(cron, at)
        if following is None:
            break
        longest = max(longest, following - at) if at != now else longest
        at = following
    return longest


def _place(portal: Portal, known: overview.Facts | None) -> Place:
    """What a portal may share with others, as its row says or the crawl learned."""
    domain = outages.domain_of(urlsplit(portal.url).netloc)
    return Place(
        portal.server or (known.server if known else ""), domain, portal.platform or (known.platform if known else "")
    )


def _before(kept: Kept | None) -> Before | None:
    if kept is None:
        return None
    vietnamese, _, english = kept.cause.partition(" | ")
    return Before(kept.state, kept.since, vietnamese, english)
