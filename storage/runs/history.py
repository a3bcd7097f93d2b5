"""What was: visits of the last weeks, states of portals, what waits to be asked, how the archive grew.

Short questions of the scheduler, and of `status` for its forecast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from storage import schema
from storage.engine import Database
from storage.records import Visit
from storage.runs.dates import date_of
from storage.runs.ledger import visit_of

_visit, _run, _page, _portal, _state = schema.visit, schema.run, schema.page, schema.portal, schema.portal_state
_slot = schema.slot

PAST = 12
"""Visits of a portal that are looked back at."""

_RUNS = 7
_WEIGHTY = 20


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """A portal's pages that are due and never answered, whether its lists were walked to their ends, and the mean of seconds
    between two requests of its last visits (0.0: never measured)."""

    portal: str
    server: str
    pages: int
    walked: bool
    pace: float


def past_visits(db: Database, *, since: datetime) -> dict[str, tuple[Visit, ...]]:
    """The last visits of each portal, the newest first, in runs begun since an instant; also such as were never begun."""
    place = func.row_number().over(partition_by=_visit.c.portal, order_by=_visit.c.run.desc()).label("place")
    ranked = (
        select(_visit, place)
        .join(_run, _run.c.id == _visit.c.run)
        .where(_run.c.started_at >= since, _run.c.kind != "check")
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= PAST).order_by(ranked.c.portal, ranked.c.place)
    found: dict[str, tuple[Visit, ...]] = {}
    with db.read() as connection:
        for row in connection.execute(query).mappings():
            found[row["portal"]] = (*found.get(row["portal"], ()), visit_of(row))
    return found


def lines_of_runs(db: Database, *, since: datetime) -> Mapping[int, frozenset[str]]:
    """The lines of the timetable (their cron fields) that each run begun since an instant has claimed planned times of."""
    query = select(_slot.c.run, _slot.c.schedule).join(_run, _run.c.id == _slot.c.run)
    found: dict[int, set[str]] = {}
    with db.read() as connection:
        for run, schedule in connection.execute(query.where(_run.c.started_at >= since)):
            found.setdefault(run, set()).add(schedule)
    return {run: frozenset(schedules) for run, schedules in found.items()}


def visited_portals(db: Database) -> frozenset[str]:
    """The portals that any run has, or had, to visit."""
    had = select(_visit.c.run).where(_visit.c.portal == _portal.c.id).exists()
    with db.read() as connection:
        return frozenset(connection.execute(select(_portal.c.id).where(had)).scalars())


def standings(db: Database) -> Mapping[str, str]:
    """The state that each portal was found to be in last (`portal_state`)."""
    last = select(func.max(_state.c.id)).group_by(_state.c.portal)
    with db.read() as connection:
        rows = connection.execute(select(_state.c.portal, _state.c.state).where(_state.c.id.in_(last)))
        return {portal: state for portal, state in rows}


def backlogs(db: Database, *, now: datetime) -> list[BacklogRow]:
    """What each portal that is visited still has to be asked for the first time."""
    new = _page.c.status.is_(None) & (_page.c.attempts == 0) & (_page.c.due_at <= now)
    waiting = select(_page.c.portal, func.count().label("pages")).where(new).group_by(_page.c.portal).subquery()
    columns = (_portal.c.id, _portal.c.server, func.coalesce(waiting.c.pages, 0), _portal.c.backfilled)
    query = (
        select(*columns)
        .join(waiting, waiting.c.portal == _portal.c.id, isouter=True)
        .where(_portal.c.enabled, ~_portal.c.retired)
        .order_by(_portal.c.id)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
    paces = _paces(db)
    return [BacklogRow(*row, paces.get(row[0], 0.0)) for row in rows]


def growth(db: Database) -> tuple[list[int], int, int]:
    """Bytes that each of the last seven nights brought, the newest first; bytes of all WARC files; how many captures.

    A night is all runs of its date, those by day too: portals with hours of their own make many.
    """
    files, capture = schema.warc_file, schema.capture
    with db.read() as connection:
        nights = _last_nights(connection)
        last = [run for runs in nights for run in runs]
        brought = files.c.run.in_(last) & files.c.bytes.is_not(None)
        sums = select(files.c.run, func.sum(files.c.bytes)).where(brought).group_by(files.c.run)
        by_run = {run: int(size) for run, size in connection.execute(sums)}
        size = connection.execute(select(func.coalesce(func.sum(files.c.bytes), 0))).scalar_one()
        captures = connection.execute(select(func.count()).select_from(capture)).scalar_one()
    return [sum(by_run.get(run, 0) for run in runs) for runs in nights], int(size), int(captures)


def _last_nights(connection: Connection) -> list[list[int]]:
    """The runs of the last seven nights on which there was any, the newest night first."""

    crawls = select(_run.c.id, func.coalesce(_run.c.slot, _run.c.started_at).label("at"))
    crawls = crawls.where(_run.c.kind.in_(("night", "hand"))).order_by(_run.c.id.desc())
    nights: dict[date, list[int]] = {}
    for row in connection.execute(crawls):
        night = date_of(row.at)
        if night not in nights and len(nights) == _RUNS:
            break
        nights.setdefault(night, []).append(row.id)
    return list(nights.values())


def _paces(db: Database) -> dict[str, float]:
    """Seconds between two requests, by portal, as its last visits of some weight had them."""
    newest = select(func.max(_run.c.id)).scalar_subquery()
    recent = (_visit.c.run > newest - _RUNS) & _visit.c.ended_at.is_not(None)
    paces: dict[str, float] = {}
    with db.read() as connection:
        query = select(_visit).where(recent).order_by(_visit.c.run)
        for row in connection.execute(query).mappings():
            asked, (began, ended) = row["counts"].get("asked", 0), (row["started_at"], row["ended_at"])
            if asked >= _WEIGHTY and began is not None and ended > began:
                paces[row["portal"]] = (ended - began).total_seconds() / asked
    return paces
