"""One night as it is told to people: its runs, what each portal brought, and what happened to articles.

A night is named after the day on whose evening it began, in Vietnamese time: all nightly runs whose slot lies between noon
and noon. The report after a night and the pages show the same numbers, because both take them from here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select

from storage import overview, schema
from storage.engine import Database
from storage.overview import Alert, Trouble
from storage.reader.portals import Counts, counts
from storage.runs import LIMIT
from storage.runs.dates import NOON, date_of
from storage.text import VIETNAM

HAPPENED = ("created", "revised", "redated", "removed", "returned", "moved")
"""Kinds of events that a night's story tells one by one."""

UNVISITED = "unvisited"
"""The state, in a night, of a portal that nobody was sent to: it rests because it fails, or has hours of its own."""

_TOLD = 500
_MISSED = 30


@dataclass(frozen=True, slots=True)
class NightRun:
    """One run of the night. `ended_at` None: it is under way, or was killed and not gone on with yet."""

    id: int
    kind: str
    state: str
    exit_code: int | None
    started_at: datetime
    ended_at: datetime | None
    slot: datetime | None
    resumed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The state that a portal was found to be in, why, and since when (`portal_state`)."""

    state: str
    cause: str
    since: datetime


@dataclass(frozen=True, slots=True)
class NightPortal:
    """One portal's part: `state`, `cause` and `detail` are its visit's (the last of the night's), `events` counts by kind.

    `exceptions` are the liberties of its row as it stands now: (`robots_override`, reason, until) and (`tls`, …).
    """

    id: str
    name: str
    province: str
    url: str
    server: str
    platform: str
    state: str
    cause: str = ""
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    standing: Standing | None = None
    robots_override: tuple[str, str] | None = None
    tls_unverified: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a public article during the night."""

    kind: str
    article: str
    portal: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Night:
    """One night, or one run of it: everything that a report or a page tells.

    `alerts` were open during it, as they stood at its end. Portals that nobody was sent to are among `portals` if there is
    something to tell of them (`UNVISITED`). What happened is counted from the end of the run before it; `happened` has the
    newest 500, the counts in `portals` are whole. `missed` are planned nights since the night before that nobody worked;
    `bytes` came in with these runs, `totals`, `warc_files` and `warc_bytes` are of the whole archive; `totals` is None where
    nobody wanted to know: to count takes a fifth of a second at a million articles. `since` is when the last nightly run
    before it ended that people were told of (None: there was none): what came later is news.
    """

    date: date
    runs: tuple[NightRun, ...]
    portals: tuple[NightPortal, ...]
    happened: tuple[Happening, ...]
    alerts: tuple[Alert, ...]
    missed: tuple[datetime, ...]
    totals: Counts | None
    captures: int
    bytes: int
    warc_files: int
    warc_bytes: int
    since: datetime | None = None

    @property
    def events(self) -> Mapping[str, int]:
        """What happened, by kind, over all portals."""
        total: Counter[str] = Counter()
        for portal in self.portals:
            if portal.events:
                total.update(portal.events)
        return total

    @property
    def whole(self) -> Counts:
        """`totals`, of a night that was asked for with them. Raises LookupError if it was not."""
        if self.totals is None:
            raise LookupError("a night without totals")
        return self.totals

    @property
    def ended_at(self) -> datetime | None:
        """When the last of its runs ended; None while one is under way."""
        ends = [run.ended_at for run in self.runs]
        return None if not ends or None in ends else max(end for end in ends if end is not None)


def last_night(db: Database) -> date | None:
    """The date of the last nightly run; None before the first."""
    run = schema.run
    query = select(run.c.slot, run.c.started_at).where(run.c.kind == "night").order_by(run.c.id.desc()).limit(1)
    with db.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else date_of(row.slot or row.started_at)


def night_of_run(db: Database, run: int, *, schedule: str = "", totals: bool = True) -> Night | None:
    """One run alone, of any kind; None if there is no such run. Without `totals` those of the archive, the `counts` of its
    portals and the `standing` of healthy ones are left out. `schedule` as for `night`."""
    found = _night(db, [schema.run.c.id == run], None, schedule, counted=totals)
    return replace(found, totals=counts(db)) if found and totals else found


def night(db: Database, day: date, *, schedule: str = "") -> Night | None:
    """All nightly runs of the night that began on the evening of `day`; None if there was none.

    `schedule` is the nightly one: only its planned times are told as missed, and by its own runs. Empty: those of all portals.
    """
    begins = datetime.combine(day, NOON, VIETNAM).astimezone(UTC)
    at = func.coalesce(schema.run.c.slot, schema.run.c.started_at)
    found = _night(db, [schema.run.c.kind == "night", at >= begins, at < begins + timedelta(days=1)], day, schedule)
    return replace(found, totals=counts(db)) if found else None


def _night(
    db: Database, chosen: Sequence[ColumnElement[bool]], day: date | None, schedule: str, *, counted: bool = True
) -> Night | None:
    with db.read() as connection:
        query = select(schema.run).where(*chosen).order_by(schema.run.c.id)
        runs = tuple(run_of(row) for row in connection.execute(query).mappings())
        if not runs:
            return None
        ids, first = [run.id for run in runs], min(run.started_at for run in runs)
        ended = None if any(run.ended_at is None for run in runs) else max(run.ended_at for run in runs if run.ended_at)
        since = first if day is None else _end_before(connection, ids[0], first)
        happened, tallies = _events(connection, since, ended)
        told = _told_before(connection, ids[0])
        alerts = _alerts(connection, told[1] if told else first, ended)
        alerts += _recovered(connection, told[1], (told[0], ids[-1])) if told else ()
        free = _freed(connection)
        rows = _visits(connection, ids, counted=counted)
        rows += _unvisited(connection, {row["id"] for row in rows}, tallies, alerts)
        standings = _standings(connection, ids[-1], healthy=counted)
        captures = select(func.count()).where(schema.capture.c.run.in_(ids))
        files = select(func.coalesce(func.sum(schema.warc_file.c.bytes), 0)).where(schema.warc_file.c.run.in_(ids))
        brought = (connection.execute(captures).scalar_one(), int(connection.execute(files).scalar_one()))
        missed = _missed_nights(connection, ids, schedule) if schedule else _missed(connection, runs)
    troubles: dict[str, list[Trouble]] = {}
    for trouble in (trouble for run in ids for trouble in overview.troubles(db, run)):
        troubles.setdefault(trouble.portal, []).append(trouble)
    number, size = overview.warc_files(db)
    return Night(
        date=day or date_of(runs[0].slot or first), runs=runs,
        portals=tuple(_portal(row, tallies, troubles, standings, free) for row in sorted(rows, key=lambda row: str(row["id"]))),
        happened=happened, alerts=alerts, missed=missed, totals=None, captures=brought[0], bytes=brought[1],
        warc_files=number, warc_bytes=size, since=told[1] if told else None,
    )  # fmt: skip


def _end_before(connection: Connection, run: int, first: datetime) -> datetime:
    """When the run before this one ended: what was read since, by day, is told with the night.

    Runs that failed do not count: what they brought is told here, too, as nobody may have been told of it.
    """
    table = schema.run
    query = select(func.coalesce(table.c.ended_at, table.c.started_at)).where(
        table.c.id < run, table.c.state != "failed"
    )
    before: datetime | None = connection.execute(query.order_by(table.c.id.desc()).limit(1)).scalar()
    return first if before is None else min(before, first)


def _told_before(connection: Connection, run: int) -> tuple[int, datetime] | None:
    """Number and end of the last nightly run before this one that came to its end: no report is sent of the others."""
    table = schema.run
    whole = (table.c.state == "done") | (table.c.exit_code == LIMIT)
    query = select(table.c.id, table.c.ended_at).where(table.c.id < run, table.c.kind == "night", whole)
    row = connection.execute(query.order_by(table.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else (row.id, row.ended_at)


def run_of(row: RowMapping) -> NightRun:
    """A row of `run` as a value."""
    return NightRun(**{name: row[name] for name in NightRun.__slots__})


def _events(
    connection: Connection, since: datetime, ended: datetime | None
) -> tuple[tuple[Happening, ...], Mapping[str, Counter[str]]]:
    """What happened to articles in a time: the newest by name, all of it in numbers by portal."""
    event, article = schema.event, schema.article
    during = [event.c.at >= since, event.c.kind.in_(HAPPENED), event.c.article == article.c.id]
    if ended is not None:
        during.append(event.c.at <= ended)
    tallies: dict[str, Counter[str]] = {}
    grouped = select(article.c.portal, event.c.kind, func.count(func.distinct(event.c.article))).where(*during)
    for portal, kind, number in connection.execute(grouped.group_by(article.c.portal, event.c.kind)):
        tallies.setdefault(portal, Counter())[kind] = number
    # The newest are sorted before their articles are looked up: hidden ones are few, and twice as many are looked at; all of
    # them where these are too few, as when a portal that wants none shown was read last.
    last = select(event.c.seq, event.c.kind, event.c.article).where(*during[:2], *during[3:])
    told: list[Happening] = []
    for most in (2 * _TOLD, None):
        newest = last.order_by(event.c.seq.desc()).limit(most).subquery()
        columns = (newest.c.kind, article.c.id, article.c.portal, article.c.title, article.c.url)
        listed = select(*columns).join(newest, newest.c.article == article.c.id).where(article.c.visibility == "public")
        told = [Happening(*row) for row in connection.execute(listed.order_by(newest.c.seq.desc()).limit(_TOLD))]
        if len(told) == _TOLD:
            break
    return tuple(dict.fromkeys(told))[::-1], tallies


_ALERT = tuple(schema.alert.c[name] for name in ("portal", "cause", "opened_at", "closed_at", "detail"))


def _alerts(connection: Connection, since: datetime, ended: datetime | None) -> tuple[Alert, ...]:
    """Alerts that were open in a time (behind its beginning), as they stood at its end, the newest first."""
    alert = schema.alert
    query = select(*_ALERT).where(or_(alert.c.closed_at.is_(None), alert.c.closed_at > since))
    if ended is not None:
        query = query.where(alert.c.opened_at <= ended)
    found = (Alert(*row) for row in connection.execute(query.order_by(alert.c.opened_at.desc(), alert.c.id.desc())))
    return tuple(
        replace(one, closed_at=None) if ended and one.closed_at and one.closed_at > ended else one for one in found
    )


def _recovered(connection: Connection, since: datetime, runs: tuple[int, int]) -> tuple[Alert, ...]:
    """Alerts that one of the runs behind the first number, up to the second, found to be over before: at the first good visit
    of a portal, whose end nobody could know then."""
    alert, state = schema.alert, schema.portal_state
    after, last = runs
    found = select(state.c.id).where(state.c.run > after, state.c.run <= last, state.c.since == alert.c.closed_at)
    found = found.where(or_(alert.c.portal == "", alert.c.portal == state.c.portal))
    query = select(*_ALERT).where(alert.c.closed_at <= since, found.exists())
    return tuple(Alert(*row) for row in connection.execute(query.order_by(alert.c.opened_at.desc(), alert.c.id.desc())))


def _standings(connection: Connection, run: int, *, healthy: bool) -> dict[str, Standing]:
    """The state of each portal after a run; those that are well only if they are wanted."""
    state = schema.portal_state
    newest = select(func.max(state.c.id)).where(or_(state.c.run.is_(None), state.c.run <= run)).group_by(state.c.portal)
    query = select(state.c.portal, state.c.state, state.c.cause, state.c.since).where(state.c.id.in_(newest))
    rows = connection.execute(query if healthy else query.where(state.c.state != "healthy")).all()
    return {portal: Standing(*known) for portal, *known in rows}


_NAMES = ("id", "name", "province", "url", "server", "platform")


def _visits(connection: Connection, runs: Sequence[int], *, counted: bool) -> list[dict[str, Any]]:
    """The portals that were to be visited, with what became of it: the last visit's end, all visits' counts if wanted."""
    visit, portal = schema.visit, schema.portal
    names = ("state", "cause", "detail", *_NAMES, *(["counts"] if counted else ()))
    query = select(*((portal if name in _NAMES else visit).c[name] for name in names))
    query = query.join_from(visit, portal, portal.c.id == visit.c.portal).where(visit.c.run.in_(runs))
    found: dict[str, dict[str, Any]] = {}
    for values in connection.execute(query.order_by(portal.c.id, visit.c.run)).all():
        row = {"counts": {}, **dict(zip(names, values, strict=True))}
        if before := found.get(row["id"], {}).get("counts"):
            row["counts"] = Counter(before) + Counter(row["counts"])
        if counted:
            row["counts"] = {name: number for name, number in row["counts"].items() if number > 0}
        found[row["id"]] = row
    return list(found.values())


def _unvisited(
    connection: Connection, visited: Collection[str], tallies: Collection[str], alerts: Sequence[Alert]
) -> list[dict[str, Any]]:
    """Portals that nobody was sent to, but that there is something to tell of: what was read by day, an open alert."""
    portal = schema.portal
    named = set(tallies).union(*(_named(alert) for alert in alerts if alert.closed_at is None)) - set(visited)
    if not named:
        return []
    active = (portal.c.id.in_(tallies) | (portal.c.enabled & ~portal.c.retired)) & portal.c.id.in_(named)
    rows = connection.execute(select(*(portal.c[name] for name in _NAMES)).where(active)).mappings()
    return [{**row, "state": UNVISITED, "cause": "", "detail": "", "counts": {}} for row in rows]


def _named(alert: Alert) -> set[str]:
    """The portals that an alert is about: its own, or those that the alert of an outage lists."""
    return {alert.portal} if alert.portal else set(re.split(r"[\s,]+", alert.detail))


def _freed(connection: Connection) -> dict[str, dict[str, Any]]:
    """By portal, the rows of those for which something is allowed that others must not."""
    row = schema.portal.c.row
    free = row["robots_override"].as_string().is_not(None) | (row["tls"].as_string() == "accept-invalid")
    return {name: asked for name, asked in connection.execute(select(schema.portal.c.id, row).where(free))}


def _portal(
    row: Mapping[str, Any],
    tallies: Mapping[str, Mapping[str, int]],
    troubles: Mapping[str, Sequence[Trouble]],
    standings: Mapping[str, Standing],
    free: Mapping[str, Mapping[str, Any]],
) -> NightPortal:
    allowed = free.get(row["id"], {})
    rule = allowed.get("robots_override")
    return NightPortal(
        **row,
        events=dict(tallies.get(row["id"], {})),
        troubles=tuple(troubles.get(row["id"], ())),
        standing=standings.get(row["id"]),
        robots_override=(rule["reason"], rule["until"]) if rule else None,
        tls_unverified=allowed.get("tls") == "accept-invalid",
    )


def _missed(connection: Connection, runs: Sequence[NightRun]) -> tuple[datetime, ...]:
    """Planned visits of any portals between the run before and these that no run has worked."""
    run, slot = schema.run, schema.slot
    before = select(func.max(run.c.started_at)).where(run.c.kind == "night", run.c.id < runs[0].id)
    visits = ~slot.c.schedule.startswith("job:") & (slot.c.due_at < max(one.started_at for one in runs))
    return _missed_since(connection, visits, connection.execute(before).scalar())


def _missed_nights(connection: Connection, runs: Sequence[int], schedule: str) -> tuple[datetime, ...]:
    """Planned nights that no run has worked, since the last one that was: told by the night after them, and by no other."""
    slot = schema.slot
    mine = slot.c.schedule == schedule
    bounds = select(func.min(slot.c.due_at), func.max(slot.c.due_at)).where(mine, slot.c.run.in_(runs))
    first, last = connection.execute(bounds).one()
    if first is None:
        return ()
    before = select(func.max(slot.c.due_at)).where(mine, slot.c.state == "done", slot.c.due_at < first)
    return _missed_since(connection, mine & (slot.c.due_at < last), connection.execute(before).scalar())


def _missed_since(connection: Connection, wanted: ColumnElement[bool], since: datetime | None) -> tuple[datetime, ...]:
    slot = schema.slot
    query = select(slot.c.due_at).where(slot.c.state == "missed", wanted)
    if since is not None:
        query = query.where(slot.c.due_at > since)
    return tuple(connection.execute(query.order_by(slot.c.due_at.desc()).limit(_MISSED)).scalars())[::-1]
