"""Read-only queries over an archive, for people's pages and other programs: lists without bodies, articles as a whole.

Every function opens one short transaction of its own. Lists are paged by the last row seen, never by counting rows.
"""

from storage.reader.articles import (
    Known,
    articles,
    find_id,
    history,
    illustrated,
    known,
    lines,
    meant,
    newest_first,
    relevant,
)
from storage.reader.choice import Choice, choose, choose_changed, last_changes, matching, pages_of
from storage.reader.feed import About, about, archive, events, finished_files
from storage.reader.files import hits
from storage.reader.filters import Filters, Key, day_range
from storage.reader.nights import Night, NightPortal, last_night, night, night_of_run
from storage.reader.portals import Counts, PortalLine, counts, portals
from storage.reader.states import hidden_pages, state, states
from storage.reader.values import ArticleLine, ArticleState, CaptureInfo, FileHit, FileInfo, RevisionLine

__all__ = [
    "About", "ArticleLine", "ArticleState", "CaptureInfo", "Choice", "Counts", "FileHit", "FileInfo", "Filters", "Key",
    "Known", "Night", "NightPortal", "PortalLine", "RevisionLine", "about", "archive", "articles", "choose",
    "choose_changed", "counts", "day_range", "events", "find_id", "finished_files", "hidden_pages", "history", "hits",
    "illustrated", "known", "last_changes", "last_night", "lines", "matching", "meant", "newest_first", "night",
    "night_of_run", "pages_of", "portals", "relevant", "state", "states",
]  # fmt: skip
