"""`schedule`: the nightly service. What is due is decided by `scheduler.py`; this hands it configuration and a runner."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command
from storage.errors import Held, UsageError
from storage.text import VIETNAM

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.console import Voice
    from phuongchi.runners.order import Observer

SLOTS = {"started": "đã bắt đầu", "done": "xong", "missed": "lỡ", "": "–"}
"""States of planned times in Vietnamese."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "schedule")
    def schedule(
        session: Session,
        show: Annotated[bool, typer.Option("--list", help="Show the timetable, and end. Chỉ xem lịch.")] = False,
        no_standby: Annotated[
            bool, typer.Option("--no-standby", help="Exit 3 if another one leads. Thoát nếu đã có tiến trình khác.")
        ] = False,
        once: Annotated[
            bool,
            typer.Option(
                "--once", help="Do what is due now, upkeep too, and end; for cron. Làm việc đến giờ rồi thoát."
            ),
        ] = False,
        as_json: JsonOption = False,
    ) -> int:
        """Visit all portals every night, until stopped. Thu thập hằng đêm."""
        archive = session.archive()
        if as_json and not show:
            raise UsageError("--json is for --list", cure="Say both, or leave it out")
        if once + show + no_standby > 1:
            raise UsageError("--list, --once and --no-standby exclude each other", cure="Say one of them")
        if show:
            return _show(session, archive, as_json=as_json)
        return _once(session, archive) if once else _serve(session, archive, standby=not no_standby)


def _once(session: Session, archive: Archive) -> int:
    from phuongchi.telling import Herald

    try:
        return _serve(session, archive, standby=False, once=True)
    except Held as error:
        session.voice.say(f"Lần này thôi, đang có tiến trình khác | not this time, another one is at it: {error}")
        return 0
    except Exception as error:  # nobody sits before it: a fault of ours is told, too
        Herald(archive, session.voice.say).failed(error)
        raise


def _serve(session: Session, archive: Archive, *, standby: bool, once: bool = False) -> int:
    """The service until it is stopped, or (`once`) what is due now. Raises Held where another one is not to be waited for."""
    from phuongchi.healthd import answering, health_of
    from phuongchi.logs import following, logging_as
    from phuongchi.portals.choice import check_manners
    from phuongchi.runners.local import stop_on_signals
    from phuongchi.runners.nights import schedule_of
    from storage.leases import holder_of

    portals = archive.portals()
    check_manners(archive, tuple(portal for portal in portals if portal.enabled))
    archive.check_writable()
    db = archive.connect()

    async def serve(voice: Voice, observer: Observer) -> int:
        service = schedule_of(archive, db, observer, say=voice.say, ended=voice.last_line, standby=standby)
        stop_on_signals(asyncio.get_running_loop(), service.stop)
        if once:
            return await service.once()
        hour = archive.config.values["schedule"]
        voice.say(f"Lịch thu thập | Schedule: {hour} (Asia/Ho_Chi_Minh), {len(portals)} nguồn | portals")
        health = health_of(archive, leading=lambda: service.fence is not None)
        async with answering(archive.config.listen, health, leader=lambda: holder_of(db, "schedule")) as port:
            if archive.config.listen:
                when = "" if port else " (khi tiến trình trước dừng | once the one before has ended)"
                voice.say(f"/health, /metrics: {archive.config.values['monitor.listen']}{when}")
            return await service.serve()

    try:
        with (
            logging_as(archive.config, session.voice) as voice,
            following(voice, [portal.id for portal in portals]) as observer,
        ):
            return asyncio.run(serve(voice, observer))
    finally:
        db.close()


def _show(session: Session, archive: Archive, *, as_json: bool) -> int:
    from phuongchi.runners.timetable import table

    db = archive.connect(readonly=True)
    try:
        lines = table(archive, db, now=archive.clock.now())
    finally:
        db.close()
    if as_json:
        session.voice.json(lines)
        return 0
    headings = ("Lịch | Schedule", "Cron", "Lệnh | Runs", "Lần tới | Next", "Lần gần nhất | Last", "Kết quả | Result")
    rows = [
        (line["schedule"], line["cron"], line["runs"], _local(line["next"]), _local(line["last"]), _result(line))
        for line in lines
    ]
    session.voice.table(headings, rows)
    return 0


def _result(line: dict[str, object]) -> str:
    state = str(line["state"])
    return str(line["trouble"]) or (f"{SLOTS[state]} | {state}" if state else "–")


def _local(instant: object) -> str:
    """An instant as people write it in Vietnam, to the minute."""
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if isinstance(instant, datetime) else "–"
