"""Saved searches written: in the database, and by name and words in the ledger, so that they outlive a lost database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from storage import schema
from storage.engine import Database
from storage.errors import UsageError
from storage.reader.filters import Filters
from storage.reader.searches import SavedSearch, filters_of, query_of, searches
from storage.salvage import salvaged
from storage.upkeep import ledger

_table = schema.saved_search


def save(db: Database, folder: Path, name: str, filters: Filters, *, cursor: str, now: datetime) -> None:
    """Save a search; it is told of what comes behind `cursor`. Raises UsageError when there is one of this name."""
    with db.write() as connection:
        if connection.execute(select(_table.c.id).where(_table.c.name == name)).first() is not None:
            raise UsageError(f"there is a saved search {name!r} already", cure="Give another name, or remove it first")
        connection.execute(insert(_table).values(_row(SavedSearch(name, filters, cursor, now, now))))
    ledger.append(folder, "search", at=now, name=name, query=query_of(filters))


def remove(db: Database, folder: Path, name: str, *, now: datetime) -> None:
    """Forget a saved search. Raises UsageError when there is none of this name."""
    with db.write() as connection:
        gone = connection.execute(delete(_table).where(_table.c.name == name)).rowcount
    if not gone:
        raise UsageError(f"there is no saved search {name!r}", cure="See: phuongchi alerts list")
    ledger.append(folder, "search-removed", at=now, name=name)


def told(db: Database, search: SavedSearch, *, cursor: str, now: datetime) -> bool:
    """Note that a search was told of everything up to `cursor`; False if somebody else was quicker."""
    here = (_table.c.name == search.name) & (_table.c.cursor == _row(search)["cursor"])
    with db.write() as connection:
        done = connection.execute(update(_table).where(here).values(cursor=_place(cursor, now)))
        return done.rowcount == 1


def carry_over(db: Database, before: str, folder: Path) -> int:
    """Give a database that was made anew the saved searches of the one at `before`, else those of the ledger."""
    found = {one.name: one for one in (*_of_ledger(folder), *salvaged(before, searches))}
    if found:
        with db.write() as connection:
            connection.execute(insert(_table), [_row(one) for one in found.values()])
    return len(found)


def _row(search: SavedSearch) -> dict[str, object]:
    return {
        "name": search.name, "query": query_of(search.filters), "cursor": _place(search.cursor, search.told_at),
        "created_at": search.created_at,
    }  # fmt: skip


def _place(cursor: str, at: datetime) -> str:
    return f"{cursor}@{at.isoformat()}"


def _of_ledger(folder: Path) -> Iterable[SavedSearch]:
    found: dict[str, SavedSearch] = {}
    for line in ledger.read(folder):
        if line.what == "search":
            name = str(line.facts["name"])
            found[name] = SavedSearch(name, filters_of(line.facts["query"]), "", line.at, line.at)
        elif line.what == "search-removed":
            found.pop(str(line.facts["name"]), None)
    return found.values()
