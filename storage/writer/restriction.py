"""Articles whose pages ask not to be shown from an archive (`noarchive`): kept and read, `restricted` for everybody else.

What people decided by hand stands above it: a withheld or redacted article stays what it is.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from storage import schema
from storage.records import EventKind
from storage.writer import words

MARK = "noarchive"
"""The flag of a revision whose page asks for it (`crawler.ingest.marks`)."""

PUBLIC, RESTRICTED = "public", "restricted"

_article, _revision, _address = schema.article, schema.revision, schema.article_address
_VISIBILITY = select(_article.c.visibility).where(_article.c.id == bindparam("of_article"))
_SET = (
    update(_article)
    .where(_article.c.id == bindparam("of_article"), _article.c.visibility == bindparam("before"))
    .values(visibility=bindparam("after"))
)
_MARKED = (
    select(_address.c.key)
    .join(_article, _article.c.id == _address.c.article)
    .where(_article.c.portal == bindparam("of_portal"), _article.c.visibility == RESTRICTED)
)


def changes(visibility: str, *, asked: bool) -> bool:
    """Whether an article of this visibility becomes something else by what its page asks for."""
    return visibility == (PUBLIC if asked else RESTRICTED)


def settle(conn: Connection, article: str, *, asked: bool) -> EventKind | None:
    """Make an article restricted if its page asks for it, public again if it does no longer; returns what the feed is told."""
    if not changes(conn.execute(_VISIBILITY, {"of_article": article}).scalar() or "", asked=asked):
        return None
    before, after = (PUBLIC, RESTRICTED) if asked else (RESTRICTED, PUBLIC)
    with words.kept(conn, [article]):
        conn.execute(_SET, {"of_article": article, "before": before, "after": after})
    _note(conn, article, asked=asked)
    return "withheld" if asked else "released"


def unhidden(conn: Connection, article: str) -> str:
    """What an article becomes that is released: restricted where its page asked for it when it was read last."""
    return RESTRICTED if MARK in _flags(conn, article) else PUBLIC


def marked(conn: Connection, portal: str) -> frozenset[str]:
    """The keys of the pages of a portal's restricted articles: the same bytes with another head may say that they are free."""
    return frozenset(conn.execute(_MARKED, {"of_portal": portal}).scalars())


def _note(conn: Connection, article: str, *, asked: bool) -> None:
    flags = [flag for flag in _flags(conn, article) if flag != MARK] + ([MARK] if asked else [])
    number = select(_article.c.revision).where(_article.c.id == article).scalar_subquery()
    here = (_revision.c.article == article) & (_revision.c.number == number)
    conn.execute(update(_revision).where(here).values(flags=flags))


def _flags(conn: Connection, article: str) -> list[str]:
    current = (_article.c.id == _revision.c.article) & (_article.c.revision == _revision.c.number)
    query = select(_revision.c.flags).join(_article, current).where(_article.c.id == article)
    return list(conn.execute(query).scalar() or ())
