"""`report`: the story of one night, printed, and written into the archive again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command
from storage.errors import UsageError

if TYPE_CHECKING:
    from monitoring.report import Report
    from phuongchi.archive import Archive


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "report")
    def report(
        session: Session,
        night: Annotated[
            str | None, typer.Option("--night", metavar="DATE", help="Of the evening of this day. Đêm nào.")
        ] = None,
        run: Annotated[int | None, typer.Option("--run", help="One run alone, not written. Một phiên.")] = None,
        as_json: JsonOption = False,
        failed: Annotated[
            str,
            typer.Option("--failed", metavar="UNIT", help="Tell that a service failed; for systemd. Báo dịch vụ hỏng."),
        ] = "",
    ) -> None:
        """The report of the last night, or of another; writes it into reports/ again. Báo cáo đêm."""
        from monitoring import notify, rendering
        from phuongchi import reporting

        if failed:
            _tell_of_failure(session, failed)
            return
        if night and run is not None:
            raise UsageError("--night and --run exclude each other", cure="Say one of them")
        archive = session.archive()
        made = _made(archive, _day(night), run)
        if as_json:
            session.voice.json(notify.numbers(made))
            return
        session.voice.result(rendering.text(made).rstrip("\n"))
        if run is None:
            text, html = reporting.write(archive.folder, made)
            session.voice.say(f"Đã ghi | written: {text}, {html.name}")


def _tell_of_failure(session: Session, unit: str) -> None:
    from phuongchi.telling import Herald

    Herald(session.archive(), session.voice.say).service_failed(unit)


def _made(archive: Archive, day: date | None, run: int | None) -> Report:
    from phuongchi import reporting
    from storage import reader

    db = archive.connect(readonly=True)
    try:
        if run is not None:
            made = reporting.of_run(archive, db, run)
            missing = f"there is no run {run}"
        else:
            day = day or reader.last_night(db)
            made = reporting.of_night(archive, db, day) if day else None
            missing = f"there was no night {day}" if day else "there was no night yet"
    finally:
        db.close()
    if made is None:
        raise UsageError(missing, cure="See the last run with: phuongchi status")
    return made


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--night {text}: not a day", cure="Write it as in --night 2026-11-22") from None
