"""`shelve`: finished WARC files put where `warc.remote` says, or brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.consent import DryRunOption
from storage.errors import UsageError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.engine import Database


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "shelve")
    def shelve(
        session: Session,
        back: Annotated[bool, typer.Option("--back", help="Bring them back instead. Lấy về.")] = False,
        dry_run: DryRunOption = False,
    ) -> None:
        """Put finished WARC files on `warc.remote` now; runs do it by themselves. Chuyển tệp WARC đến kho chung."""
        archive, voice = session.archive(), session.voice
        if back and archive.config.warc.remote:
            raise UsageError(
                "warc.remote is set: the next run would put the files there again", cure="Empty it, then run this"
            )
        if not back and not archive.config.warc.remote:
            raise UsageError(
                "warc.remote is not set", cure='Set it in phuongchi.toml, as in warc.remote = "s3://bucket/kho"'
            )
        db = archive.connect()
        try:
            names = _there(archive) if back else _here(archive, db)
            if dry_run:
                voice.say(f"Sẽ chuyển | would go: {len(names)} tệp | files")
                return
            archive.check_writable()
            size = _bring_back(session, archive, db, names) if back else _put_away(session, archive, db)
        finally:
            db.close()
        voice.say(f"Đã chuyển | gone: {len(names)} tệp | files, {size / 2**20:.1f} MiB")


def _here(archive: Archive, db: Database) -> list[str]:
    """Finished files that are still in the folder."""
    from storage import reader, warc

    files = reader.finished_files(db)
    return [path.name for path in warc.warc_folder(archive.folder).glob("*.warc.gz") if path.name in files]


def _there(archive: Archive) -> list[str]:
    from storage.warc.places import shelves_of

    return sorted({name for shelf in shelves_of(archive.folder) for name in shelf.names()})


def _put_away(session: Session, archive: Archive, db: Database) -> int:
    from crawler.fetch.repair import repair
    from phuongchi import shelving
    from storage import runs

    with runs.hold(db, archive.folder) as fence:
        repair(db, archive.folder, fence, now=archive.clock.now())
        done = shelving.put_away(archive, db, fence, progress=session.voice.detail)
    return done.bytes if done else 0


def _bring_back(session: Session, archive: Archive, db: Database, names: list[str]) -> int:
    from storage import runs
    from storage.upkeep import shelving
    from storage.warc.places import brought_back

    size = 0
    with runs.hold(db, archive.folder):
        for name in names:
            session.voice.detail(name)
            size += brought_back(archive.folder, name).stat().st_size
        shelving.keep_here(archive.folder)
    return size
