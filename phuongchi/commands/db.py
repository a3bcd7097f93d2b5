"""`db upgrade`: the database brought to this program's schema."""

from __future__ import annotations

import typer

from phuongchi.commands.common import Session, command


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The database. Cơ sở dữ liệu.", no_args_is_help=True)
    app.add_typer(group, name="db")

    @group.callback()
    def _group() -> None:
        pass

    @command(group, "upgrade")
    def upgrade(session: Session) -> None:
        """Bring the database to this program's schema. Nâng cấp cơ sở dữ liệu."""
        from storage import engine

        archive = session.archive()
        archive.check_writable()
        before, after = engine.upgrade(archive.config.database)
        same = before == after
        session.voice.say(
            f"Đã ở phiên bản {after} | already at {after}" if same else f"Nâng cấp | upgraded {before} → {after}"
        )
