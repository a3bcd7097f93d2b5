"""What is new for a saved search: the articles that came into the archive since it was told last, each once."""

from __future__ import annotations

from dataclasses import dataclass

from access import changes as feed
from access.changes import OldCursor
from access.shape import Article, shaped
from storage import reader
from storage.engine import Database
from storage.reader import Filters
from storage.reader.feed import last_event
from storage.reader.searches import SavedSearch

_SLICE = 1000
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class News:
    """New articles for a search, in the order in which they came, and the cursor behind which the next ones will be."""

    search: SavedSearch
    articles: tuple[Article, ...]
    cursor: str


def look(db: Database, search: SavedSearch) -> News:
    """What came into the archive behind the search's cursor and matches it now; hidden articles are left out.

    Without a cursor of this epoch, whose numbers alone mean something, the articles first seen since it was told last.
    """
    about = reader.about(db)
    seq, since = 0, None if search.cursor else search.told_at
    try:
        seq = feed.place(about, search.cursor)
    except OldCursor:
        since = search.told_at
    found: list[Article] = []
    while True:
        events = reader.events(db, after=seq, limit=_SLICE)
        names = list(dict.fromkeys(event.article for event in events if event.kind == "created"))
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            wanted = reader.matching(db, some, search.filters)
            states = reader.states(db, [name for name in some if name in wanted])
            found += [shaped(one) for one in states if since is None or one.first_seen > since]
        if not events:
            return News(search, tuple(found), feed.cursor(about, seq))
        seq = events[-1].seq


def check(db: Database, filters: Filters) -> None:
    """Raise UsageError for filters that nothing can be looked for by: dates that are none, names of several places."""
    reader.newest_first(db, filters, limit=1)


def here(db: Database) -> str:
    """The cursor of the feed as it stands: what comes from now on is new."""
    return feed.cursor(reader.about(db), last_event(db))
