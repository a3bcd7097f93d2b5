"""Scrapy add-on for the bare `scrapy crawl portal -a portal=ID`: configuration in, lock held, run begun, as `crawl` does.

`phuongchi crawl` hands its batch over itself; then this add-on does nothing. What is fetched this way is read by
`phuongchi ingest`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import PhuongChiError, UsageError

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class ArchiveAddon:
    """Finds the archive as every command does and gives the crawl a batch of one portal."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Set the batch, unless there is one. An error of the project ends the command in one line, with its exit code."""
        from crawler.fetch.batch import SETTING

        if settings.get(SETTING) is not None:
            return
        try:
            name = portal_argument(sys.orig_argv)
            if name is None:
                return
            settings.set(SETTING, self._assignment(name), priority="addon")
        except PhuongChiError as error:
            sys.stderr.write(f"phuongchi: {error}\n")
            raise SystemExit(error.exit_code) from error

    def _assignment(self, name: str) -> Any:
        from crawler.fetch.batch import Assignment, Batch
        from crawler.fetch.repair import repair
        from phuongchi.archive import Archive
        from phuongchi.portals.choice import check_manners, chosen_portals
        from phuongchi.runners import Order
        from phuongchi.runners.bookkeeping import OPEN, begin, end
        from phuongchi.runners.local import fetch_settings, with_facts
        from storage import reader, runs

        archive = Archive.find(None, os.environ, Path.cwd())
        now = archive.clock.now
        portals = chosen_portals(archive, [name])
        check_manners(archive, portals)
        archive.check_writable()
        db = archive.connect()
        stack = contextlib.ExitStack()
        fence = stack.enter_context(runs.hold(db, archive.folder))
        known = archive.portals()
        runs.sync_portals(db, known, now=now())
        order = Order((portals,))
        run = begin(order, db, fence, now=now())
        repair(db, archive.folder, fence, now=now())
        batch = Batch(
            database=archive.config.database, folder=archive.folder, archive=reader.archive(db)[0], run=run.id, fence=fence,
            portals=with_facts(portals, db), settings=fetch_settings(archive), started_at=now(),
        )  # fmt: skip
        assignment = Assignment(batch, now=now, report=lambda event: None)

        def close() -> None:
            """Write down how the run ended and give the archive back, at the end of the process."""
            with stack:
                # Scrapy ends by itself only when every visit has ended: one that is open was cut short.
                mine = {portal.id for portal in portals}
                stopped = any(visit.portal in mine and visit.state in OPEN for visit in runs.visits(db, run.id))
                end(order, db, fence, run, "stopped" if stopped else "", known=known, now=now())
            db.close()

        atexit.register(close)
        return assignment


def portal_argument(arguments: list[str]) -> str | None:
    """The portal that a `scrapy crawl` command line names with `-a portal=ID`; None for any other command.

    Scrapy shows add-ons the settings before the spider's arguments, so they are looked up where they were written. Raises
    UsageError when `crawl` names no portal.
    """
    if "crawl" not in arguments[1:]:
        return None
    for first, second in zip(arguments, [*arguments[1:], ""], strict=True):
        text = second if first == "-a" else first.removeprefix("-a")
        if (first.startswith("-a")) and text.startswith("portal="):
            return text.removeprefix("portal=")
    raise UsageError(
        "scrapy crawl portal needs a portal", cure="As in scrapy crawl portal -a portal=phuong7.example.gov.vn"
    )
