"""Articles of a made-up archive told again, on PostgreSQL: it copies rows without unpacking texts and words."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from storage import schema
from storage.engine import Database
from storage.order import first_key

_NUMBER = 30
"""Bits of an article's number in its sort key; seconds since 1900 stand before them."""

_EPOCH = first_key(datetime(1970, 1, 1, tzinfo=UTC)) >> _NUMBER
_LETTERS = (
    "ybcdefghijklmnopqrstuvwxz234567"  # `bench.library` writes its ids with y for 0, which all numbers begin with
)
MOST = len(_LETTERS)


def tell(db: Database, told: int, days: int) -> None:
    """Of every article write `told - 1` copies with the numbers that follow its own.

    Copies lie evenly in the time of all articles (`days` behind the first of them), so that no two stand side by side.
    """
    with db.read() as connection:
        first = int(connection.execute(text("SELECT min(sort_key) FROM article")).scalar_one()) >> _NUMBER
    span = days * 86_400
    for step in range(1, told):
        name = f"'a{_LETTERS[step]}' || substr({{}}, 3)"
        second = f"({first} + ((sort_key >> {_NUMBER}) - {first} + {span // told * step}) % {span})"
        key = f"(({second} << {_NUMBER}) + (sort_key & {2**_NUMBER - 1}) + {step})"
        article = {
            "id": name.format("id"), "number": f"number + {step}", "sort_key": key, "identity": name.format("id"),
            "sort_at": f"to_timestamp({second} - {_EPOCH})",
        }  # fmt: skip
        own = f"WHERE number % {told} = 1"
        theirs = f"WHERE article IN (SELECT id FROM article {own})"
        moved = {"article": name.format("article")}
        with db.write() as connection:
            for statement in (
                _copy("article", [column.name for column in schema.article.columns], article, own),
                _copy("revision", [column.name for column in schema.revision.columns], moved, theirs),
                _copy("attachment", [column.name for column in schema.attachment.columns], moved, theirs),
                _copy("article_search", ["sort_key", "words"], {"sort_key": key},
                      f"WHERE sort_key IN (SELECT sort_key FROM article {own})"),
            ):  # fmt: skip
                connection.execute(text(statement))


def _copy(table: str, columns: list[str], instead: dict[str, str], which: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(instead.get(name, f'"{name}"') for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} {which}"
