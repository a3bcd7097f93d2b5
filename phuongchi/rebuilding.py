"""The database made anew from WARC files and ledger, with the same code that crawls and reads: answers run by run, each run
read at its end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from phuongchi.archive import Archive
from storage import points
from storage.errors import Away, FixityError, Stopped
from storage.records import Portal

if TYPE_CHECKING:
    from crawler.fetch.replay import Replay
    from storage.engine import Database, Fence
    from storage.upkeep.rebuild import Survey
    from storage.warc import Place

Say = Callable[[str], None]


@dataclass(slots=True)
class Rebuilt:
    """What was made: answers, verdicts by kind, what was damaged (file, offset, words), what no reader could read.

    `before` is where the old database is now, empty if there was none.
    """

    captures: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    damages: list[tuple[str, int, str]] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    before: str = ""


def rebuild(archive: Archive, *, say: Say) -> Rebuilt:
    """Make the database anew and let it take the old one's place, which stays beside it.

    Raises Held while the archive is crawled, Stopped when a signal came and Away when a shelf did not answer (nothing was
    changed), and the errors of `storage`.
    """
    from crawler.fetch.repair import repair
    from storage import engine, requests, runs
    from storage.redaction import applying
    from storage.upkeep import expiry
    from storage.upkeep import rebuild as making
    from storage.writer import searches

    archive.check_writable()
    url, now = archive.config.database, archive.clock.now
    with making.alone(archive.folder):
        making.create(url, now=now())
        db = engine.connect(making.new_url(url))
        try:
            with runs.hold(db, archive.folder) as fence:
                repair(db, archive.folder, fence, now=now())
                found = making.survey(archive.folder, progress=say)
                made = Rebuilt(damages=list(found.damages))
                making.describe(db, archive.folder, found)
                making.put_files(db, fence, found.files)
                expiry.put_rows(db, archive.folder)
                portals = _put_portals(archive, db, found)
                points.reached("reindex.described")
                begun = making.begun(found.files)
                for run, places in groupby(found.places, key=_run_of):
                    then = _as_of(archive, db, portals, begun[run])
                    _one_run(archive, db, fence, run, list(places), then, made, say)
                applying.apply_to_rows(db, archive.folder, fence, applying.Touched(), now=now())
            requests.carry_over(db, url, archive.folder)
            searches.carry_over(db, url, archive.folder)
        finally:
            db.close()
        made.before = making.replace(url, archive.folder, now=now())
    return made


def _put_portals(archive: Archive, db: Database, found: Survey) -> Mapping[str, Portal]:
    """The rows of all portals, those that are in `portals.toml` no more among them; returns them by id."""
    from crawler.fetch.replay import lost_portal
    from storage import runs
    from storage.upkeep import rebuild as making
    from storage.upkeep import units

    known = {portal.id: portal for portal in archive.portals()}
    began = min((file.opened_at for file in found.files), default=archive.clock.now())
    runs.sync_portals(db, tuple(known.values()), now=began)
    lost = [lost_portal(name, url) for name, url in found.portals.items() if name not in known]
    making.put_portals(db, lost, now=began)
    making.put_backfills(db, archive.folder)
    units.put_back(db, archive.folder)
    return {**known, **{portal.id: portal for portal in lost}}


def _as_of(archive: Archive, db: Database, portals: Mapping[str, Portal], at: datetime) -> Mapping[str, Portal]:
    """The portals with the addresses that they had at that time; so the new database has them until it is told otherwise."""
    from storage import runs
    from storage.upkeep import rebuild as making

    then = making.before_moves(portals, archive.folder, at)
    known = [then[portal.id] for portal in archive.portals()]
    runs.sync_portals(db, known, now=at)
    return then


def _one_run(
    archive: Archive, db: Database, fence: Fence, run: int, places: list[Place], portals: Mapping[str, Portal],
    made: Rebuilt, say: Say,
) -> None:  # fmt: skip
    from storage.upkeep import rebuild as making

    replay, began, ended = _replay(archive, db, fence, run, places, portals, made)
    if began is None or ended is None:
        return
    kind = "import" if replay.imported and not replay.portals else "night"
    making.put_run(db, fence, run, replay.portals, began=began, ended=ended, kind=kind)
    points.reached("reindex.replayed")
    say(f"Phiên | run {run}: {len(places)} bản chụp | captures")
    _read(archive, db, [portals[name] for name in sorted({*replay.portals, *replay.imported})], at=ended, made=made)
    points.reached("reindex.read")


def _replay(
    archive: Archive, db: Database, fence: Fence, run: int, places: Iterable[Place], portals: Mapping[str, Portal],
    made: Rebuilt,
) -> tuple[Replay, datetime | None, datetime | None]:  # fmt: skip
    """Store a run's answers; returns what was made of them, and the instants of the first and last (or of their import)."""
    from crawler.fetch.replay import Replay
    from storage.warc import read_exchange

    replay = Replay(db, fence, run, portals, largest=archive.config.fetch.max_body * 2**20)
    times: list[datetime] = []
    for place in places:
        try:
            kept = read_exchange(archive.folder, place.ref)
        except FixityError as error:
            if not any(place.ref.file == file for file, *_ in made.damages):
                made.damages.append((place.ref.file, place.ref.offset, error.message))
            continue
        replay.take(kept)
        times.append(datetime.fromisoformat(kept.note["imported"]) if kept.note.get("imported") else kept.at)
        made.captures += 1
    replay.flush()
    return replay, min(times, default=None), max(times, default=None)


def _read(archive: Archive, db: Database, portals: list[Portal], *, at: datetime, made: Rebuilt) -> None:
    """Read what a run brought, as of its end, in processes of their own as always."""
    from phuongchi.runners import LocalRunner
    from phuongchi.runners.local import stop_on_signals, with_facts
    from storage.upkeep.rebuild import new_url
    from storage.writer import queue

    with db.read() as conn:
        waiting = queue.waiting(conn)
    unread = with_facts([portal for portal in portals if portal.id in waiting], db)
    if not unread:
        return
    config = replace(archive.config, database=new_url(archive.config.database))
    clock = replace(archive.clock, start=at, origin=archive.clock.monotonic(), simulated=True)

    async def work() -> Mapping[str, int]:
        runner = LocalRunner(replace(archive, config=config, clock=clock), _Nobody())
        with suppress(RuntimeError):
            stop_on_signals(asyncio.get_running_loop(), runner.stop)
        verdicts = await runner.read(unread)
        made.unreadable.update(runner.unreadable)
        if runner.ending == "stopped":
            raise Stopped("reindexing was stopped; the archive is as it was", cure="Run it again: it begins anew")
        if runner.away:  # read later, they would make other articles than were read in their order
            raise Away(
                f"reindexing met a shelf that does not answer ({', '.join(sorted(runner.away)[:3])}); the archive is as it was",
                cure="See that warc.remote answers and run it again: it begins anew",
            )
        return verdicts

    made.verdicts.update(asyncio.run(work()))


class _Nobody:
    """Nobody watches."""

    def event(self, event: Mapping[str, Any]) -> None: ...


def _run_of(place: Place) -> int:
    from storage.warc import run_of

    return run_of(place.ref.file)
