"""Runs and their visits: begun, gone on with, ended."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import metadata
from typing import Literal

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from storage import schema
from storage.engine import Database, Fence, upsert
from storage.records import Run, RunState, Visit, VisitState
from storage.runs.slots import SlotKey

_run, _visit, _slot = schema.run, schema.visit, schema.slot

INTERRUPTED = ("stopped", "run.failed", "run.lost")
"""Causes of visits that are gone on with when their run is opened again."""

LIMIT = 10
"""The exit code of a run that used up its hours: its slots are done, the rest follows in the next night."""


def begin_run(
    db: Database,
    fence: Fence,
    *,
    kind: Literal["night", "hand", "check"],
    portals: Sequence[str],
    now: datetime,
    slot: datetime | None = None,
    slots: Sequence[SlotKey] = (),
) -> Run:
    """Go on with the run that a dead process left, or start one; each portal gets a pending visit.

    A run that is continued keeps its id and kind, and its unfinished and interrupted visits are pending again. `slots` are
    claimed for the run in the same transaction; if the newest run had claimed them and was stopped or failed, it is opened
    again.
    """
    with db.write(fence) as connection:
        left = select(_run).where(_run.c.state == "running").order_by(_run.c.id.desc()).limit(1)
        row = connection.execute(left).mappings().one_or_none() or _cut_short(connection, slots)
        if row is None:
            number = _new_run(connection, fence, kind=kind, now=now, slot=slot)
        else:
            number = row["id"]
            _resume(connection, fence, number)
        missing = [portal for portal in dict.fromkeys(portals) if portal not in _visited(connection, number)]
        if missing:
            connection.execute(
                insert(_visit),
                [{"run": number, "portal": portal, "state": "pending", "counts": {}} for portal in missing],
            )
        if slots:  # what the run had claimed before and is asked for no more: its turn went by
            claimed = (_slot.c.run == number) & (_slot.c.state == "started")
            connection.execute(update(_slot).where(claimed).values(state="missed"))
        for schedule, due_at in slots:
            claim = upsert(connection, _slot).values(schedule=schedule, due_at=due_at, state="started", run=number)
            claim = claim.on_conflict_do_update(
                index_elements=["schedule", "due_at"],
                set_={"state": "started", "run": number},
                where=_slot.c.state != "done",
            )
            connection.execute(claim)
        return _run_of(connection.execute(select(_run).where(_run.c.id == number)).mappings().one())


def end_run(db: Database, fence: Fence, run: int, *, state: RunState, exit_code: int, now: datetime) -> None:
    """Write down how a run ended; `exit_code` is what the command told its caller.

    The slots that it claimed are done, unless it was stopped or failed: then they are due again. One whose turn went by
    before (the run was opened again for others) stays missed.
    """
    with db.write(fence) as connection:
        if state == "done" or exit_code == LIMIT:
            claimed = (_slot.c.run == run) & (_slot.c.state == "started")
            connection.execute(update(_slot).where(claimed).values(state="done"))
        connection.execute(update(_run).where(_run.c.id == run).values(state=state, exit_code=exit_code, ended_at=now))


# Built once: to put a statement together takes longer than to carry it out. The columns to set are named with their values.
_ONE = (_visit.c.run == bindparam("of_run")) & (_visit.c.portal == bindparam("of_portal"))
_VISIT, _SO_FAR = update(_visit).where(_ONE), select(_visit.c.counts, _visit.c.deep).where(_ONE)
_DEEP = update(schema.portal).where(schema.portal.c.id == bindparam("of_portal"))


def start_visit(db: Database, fence: Fence, run: int, portal: str, *, now: datetime, deep: bool) -> None:
    """The fetching of one portal begins; `deep` if it asks for all of its listing pages."""
    values = {"state": "running", "deep": deep, "started_at": now, "ended_at": None, "cause": "", "detail": ""}
    with db.write(fence) as connection:
        done = connection.execute(_VISIT, {"of_run": run, "of_portal": portal, **values})
        if not done.rowcount:
            connection.execute(insert(_visit).values(run=run, portal=portal, counts={}, **values))


def end_visit(
    db: Database,
    fence: Fence,
    run: int,
    portal: str,
    *,
    state: VisitState,
    cause: str = "",
    detail: str = "",
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """Write down how a visit ended. `counts` are added to those of earlier parts of the same visit."""
    with db.write(fence) as connection:
        row = connection.execute(_SO_FAR, {"of_run": run, "of_portal": portal}).one()
        summed = dict(row.counts)
        for name, count in counts.items():
            summed[name] = summed.get(name, 0) + count
        values = {"state": state, "cause": cause, "detail": detail, "counts": summed, "ended_at": now}
        connection.execute(_VISIT, {"of_run": run, "of_portal": portal, **values})
        if row.deep and state == "done":
            connection.execute(_DEEP, {"of_portal": portal, "deep_at": now})


def visits(db: Database, run: int) -> list[Visit]:
    """The visits of a run, by portal."""
    with db.read() as connection:
        rows = connection.execute(select(_visit).where(_visit.c.run == run).order_by(_visit.c.portal)).mappings()
        return [visit_of(row) for row in rows]


def last_run(db: Database) -> Run | None:
    """The crawl that was started last."""
    with db.read() as connection:
        row = (
            connection.execute(select(_run).where(_run.c.kind != "import").order_by(_run.c.id.desc()).limit(1))
            .mappings()
            .one_or_none()
        )
    return _run_of(row) if row else None


def last_visits(db: Database) -> dict[str, Visit]:
    """Each portal's last visit that was begun, by portal."""
    last = select(func.max(_visit.c.run)).where(_visit.c.started_at.is_not(None)).group_by(_visit.c.portal)
    last = last.add_columns(_visit.c.portal)
    newest = last.subquery()
    query = select(_visit).join(newest, (_visit.c.run == newest.c[0]) & (_visit.c.portal == newest.c.portal))
    with db.read() as connection:
        return {row["portal"]: visit_of(row) for row in connection.execute(query).mappings()}


def visit_of(row: RowMapping) -> Visit:
    """A row of `visit` as a value."""
    return Visit(
        run=row["run"], portal=row["portal"], state=row["state"], cause=row["cause"], detail=row["detail"],
        counts=dict(row["counts"]), started_at=row["started_at"], ended_at=row["ended_at"],
    )  # fmt: skip


def _run_of(row: RowMapping) -> Run:
    return Run(
        id=row["id"], kind=row["kind"], state=row["state"], started_at=row["started_at"], fence=row["fence"],
        resumed=row["resumed"], ended_at=row["ended_at"], slot=row["slot"],
    )  # fmt: skip


def _visited(connection: Connection, run: int) -> set[str]:
    return set(connection.execute(select(_visit.c.portal).where(_visit.c.run == run)).scalars())


def _new_run(connection: Connection, fence: Fence, *, kind: str, now: datetime, slot: datetime | None) -> int:
    statement = insert(_run).values(
        id=schema.next_of(_run.c.id), kind=kind, state="running", slot=slot, fence=fence.number, started_at=now,
        host=socket.gethostname(), version=_version(),
    )  # fmt: skip
    number: int = connection.execute(statement.returning(_run.c.id)).scalar_one()
    return number


def _cut_short(connection: Connection, slots: Sequence[SlotKey]) -> RowMapping | None:
    """The newest run, if it was begun for one of these slots and came to no end."""
    crawls = select(_run).where(_run.c.kind != "import")
    newest = connection.execute(crawls.order_by(_run.c.id.desc()).limit(1)).mappings().one_or_none()
    if newest is None or newest["state"] not in ("stopped", "failed"):
        return None
    mine = select(_slot.c.schedule, _slot.c.due_at).where(_slot.c.run == newest["id"], _slot.c.state != "done")
    if not {(row.schedule, row.due_at) for row in connection.execute(mine)} & set(slots):
        return None
    return newest


def _resume(connection: Connection, fence: Fence, run: int) -> None:
    values = {
        "state": "running", "ended_at": None, "exit_code": None, "fence": fence.number,
        "resumed": _run.c.resumed + 1, "host": socket.gethostname(), "version": _version(),
    }  # fmt: skip
    connection.execute(update(_run).where(_run.c.id == run).values(**values))
    # A disk that was full, or a kill, may have come between the ends of the visits and the end of the run.
    interrupted = (_visit.c.state == "partial") & _visit.c.cause.in_(INTERRUPTED)
    unfinished = update(_visit).where(_visit.c.run == run, (_visit.c.state == "running") | interrupted)
    connection.execute(unfinished.values(state="pending", cause="", detail="", ended_at=None))


def _version() -> str:
    try:
        return metadata.version("phuongchi")
    except metadata.PackageNotFoundError:
        return ""
