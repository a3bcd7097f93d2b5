"""What proved to be a change is kept: its records are copied from the series `watch` to `keep`, its row points there.

Only the reading half knows what a capture is worth, and when it does, the capture's file may be finished. So this follows
the change feed, once at the end of a crawl or a reading, in one process, which writes files of its own: records, sync, rows,
then the cursor. Killed anywhere, the next one copies what still stands in `watch`; a copy without a row does no harm, for
both have the same entry number. A copy goes to a file of the run that its answer came in: a database made anew from WARC
files alone then has the same runs, even where the `watch` file is gone. What is copied is copied verbatim, but a revisit of a
body in `watch`, which would hold that file for ever, is made whole (`storage.warc.copying`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, Select, Table, func, select, update

from storage import schema
from storage.engine import Database, Fence
from storage.errors import Away, FixityError, StorageFull
from storage.frontier import Group, WarcFile, commit
from storage.frontier.commit import put_file
from storage.records import RecordRef
from storage.warc import FULL, Bodies, WarcWriter, copy_record, run_of
from storage.writer import following

FOLLOWER = "keep"

EVENTS = 500
"""Events that are looked through in one go: well under 200 ms of reading the database."""

GROUP = 50
"""Records that are copied before they are made durable and their rows are written."""

_capture, _revision, _attachment, _event = schema.capture, schema.revision, schema.attachment, schema.event


@dataclass(frozen=True, slots=True)
class Change:
    """A capture in `watch` that a state of an article shows, itself or as a file: its entry number, portal and place."""

    entry: int
    portal: str
    ref: RecordRef


@dataclass(frozen=True, slots=True)
class Keeper:
    """For which archive changes are kept, under which lease, at what time, and what is named as the files' writer.

    `bodies` remembers what was copied so far, so that each body is written once.
    """

    db: Database
    folder: Path
    fence: Fence
    software: str
    now: datetime
    bodies: Bodies = field(default_factory=dict)


def keep_changes(keeper: Keeper, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Copy everything that proved to be a change since the last time, or until `stopping`; returns how many answers.

    Nobody may crawl or redact meanwhile: the fence is that of a crawl. An answer that is damaged stays where it is.
    Raises Held, StorageFull, DatabaseError, and Away where a body stands on a shelf that is away: then the next call begins
    where this one did.
    """
    with keeper.db.read() as conn:
        before = following.cursor(conn, FOLLOWER)
        last = conn.execute(select(func.max(_event.c.seq))).scalar() or 0
    copied = keep(keeper, _changes(keeper.db, before, last), stopping=stopping)
    if last > before and not stopping():
        with keeper.db.write(keeper.fence) as conn:
            following.advance(conn, FOLLOWER, before, last)
    return copied


def keep(keeper: Keeper, found: Sequence[Change], *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Copy these captures to `keep`, those of a run behind one another; returns how many. Raises as `keep_changes`."""
    copied = 0
    for run, changes in groupby(found, key=lambda change: run_of(change.ref.file)):
        waiting = list(changes)
        while waiting and not stopping():
            copied += _copy(keeper, run, waiting, stopping)
    return copied


def _changes(db: Database, after: int, last: int) -> list[Change]:
    """What the states of articles show that the feed tells of, and stands in `watch`: by run and entry."""
    found: dict[int, Change] = {}
    for start in range(after, last, EVENTS):
        with db.read() as conn:
            here = (_event.c.seq > start) & (_event.c.seq <= min(start + EVENTS, last))
            told = select(_event.c.article).where(here).distinct()
            for table in (_revision, _attachment):
                found.update((change.entry, change) for change in _shown(conn, table, told))
    return sorted(found.values(), key=lambda change: (run_of(change.ref.file), change.entry))


def _shown(conn: Connection, table: Table, articles: Select[tuple[str]]) -> Iterator[Change]:
    place = (_capture.c[name] for name in ("entry", "portal", "series", "file", "offset", "length"))
    query = select(*place).distinct().join(table, table.c.entry == _capture.c.entry)
    rows = conn.execute(query.where(table.c.article.in_(articles), _capture.c.series == "watch"))
    return (Change(entry, portal, RecordRef(*ref)) for entry, portal, *ref in rows)


def _copy(keeper: Keeper, run: int, waiting: list[Change], stopping: Callable[[], bool]) -> int:
    """Copy what waits of a run, or as much of it as fits into one file; takes away what it dealt with."""
    copied = 0
    with _file(keeper, run) as (writer, file):
        while waiting and writer.size < FULL:
            some, waiting[:] = waiting[:GROUP], waiting[GROUP:]
            copies = [(change, ref) for change in some if (ref := _copied(keeper, change, writer))]
            writer.sync()
            with keeper.db.write(keeper.fence, portals={change.portal for change, _ in copies}) as conn:
                put_file(conn, run, file)
                for change, ref in copies:
                    _point(conn, change.entry, ref)
            copied += len(copies)
            if stopping():
                break
    return copied


def _copied(keeper: Keeper, change: Change, writer: WarcWriter) -> RecordRef | None:
    try:
        return copy_record(keeper.folder, change.ref, writer, bodies=keeper.bodies)
    except FixityError:
        return None  # `verify` names it, and its place is where it can be restored


def _point(conn: Connection, entry: int, ref: RecordRef) -> None:
    values = {"series": ref.series, "file": ref.file, "offset": ref.offset, "length": ref.length}
    conn.execute(update(_capture).where(_capture.c.entry == entry).values(**values))


@contextmanager
def _file(keeper: Keeper, run: int) -> Iterator[tuple[WarcWriter, WarcFile]]:
    """A `keep` file of a run, finished at the end; after an error as far as the error lets us, the rest is for `repair`."""
    with keeper.db.read() as conn:
        archive = conn.execute(select(schema.archive.c.id)).scalar_one()
    writer = WarcWriter(
        keeper.folder, series="keep", run=run, archive=archive, software=keeper.software, opened_at=keeper.now
    )
    file = WarcFile(writer.name, "keep", keeper.now)
    away: Away | None = None
    try:
        yield writer, file
    except Away as error:  # it ends no run, and what comes behind it finds no file half done
        away = error
    except BaseException:
        with suppress(StorageFull):
            writer.close()
        raise
    size, sha256 = writer.close()
    done = WarcFile(writer.name, "keep", keeper.now, keeper.now, size, sha256)
    commit(keeper.db, keeper.fence, run, Group(files=(done,)))
    if away is not None:
        raise away
