"""What a database that is about to be replaced still tells, if it can be read at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from storage import engine
from storage.engine import Database
from storage.errors import DatabaseError, UsageError

Row = TypeVar("Row")


def salvaged(url: str, ask: Callable[[Database], list[Row]]) -> list[Row]:
    """What `ask` finds in the database at `url`; nothing where there is none, or it is damaged."""
    try:
        if not engine.is_made(url):
            return []
        db = engine.connect(url, readonly=True)
    except (DatabaseError, UsageError):
        return []
    try:
        return ask(db)
    except DatabaseError:
        return []
    finally:
        db.close()
