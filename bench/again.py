"""Articles of a made-up archive told again, on PostgreSQL: it copies rows without unpacking texts and words."""

from __future__ import annotations

from sqlalchemy import text

from storage import schema
from storage.engine import Database

_LETTERS = "ybcdefgh"  # `bench.library` writes its ids with y for 0, which all numbers begin with
_NUMBER, _SECONDS = 30, 60
"""Bits of an article's number in its sort key, and seconds that a copy is younger than the article told before."""


def tell(db: Database, told: int) -> None:
    """Of every article write `told - 1` copies with the numbers that follow its own, each a minute younger than the other."""
    for step in range(1, told):
        later = (_SECONDS * step << _NUMBER) + step
        name = f"'a{_LETTERS[step]}' || substr({{}}, 3)"
        article = {
            "id": name.format("id"), "number": f"number + {step}", "sort_key": f"sort_key + {later}",
            "identity": name.format("id"), "sort_at": f"sort_at + interval '{_SECONDS * step} seconds'",
        }  # fmt: skip
        own = f"WHERE number % {told} = 1"
        theirs = f"WHERE article IN (SELECT id FROM article {own})"
        moved = {"article": name.format("article")}
        with db.write() as connection:
            for statement in (
                _copy("article", [column.name for column in schema.article.columns], article, own),
                _copy("revision", [column.name for column in schema.revision.columns], moved, theirs),
                _copy("attachment", [column.name for column in schema.attachment.columns], moved, theirs),
                _copy("article_search", ["sort_key", "words"], {"sort_key": f"sort_key + {later}"},
                      f"WHERE sort_key IN (SELECT sort_key FROM article {own})"),
            ):  # fmt: skip
                connection.execute(text(statement))


def _copy(table: str, columns: list[str], instead: dict[str, str], which: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(instead.get(name, f'"{name}"') for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} {which}"
