"""A portal tried out: a small crawl into a temporary archive, through the ordinary way, with robots.txt and guard on."""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phuongchi.archive import Archive, initialise
from phuongchi.portals.file import PortalsFile
from storage.records import Portal, Visit

if TYPE_CHECKING:
    from phuongchi.runners.order import Observer
    from storage.engine import Database
    from storage.overview import Survey

PAGES = 25
"""Pages that one portal is asked for when it is added."""

FEW = 4
"""Pages when many are tried at once: robots.txt, the home page and a feed or two."""

ARTICLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying out one portal showed. `articles` are objects of `export jsonl`, newest first."""

    portal: Portal
    visit: Visit
    platform: str
    survey: Survey
    articles: tuple[Mapping[str, Any], ...]

    @property
    def reachable(self) -> bool:
        """Whether anything answered at the portal's address."""
        return self.visit.state not in ("unreachable", "pending", "running")


def probe(
    archive: Archive, rows: Sequence[Mapping[str, Any]], *, pages: int, observer: Observer
) -> tuple[Finding, ...]:
    """Try out the portals that `rows` (of `portals.toml`) describe; `archive` gives configuration and clock only.

    Nothing of it stays. Raises Stopped when a signal ended it.
    """
    from phuongchi.runners import LocalRunner, Order
    from phuongchi.runners.local import stop_on_signals
    from scheduler import plan_batches
    from storage.errors import Stopped

    with _temporary(archive, rows) as trial:
        portals = trial.portals()
        order = Order(plan_batches(portals, size=trial.config.fetch.batch), kind="check", max_pages=pages)

        async def work() -> tuple[Visit, ...]:
            runner = LocalRunner(trial, observer)
            stop_on_signals(asyncio.get_running_loop(), runner.stop)
            outcome = await runner.run(order)
            if outcome.ending == "stopped":
                raise Stopped("stopped, and nothing was written", cure="Run the same command again")
            return outcome.visits

        visits = {visit.portal: visit for visit in asyncio.run(work())}
        db = trial.connect(readonly=True)
        try:
            return tuple(_finding(db, portal, visits[portal.id]) for portal in portals)
        finally:
            db.close()


def _finding(db: Database, portal: Portal, visit: Visit) -> Finding:
    from access import queries
    from storage import overview

    return Finding(
        portal=portal,
        visit=visit,
        platform=portal.platform or overview.facts(db)[portal.id].platform,
        survey=overview.survey(db, portal.id),
        articles=tuple(queries.newest(db, portal.id, ARTICLES)),
    )


@contextmanager
def _temporary(archive: Archive, rows: Sequence[Mapping[str, Any]]) -> Iterator[Archive]:
    """An archive in a temporary folder with these rows, and otherwise the configuration of `archive`."""
    with tempfile.TemporaryDirectory(prefix="phuongchi-") as name:
        made = initialise(Path(name), clock=archive.clock)
        file = PortalsFile(made.folder)
        for row in rows:
            file.append(row)
        file.save()
        config = dataclasses.replace(archive.config, folder=made.folder, database=made.config.database)
        yield dataclasses.replace(made, config=config)
