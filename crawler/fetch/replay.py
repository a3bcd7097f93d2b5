"""What a crawl made of its answers, made once more from the WARC files: captures, pages, mentions. No network, no clock.

The same finders and the same rules as in a crawl, so that the same answers mean the same. What left no answer (a time-out, a
page that robots.txt forbids) leaves no trace here; when a page is due next is what its answers say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from crawler.fetch import guard, judge, plans
from crawler.fetch.conditional import Answer
from crawler.fetch.guesses import Guesses
from crawler.fetch.postback import Walks, is_part
from crawler.items import Found, PortalPlan
from crawler.links.discover import discover, seeds, slices
from crawler.links.heads import content_type
from crawler.links.patterns import page_key, shape
from storage import frontier
from storage.engine import Database, Fence
from storage.frontier import Discovery, Due, Facts, Group, Mention, NewPage, Outcome, Stored
from storage.frontier.drawn import supersede
from storage.frontier.pages import known
from storage.records import Capture, Portal, Purpose
from storage.warc import Kept, decode

GROUP = 20
"""Answers that are stored in one transaction."""

_REACH = plans.Reach(deep=False, backfilled=False, since=None, attachments=True)


@dataclass(slots=True)
class _Visit:
    portal: Portal
    facts: Facts
    plan: PortalPlan
    horizon: datetime
    walks: Walks = field(default_factory=Walks)
    guesses: Guesses = field(default_factory=Guesses)


@dataclass(slots=True)
class _Pending:
    captures: list[Stored] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    discoveries: list[Discovery] = field(default_factory=list)
    servers: dict[str, str] = field(default_factory=dict)
    platforms: dict[str, str] = field(default_factory=dict)


class Replay:
    """One run's answers, taken one after another in the order of the archive. `close` stores what is left.

    `largest` is the limit of a decoded page in bytes, as the crawl has it. Raises the errors of `storage`.
    """

    def __init__(self, db: Database, fence: Fence, run: int, portals: Mapping[str, Portal], *, largest: int) -> None:
        self._db, self._fence, self._run, self._portals, self._largest = db, fence, run, portals, largest
        self._visits: dict[str, _Visit] = {}
        self.imported: set[str] = set()
        self._pending = _Pending()

    @property
    def portals(self) -> tuple[str, ...]:
        """The portals that answered."""
        return tuple(sorted(self._visits))

    def take(self, kept: Kept) -> None:
        """Store an answer and what it meant."""
        portal = self._portals[str(kept.note["portal"])]
        if kept.note.get("origin"):
            self._imported(kept)
            return
        visit = self._visits.get(portal.id) or self._begin(portal, kept.at)
        capture = captured(kept)
        if capture.server != visit.facts.server and capture.server:
            visit.facts = replace(visit.facts, server=capture.server)
            self._pending.servers[portal.id] = capture.server
        if capture.purpose == "robots":
            self._keep(capture)
            self._robots(visit, capture, kept)
        elif kept.note.get("asset_of"):
            self._keep(capture)
        else:
            self._page(visit, capture, kept)
        if len(self._pending.captures) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Store what is left in one transaction."""
        pending, self._pending = self._pending, _Pending()
        group = Group(
            (), tuple(pending.captures), tuple(pending.outcomes), tuple(pending.discoveries), (), pending.servers,
            pending.platforms,
        )  # fmt: skip
        frontier.commit(self._db, self._fence, self._run, group)

    def _begin(self, portal: Portal, horizon: datetime) -> _Visit:
        self.flush()
        with self._db.read() as conn:
            facts = frontier.facts(conn, portal.id)
        plan = plans.plan_of(portal, facts, since=facts.backfill_to, deep=False)
        frontier.begin(
            self._db, self._fence, portal.id, plans.seed_pages(seeds(plan)), run=self._run, horizon=horizon
        )  # fmt: skip
        frontier.settle_parts(
            self._db, self._fence, portal.id, horizon=horizon, walked=plans.PAGING, held=plans.HELD, listing=plans.LISTING
        )  # fmt: skip
        visit = self._visits[portal.id] = _Visit(portal, facts, plan, horizon)
        return visit

    # --- answers ----------------------------------------------------------------------------------------------------

    def _robots(self, visit: _Visit, capture: Capture, kept: Kept) -> None:
        """The sitemaps that a robots.txt names."""
        if not 200 <= capture.status < 300 or judge.half(capture):
            return
        body, problem = self._decoded(kept)
        found = discover(body, url=kept.url, media_type="text/plain", charset="", plan=visit.plan)
        pages = [page for page in plans.seed_pages(found.links) if page.purpose == "sitemap"]
        if pages and not problem:
            mentions = tuple(Mention(page) for page in pages)
            self._pending.discoveries.append(
                Discovery(visit.portal.id, capture.key, "", mentions, capture.fetched_at, visit.horizon)
            )

    def _page(self, visit: _Visit, capture: Capture, kept: Kept) -> None:
        if capture.origin == judge.RENDERED:
            self.flush()
            supersede(self._db, self._fence, self._run, capture)
        due = self._due(visit, capture)
        again = due.page.run == self._run
        if judge.half(capture):
            self._keep(capture) if again else self._settle(due, "error", capture)
            return
        if 300 <= capture.status < 400 and capture.status != 304:
            self._redirected(visit, due, capture, kept)
            return
        body, problem = self._decoded(kept)
        if judge.has_links(capture) and capture.purpose != "attachment" and not problem:
            self._found(visit, due, capture, body)
            return
        answer, purpose = _meaning(due, capture, problem)
        if answer == "error" and again:
            self._keep(capture)  # another try of the same run
        else:
            self._settle(due, answer, capture, purpose=purpose)

    def _found(self, visit: _Visit, due: Due, capture: Capture, body: bytes) -> None:
        found: Found | None = None
        for part in slices(
            body, url=capture.url, media_type=capture.media_type, charset=capture.charset, plan=visit.plan
        ):
            if found is not None:
                self._pending.discoveries.append(self._discovery(visit, due, capture, found))
                self.flush()
            found = visit.walks.seen(due, part, capture.url, ())
        if found is not None and found.platform and not visit.plan.platform:
            visit.facts = replace(visit.facts, platform=found.platform)
            visit.plan = replace(visit.plan, platform=found.platform)
            self._pending.platforms[visit.portal.id] = found.platform
        if found is not None and capture.origin == judge.RENDERED:
            found = judge.as_drawn(found, body, capture.charset)
        shell = found is not None and found.shell
        self._settle(due, "page", capture, purpose=judge.purpose_after(due, found), shell=shell)
        if found is not None:
            self._pending.discoveries.append(self._discovery(visit, due, capture, found))

    def _redirected(self, visit: _Visit, due: Due, capture: Capture, kept: Kept) -> None:
        target, chain = capture.location, (*kept.note.get("redirected_from", ()), capture.url)
        if _leads_away(visit, target, chain):
            self._settle(due, "offsite", capture)
            return
        if page_key(target, visit.plan.platform) == capture.key:
            self._keep(capture)
            return
        self._settle(due, "moved", capture)
        self.flush()
        frontier.adopt(
            self._db, self._fence, visit.portal.id, plans.redirected(target, due, visit.plan), parent=capture.key,
            at=capture.fetched_at, due_at=visit.horizon,
        )  # fmt: skip

    def _imported(self, kept: Kept) -> None:
        """A capture of somebody else's: it says nothing of the frontier."""
        self.imported.add(str(kept.note["portal"]))
        self._pending.captures.append(imported(kept))
        if len(self._pending.captures) >= GROUP:
            self.flush()

    # --- small steps ------------------------------------------------------------------------------------------------

    def _due(self, visit: _Visit, capture: Capture) -> Due:
        """The page that was asked, as it stood before."""
        asked = [stored for stored in self._pending.captures if stored.key == capture.key]
        if not asked and (due := self._look_up(visit, capture)) is not None:
            return due
        self.flush()
        if (due := self._look_up(visit, capture)) is not None:
            return due
        page = NewPage(capture.url, capture.key, capture.purpose, shape(capture.url), 1, plans.BARREN)
        return frontier.adopt(
            self._db, self._fence, visit.portal.id, page, parent="", at=capture.fetched_at, due_at=visit.horizon
        )

    def _look_up(self, visit: _Visit, capture: Capture) -> Due | None:
        with self._db.read() as conn:
            return known(conn, visit.portal.id, capture.key)

    def _discovery(self, visit: _Visit, due: Due, capture: Capture, found: Found) -> Discovery:
        purpose, found = judge.purpose_after(due, found), visit.guesses.kept(due, found)
        discovery = plans.discovery(
            due, found, visit.plan, _REACH, purpose=purpose, at=capture.fetched_at, horizon=visit.horizon
        )
        if not any(is_part(link) for link in found.links):
            return discovery
        return replace(discovery, walk=visit.walks.extent(due, discovery.walk), chained=True)

    def _settle(
        self, due: Due, answer: Answer, capture: Capture, *, purpose: Purpose | None = None, shell: bool = False
    ) -> None:
        purpose = purpose or due.page.purpose
        self._visits[capture.portal].guesses.note(due, answer)
        self._keep(capture, unread=judge.unread(due, answer, capture, purpose, shell=shell))
        # A page whose key is not that of the address that answered was asked in another way (a form): it keeps its address.
        url = capture.url if page_key(capture.url, self._visits[capture.portal].plan.platform) == due.page.key else ""
        self._pending.outcomes.append(
            judge.outcome(
                due, answer, capture, purpose=purpose, at=capture.fetched_at, url=url or due.page.url, shell=shell
            )
        )

    def _keep(self, capture: Capture, *, unread: bool = False) -> None:
        self._pending.captures.append(Stored(capture, capture.key, unread))

    def _decoded(self, kept: Kept) -> tuple[bytes, str]:
        codings = ",".join(value for name, value in kept.head if name.lower() == "content-encoding")
        return decode(kept.body, codings, limit=self._largest)


def imported(kept: Kept) -> Stored:
    """A capture of somebody else's, as its import wrote it."""
    capture = replace(captured(kept), origin=str(kept.note["origin"]), server="")
    return Stored(capture, capture.key, bool(kept.note.get("read")))


def captured(kept: Kept) -> Capture:
    """An answer's row, as the crawl wrote it."""
    media_type, charset = content_type(kept.header("content-type"))
    return Capture(
        entry=kept.entry,
        portal=str(kept.note["portal"]),
        url=kept.url,
        purpose=kept.note["purpose"],
        fetched_at=kept.at,
        status=kept.status,
        record=kept.ref,
        media_type=media_type,
        charset=charset,
        location=_location(kept),
        etag=kept.header("etag"),
        last_modified=kept.header("last-modified"),
        payload_sha256=kept.sha256,
        size=kept.size,
        truncated=kept.truncated,
        server=guard.server_of(kept.ip, kept.url),
        origin=judge.RENDERED if kept.note.get("rendered") else "crawl",
        key=str(kept.note["key"]),
        tls=_tls(kept.note.get("tls")),
    )


def lost_portal(portal: str, url: str) -> Portal:
    """A portal that only its answers know, one of which came from `url`."""
    return Portal(id=portal, url=urljoin(url, "/"), enabled=False)


def _meaning(due: Due, capture: Capture, problem: str) -> tuple[Answer, Purpose | None]:
    """What an answer without links to find says of its page, and what the page is for from now on."""
    status = capture.status
    if status in (408, 429) or status >= 500:
        return "error", None
    if status == 304 and due.page.payload_sha256:
        return "unchanged", None
    if status in (200, 203):
        if judge.has_links(replace(capture, truncated="")) and problem and capture.purpose != "attachment":
            return "error", None
        if capture.truncated:
            return "page", None
        document = judge.is_document(capture) or capture.purpose == "attachment"
        return "page", "attachment" if document else "other"
    return ("gone", None) if status in (404, 410) else ("refused", None)


def _leads_away(visit: _Visit, target: str, chain: tuple[str, ...]) -> bool:
    """Whether a redirect is not followed."""
    if not target or target in chain or len(chain) > guard.MOST_REDIRECTS or guard.refusal(target, visit.portal):
        return True
    path, scope = urlsplit(target).path or "/", visit.plan.scope
    return not path.startswith(scope) and path + "/" != scope


def _tls(note: object) -> str:
    """What an answer's metadata says of its certificate, as the row has it."""
    if not isinstance(note, dict) or not isinstance(note.get("wrong"), list):
        return ""
    return judge.told(tuple(map(str, note["wrong"])), str(note.get("sha256", "")))


def _location(kept: Kept) -> str:
    location = kept.header("location").encode("latin-1", "replace")
    if not location or not 300 <= kept.status < 400:
        return ""
    try:
        return urljoin(kept.url, safe_url_string(location.strip(), encoding="utf-8")).partition("#")[0]
    except ValueError:
        return ""
