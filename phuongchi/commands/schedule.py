"""`schedule`: the nightly service. What is due is decided by `scheduler.py`; this hands it configuration and a runner."""

from __future__ import annotations

import asyncio

import typer

from phuongchi.commands.common import Session, command


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "schedule")
    def schedule(session: Session) -> int:
        """Visit all portals every night, until stopped. Thu thập hằng đêm."""
        from phuongchi.portals.choice import check_manners
        from phuongchi.progress import RunProgress
        from phuongchi.runners import LocalRunner
        from phuongchi.runners.local import stop_on_signals
        from phuongchi.runners.nights import schedule_of

        archive = session.archive()
        portals = archive.portals()
        check_manners(archive, tuple(portal for portal in portals if portal.enabled))
        archive.check_writable()
        db = archive.connect()

        async def serve() -> int:
            runner, voice = LocalRunner(archive, progress), session.voice
            service = schedule_of(archive, db, runner, say=voice.say, ended=voice.last_line)
            stop_on_signals(asyncio.get_running_loop(), service.stop)
            hour = archive.config.values["schedule"]
            session.voice.say(f"Lịch thu thập | Schedule: {hour} (Asia/Ho_Chi_Minh), {len(portals)} nguồn | portals")
            return await service.serve()

        try:
            with RunProgress(session.voice, [portal.id for portal in portals]) as progress:
                return asyncio.run(serve())
        finally:
            db.close()
