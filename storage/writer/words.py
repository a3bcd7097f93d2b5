"""An article's words in the search index, kept as its rows say, whatever changed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage import schema, search
from storage.search import Document
from storage.silent import unshown

MOST_CHARACTERS = 2_000_000
"""Characters of an article's files that it is found by; it is written anew whenever one of them arrives."""

_article, _revision, _attachment, _text = schema.article, schema.revision, schema.attachment, schema.file_text
_ROW = (
    select(
        *(_article.c[name] for name in ("sort_key", "portal", "kind", "category", "visibility")),
        *(_revision.c[name] for name in ("title", "paragraphs", "captions", "authors")),
        _revision.c.published_basis.label("basis"),
    )
    .join(_revision, (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision))
    .where(_article.c.id == bindparam("of_article"))
)
_FILES = (
    select(_article.c.portal, _attachment.c.key, _attachment.c.name, _text.c.text)
    .join(_article, (_article.c.id == _attachment.c.article) & (_article.c.revision == _attachment.c.revision))
    .join(_text, _text.c.entry == _attachment.c.entry, isouter=True)
    .where(_attachment.c.article == bindparam("of_article"))
    .order_by(_attachment.c.position)
)
_AT_ONCE = 5_000  # ids that are held while the index is made anew


def add(conn: Connection, article: str) -> None:
    """Put a new article into the index."""
    search.add(conn, document(conn, article))


@contextmanager
def kept(conn: Connection, articles: Iterable[str]) -> Iterator[None]:
    """Bring the index up to date with what the block changes of these articles and their current states.

    SQLite's index holds no texts and must be told which words go, so they are taken from the rows before they change.
    """
    before = {article: document(conn, article) for article in articles}
    yield
    search.replace_all(conn, [(old, document(conn, article)) for article, old in before.items()])


def rebuild(conn: Connection) -> None:
    """Make the whole index anew."""
    search.clear(conn)
    after = search.BEGINNING
    while True:
        query = select(_article.c.sort_key, _article.c.id).where(_article.c.sort_key > after)
        rows = conn.execute(query.order_by(_article.c.sort_key).limit(_AT_ONCE)).all()
        if not rows:
            return
        for row in rows:
            add(conn, row.id)
        after = rows[-1].sort_key


def document(conn: Connection, article: str) -> Document:
    """What the article is found by: title, text, the names of its files and the texts that may be shown, and what lists are
    filtered by."""
    row = conn.execute(_ROW, {"of_article": article}).one()
    files = conn.execute(_FILES, {"of_article": article}).all()
    silent = unshown(conn, {(file.portal, file.key) for file in files if file.text})
    said = (part for file in files for part in (file.name, "" if (file.portal, file.key) in silent else file.text))
    return Document(
        row.sort_key, row.title, text(dict(row._mapping)),
        joined(part for part in said if part), row.portal, row.kind, row.category, row.basis,
        row.visibility, bool(files),
    )  # fmt: skip


def text(state: Mapping[str, Any]) -> str:
    """What a state is found by beside its title and files: of its columns paragraphs, captions and authors."""
    return "\n".join((*state["paragraphs"], *state["captions"], *state["authors"]))


def joined(parts: Iterable[str]) -> str:
    """What is said of files, to the limit of what an article is found by."""
    taken: list[str] = []
    left = MOST_CHARACTERS
    for part in parts:
        if left <= 0:
            break
        taken.append(part[:left])
        left -= len(part) + 1
    return "\n".join(taken)
