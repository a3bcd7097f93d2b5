"""What reading proved of the frontier's pages: lists that only repeat others, pagers of no list, files of no article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, true, update

from storage import schema
from storage.engine import Database, Fence
from storage.frontier.pages import CHUNK, not_asked

_page, _sighting = schema.page, schema.sighting

WORTH = 200
"""Lines that a list showed over time beyond which it is a list of its own, whatever others show."""


# Statements are built once: to put one together takes longer than to carry it out.
_OURS = _page.c.portal == bindparam("of_portal")
_HORIZON = bindparam("horizon", type_=_page.c.due_at.type)
_LISTS = (
    select(_page.c.id, _page.c.key, _page.c.depth)
    .where(_OURS, _page.c.purpose == "listing", _page.c.paging == 0, _page.c.status == 200)
    .order_by(_page.c.depth, _page.c.id)
)
_PARENTS = select(_page.c.parent).where(_OURS, _page.c.paging == 0, _page.c.purpose != "attachment").distinct()
_SHOWN = select(_sighting.c.listing, _sighting.c.key).where(
    _sighting.c.portal == bindparam("of_portal"), _sighting.c.source == "listing",
    _sighting.c.listing.in_(bindparam("lists", expanding=True)),
)  # fmt: skip


def echoes(conn: Connection, portal: str) -> list[int]:
    """The lists that never showed anything but what other lists of the portal show: pages with a box of latest news.

    A list is none if it was the first to lead to any page, or showed a line that no list before it has shown; the home page
    comes first, then by depth. So of two equal lists one is always left.
    """
    lists = conn.execute(_LISTS, {"of_portal": portal}).all()
    first = set(conn.execute(_PARENTS, {"of_portal": portal}).scalars())
    shown = _shown(conn, portal, [row.key for row in lists])
    covered: set[str] = set()
    found = []
    for row in lists:
        lines = shown.get(row.key, set())
        if row.depth > 0 and row.key not in first and len(lines) < WORTH and lines <= covered:
            found.append(row.id)
        else:
            covered |= lines
    return found


def _shown(conn: Connection, portal: str, lists: Sequence[str]) -> dict[str, set[str]]:
    shown: dict[str, set[str]] = defaultdict(set)
    for start in range(0, len(lists), CHUNK):
        for listing, key in conn.execute(_SHOWN, {"of_portal": portal, "lists": lists[start : start + CHUNK]}):
            shown[listing].add(key)
    return shown


_part, _whole = _page.alias("part"), _page.alias("whole")
_PARTS = (
    select(
        _part.c.id, _part.c.key, _part.c.priority, _whole.c.id.label("page"), _whole.c.key.label("whole"), _whole.c.read_as
    )
    .join(_whole, (_whole.c.portal == _part.c.portal) & (_whole.c.key == _part.c.parent))
    .where(
        _part.c.portal == bindparam("of_portal"), _part.c.priority.in_(bindparam("which", expanding=True)),
        _part.c.paging > 0, _part.c.status.is_(None), _whole.c.read_as != "",
    )
)  # fmt: skip


def settle_parts(
    db: Database, fence: Fence, portal: str, *, horizon: datetime, walked: int, held: int, listing: int
) -> None:
    """Let the reading half decide about pagers: those of articles are never walked, those of other pages are.

    `walked`, `held` and `listing` are the priorities of parts that are asked, of parts that wait because their page may be
    an article, and of lists. A page with parts that was read as no article is a list from now on.
    """
    with db.read() as conn:
        rows = conn.execute(_PARTS, {"of_portal": portal, "which": [walked, held]}).all()
    articles = [
        row.id
        for row in rows
        if row.priority == walked and row.read_as in ("article", "copy") and is_variant(row.key, row.whole)
    ]
    freed = [row for row in rows if row.priority == held and row.read_as == "not-article"]
    if not articles and not freed:
        return
    with db.write(fence, portals=(portal,)) as conn:
        for ids in _chunks(articles):
            conn.execute(update(_page).where(_page.c.id.in_(ids)).values(due_at=None, priority=held))
        for ids in _chunks([row.id for row in freed]):
            conn.execute(update(_page).where(_page.c.id.in_(ids)).values(due_at=horizon, priority=walked))
        for ids in _chunks(sorted({row.page for row in freed})):
            conn.execute(
                update(_page)
                .where(_page.c.id.in_(ids), _page.c.purpose.in_(("article", "unknown")))
                .values(purpose="listing", priority=listing, due_at=horizon)
            )


@cache
def _waiting(mark: str) -> Select[Any]:
    due = (_page.c.due_at <= _HORIZON) & not_asked(bindparam("of_run"))
    return select(_page.c.key).where(_OURS, _page.c.paging > 0, due, _page.c.key.contains(mark, autoescape=True))


def rewind(db: Database, fence: Fence, portal: str, *, mark: str, run: int, horizon: datetime) -> list[str]:
    """Begin anew the lists whose parts are asked one from another (their keys: the list's, `mark`, which part) and of which a
    part is due: nothing leads to it but the list itself. Their parts wait until they are met again. Returns the lists' keys.
    """
    values = {"of_portal": portal, "of_run": run, "horizon": horizon}
    with db.read() as conn:
        lists = sorted({key.partition(mark)[0] for key in conn.execute(_waiting(mark), values).scalars()})
    if lists:
        parts = (_page.c.portal == portal) & (_page.c.paging > 0)
        with db.write(fence, portals=(portal,)) as conn:
            for key in lists:
                of_list = parts & _page.c.key.startswith(key + mark, autoescape=True)
                conn.execute(update(_page).where(of_list).values(due_at=None, run=None))
                whole = (_page.c.portal == portal) & (_page.c.key == key)
                conn.execute(update(_page).where(whole).values(due_at=horizon, run=None))
    return lists


def _named() -> Select[tuple[str]]:
    """The keys of the files that the portal's articles name."""
    attached, article = schema.attachment, schema.article
    of_article = article.c.id == attached.c.article
    return select(attached.c.key).join(article, of_article).where(article.c.portal == bindparam("of_portal"))


def _ruled_out() -> Select[tuple[int]]:
    """The page that a file of the table `page` was found on, if it is none of an article, or says so no more."""
    page, answer = _page.alias("whole"), schema.capture
    unread = select(answer.c.entry).where(
        answer.c.portal == bindparam("of_portal"), answer.c.key == page.c.key, answer.c.unread == true()
    )
    told = page.c.read_as.not_in(("", "article")) | ((page.c.read_as == "article") & ~unread.exists())
    return select(page.c.id).where(
        page.c.portal == bindparam("of_portal"), page.c.key == _page.c.parent,
        told | page.c.purpose.not_in(("article", "unknown")),
    )  # fmt: skip


_FRESH = _OURS & (_page.c.purpose == "attachment") & _page.c.status.is_(None) & (_page.c.attempts == 0)
_ANY_FRESH = select(_page.c.id).where(_FRESH).limit(1)
_ASK = update(_page).where(_FRESH, _page.c.due_at.is_(None), _page.c.key.in_(_named())).values(due_at=_HORIZON)
_HOLD = (
    update(_page)
    .where(_FRESH, _page.c.due_at.is_not(None), _ruled_out().exists(), _page.c.key.not_in(_named()))
    .values(due_at=None)
)


def settle_files(db: Database, fence: Fence, portal: str, *, horizon: datetime) -> None:
    """Let the reading half decide about files: those that an article names are asked, those that no article names are not.

    Of a file whose page nobody has read yet it is not known, nor of one that an article's new answer may have brought; it is
    asked if its page may be an article, else it waits without a date. Only files that never answered are looked at.
    """
    with db.read() as conn:
        if conn.execute(_ANY_FRESH, {"of_portal": portal}).first() is None:
            return
    with db.write(fence, portals=(portal,)) as conn:
        conn.execute(_ASK, {"of_portal": portal, "horizon": horizon})
        conn.execute(_HOLD, {"of_portal": portal})


def is_variant(key: str, whole: str) -> bool:
    """Whether a page's key is another's with more behind it: more parameters, or a longer path."""
    key, _, part = key.partition("#")
    if part and key == whole:
        return True
    path, _, query = key.partition("?")
    base, _, fewer = whole.partition("?")
    if path != base:
        return path.startswith(base.rstrip("/") + "/") and query == fewer
    return set(filter(None, fewer.split("&"))) < set(filter(None, query.split("&")))


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
