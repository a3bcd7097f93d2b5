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
from phuongchi.portals.editing import PortalsFile
from phuongchi.portals.rows import host_of
from storage.records import Portal, Visit

if TYPE_CHECKING:
    from phuongchi.evidence import View
    from phuongchi.runners.order import Observer
    from storage.engine import Database
    from storage.overview import Answer, Survey

PAGES = 25
"""Pages that one portal is asked for when it is added."""

FEW = 4
"""Pages when many are tried at once: robots.txt, the home page and a feed or two."""

ARTICLES = 5


@dataclass(frozen=True, slots=True)
class Home:
    """How a portal's own address answered: `url` is where its redirects ended, `status` what was said there (0: nothing).

    `leads_to` is where a redirect goes that may not be followed: another host, port or folder.
    """

    url: str
    status: int = 0
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying out a portal showed. `articles` are objects of `export jsonl`, newest first; `view` is the page of one."""

    portal: Portal
    visit: Visit
    platform: str
    survey: Survey
    home: Home
    view: View | None
    articles: tuple[Mapping[str, Any], ...]

    @property
    def reachable(self) -> bool:
        """Whether anything answered at the portal's address."""
        return self.visit.state not in ("unreachable", "pending", "running")

    @property
    def problem(self) -> tuple[str, str]:
        """Why this is no portal that can be visited, and the cure; two empty texts if it is one."""
        home = self.home
        if home.leads_to:
            host = host_of(home.leads_to)
            return (
                f"leads to {home.leads_to}, which is no part of this portal",
                "If the portal has moved there, give that address; "
                f"if {host} is its own as well, name it in portals.toml as one of its hosts",
            )
        if not home.status:
            return f"its home page could not be asked ({self.visit.cause or 'no answer'})", "Try it again later"
        if home.status >= 300:
            return f"answers with status {home.status}", "Open the address in a browser and give the one that works"
        if not self.survey.leads and self.visit.cause == "needs-browser":
            return (
                "needs a browser: its pages are drawn by scripts and name no other page, feed or sitemap (needs-browser)",
                "Give the address of a feed, a sitemap or a version without scripts; or let a browser draw it: "
                "pip install 'phuongchi[browser]', apt install chromium, and set fetch.browser = \"auto\"",
            )
        if not self.survey.leads:
            return (
                "is no portal: no page, feed or sitemap is linked from it",
                "Give the address of the portal's home page",
            )
        return "", ""


def probe(
    archive: Archive, rows: Sequence[Mapping[str, Any]], *, pages: int, observer: Observer
) -> tuple[Finding, ...]:
    """Try out the portals that `rows` (of `portals.toml`) describe; `archive` gives configuration and clock only.

    Nothing of it stays. Raises Stopped when a signal ended it.
    """
    from monitoring.nights import plan_batches
    from phuongchi.runners import LocalRunner, Order
    from phuongchi.runners.local import stop_on_signals
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
            return tuple(_finding(trial, db, portal, visits[portal.id]) for portal in portals)
        finally:
            db.close()


def _finding(trial: Archive, db: Database, portal: Portal, visit: Visit) -> Finding:
    from access import queries
    from phuongchi.evidence import view_of
    from storage import overview

    articles = tuple(queries.newest(db, portal.id, ARTICLES))
    return Finding(
        portal=portal,
        visit=visit,
        platform=portal.platform or overview.facts(db)[portal.id].platform,
        survey=overview.survey(db, portal.id),
        home=_home(portal, overview.answers(db, portal.id)),
        view=view_of(db, trial.folder, queries.state(db, articles[0]["id"])) if articles else None,
        articles=articles,
    )


def _home(portal: Portal, answers: Sequence[Answer]) -> Home:
    """Where the portal's own address leads. Of an address that was asked several times the last answer counts."""
    from crawler.links.keys import ask_form

    last = {answer.url: answer for answer in answers}
    url, seen = ask_form(portal.url, portal.url), set[str]()
    while url in last and url not in seen:
        seen.add(url)
        answer = last[url]
        if not (300 <= answer.status < 400 and answer.location):
            return Home(url, answer.status)
        url = answer.location
    if url in seen:
        return Home(url, last[url].status)
    return Home(url, leads_to=url if seen else "")


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
