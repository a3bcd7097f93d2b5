"""`verify`: whether the archive's bytes are still those that were written."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command
from storage.errors import FixityError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.engine import Database
    from storage.upkeep.fixity import Damage, Presence


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "verify")
    def verify(
        session: Session,
        everything: Annotated[bool, typer.Option("--all", help="Every file now, not a day's part. Kiểm tra hết.")] = False,
        as_json: JsonOption = False,
    ) -> int:  # fmt: skip
        """Read WARC files again and compare digests, each within 30 days. Kiểm tra toàn vẹn."""
        from storage.upkeep import fixity

        archive = session.archive()
        db = archive.connect()
        try:
            db.check_integrity()
            present = fixity.presence(db, archive.folder)
            checked, damages = _check_files(session, archive, db, present, everything=everything)
        finally:
            db.close()
        if as_json:
            session.voice.json({"checked": checked, "damages": [asdict(one) for one in damages], **asdict(present)})
        else:
            _show(session, checked, damages, present)
        return FixityError.exit_code if damages else 0


def _check_files(
    session: Session, archive: Archive, db: Database, present: Presence, *, everything: bool
) -> tuple[int, list[Damage]]:
    """Check what is due; returns how many files and what is damaged, files that are gone first."""
    from storage.upkeep import fixity

    due = fixity.due(db, now=archive.clock.now(), everything=everything)
    damages = [
        fixity.Damage(name, None, "the file is missing") for name in set(present.missing) - {file.name for file in due}
    ]
    for number, file in enumerate(due, 1):
        session.voice.detail(f"{number}/{len(due)} {file.name}")
        found = fixity.check(db, archive.folder, file)
        fixity.note(db, file.name, found, now=archive.clock.now())
        damages += found
    return len(due), damages


def _show(session: Session, checked: int, damages: list[Damage], present: Presence) -> None:
    voice = session.voice
    for damage in damages:
        place = damage.file if damage.offset is None else f"{damage.file}:{damage.offset}"
        voice.result(f"HỎNG | damaged: {place}  {damage.url or '–'}")
        voice.result(f"    {damage.what}")
    for name in present.strangers:
        voice.result(f"Không có trong cơ sở dữ liệu | not in the database: {name}")
    for name in present.unclosed:
        voice.result(f"Phiên chết để lại, phiên sau sẽ đóng | left open by a dead run, the next one closes it: {name}")
    voice.say(f"Đã kiểm tra | checked: {checked} tệp | files; hỏng | damaged: {len(damages)}")
    if damages:
        voice.say("Lấy lại tệp từ bản sao lưu | Restore the files from a backup (phuongchi backup)")
