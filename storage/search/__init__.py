"""The search index: words of titles, texts and files, without case and marks, on either database.

Text is folded and cut into words here, so that both databases hold the same words. What people type can never become an error:
it is cut by the same rule, and only words reach SQL. Rows of the index are sort keys (`storage.order`).
"""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import ColumnElement, Connection, SelectBase, false

from storage.search import fts, tsvector
from storage.search.asking import BEGINNING, END, Question
from storage.search.documents import FILES, Document, Facet, mark
from storage.search.query import Clause, Query, Term, parse
from storage.search.words import cut, line, tokens

__all__ = [
    "BEGINNING", "END", "FILES", "VERSION", "Clause", "Document", "Facet", "Query", "Question", "Term", "add", "clear",
    "condition", "cut", "line", "mark", "newest", "parse", "remove", "replace", "tokens",
]  # fmt: skip


class Backend(Protocol):
    """What each database's module can do."""

    def add(self, connection: Connection, document: Document, /) -> None: ...
    def remove(self, connection: Connection, document: Document, /) -> None: ...
    def clear(self, connection: Connection, /) -> None: ...
    def found(self, question: Question, /) -> SelectBase: ...
    def newest(self, connection: Connection, question: Question, most: int, /) -> list[int]: ...


VERSION = 1
"""How words are cut, folded and marked. An index of another version is made anew by `db upgrade`."""


def add(connection: Connection, document: Document) -> None:
    """Put an article into the index that is not in it. What is given must be given again to `remove`."""
    _backend(connection).add(connection, document)


def remove(connection: Connection, document: Document) -> None:
    """Take an article out of the index: exactly what `add` was given."""
    _backend(connection).remove(connection, document)


def replace(connection: Connection, old: Document, new: Document) -> None:
    """Bring an article's row up to date."""
    if old != new:
        remove(connection, old)
        add(connection, new)


def condition(connection: Connection, question: Question, key: ColumnElement[int]) -> ColumnElement[bool]:
    """That the article whose sort key is `key` answers a question, for statements that want all answers in any order."""
    return false() if question.is_impossible else key.in_(_backend(connection).found(question))


def clear(connection: Connection) -> None:
    """Empty the index, for a rebuild."""
    _backend(connection).clear(connection)


def newest(connection: Connection, question: Question, most: int) -> list[int]:
    """The sort keys of the newest articles that answer a question, the newest first; at most `most`."""
    return [] if question.is_impossible else _backend(connection).newest(connection, question, most)


def _backend(connection: Connection) -> Backend:
    return fts if connection.dialect.name == "sqlite" else tsvector
