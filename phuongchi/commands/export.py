"""`export`: articles for other programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.search import PortalOption, ProvinceOption, SinceOption, UntilOption, WardOption


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Articles for other programs. Xuất dữ liệu.", no_args_is_help=True)
    app.add_typer(group, name="export")

    @group.callback()
    def _group() -> None:
        pass

    @command(group, "jsonl")
    def jsonl(
        session: Session,
        output: Annotated[
            Path, typer.Option("-o", "--output", metavar="FILE", help="File, or - for stdout. Tệp.")
        ] = Path("-"),
        since: SinceOption = "",
        until: UntilOption = "",
        portal: PortalOption = "",
        ward: WardOption = "",
        province: ProvinceOption = "",
        personal_data: Annotated[
            bool, typer.Option("--personal-data/--no-personal-data", help="Mask it. Che dữ liệu cá nhân.")
        ] = True,
    ) -> None:
        """One JSON object a line, newest first; a file is replaced at once. Mỗi dòng một bài."""
        from access import exports
        from storage.reader import Filters

        filters = Filters(since=since, until=until, portal=portal, ward=ward, province=province, hidden=True)
        db = session.archive().connect(readonly=True)
        try:
            out = sys.stdout if _is_stdout(output) else output
            count = exports.export_jsonl(db, filters, out, personal=personal_data)
        finally:
            db.close()
        if not _is_stdout(output):
            session.voice.say(f"{count} bài | articles → {output}")

    @command(group, "wacz")
    def wacz(
        session: Session,
        output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file. Tệp.")],
        portal: PortalOption = "",
    ) -> None:
        """Everything as received, for browsers of web archives. Toàn bộ bản chụp, một tệp WACZ."""
        from access.wacz import export_wacz
        from phuongchi import __version__

        archive = session.archive()
        db = archive.connect(readonly=True)
        try:
            made = export_wacz(
                db, archive.folder, output, portal=portal, now=archive.clock.now(), software=f"PhuongChi/{__version__}"
            )
        finally:
            db.close()
        session.voice.say(
            f"{made.files} tệp | files, {made.answers} bản chụp | captures, {made.pages} bài | articles → {output}"
        )


def _is_stdout(output: Path) -> bool:
    """Whether `output` means this command's stdout: `-`, or another name of it such as `/dev/stdout`.

    Opened anew it would be emptied (`>> all.jsonl`) or replaced beneath the shell that made it.
    """
    if str(output) == "-":
        return True
    try:
        return os.path.samestat(output.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False
