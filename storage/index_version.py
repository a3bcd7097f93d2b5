"""Whether the search index was made by this program's rules for words, and the index made anew where it was not."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from storage import schema, search
from storage.errors import SchemaError


def check(connection: Connection, place: str) -> None:
    """Raise SchemaError where the index was made by other rules."""
    if _version(connection) not in (search.VERSION, None):
        raise SchemaError(f"{place} has another search index than this program's", cure="Run `phuongchi db upgrade`")


def renew(connection: Connection) -> None:
    """Make the index anew if it was made by other rules."""
    from storage.writer import words  # stands on the engine, which calls this

    version = _version(connection)
    if version == search.VERSION:
        return
    if version is None or not search.SINCE[connection.dialect.name] <= version <= search.VERSION:
        words.rebuild(connection)
    connection.execute(update(schema.archive).values(search=search.VERSION))


def _version(connection: Connection) -> int | None:
    version: int | None = connection.execute(select(schema.archive.c.search)).scalar()
    return version
