"""A run in the ledger: what a dead one left, which visits are still open, how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from phuongchi.archive import Archive
from phuongchi.runners.order import Order, exit_code
from storage import points
from storage.errors import PhuongChiError
from storage.records import Portal, Run, Visit

if TYPE_CHECKING:
    from storage.engine import Database, Fence

OPEN = ("pending", "running")

STALE = timedelta(hours=12)
"""A run that died longer ago than this is closed instead of continued."""

UNREADABLE = "read.failed"
"""Cause of a visit that went well, but whose captures no reader survived."""

AWAY = "read.away"
"""Cause of a visit that went well, but some of whose captures wait for a shelf (`warc.remote`) that is away."""

ENDINGS = {"stopped": "stopped", "limit": "limit.time"}
"""Causes of visits that were under way when a run was ended."""


def in_time(archive: Archive, db: Database) -> Archive:
    """The archive with a simulated clock that is not behind what the archive has seen already.

    The same command with the same `PHUONGCHI_NOW` goes on where the one before it was killed, so its time does too: pages
    that were found then must not seem to be due in the future.
    """
    from storage import overview

    clock = archive.clock
    latest = overview.latest(db) if clock.simulated else None
    if latest is None or latest <= clock.now():
        return archive
    return replace(archive, clock=replace(clock, start=latest, origin=clock.monotonic()))


def begin(order: Order, db: Database, fence: Fence, *, now: datetime) -> Run:
    """Go on with the run that a dead process left, if it is of this night, or begin one.

    A night does not go on with a run by hand: a run keeps its kind, and only nightly ones are told of as a night.
    """
    from storage import runs

    left = runs.last_run(db)
    if left is not None and left.state == "running":
        other = order.slot is not None and order.slot != left.slot
        if other or now - left.started_at > STALE:
            _leave_visits(db, fence, left.id, "run.lost", now=now)
            runs.end_run(db, fence, left.id, state="failed", exit_code=1, now=now)
    ids = [portal.id for portal in order.portals]
    run = runs.begin_run(db, fence, kind=order.kind, portals=ids, now=now, slot=order.slot, slots=order.slots)
    points.reached("run.begun")
    return run


@contextmanager
def failing(db: Database, fence: Fence, run: Run, archive: Archive) -> Iterator[None]:
    """Write down that the run failed when the block raises. What the trouble does not let us write, the next run makes good."""
    from storage import runs

    try:
        yield
    except BaseException as error:
        now = archive.clock.now()
        code = error.exit_code if isinstance(error, PhuongChiError) else 1
        with suppress(PhuongChiError):
            _leave_visits(db, fence, run.id, "run.failed", now=now)
            runs.end_run(db, fence, run.id, state="failed", exit_code=code, now=now)
        raise


def end(
    order: Order, db: Database, fence: Fence, run: Run, ending: str, *, known: Sequence[Portal], now: datetime
) -> tuple[int, tuple[Visit, ...]]:
    """Write down how the run ended; returns the exit code and the visits of the order.

    A run that is continued by hand may hold visits of other portals that are still open: while those are among the `known` ones
    and not paused, the run stays open for the next order that asks for them. One of the schedule ends: what it did not ask for
    is not due any more.
    """
    from storage import runs

    points.reached("run.end")
    mine = {portal.id for portal in order.portals}
    others = {portal.id for portal in known if portal.enabled and not portal.retired} - mine
    waiting = not order.slots and any(
        visit.portal in others and visit.state in OPEN for visit in runs.visits(db, run.id)
    )
    if ending and not waiting:
        _leave_visits(db, fence, run.id, ENDINGS[ending], now=now)
    visits = tuple(visit for visit in runs.visits(db, run.id) if visit.portal in mine)
    code = exit_code(visits, ending=ending)
    if waiting:
        return code, visits
    runs.end_run(db, fence, run.id, state="stopped" if ending else "done", exit_code=code, now=now)
    return code, visits


def mark_unreadable(
    db: Database, fence: Fence, run: int, unreadable: Mapping[str, str], *, cause: str = UNREADABLE, now: datetime
) -> None:
    """Say of each portal that no reader could read why, unless its visit says something worse: its captures still wait."""
    from storage import runs

    for visit in runs.visits(db, run):
        if visit.portal in unreadable and visit.state == "done":
            why = unreadable[visit.portal]
            runs.end_visit(db, fence, run, visit.portal, state="partial", cause=cause, detail=why, counts={}, now=now)


def still_open(order: Order, db: Database, run: int) -> list[tuple[Portal, ...]]:
    """The order's batches without the portals whose visit a continued run has ended already."""
    from storage import runs

    ended = {visit.portal for visit in runs.visits(db, run) if visit.state not in OPEN}
    batches = [tuple(portal for portal in batch if portal.id not in ended) for batch in order.batches]
    return [batch for batch in batches if batch]


def _leave_visits(db: Database, fence: Fence, run: int, cause: str, *, now: datetime) -> None:
    """End the visits that are under way as partial; those that were not begun stay `pending`."""
    from storage import runs

    for visit in runs.visits(db, run):
        if visit.state == "running":
            runs.end_visit(db, fence, run, visit.portal, state="partial", cause=cause, counts={}, now=now)
