"""`crawl`: portals fetched, and read beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.causes import exceptions
from phuongchi.commands.common import PortalsArgument, Session, command
from storage.errors import UsageError
from storage.records import Portal

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.runners import Order, Outcome
    from phuongchi.runners.order import Observer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "crawl")
    def crawl(
        session: Session,
        portals: PortalsArgument = None,
        due: Annotated[bool, typer.Option("--due", help="Only what the schedule asks for now. Chỉ nguồn đến giờ.")] = False,
        full: Annotated[bool, typer.Option("--full", help="Ask everything known again. Hỏi lại tất cả.")] = False,
        since: Annotated[
            datetime | None,
            typer.Option(
                formats=["%Y-%m-%d"], help="Walk lists back to DATE; kept for later runs. Lấy từ ngày, giữ cho phiên sau."
            ),
        ] = None,
        max_pages: Annotated[int | None, typer.Option(min=1, help="Pages per portal at most. Số trang tối đa.")] = None,
    ) -> int:  # fmt: skip
        """Visit portals now, and read what comes. Thu thập."""
        from phuongchi.portals.choice import check_manners, chosen_portals
        from phuongchi.runners import Order
        from storage.text import VIETNAM

        archive = session.archive()
        if due:
            _refuse_beside_due(**{"--full": full, "--since": since is not None, "--max-pages": max_pages is not None})
            return _crawl_due(session, archive, portals or [])
        chosen = chosen_portals(archive, portals or [])
        check_manners(archive, chosen)
        order = Order(
            batches=batches(archive, chosen), full=full, max_pages=max_pages,
            since=since.replace(tzinfo=VIETNAM) if since else None,
        )  # fmt: skip
        return carry_out(session, archive, order).code


def batches(archive: Archive, portals: tuple[Portal, ...]) -> tuple[tuple[Portal, ...], ...]:
    """The portals in batches for one crawl child each."""
    from monitoring.nights import plan_batches

    return plan_batches(portals, size=archive.config.fetch.batch)


def carry_out(
    session: Session, archive: Archive, order: Order, *, told: Callable[[Outcome], None] = lambda outcome: None
) -> Outcome:
    """Run an order where `runner` says, with progress and summary; signals end it in order. `told` comes before the summary."""
    from phuongchi.logs import following, logging_as
    from phuongchi.runners import runner_of
    from phuongchi.runners.local import stop_on_signals

    async def work(observer: Observer) -> Outcome:
        runner = runner_of(archive, observer)
        stop_on_signals(asyncio.get_running_loop(), runner.stop)
        return await runner.run(order)

    with logging_as(archive.config, session.voice) as voice:
        for portal in order.portals:
            for line in exceptions(portal, archive.clock.now()):
                voice.say(f"{portal.id}: {line}")
        with following(voice, [portal.id for portal in order.portals]) as observer:
            outcome = asyncio.run(work(observer))
        if outcome.run:
            told(outcome)
            voice.last_line(outcome.summary())
        return outcome


def _refuse_beside_due(**options: bool) -> None:
    given = [name for name, present in options.items() if present]
    if given:
        raise UsageError(f"{' and '.join(given)} cannot be used with --due: the schedule visits as configured",
                         cure="Leave it out, or leave out --due")  # fmt: skip


def _crawl_due(session: Session, archive: Archive, names: list[str]) -> int:
    from phuongchi.portals.choice import check_manners
    from phuongchi.runners.nights import due_order
    from phuongchi.telling import Herald

    if names:
        raise UsageError("--due chooses the portals itself", cure="Name portals or say --due, not both")
    herald = Herald(archive, session.voice.say)
    try:
        with closing(archive.connect()) as db:
            order = due_order(archive, db)
            if order is not None:
                check_manners(archive, order.portals)
                nightly = any(cron == archive.config.schedule for cron, _ in order.slots)
                order = replace(order, begun=herald.began)
                outcome = carry_out(session, archive, order, told=lambda ended: herald.ended(ended, nightly=nightly))
                if outcome.run:
                    return outcome.code
    except Exception as error:  # nobody sits before it: a fault of ours is told, too
        herald.failed(error)
        raise
    session.voice.say("Chưa có nguồn nào đến giờ | Nothing is due now")
    return 0
