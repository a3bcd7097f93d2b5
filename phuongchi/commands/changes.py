"""`changes`: what happened to articles, for programs that follow the archive."""

from __future__ import annotations

from typing import Annotated

import typer

from phuongchi.commands.common import Session, command


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "changes")
    def changes(
        session: Session,
        after: Annotated[
            str, typer.Option("--after", metavar="CURSOR", help="Only what came behind it. Chỉ sau vị trí này.")
        ] = "",
    ) -> None:
        """What happened to articles, one JSON object a line, oldest first. Các thay đổi."""
        from access import changes as feed

        db = session.archive().connect(readonly=True)
        try:
            for entry in feed.changes(db, after):
                session.voice.json(entry)
        finally:
            db.close()
