"""How an archive is doing at this moment, in few numbers: for health checks, metrics, and whoever watches a night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage import overview, schema
from storage.engine import Database
from storage.reader.nights import NightRun, run_of
from storage.reader.portals import Counts, counts

GOOD = (0, 4, 10)
"""Exit codes of a night that was worked: all of it, some of it, or as much as its hours allowed."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The archive in numbers.

    `last` is the last nightly run that ended, of the nightly schedule where such are known; `running` the run (of any kind)
    that has not. `states` counts portals that are visited by their state (`new` before the first), `failures` pages by class
    over all time; `damaged` are WARC files whose last check failed. `since` is when the archive was made, `last_success` when
    the last nightly run that was worked ended.
    """

    since: datetime
    totals: Counts
    warc_files: int
    warc_bytes: int
    last: NightRun | None = None
    last_success: datetime | None = None
    running: NightRun | None = None
    states: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    alerts: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: its visits by state, and what their portals' pages brought so far."""

    run: NightRun
    visits: Mapping[str, int]
    active: tuple[str, ...]
    captures: int
    unread: int


def pulse(db: Database, *, schedule: str = "") -> Pulse:
    """How the archive is doing. Where runs of the nightly `schedule` are known, the last one and the last success are theirs:
    portals with hours of their own must not hide how the night ended."""
    files, size = overview.warc_files(db)
    totals = counts(db)
    run, failure, alert = schema.run, schema.failure, schema.alert
    ended: tuple[ColumnElement[bool], ...] = (run.c.kind == "night", run.c.ended_at.is_not(None))
    with db.read() as connection:
        name = failure.c["class"]
        ended = (*ended, *_of(connection, schedule))
        return Pulse(
            since=connection.execute(select(schema.archive.c.created_at)).scalar_one(), totals=totals,
            warc_files=files, warc_bytes=size,
            last=_one(connection, *ended),
            last_success=_ended(_one(connection, *ended, run.c.exit_code.in_(GOOD))),
            running=_one(connection, run.c.state == "running", run.c.kind != "import"),
            states=_states(connection),
            failures={row[0]: row[1] for row in connection.execute(select(name, func.count()).group_by(name))},
            alerts=connection.execute(select(func.count()).where(alert.c.closed_at.is_(None))).scalar_one(),
            damaged=_damaged(connection),
        )  # fmt: skip


def worked(db: Database, schedule: str) -> tuple[datetime | None, frozenset[datetime]]:
    """The first planned time of a schedule that is known, and those that need no run any more: worked, or nothing to do."""
    slot, run = schema.slot, schema.run
    mine = slot.c.schedule == schedule
    done = select(slot.c.due_at).join(run, run.c.id == slot.c.run, isouter=True)
    done = done.where(mine, slot.c.state == "done", slot.c.run.is_(None) | run.c.exit_code.in_(GOOD))
    with db.read() as connection:
        first = connection.execute(select(func.min(slot.c.due_at)).where(mine)).scalar()
        return first, frozenset(connection.execute(done).scalars())


def progress(db: Database, run: int | None = None) -> Progress | None:
    """How far a run is, or the one that is under way; None if there is none."""
    table, visit, capture = schema.run, schema.visit, schema.capture
    with db.read() as connection:
        chosen = table.c.id == run if run is not None else and_(table.c.state == "running", table.c.kind != "import")
        found = _one(connection, chosen)
        if found is None:
            return None
        mine = visit.c.run == found.id
        by_state = connection.execute(select(visit.c.state, func.count()).where(mine).group_by(visit.c.state))
        active = connection.execute(
            select(visit.c.portal).where(mine, visit.c.state == "running").order_by(visit.c.started_at, visit.c.portal)
        )
        brought = connection.execute(select(func.count()).where(capture.c.run == found.id)).scalar_one()
        unread = connection.execute(select(func.count()).where(capture.c.unread)).scalar_one()
        return Progress(found, {row[0]: row[1] for row in by_state}, tuple(active.scalars()), brought, unread)


def _one(connection: Connection, *chosen: object) -> NightRun | None:
    """The newest run of a kind."""
    query = select(schema.run).where(*chosen).order_by(schema.run.c.id.desc()).limit(1)  # type: ignore[arg-type]
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else run_of(row)


def _of(connection: Connection, schedule: str) -> list[ColumnElement[bool]]:
    """The condition that a run is one of this schedule, if any of it is known."""
    slot = schema.slot
    mine = select(slot.c.run).where(slot.c.schedule == schedule, slot.c.run.is_not(None))
    return [schema.run.c.id.in_(mine)] if connection.execute(mine.limit(1)).first() else []


def _ended(run: NightRun | None) -> datetime | None:
    return None if run is None else run.ended_at


def _states(connection: Connection) -> dict[str, int]:
    """Portals that are visited, counted by their newest state."""
    portal, state = schema.portal, schema.portal_state
    newest = select(func.max(state.c.id).label("id")).group_by(state.c.portal).subquery()
    current = select(state.c.portal, state.c.state).join(newest, newest.c.id == state.c.id).subquery()
    named = func.coalesce(current.c.state, "new").label("state")
    query = (
        select(named, func.count())
        .select_from(portal.join(current, current.c.portal == portal.c.id, isouter=True))
        .where(portal.c.enabled, ~portal.c.retired)
        .group_by(named)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _damaged(connection: Connection) -> int:
    """Files whose last fixity check failed."""
    check = schema.fixity_check
    last = select(func.max(check.c.id)).group_by(check.c.file)
    return int(connection.execute(select(func.count()).where(check.c.id.in_(last), ~check.c.ok)).scalar_one())
