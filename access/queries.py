"""What people and programs ask of an archive: find articles, look at one, at its history, at the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from access.effort import as_much
from access.shape import Article, shaped
from storage import reader, warc
from storage.engine import Database
from storage.errors import UsageError
from storage.reader import ArticleLine, ArticleState, Filters, Key, Known, RevisionLine, clusters
from storage.reader.clusters import Member
from storage.reader.units.values import NOWHERE, Meant
from storage.records import DateCandidate, RecordRef
from storage.warc import Payload

NO_PLACE = "vị trí này không có trong danh sách, hãy xem lại từ trang đầu"
"""What Vietnamese readers are told of a cursor that is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; `after` leads to the next one and is empty at the end. `meant` is what names stood for.

    `skipped` are the rows before it in the order by relevance; -1: it is in the order newest first.
    """

    articles: tuple[ArticleLine, ...]
    after: str = ""
    meant: Meant = NOWHERE
    skipped: int = -1

    def first(self, count: int) -> Found:
        """The page with its first articles alone; the next one begins behind them."""
        if count >= len(self.articles):
            return self
        last = self.articles[count - 1].sort_key if self.skipped < 0 else self.skipped + count
        return replace(self, articles=self.articles[:count], after=str(last))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an article says what it says: its published date, the dates that were not taken, and the reader's remarks."""

    state: ArticleState
    published: DateCandidate | None
    rejected: tuple[DateCandidate, ...]
    flags: tuple[str, ...]


def search(
    db: Database, filters: Filters, *, limit: int = 20, after: str = "", by_relevance: bool = False, hits: bool = True,
    known: Known | None = None,
) -> Found:  # fmt: skip
    """One page of the articles that are asked for, newest first or by relevance; `after` is what the page before said.

    Lines show where the words stand, unless nobody wants to know (`hits`): that costs more than to find them. What is `known`
    of the answers already (some hundred of them, if there are so many) is not looked for again. Raises UsageError for dates
    that are none, for names of several places, and for a cursor that is none.
    """
    skipped = _number(after) if by_relevance and filters.words.strip() else -1
    if skipped >= 0:
        lines = reader.relevant(db, filters, skip=skipped, limit=limit + 1, known=known)
    elif known and not after:
        lines = reader.lines(db, known.newest[: limit + 1])
    else:
        lines = reader.articles(db, filters, after=Key(_number(after)) if after else None, limit=limit + 1)
    meant = known.meant if known else reader.meant(db, filters)
    found = Found(tuple(lines), "", meant, skipped).first(limit)
    return replace(found, articles=tuple(reader.illustrated(db, filters.words, found.articles))) if hits else found


def search_as_much(
    db: Database, filters: Filters, *, limit: int = 20, after: str = "", by_relevance: bool = False,
    known: Known | None = None,
) -> Found:  # fmt: skip
    """As `search` with hits; the page is shorter where it would take too long to mark them (`access.effort`)."""
    found = search(db, filters, limit=limit, after=after, by_relevance=by_relevance, hits=False, known=known)
    lines, count = as_much(found.articles, lambda some: reader.illustrated(db, filters.words, some))
    return replace(found.first(count), articles=tuple(lines))


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 20 or int(cursor) >= 2**63:
        raise UsageError(
            f"no place in a list: {cursor!r}", cure="Give --after what the page before has said",
            vi=NO_PLACE,
        )  # fmt: skip
    return int(cursor)


def article(db: Database, text: str, *, revision: int | None = None) -> Article:
    """The article that `text` means (its id, the beginning of it, or an address) as an object of the export.

    With `revision` as it was in that state. Raises UsageError when there is none, or more than one.
    """
    return shaped(state(db, text, revision=revision))


def state(db: Database, text: str, *, revision: int | None = None) -> ArticleState:
    """As `article`, with everything that is known. Raises UsageError."""
    name = reader.find_id(db, text)
    if not name:
        raise UsageError(f"no article {text!r}", cure="Give its id as `phuongchi search` prints it, or its address")
    found = reader.state(db, name, revision=revision)
    if found is None:
        raise UsageError(f"article {name} has no revision {revision}", cure="Look at its history with `phuongchi show`")
    return found


def newest(db: Database, portal: str, count: int) -> list[Article]:
    """The newest articles of a portal, whole."""
    keys = reader.newest_first(db, Filters(portal=portal), limit=count)
    return [shaped(one) for one in reader.states(db, [key.id for key in keys])]


def history(db: Database, text: str) -> list[RevisionLine]:
    """The states of an article, oldest first. Raises UsageError when there is none."""
    return reader.history(db, state(db, text).id)


def cluster(db: Database, text: str) -> list[Member]:
    """Who tells an article's story, the earliest publisher first; nobody if no other portal has it. Raises UsageError."""
    return clusters.members(db, state(db, text).id)


def evidence(db: Database, text: str, *, revision: int | None = None) -> Evidence:
    """What an article's dates rest on. Raises UsageError when there is none."""
    found = state(db, text, revision=revision)
    read = found.revision
    published = None
    if read["published_at"]:
        published = DateCandidate(
            *(read[f"published_{name}"] for name in ("at", "precision", "source", "basis", "evidence"))
        )
    candidates = tuple(DateCandidate(**candidate) for candidate in read["candidates"])
    return Evidence(found, published, candidates, tuple(read["flags"]))


def raw(db: Database, folder: Path, text: str, *, revision: int | None = None) -> Payload:
    """The response that a state of an article was read from, as it was received, body decoded.

    Raises UsageError when there is no such article, or its text may not be shown; FixityError when the archive's bytes are
    not what was written.
    """
    found = state(db, text, revision=revision)
    if found.visibility not in ("public", "restricted"):
        raise UsageError(f"article {found.id} is {found.visibility}", cure="Its text is not shown")
    capture = found.capture
    return warc.read_payload(folder, RecordRef(capture.series, capture.file, capture.offset, capture.length))
