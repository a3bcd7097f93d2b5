"""`backup` and `restore`: an archive kept twice, and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.consent import DryRunOption
from storage.errors import FixityError, UsageError
from storage.upkeep.ledger import LEDGER

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.engine import Database
    from storage.upkeep.backup import Snapshot, Taken


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "backup")
    def backup(
        session: Session,
        to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder of the backup. Thư mục sao lưu.")],
        dry_run: DryRunOption = False,
    ) -> int:
        """Keep the archive a second time; only what is new is copied. Sao lưu."""
        from storage import reader
        from storage.upkeep import backup as keeping

        archive, to = session.archive(), to.expanduser().absolute()
        db = archive.connect()
        try:
            keeping.check_target(to, reader.about(db).id, archive.folder)
            if dry_run:
                return _plan(session, db, to)
            return _show(session, _taken(session, archive, db, to))
        finally:
            db.close()

    @command(app, "restore")
    def restore(
        session: Session,
        directory: Annotated[
            Path | None, typer.Argument(metavar="DIR", help="New or empty folder. Thư mục mới.")
        ] = None,
        source: Annotated[Path | None, typer.Option("--from", metavar="DIR", help="The backup. Bản sao lưu.")] = None,
        snapshot: Annotated[str, typer.Option(help="Another state than the last. Thời điểm khác.")] = "",
        database: Annotated[str, typer.Option(help="An empty postgresql:// database. Cơ sở dữ liệu trống.")] = "",
        redactions: Annotated[
            Path | None, typer.Option(metavar="DIR", help="The archive's old folder: what it redacted later. Kho cũ.")
        ] = None,
        dry_run: DryRunOption = False,
    ) -> int:
        """Bring an archive back from a backup into DIR or here. Khôi phục."""
        if source is None:
            raise UsageError("restore needs --from DIR", cure="Name the folder that `phuongchi backup --to` wrote")
        chosen = _chosen(source, snapshot)
        folder = (directory or session.given or Path.cwd()).expanduser().absolute()
        session.voice.say(f"{chosen.folder} ({len(chosen.warc)} tệp WARC | WARC files) → {folder}")
        if dry_run:
            return 0
        from phuongchi.restoring import restore as bring_back

        if redactions is not None and not (redactions / LEDGER).exists():
            raise UsageError(f"there is no {LEDGER} in {redactions}", cure="Name the folder of the archive itself")
        more, now = [redactions] if redactions else [], session.clock().now()
        damaged = bring_back(chosen, source, folder, database, now=now, say=session.voice.detail, more=more)
        for name in damaged:
            session.voice.result(f"HỎNG hoặc THIẾU trong bản sao lưu | damaged or missing in the backup: {name}")
        session.voice.say(f"Đã khôi phục | restored. phuongchi -C {folder} verify --all")
        return FixityError.exit_code if damaged else 0


def _taken(session: Session, archive: Archive, db: Database, to: Path) -> Taken:
    """Copy files, then take the snapshot that rests on them, while no crawl runs."""
    from crawler.fetch.repair import repair
    from storage import reader, runs
    from storage.redaction import carrying
    from storage.upkeep import backup as keeping
    from storage.upkeep import ledger

    now = archive.clock.now()
    with runs.hold(db, archive.folder) as fence:
        repair(db, archive.folder, fence, now=now)
        files = reader.finished_files(db)
        keeping.begin(to)
        copied, size, damaged = keeping.copy_files(archive.folder, to, files, progress=session.voice.detail)
        final = keeping.take(db, archive.folder, to, now=now, warc=files, damaged=damaged)
        carrying.hand_on(archive.folder, to)
        if not any(line.what == "backup" and line.facts["to"] == str(to) for line in ledger.read(archive.folder)):
            ledger.append(archive.folder, "backup", at=now, to=str(to))
        return keeping.Taken(final, tuple(copied), size, tuple(damaged), keeping.rotate(to))


def _plan(session: Session, db: Database, to: Path) -> int:
    from storage import reader, warc
    from storage.upkeep import backup as keeping

    ours, theirs = reader.finished_files(db), warc.read_manifest(to)
    lacking = [name for name, sha256 in ours.items() if theirs.get(name) != sha256]
    session.voice.say(f"Sẽ chép | would copy: {len(lacking)} tệp WARC | WARC files")
    for one in keeping.superfluous(keeping.snapshots(to)):
        session.voice.say(f"Sẽ bỏ | would take away: {one.folder}")
    return 0


def _show(session: Session, taken: Taken) -> int:
    voice = session.voice
    voice.say(f"Đã sao lưu | kept: {taken.snapshot}")
    voice.say(f"Tệp WARC mới | new WARC files: {len(taken.copied)}, {taken.bytes / 2**20:.1f} MiB")
    for gone in taken.removed:
        voice.say(f"Đã bỏ bản cũ | taken away: {gone}")
    for name in taken.damaged:
        voice.result(f"HỎNG, không chép | damaged, not copied: {name}")
    if taken.damaged:
        voice.say(
            "Bản trước còn nguyên được giữ lại | the last whole state stays beside this one; see: phuongchi verify --all"
        )
    return FixityError.exit_code if taken.damaged else 0


def _chosen(source: Path, name: str) -> Snapshot:
    from storage.upkeep import backup as keeping

    found = keeping.snapshots(source)
    names = [one.folder.name for one in found]
    if not found:
        raise UsageError(f"{source} is no backup", cure="Name the folder that `phuongchi backup --to` wrote")
    if name and name not in names:
        raise UsageError(f"there is no snapshot {name} in {source}", cure=f"There are: {', '.join(names)}")
    return found[names.index(name)] if name else found[0]
