"""`export`: articles for other programs."""

from __future__ import annotations

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
    ) -> None:
        """One JSON object a line, newest first; a file is replaced at once. Mỗi dòng một bài."""
        from access import exports
        from storage.reader import Filters

        filters = Filters(since=since, until=until, portal=portal, ward=ward, province=province, hidden=True)
        db = session.archive().connect(readonly=True)
        try:
            count = exports.export_jsonl(db, filters, sys.stdout if str(output) == "-" else output)
        finally:
            db.close()
        if str(output) != "-":
            session.voice.say(f"{count} bài | articles → {output}")
