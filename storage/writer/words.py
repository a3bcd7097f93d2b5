"""An article's words in the search index, kept as its rows say, whatever changed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, select

from storage import schema, search

MOST_CHARACTERS = 2_000_000
"""Characters of an article's files that it is found by; it is written anew whenever one of them arrives."""

_article, _revision, _attachment, _text = schema.article, schema.revision, schema.attachment, schema.file_text
_ROW = (
    select(_article.c.number, *(_revision.c[name] for name in ("title", "paragraphs", "captions", "authors")))
    .join(_revision, (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision))
    .where(_article.c.id == bindparam("of_article"))
)
_FILES = (
    select(_attachment.c.name, _text.c.text)
    .join(_article, (_article.c.id == _attachment.c.article) & (_article.c.revision == _attachment.c.revision))
    .join(_text, _text.c.entry == _attachment.c.entry, isouter=True)
    .where(_attachment.c.article == bindparam("of_article"))
    .order_by(_attachment.c.position)
)


def add(conn: Connection, article: str) -> None:
    """Put a new article into the index."""
    number, (title, text, attachments) = words(conn, article)
    search.index(conn, number, title=title, text=text, attachments=attachments)


@contextmanager
def kept(conn: Connection, articles: Iterable[str]) -> Iterator[None]:
    """Bring the index up to date with what the block changes of these articles' current states.

    SQLite's index holds no texts and must be told which words go, so they are taken from the rows before they change.
    """
    before = {article: words(conn, article) for article in articles}
    yield
    for article, (number, old) in before.items():
        search.reindex(conn, number, old=old, new=words(conn, article)[1])


def words(conn: Connection, article: str) -> tuple[int, tuple[str, str, str]]:
    """The article's row in the index, and what it is found by: title, text, and the names and texts of its files."""
    row = conn.execute(_ROW, {"of_article": article}).one()
    files = conn.execute(_FILES, {"of_article": article})
    text = "\n".join((*row.paragraphs, *row.captions, *row.authors))
    return row.number, (row.title, text, _joined(part for file in files for part in file if part))


def _joined(parts: Iterable[str]) -> str:
    """The parts, to the limit of what an article is found by."""
    taken: list[str] = []
    left = MOST_CHARACTERS
    for part in parts:
        if left <= 0:
            break
        taken.append(part[:left])
        left -= len(part) + 1
    return "\n".join(taken)
