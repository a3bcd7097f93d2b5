"""`db upgrade`: the database brought to this program's schema. `db copy`: moved to another one."""

from __future__ import annotations

from typing import Annotated

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

    @command(group, "copy")
    def copy(
        session: Session,
        to: Annotated[
            str, typer.Option(metavar="URL", help="An empty database: postgresql://… or a file. Nơi đến, còn trống.")
        ],
        resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted copy. Chép tiếp.")] = False,
        switch: Annotated[
            bool, typer.Option("--switch", help="Use the copy from then on. Dùng bản sao từ đó về sau.")
        ] = False,
    ) -> None:
        """Copy the database to another one, PostgreSQL or SQLite, and prove it equal. Chép sang cơ sở dữ liệu khác."""
        from phuongchi import redacting, switching
        from phuongchi.config import database_url, refuse_unusable
        from storage import engine, runs
        from storage.upkeep import copying

        archive = session.archive()
        refuse_unusable({"database": to})
        url, now = database_url(archive.folder, to), archive.clock.now()
        db = archive.connect()
        try:
            with runs.hold(db, archive.folder, what="schedule"), redacting.alone(db, archive):
                proofs = copying.copy(
                    db, url, now=now, resume=resume, say=lambda line: session.voice.say(line),
                    switch=(lambda: switching.set_database(archive.folder, to)) if switch else None,
                )  # fmt: skip
        finally:
            db.close()
        rows = sum(proof.rows for proof in proofs.values())
        session.voice.say(f"Đã chép và đối chiếu {rows} dòng | {rows} rows copied and compared: {engine.shown(url)}")
        if not switch:
            session.voice.say("phuongchi.toml chưa đổi | is unchanged; --switch changes it, or set `database` yourself")
