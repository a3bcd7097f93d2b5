"""The search index: words of titles, texts and files, without case and marks, on either database.

Text is folded and cut into words here, so that both databases hold the same words. What people type can never become an error:
it is cut by the same rule, and only words reach SQL. Rows of the index are sort keys (`storage.order`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, SelectBase, false

from storage.search import fts, tsvector
from storage.search.asking import BEGINNING, END, Question
from storage.search.documents import FILES, Document, Facet, mark
from storage.search.highlight import WIDTH, Segment, Snippet, marked, snippet
from storage.search.query import Clause, Query, Term, parse
from storage.search.ranking import NEWEST, TITLED, Ranker, in_titles, ranker
from storage.search.words import accented, cut, line, tokens

__all__ = [
    "BEGINNING", "END", "FILES", "NEWEST", "SINCE", "TITLED", "VERSION", "WIDTH", "Clause", "Document", "Facet", "Query",
    "Question", "Ranker", "Segment", "Snippet", "Term", "accented", "add", "add_all", "clear", "condition", "cut",
    "in_titles", "line", "mark", "marked", "newest", "parse", "ranker", "remove", "replace",
    "replace_all", "snippet", "tokens",
]  # fmt: skip


class Backend(Protocol):
    """What each database's module can do."""

    def add(self, connection: Connection, documents: Sequence[Document], /) -> None: ...
    def remove(self, connection: Connection, documents: Sequence[Document], /) -> None: ...
    def clear(self, connection: Connection, /) -> None: ...
    def found(self, question: Question, /) -> SelectBase: ...
    def newest(self, connection: Connection, question: Question, most: int, /) -> list[int]: ...


VERSION = 2
"""How words are cut, folded and marked. An index of another version is brought to this one by `db upgrade`."""

SINCE = {"sqlite": 2, "postgresql": 1}
"""The version from which on a database's index is as it is now: an older one is made anew."""


def add(connection: Connection, document: Document) -> None:
    """Put an article into the index that is not in it. What is given must be given again to `remove`."""
    add_all(connection, [document])


def add_all(connection: Connection, documents: Sequence[Document]) -> None:
    """Put articles into the index that are not in it; quicker than one by one."""
    if documents:
        _backend(connection).add(connection, sorted(documents, key=lambda one: one.sort_key))


def remove(connection: Connection, document: Document) -> None:
    """Take an article out of the index: exactly what `add` was given."""
    _backend(connection).remove(connection, [document])


def replace(connection: Connection, old: Document, new: Document) -> None:
    """Bring an article's row up to date."""
    replace_all(connection, [(old, new)])


def replace_all(connection: Connection, changed: Iterable[tuple[Document, Document]]) -> None:
    """Bring articles' rows up to date: each as it was, and as it is."""
    others = [(old, new) for old, new in changed if old != new]
    if others:
        _backend(connection).remove(connection, sorted((old for old, _ in others), key=lambda one: one.sort_key))
        add_all(connection, [new for _, new in others])


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
