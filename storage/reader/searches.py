"""Saved searches: what somebody wants to be told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage import schema
from storage.engine import Database
from storage.reader.filters import Filters

_table = schema.saved_search


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search by name, and the place in the change feed up to which it was told of what is new.

    `cursor` is the feed's own text. `told_at` is when that was: of another epoch only the time is still good.
    """

    name: str
    filters: Filters
    cursor: str
    told_at: datetime
    created_at: datetime


def searches(db: Database) -> list[SavedSearch]:
    """All saved searches, by name."""
    with db.read() as connection:
        rows = connection.execute(select(_table).order_by(_table.c.name)).mappings().all()
    found = []
    for row in rows:
        cursor, _, told_at = str(row["cursor"]).partition("@")
        told = datetime.fromisoformat(told_at) if told_at else row["created_at"]
        found.append(SavedSearch(row["name"], filters_of(row["query"]), cursor, told, row["created_at"]))
    return found


def query_of(filters: Filters) -> dict[str, Any]:
    """Filters as they are kept: only what is asked for."""
    nothing = asdict(Filters())
    return {name: value for name, value in asdict(filters).items() if value != nothing[name]}


def filters_of(query: Mapping[str, Any]) -> Filters:
    """Filters that were kept; what this program does not know (of a newer one) is left out."""
    known = {field.name for field in fields(Filters)}
    return Filters(**{name: value for name, value in query.items() if name in known})
