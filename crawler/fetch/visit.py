"""One portal's part in a batch: what is to be asked next, what is being asked, and how it went."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.fetch import judge, plans
from crawler.fetch.budgets import Budgets
from crawler.fetch.guesses import Guesses
from crawler.fetch.jobs import Job
from crawler.fetch.pace import Breaker, Server
from crawler.fetch.plans import Reach
from crawler.fetch.postback import Walks, is_part
from crawler.items import Found, PortalPlan
from crawler.links.glance import Familiar
from storage.frontier import Discovery, Due, Facts
from storage.records import Portal, VisitState

TOLERATED = 0.2
"""Share of failed pages beyond which a visit counts as partial."""


@dataclass(slots=True)
class Visit:
    """The state of one portal's visit, in memory only: whatever is lost with the process is asked again by the next one.

    `slice` is the next few pages from the database, `all_taken` says that it has no others until something comes of those that
    are asked, `jobs` is what comes before them (robots.txt, redirects, second tries), `asked` the ids of all pages handed out
    and not committed yet, `open` how many jobs are on their way. `attachments`: pages
    are done, files follow; `dry`: they are done too. `mentions` are the lines on lists of the pages at hand, by page id.
    `walks` holds the forms of lists whose parts are asked by POST, `guesses` what came of addresses that none gave, `budgets`
    which forms of addresses led nowhere, `familiar` which links need no second look. `earlier` is how many pages have answered
    before, in a part of the visit that was cut short. `flooded`: the last page was left out for its form. `silent` says of
    hosts beside the portal's own why their pages were left out. `begun` and `last_served` are when it began and was last
    allowed a request.
    """

    portal: Portal
    facts: Facts
    plan: PortalPlan
    reach: Reach
    horizon: datetime
    server: Server
    server_key: str
    slice: deque[Due] = field(default_factory=deque)
    all_taken: bool = False
    jobs: list[Job] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    open: int = 0
    pages: int = 0
    pages_since_plan: int = 0
    mentions: dict[int, tuple[dict[str, str], ...]] = field(default_factory=dict)
    attachments: bool = False
    dry: bool = False
    waits_for: str = ""
    breaker: Breaker = field(default_factory=Breaker)
    walks: Walks = field(default_factory=Walks)
    guesses: Guesses = field(default_factory=Guesses)
    budgets: Budgets = field(default_factory=Budgets)
    familiar: Familiar = field(default_factory=Familiar)
    counts: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    silent: dict[str, str] = field(default_factory=dict)
    earlier: int = 0
    flooded: bool = False
    ending: tuple[VisitState, str, str] | None = None
    last_served: float = 0.0
    begun: float = 0.0

    def end(self, state: VisitState, cause: str, detail: str) -> None:
        """Ask nothing more; the first reason stands."""
        if self.ending is None:
            self.ending = (state, cause, detail)

    def drop_slice(self) -> None:
        """Forget the pages at hand, because better ones may have come into the queue."""
        self.asked.difference_update(due.page.id for due in self.slice)
        self.slice.clear()
        self.all_taken = False

    def take_job(self, now: float) -> Job | None:
        """A job whose time has come; while a robots.txt is awaited, only that."""
        for index, job in enumerate(self.jobs):
            if job.not_before <= now and (not self.waits_for or job.purpose == "robots"):
                return self.jobs.pop(index)
        return None

    def next_job_at(self) -> float | None:
        """The earliest instant at which a waiting job may start; None if none waits."""
        waiting = [job.not_before for job in self.jobs if not self.waits_for or job.purpose == "robots"]
        return min(waiting, default=None)

    def discovery(self, due: Due, found: Found, *, at: datetime) -> Discovery:
        """What was found on a page that answered at `at`, as the frontier takes it."""
        purpose, found = judge.purpose_after(due, found), self.budgets.kept(self.guesses.kept(due, found))
        discovery = plans.discovery(due, found, self.plan, self.reach, purpose=purpose, at=at, horizon=self.horizon)
        if not any(is_part(link) for link in found.links):
            return discovery
        return replace(discovery, walk=self.walks.extent(due, discovery.walk), chained=True)

    def verdict(self) -> tuple[VisitState, str, str]:
        """State, cause and detail of a visit that has nothing more to ask."""
        if self.ending is not None:
            return self.ending
        failed, answered = self.counts["failed"], self.counts["answered"]
        [(cause, _)] = self.causes.most_common(1) or [("", 0)]
        if cause and not answered + self.earlier:
            return "partial", cause, "no page could be fetched"
        shells = self.counts["shells"] - self.counts["told"]  # data tells what as many shells do not
        seen = answered - sum(self.counts[name] for name in ("unchanged", "moved", "data"))
        if shells > 0 and 2 * shells >= seen:
            return "partial", "needs-browser", f"{shells} of {seen} pages are drawn by scripts and show nothing without"
        if failed >= 5 and failed > TOLERATED * (failed + answered + self.earlier):
            return "partial", cause, f"{failed} of {failed + answered} pages failed"
        drawn = self.counts["rendered"]
        said = f"{drawn} pages were drawn by a browser" if drawn else ""
        return (
            "done",
            "needs-browser" if drawn else "",
            "; ".join(filter(None, (said, self._left_out(), self._trapped()))),
        )

    def counted(self) -> dict[str, int]:
        """What is told of the visit, with what its earlier part brought."""
        counts = self.counts + Counter(asked=self.earlier, answered=self.earlier)
        return {name: number for name, number in sorted(counts.items()) if number}

    def _left_out(self) -> str:
        """What a visit that is done did not ask, in words."""
        if not self.silent:
            return ""
        hosts = "; ".join(f"{place}: {why}" for place, why in self.silent.items())
        return f"{self.counts['left_out']} pages of other hosts were left out ({hosts})"

    def _trapped(self) -> str:
        """What was left out because addresses of its form lead nowhere, in words."""
        count = self.counts["trapped"]
        return f"{count} pages were left out because others like them brought no article" if count else ""
