"""`init` and `config`: an archive made, and its configuration shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "init")
    def init(
        session: Session,
        directory: Annotated[
            Path | None, typer.Argument(metavar="DIR", help="New or empty folder. Thư mục mới.")
        ] = None,
        operator: Annotated[str, typer.Option(help="Who runs the archive. Đơn vị vận hành.")] = "",
        contact: Annotated[str, typer.Option(help="Mail or web address. Thư điện tử hoặc trang liên hệ.")] = "",
        database: Annotated[str, typer.Option(help="A postgresql:// address. Địa chỉ PostgreSQL.")] = "",
        force: Annotated[bool, typer.Option("--force", help="Also among other files. Cả khi có tệp khác.")] = False,
    ) -> None:
        """Make an archive in DIR or here. Tạo kho lưu trữ."""
        from phuongchi.archive import initialise

        given = {"operator": operator, "contact": contact, "database": database}
        folder = directory or session.given or Path.cwd()
        made = initialise(folder, clock=session.clock(), values=given, among_others=force)
        session.voice.say(f"Đã tạo kho lưu trữ trong {made.folder}")
        session.voice.say(f"Archive made in {made.folder}")
        session.voice.say(f"  1. {made.folder / 'phuongchi.toml'}: operator, contact")
        session.voice.say(f"  2. phuongchi -C {made.folder} portals add https://…")
        session.voice.say(f"  3. phuongchi -C {made.folder} crawl")

    @command(app, "config")
    def config(session: Session, as_json: JsonOption = False) -> None:
        """Show every setting with its value and meaning. Xem cấu hình."""
        from phuongchi.settings import SETTINGS

        archive = session.archive()
        values = archive.config.shown
        if as_json:
            session.voice.json({"archive": str(archive.folder), "user_agent": archive.config.user_agent, **values})
            return
        session.voice.say(f"{archive.folder}")
        session.voice.say(f"User-Agent: {archive.config.user_agent}")
        for setting in SETTINGS:
            value = values[setting.name]
            shown = f'"{value}"' if isinstance(value, str) else value
            session.voice.result(
                f"{setting.name} = {shown}" + ("" if value != setting.default else "   # mặc định | default")
            )
            session.voice.result(f"    {setting.nghia}")
            session.voice.result(f"    {setting.meaning}")
