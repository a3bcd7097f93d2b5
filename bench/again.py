"""Articles of a made-up archive told again: rows are copied, words are not cut anew, so a million take a third of the time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from storage import schema
from storage.engine import Database
from storage.order import first_key
from storage.search import Document, fts

_NUMBER = 30
"""Bits of an article's number in its sort key; seconds since 1900 stand before them."""

_EPOCH = first_key(datetime(1970, 1, 1, tzinfo=UTC)) >> _NUMBER
_LETTERS = (
    "ybcdefghijklmnopqrstuvwxz234567"  # `bench.library` writes its ids with y for 0, which all numbers begin with
)
_SLICE = 5_000  # documents that SQLite takes in one transaction


def tell(db: Database, told: int, days: int, documents: Sequence[Document]) -> None:
    """Of every article write `told - 1` copies with the numbers that follow its own; at most 31 are told in all.

    Copies lie evenly in the time of all articles (`days` behind the first of them), so that no two stand side by side.
    `documents` are what the articles are found by; only SQLite needs them.
    """
    with db.read() as connection:
        first = int(connection.execute(text("SELECT min(sort_key) FROM article")).scalar_one()) >> _NUMBER
    rows = [fts.row(one) for one in documents]
    for step in range(1, told):
        moved = _Moved(first, days * 86_400, told, step)
        with db.write() as connection:
            for statement in moved.statements(connection):
                connection.execute(text(statement))
        for some in moved.again(rows) if db.dialect == "sqlite" else ():
            with db.write() as connection:
                connection.execute(fts.ADD, some)


class _Moved:
    """One copy of every article, later than its original by a part of the time of all."""

    def __init__(self, first: int, span: int, told: int, step: int) -> None:
        self._first, self._span, self._told, self._step = first, span, told, step
        self._later = span // told * step

    def statements(self, connection: Connection) -> Iterator[str]:
        """What copies the rows; PostgreSQL does not unpack texts and words for it."""
        second = f"({self._first} + ((sort_key >> {_NUMBER}) - {self._first} + {self._later}) % {self._span})"
        key = f"(({second} << {_NUMBER}) + (sort_key & {(1 << _NUMBER) - 1}) + {self._step})"
        name = f"'a{_LETTERS[self._step]}' || substr({{}}, 3)"
        sqlite = connection.dialect.name == "sqlite"
        at = (
            f"datetime({second} - {_EPOCH}, 'unixepoch') || '.000000'"
            if sqlite
            else f"to_timestamp({second} - {_EPOCH})"
        )
        article = {"id": name.format("id"), "number": f"number + {self._step}", "sort_key": key,
                   "identity": name.format("id"), "sort_at": at}  # fmt: skip
        own = f"WHERE number % {self._told} = 1"
        yield _copy("article", [column.name for column in schema.article.columns], article, own)
        for table in (schema.revision, schema.attachment):
            names, theirs = (
                [column.name for column in table.columns],
                f"WHERE article IN (SELECT id FROM article {own})",
            )
            yield _copy(table.name, names, {"article": name.format("article")}, theirs)
        if not sqlite:
            theirs = f"WHERE sort_key IN (SELECT sort_key FROM article {own})"
            yield _copy("article_search", ["sort_key", "words"], {"sort_key": key}, theirs)

    def again(self, rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        """The same of SQLite's index, in the order of the keys."""
        copies = sorted(({**row, "row": self._key(row["row"])} for row in rows), key=lambda row: row["row"])
        for start in range(0, len(copies), _SLICE):
            yield copies[start : start + _SLICE]

    def _key(self, key: int) -> int:
        second = self._first + ((key >> _NUMBER) - self._first + self._later) % self._span
        return (second << _NUMBER) + (key & ((1 << _NUMBER) - 1)) + self._step


def _copy(table: str, columns: list[str], instead: dict[str, str], which: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(instead.get(name, f'"{name}"') for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} {which}"
