"""`ingest`: captures read, for the first time or again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import PortalsArgument, Session, command

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.runners.order import Observer
    from storage.engine import Database
    from storage.records import Portal

SHOWN = 10
"""Changes that are shown before captures are read again."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "ingest")
    def ingest(
        session: Session,
        portals: PortalsArgument = None,
        reprocess: Annotated[bool, typer.Option("--reprocess", help="Also what was read before. Đọc lại.")] = False,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Only say what would be read, or change. Chỉ xem trước.")
        ] = False,
    ) -> int:  # fmt: skip
        """Read captures that wait, or all of them again. No network. Đọc bản chụp."""
        archive = session.archive()
        chosen = _portals(archive, portals or [])
        if not dry_run:
            archive.check_writable()
        db = archive.connect(readonly=dry_run)
        try:
            waiting = _counts(db, chosen, reprocess=reprocess, dry_run=dry_run)
        finally:
            db.close()
        for portal, count in waiting.items():
            session.voice.say(f"{portal}: {count} bản chụp cần đọc | captures to read")
        if not waiting:
            session.voice.say("Không có bản chụp nào cần đọc | Nothing waits to be read")
        if dry_run and reprocess:
            preview_changes(session, archive, chosen)
        if dry_run or not waiting:
            return 0
        return read_and_show(session, archive, tuple(portal for portal in chosen if portal.id in waiting))


def read_and_show(session: Session, archive: Archive, portals: tuple[Portal, ...]) -> int:
    """Read what waits of these portals, and say what came of it; returns the exit code."""
    verdicts, ending, unreadable = _read(session, archive, portals)
    for verdict, count in sorted(verdicts.items()):
        session.voice.say(f"{verdict}: {count}")
    for name, why in unreadable.items():
        session.voice.say(f"{name}: không đọc được | could not be read: {why}")
    return 9 if ending == "stopped" else 4 if unreadable else 0


def preview_changes(session: Session, archive: Archive, portals: tuple[Portal, ...]) -> None:
    """Say how many articles would change if they were read again, and show the first of them."""
    from access.diff import between
    from crawler.ingest import driver
    from phuongchi.commands.comparing import lines, of_reading

    db, kinds, looked, left = archive.connect(readonly=True), Counter[str](), 0, SHOWN
    try:
        for portal in portals:
            found = driver.preview(driver.Desk(db, archive.folder, portal, None, archive.clock.now), shown=left)
            kinds, looked, left = kinds + found.kinds, looked + found.looked, left - len(found.first)
            for change in found.first:
                session.voice.result(f"{change.article}  {change.kind}  {', '.join(change.changed)}")
                for line in lines(between(of_reading(change.before), of_reading(change.after))):
                    session.voice.result(f"  {line}")
    finally:
        db.close()
    told = ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())) or "–"
    session.voice.result(f"Bài đã xem | articles: {looked} · sẽ đổi | would change: {kinds.total()} ({told})")


def _portals(archive: Archive, names: list[str]) -> tuple[Portal, ...]:
    from phuongchi.portals import file

    every = archive.portals()
    return file.choose(every, names) if names else every


def _counts(db: Database, portals: tuple[Portal, ...], *, reprocess: bool, dry_run: bool) -> dict[str, int]:
    """How many captures of each portal are to be read; with `reprocess` those read before are put back first."""
    from storage import overview
    from storage.writer import queue

    ids = [portal.id for portal in portals]
    if reprocess and not dry_run:
        for portal in ids:
            with db.write(portals=[portal]) as conn:
                queue.reread(conn, portal)
    with db.read() as conn:
        waiting = queue.waiting(conn)
    if reprocess and dry_run:
        waiting = overview.readable(db)
    return {portal: waiting[portal] for portal in ids if waiting.get(portal)}


def _read(
    session: Session, archive: Archive, portals: tuple[Portal, ...]
) -> tuple[Mapping[str, int], str, Mapping[str, str]]:
    from phuongchi.progress import RunProgress
    from phuongchi.runners import LocalRunner
    from phuongchi.runners.local import stop_on_signals

    async def work(observer: Observer) -> tuple[Mapping[str, int], str, Mapping[str, str]]:
        runner = LocalRunner(archive, observer)
        stop_on_signals(asyncio.get_running_loop(), runner.stop)
        return await runner.read(portals), runner.ending, runner.unreadable

    with RunProgress(session.voice, [portal.id for portal in portals]) as progress:
        return asyncio.run(work(progress))
