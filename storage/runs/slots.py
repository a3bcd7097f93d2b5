"""Planned times and what became of them: the truth about the schedule, whatever any process remembers.

    (no row) -> started -> done        a run claimed it and came to its end
    (no row) or started -> missed      its time went by; `run` names the one that had begun it

A time that was recorded as missed and is due all the same (the clock was set back) can still be done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from storage import schema
from storage.engine import Database, Fence, upsert

SlotKey = tuple[str, datetime]
"""A schedule (its cron fields, or `job:NAME`) and one planned instant of it."""

JOB = "job:"
"""How the names of schedules begin that are about upkeep."""

_slot, _run, _alert = schema.slot, schema.run, schema.alert


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One planned time as it was recorded: `started`, `done` or `missed`, and the run that claimed it."""

    schedule: str
    due_at: datetime
    state: str
    run: int | None


def open_slots(db: Database, slots: Sequence[SlotKey], *, but: Sequence[str] = ("done",)) -> list[SlotKey]:
    """Those planned times that no run has done yet: never begun, or begun by a run that was killed, stopped or failed.

    `but` names states that do not count as open.
    """
    if not slots:
        return []
    done = select(_slot.c.schedule, _slot.c.due_at).where(
        _slot.c.state.in_(but), _slot.c.due_at.in_({due_at for _, due_at in slots})
    )
    with db.read() as connection:
        found = {(row.schedule, row.due_at) for row in connection.execute(done)}
    return [slot for slot in slots if slot not in found]


def newest_slots(db: Database, schedules: Iterable[str], *, until: datetime) -> dict[str, datetime]:
    """The newest planned time of each schedule that has a row and is not later than `until`."""
    wanted = _slot.c.schedule.in_(list(schedules)) & (_slot.c.due_at <= until)
    query = select(_slot.c.schedule, func.max(_slot.c.due_at)).where(wanted).group_by(_slot.c.schedule)
    with db.read() as connection:
        return {schedule: due_at for schedule, due_at in connection.execute(query)}


def begun_slots(db: Database, schedules: Iterable[str], *, until: datetime) -> list[SlotKey]:
    """Planned times up to `until` that a run claimed and that nobody has done, nor recorded as missed."""
    wanted = _slot.c.schedule.in_(list(schedules)) & (_slot.c.due_at <= until) & (_slot.c.state == "started")
    with db.read() as connection:
        return [(row.schedule, row.due_at) for row in connection.execute(select(_slot).where(wanted))]


def slots_of(db: Database, schedule: str, *, limit: int = 1) -> list[SlotRow]:
    """The last planned times of a schedule that have a row, the newest first."""
    query = select(_slot).where(_slot.c.schedule == schedule).order_by(_slot.c.due_at.desc()).limit(limit)
    with db.read() as connection:
        return [SlotRow(row.schedule, row.due_at, row.state, row.run) for row in connection.execute(query)]


def settle_slots(
    db: Database, *, missed: Sequence[SlotKey] = (), done: Sequence[SlotKey] = (), fence: Fence | None = None
) -> None:
    """Record what became of planned times that no run stands for.

    `missed`: their time went by; one whose run still is under way (or died a moment ago) is left to it, one that is done stays
    so. `done`: there was nothing to do for them.
    """
    if not missed and not done:
        return
    with db.write(fence) as connection:
        for schedule, due_at in missed:
            _settle(connection, schedule, due_at, "missed")
        for schedule, due_at in done:
            _settle(connection, schedule, due_at, "done")


def begin_job(db: Database, fence: Fence, slot: SlotKey) -> None:
    """A job is about to be done for a planned time."""
    with db.write(fence) as connection:
        schedule, due_at = slot
        claim = upsert(connection, _slot).values(schedule=schedule, due_at=due_at, state="started")
        connection.execute(
            claim.on_conflict_do_update(index_elements=["schedule", "due_at"], set_={"state": "started", "run": None})
        )


def end_job(db: Database, fence: Fence, slot: SlotKey, *, trouble: str, now: datetime) -> None:
    """A job came to its end. `trouble` (empty: none) stands in an alert, whose cause is the schedule, until it goes well."""
    schedule, due_at = slot
    with db.write(fence) as connection:
        connection.execute(
            update(_slot).where(_slot.c.schedule == schedule, _slot.c.due_at == due_at).values(state="done")
        )
        is_open = (_alert.c.cause == schedule) & _alert.c.closed_at.is_(None)
        if not trouble:
            connection.execute(update(_alert).where(is_open).values(closed_at=now))
        elif not connection.execute(update(_alert).where(is_open).values(detail=trouble)).rowcount:
            connection.execute(insert(_alert).values(portal="", cause=schedule, opened_at=now, detail=trouble))


def close_alerts_of_jobs(db: Database, *, but: Collection[str], now: datetime) -> None:
    """Close the alerts of jobs that nobody does any more; `but` are the schedules of those that are done."""
    stale = _alert.c.cause.startswith(JOB) & _alert.c.cause.not_in(but) & _alert.c.closed_at.is_(None)
    with db.read() as connection:
        found = connection.execute(select(_alert.c.id).where(stale).limit(1)).first()
    if found is not None:
        with db.write() as connection:
            connection.execute(update(_alert).where(stale).values(closed_at=now))


def _settle(connection: Connection, schedule: str, due_at: datetime, state: str) -> None:
    under_way = select(_run.c.id).where(_run.c.id == _slot.c.run, _run.c.state == "running").exists()
    other = _slot.c.state == "started" if state == "missed" else _slot.c.state != "done"
    claim = upsert(connection, _slot).values(schedule=schedule, due_at=due_at, state=state)
    connection.execute(
        claim.on_conflict_do_update(
            index_elements=["schedule", "due_at"], set_={"state": state}, where=other & ~under_way
        )
    )
