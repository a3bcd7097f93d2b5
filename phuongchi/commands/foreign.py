"""`import`: captures from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.consent import DryRunOption
from storage import points
from storage.errors import UsageError
from storage.text import day_text

if TYPE_CHECKING:
    from crawler.importing import Sources, Taken, Times
    from phuongchi.archive import Archive
    from storage.records import Portal

SHOWN = 20
"""Problems that are printed one by one."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "import")
    def bring_in(
        session: Session,
        paths: Annotated[
            list[Path], typer.Argument(metavar="PATH", help="WARC, WACZ, HTML files, or folders. Tệp hoặc thư mục.")
        ],
        portal: Annotated[str, typer.Option("--portal", metavar="ID", help="Whose they are. Của nguồn nào.")],
        mapping: Annotated[
            Path | None, typer.Option("--map", help="CSV of saved pages: file,url,fetched_at. Bảng địa chỉ.")
        ] = None,
        at: Annotated[str, typer.Option(help="When saved pages that do not say were fetched. Thời điểm.")] = "",
        mtime: Annotated[bool, typer.Option("--mtime", help="… or the files' own times. Lấy giờ của tệp.")] = False,
        dry_run: DryRunOption = False,
    ) -> int:
        """Bring in captures that others made; read them. Nhập bản chụp từ nơi khác."""
        archive = session.archive()
        [chosen] = _chosen(archive, portal)
        times = _times(mapping, at, mtime=mtime)
        archive.check_writable()
        taken = _take(session, archive, chosen, paths, times, dry_run=dry_run)
        _show(session, taken, dry_run=dry_run)
        if not dry_run and _waits(archive, chosen):
            from phuongchi.commands.ingest import read_and_show

            if code := read_and_show(session, archive, (chosen,)):
                return code
        return 4 if taken.problems else 0


def _chosen(archive: Archive, name: str) -> tuple[Portal, ...]:
    from phuongchi.portals import file

    return file.choose(archive.portals(), [name])


def _times(mapping: Path | None, at: str, *, mtime: bool) -> Times:
    from crawler.importing import Times, read_map
    from crawler.importing.saved import instant

    try:
        return Times(read_map(mapping) if mapping else {}, instant(at) if at else None, mtime)
    except ValueError:
        raise UsageError(f"--at {at} is no time", cure="As in 2019-05-31 or 2019-05-31T08:00:00+07:00") from None


def _take(
    session: Session, archive: Archive, portal: Portal, paths: Sequence[Path], times: Times, *, dry_run: bool
) -> Taken:
    from crawler import importing

    with importing.found(paths, archive.folder, times, free=archive.config.min_free * 2**20) as sources:
        for file in sources.warcs:
            session.voice.detail(f"{file.name}  sha256:{file.sha256}")
        return take_from(
            sources,
            archive,
            portal,
            dry_run=dry_run,
            say=lambda done: session.voice.detail(f"{done} bản chụp | captures"),
        )


def take_from(
    sources: Sources, archive: Archive, portal: Portal, *, dry_run: bool, say: Callable[[int], None]
) -> Taken:
    """Store what the sources hold of a portal, behind what an interrupted import left. Raises the errors of `storage`."""
    from crawler.fetch.repair import repair
    from crawler.importing import Job, take
    from phuongchi import __version__
    from phuongchi.runners.local import with_facts
    from storage import reader, runs
    from storage.writer import imports

    db, now = archive.connect(), archive.clock.now()
    name, _ = reader.archive(db)

    try:
        [known] = with_facts([portal], db)
        job = Job(db, archive.folder, name, f"phuongchi/{__version__}", known, now, progress=say)
        if dry_run:
            return take(job, sources)
        from crawler.importing.adopting import adopt  # brings the crawler with it: a preview does without

        with runs.hold(db, archive.folder) as fence:
            repair(db, archive.folder, fence, now=now)
            runs.sync_portals(db, archive.portals(), now=now)
            adopt(db, archive.folder, fence, now=now)
            begin = partial(imports.begin, db, fence, now=now, version=__version__)
            taken = take(replace(job, fence=fence, begin=begin), sources)
            points.reached("import.end")
            if taken.run:
                imports.end(db, fence, taken.run, now=archive.clock.now())
            return taken
    finally:
        db.close()


def _waits(archive: Archive, portal: Portal) -> bool:
    """Whether there is something to read: what was brought in now, or by an import that was interrupted."""
    from storage.writer import queue

    db = archive.connect(readonly=True)
    try:
        with db.read() as conn:
            return bool(queue.waiting(conn).get(portal.id))
    finally:
        db.close()


def _show(session: Session, taken: Taken, *, dry_run: bool) -> None:
    for problem in taken.problems[:SHOWN]:
        session.voice.result(f"KHÔNG DÙNG ĐƯỢC | unusable: {problem}")
    if len(taken.problems) > SHOWN:
        session.voice.result(f"… và | and {len(taken.problems) - SHOWN} …")
    new = "Sẽ nhập | would be new" if dry_run else "Đã nhập | new"
    span = f" ({day_text(taken.first)} – {day_text(taken.last)})" if taken.first and taken.last else ""
    session.voice.result(
        f"{new}: {taken.new}{span} · đã có | known: {taken.known} · ngoài nguồn | not the portal's: {taken.outside}"
        f" · bỏ qua | pictures and the like: {taken.aside} · lỗi | unusable: {len(taken.problems)}"
    )
