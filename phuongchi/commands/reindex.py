"""`reindex`: the database made anew from what was received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.consent import DryRunOption, YesOption, need_consent
from storage.errors import FixityError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.rebuilding import Rebuilt


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "reindex")
    def reindex(session: Session, dry_run: DryRunOption = False, yes: YesOption = False) -> int:
        """Make the database anew from the WARC files; the old one is kept. Dựng lại cơ sở dữ liệu."""
        archive = session.archive()
        if dry_run:
            return _survey(session, archive)
        from phuongchi.rebuilding import rebuild

        need_consent("Dựng lại cơ sở dữ liệu | make the database anew", yes=yes)
        return _show(session, rebuild(archive, say=session.voice.say))


def _survey(session: Session, archive: Archive) -> int:
    from storage.upkeep import ledger, rebuild

    found = rebuild.survey(archive.folder, progress=session.voice.detail)
    say = session.voice.result
    say(f"Tệp WARC | WARC files: {len(found.files)}")
    say(f"Bản chụp | captures: {len(found.places)}, nguồn | portals: {len(found.portals)}")
    say(f"Dòng sổ | ledger lines: {len(ledger.read(archive.folder))}")
    for file, offset, what in found.damages:
        say(f"HỎNG | damaged: {file}:{offset}  {what}")
    return FixityError.exit_code if found.damages else 0


def _show(session: Session, made: Rebuilt) -> int:
    voice = session.voice
    verdicts = ", ".join(f"{name}: {count}" for name, count in sorted(made.verdicts.items()))
    voice.say(f"Bản chụp | captures: {made.captures}  ({verdicts})")
    if made.before:
        voice.say(f"Cơ sở dữ liệu cũ | the old database: {made.before}")
    for file, offset, what in made.damages:
        voice.result(f"HỎNG, đã bỏ qua | damaged, left out: {file}:{offset}  {what}")
    for portal, why in made.unreadable.items():
        voice.say(f"{portal}: không đọc được | could not be read: {why}")
    if made.damages:
        return FixityError.exit_code
    return 4 if made.unreadable else 0
