"""`worker`: batches of a run, carried out on any machine that has the archive's folder."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import typer

from phuongchi.commands.common import Session, command
from storage.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "worker")
    def worker(
        session: Session,
        concurrency: Annotated[
            int | None, typer.Option(min=1, help="Batches at a time; one for two cores. Số đợt cùng lúc.")
        ] = None,
    ) -> None:
        """Carry out batches of runs from the queue, until stopped. Nhận việc thu thập từ hàng đợi."""
        from phuongchi.logs import logging_as
        from phuongchi.portals.choice import check_manners
        from phuongchi.runners import check_queue
        from phuongchi.runners.local import stop_on_signals

        archive = session.archive()
        if archive.config.runner != "queue":
            raise UsageError(
                'runner is "local": there is no queue', cure='Set runner = "queue" in phuongchi.toml, on PostgreSQL'
            )
        check_queue(archive)
        check_manners(archive, archive.portals())
        from phuongchi.runners.worker import Lines, Worker

        async def serve() -> None:
            at_once = concurrency or max((os.cpu_count() or 1) // 2, 1)
            service = Worker(archive, Lines(), voice.say, at_once)
            stop_on_signals(asyncio.get_running_loop(), service.stop)
            await service.serve()

        with logging_as(archive.config, session.voice) as voice:
            asyncio.run(serve())
