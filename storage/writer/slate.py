"""What a slice of captures finds in the archive and changes there: asked together, written down together.

A statement costs far more than the row it brings or takes. What is answered here is as the verdicts before left it, written
down already or not. Whoever asks the database itself, or changes something there, asks for `settled` first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.records import Capture, Reading, Verdict
from storage.writer import asked, files, notes, queue
from storage.writer.ahead import Ahead
from storage.writer.articles import Stored, article_id, detach
from storage.writer.asked import Address, Page, Standing, Titled
from storage.writer.queue import Answered
from storage.writer.rows import Rows, current_columns
from storage.writer.values import revision_columns, twin_digest

KeyOf = Callable[[str], str]
"""From an address to the key of its page in the portal: the rule is the fetching half's, so the caller brings it."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What may be asked of a slate: `pages` are those of its captures, `keys` others that may be addresses of their articles,
    `readings` what was read as articles that may be new, `articles` those that are known. Of articles at pages that are only
    `passed` nothing is asked but that they stand: nobody read what these show.
    """

    pages: Collection[str] = ()
    keys: Collection[str] = ()
    readings: Sequence[Reading] = ()
    articles: Collection[str] = ()
    passed: Collection[str] = ()


class Slate:
    """Articles, addresses and pages of one portal, inside one transaction. Nothing is in the database before `write`.

    What is asked over its `connection` without `settled` must have nothing to do with them.
    """

    def __init__(self, conn: Connection, portal: str, key_of: KeyOf, wanted: Wanted | None = None) -> None:
        wanted = wanted or Wanted()
        self.connection, self._portal, self._key_of = conn, portal, key_of
        self._readings, self._passed = wanted.readings, wanted.passed
        self._rows = Rows(portal)
        self._verdicts: dict[int, str] = {}
        self._at = Ahead(self._in_portal(asked.at), {*wanted.pages, *wanted.keys})
        self._pages = Ahead(self._in_portal(asked.pages), wanted.pages)
        self._identical = Ahead(self._in_portal(asked.identical), (reading.identity for reading in wanted.readings))
        self._titled = Ahead(self._in_portal(asked.titled), (reading.title for reading in wanted.readings))
        self._twins = Ahead(self._in_portal(asked.twins))
        self._standings = Ahead(self._of_articles(asked.standings), wanted.articles)
        self._states = Ahead(self._of_articles(asked.states), wanted.articles)
        self._addresses = Ahead(self._of_articles(asked.addresses))
        self._numbers = Ahead(self._of_articles(asked.last_numbers))

    def _in_portal(
        self, question: Callable[[Connection, str, Collection[str]], Mapping[str, _Value]]
    ) -> Callable[[Collection[str]], Mapping[str, _Value]]:
        portal = self._portal
        return self._of_articles(lambda conn, keys: question(conn, portal, keys))

    def _of_articles(
        self, question: Callable[[Connection, Collection[str]], Mapping[str, _Value]]
    ) -> Callable[[Collection[str]], Mapping[str, _Value]]:
        """The question, asked when all that it may be about is written."""
        rows, connection = self._rows, self.connection  # not the slate: it would wait for the search for garbage

        def ask(keys: Collection[str]) -> Mapping[str, _Value]:
            rows.write_articles(connection)
            return question(connection, keys)

        return ask

    # --- what is asked -----------------------------------------------------------------------------------------------

    def find(self, keys: Sequence[str], identity: str = "") -> Stored | None:
        """The article that has one of these page keys as address, else the one with this identity."""
        found = self.standing_at(keys) or (self._identified(identity) if identity else None)
        return self.load(found.id) if found else None

    def standing_at(self, keys: Sequence[str]) -> Standing | None:
        """The article that has one of these page keys as address, without what it says."""
        address = next((address for address in map(self._at.get, keys) if address), None)
        return self.standing(address.article) if address else None

    def _identified(self, identity: str) -> Standing | None:
        article = self._identical.get(identity)
        return self.standing(article) if article else None

    def has_identity(self, identity: str) -> bool:
        """Whether an article of the portal has this identity."""
        return self._identical.get(identity) is not None

    def standing(self, article: str) -> Standing:
        """An article without what it says. Raises KeyError for an id that is not there."""
        return self._of(self._standings, article)

    def load(self, article: str) -> Stored:
        """An article's current state. Raises KeyError for an id that is not there."""
        now, state = self.standing(article), self._of(self._states, article)
        return Stored(
            article, now.number, now.url, state.revision, state.entry, now.removed_at, state.reading, state.seen_at,
            now.last_seen,
        )  # fmt: skip

    def _of(self, each: Ahead[str, _Value], article: str) -> _Value:
        if not each.knows(article):
            passed = self._passed if each is not self._standings else ()
            each.want(address.article for address in self._at.so_far() if address.key not in passed)
        found = each.get(article)
        if found is None:
            raise KeyError(article)
        return found

    def find_twin(self, reading: Reading) -> str:
        """The id of the portal's first article with the same title and text, or nothing."""
        self._twins.want(map(twin_digest, self._readings))
        self._readings = ()
        return self._twins.get(twin_digest(reading)) or ""

    def titled(self, title: str) -> Sequence[Titled]:
        """The portal's articles with exactly this title, the newest first; `asked.TITLED` at most."""
        return self._titled.get(title) or ()

    def titled_elsewhere(self, title: str, *, here: tuple[str, ...], day: str, limit: int) -> Sequence[Titled]:
        """Those that are cited by none of these beginnings of addresses; those published on the day come first."""
        newest = self.titled(title)
        if len(newest) == asked.TITLED:
            self._rows.write_articles(self.connection)
            return asked.titled_elsewhere(self.connection, self._portal, title, here=here, day=day, limit=limit)
        found = [article for article in newest if not article.url.lower().startswith(here)]
        return sorted(found, key=lambda article: (article.published_at[:10] != day, -article.number))[:limit]

    def addresses(self, article: str) -> list[Address]:
        """All pages that showed an article, the one that showed it to us first before the others.

        Those that only others have met come last: such a page may be gone for long, and decides nothing.
        """
        known = self._of(self._addresses, article).values()
        return sorted(known, key=lambda address: (not address.met, address.first_seen, address.key))

    def page(self, key: str) -> Page | None:
        """A page as the fetching half knows it."""
        return self._pages.get(key)

    def answers_before(self, capture: Capture, key: str, limit: int) -> list[Answered]:
        """The last answers of a page to us before a capture, the newest first."""
        found = queue.answers(self.connection, self._portal, key, before=capture.entry, limit=limit)
        return [one._replace(verdict=self._verdicts.get(one.entry, one.verdict)) for one in found]

    # --- what changes ------------------------------------------------------------------------------------------------

    def create(self, capture: Capture, reading: Reading, *, url: str, number: int) -> str:
        """A new article with its first state and address, to be cited by `url`; returns its id.

        `number` comes from the counter `article`; gaps do not matter.
        """
        article, at = article_id(self._portal, reading.identity), capture.fetched_at
        columns = self._rows.article(article, number, url, capture, reading)
        self._rows.state(article, 1, capture, (), columns)
        self._put_parts(article, 1, reading)
        self._identical.put(reading.identity, article)
        self._standings.put(article, Standing(article, number, url, "public", at, at, None))
        self._addresses.put(article, {})
        self._numbers.put(article, 1)
        if self._twins.knows(digest := twin_digest(reading)) and not self._twins.get(digest):
            self._twins.put(digest, article)
        if self._titled.knows(reading.title):
            newest = Titled(article, number, url, columns["published_at"])
            self._titled.put(reading.title, [newest, *self.titled(reading.title)][: asked.TITLED])
        self.add_address(capture, article)
        return article

    def revise(self, stored: Stored, capture: Capture, reading: Reading, changed: Sequence[str]) -> None:
        """A new revision of a known article becomes its current state."""
        number = self.add_state(stored.id, capture, reading, changed)
        self._show(stored, number, reading)

    def reextract(self, stored: Stored, reading: Reading) -> None:
        """The current revision as another reader version reads its capture; its number stays."""
        self.restate(stored.id, stored.revision, reading)
        self._show(stored, stored.revision, reading)

    def add_state(self, article: str, capture: Capture, reading: Reading, changed: Sequence[str]) -> int:
        """One more state of an article, not yet its current one; returns its number."""
        number = self._of(self._numbers, article) + 1
        self._numbers.put(article, number)
        self._rows.state(article, number, capture, changed, revision_columns(reading))
        self._put_parts(article, number, reading)
        return number

    def restate(self, article: str, number: int, reading: Reading) -> None:
        """One of an article's states as another reader version reads its capture."""
        self._rows.restated(article, number, revision_columns(reading))
        self._put_parts(article, number, reading)

    def _put_parts(self, article: str, number: int, reading: Reading) -> None:
        keys = [files.fitting(self._key_of(item.url)) for item in reading.attachments]
        self._rows.parts(article, number, reading, keys)

    def _show(self, stored: Stored, number: int, reading: Reading) -> None:
        first_seen = self.standing(stored.id).first_seen
        columns = current_columns(revision_columns(reading), reading, first_seen, stored.number)
        self._rows.shows(stored.id, {**columns, "revision": number})
        self._states.forget([stored.id])
        self._twins.forget({twin_digest(reading), *self._twins.keys(lambda twin: twin == stored.id)})
        self._titled.forget({reading.title, *self._titled.keys(lambda some: any(one.id == stored.id for one in some))})

    def add_address(self, capture: Capture, article: str) -> None:
        """Note that the article was seen at this address. An address belongs to one article for ever."""
        known, at = self._at.get(capture.key), capture.fetched_at
        if known is None:
            met = capture.origin == "crawl"
            self._rows.address(capture.key, article, capture.url, at)
            self._remember(Address(capture.key, article, capture.url, at, at, met), sure=met)
        elif not known.first_seen <= at <= known.last_seen:
            known = replace(known, first_seen=min(known.first_seen, at), last_seen=max(known.last_seen, at))
            self._rows.met(known.key, known.first_seen, known.last_seen)
            self._remember(known, sure=True)

    def _remember(self, address: Address, *, sure: bool) -> None:
        """An address as it is now; unless it is `sure` who met it, the database says so."""
        self._at.put(address.key, address)
        if not sure:
            self._addresses.forget([address.article])
        elif self._addresses.knows(address.article):
            known = self._of(self._addresses, address.article)
            met = known[address.key].met if address.key in known else address.met
            self._addresses.put(address.article, {**known, address.key: replace(address, met=met)})

    def detach(self, key: str) -> None:
        """The page at `key` shows another story now: it is no address of its article any more."""
        if self._at.get(key) is not None:
            detach(self.settled(), self._portal, key)

    def seen(self, article: str, at: datetime) -> None:
        """The article was met again at `at`; one that was removed before then has returned."""
        now = self.standing(article)
        gone = now.removed_at if now.removed_at is None or now.removed_at >= at else None
        later = replace(now, last_seen=max(now.last_seen, at), removed_at=gone)
        if later != now:
            self._rows.seen(article, later.last_seen, gone)
            self._standings.put(article, later)

    def page_is(self, key: str, *, article: bool, copy: bool = False, variant: bool = False) -> None:
        """Tell the fetching half what became of a page: its purpose, and its URL shape's record (once a page).

        `copy`: it shows an article that was seen at another address first. `variant`: its address is such a one with
        parameters more, and speaks against addresses of its shape.
        """
        page = self.page(key)
        read_as = "not-article" if not article else "copy" if copy else "article"
        if page is None or page.read_as == read_as:
            return
        now = replace(page, read_as=read_as, purpose="article" if article else page.purpose)
        self._rows.page(page.id, read_as=now.read_as, purpose=now.purpose)
        self._pages.put(key, now)
        counts = article and not variant
        before = None if not page.read_as else page.read_as == "article"
        if page.shape and page.read_as != "copy" and counts is not before:
            known = int(before is not None)
            gained, lost = (1, -known) if counts else (-known, 1)
            self._rows.shape(page.shape, articles=gained, others=lost)

    def negatives(self, key: str, number: int) -> None:
        """Tell the fetching half how many negative answers in a row a page has given: checks follow the first."""
        page = self.page(key)
        if page is not None and page.negatives != number:
            self._rows.page(page.id, negatives=number)
            self._pages.put(key, replace(page, negatives=number))

    def note(self, capture: Capture, reader: str, verdict: Verdict, **more: Any) -> None:
        """A capture was read: see `notes.note`."""
        self._rows.read(notes.note(capture, reader, verdict, **more))
        self._verdicts[capture.entry] = verdict.kind

    # --- the database ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write down all that changed."""
        self._rows.write(self.connection)

    def settled(self) -> Connection:
        """The connection, after all is written; what is asked from now on may have been changed through it."""
        self.write()
        for answers in (
            self._at, self._pages, self._identical, self._titled, self._twins, self._standings, self._states,
            self._addresses, self._numbers,
        ):  # fmt: skip
            answers.forget()
        return self.connection
