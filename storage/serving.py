"""A database opened for a server: read-only, and no question may take longer than a few seconds.

SQLite looks at the clock while it works; PostgreSQL is told by its own setting. What took too long is storage.errors.TooSlow.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from storage.engine import Database, connect

STEPS = 2000
"""Instructions of SQLite between two looks at the clock: about a tenth of a millisecond."""


_times: ContextVar[float] = ContextVar("times", default=1.0)


@contextmanager
def unhurried(times: float) -> Iterator[None]:
    """Let what this thread asks within take so many times as long: nobody waits for the answers."""
    token = _times.set(times)
    try:
        yield
    finally:
        _times.reset(token)


def connect_to_serve(url: str, *, seconds: float) -> Database:
    """Open an archive's database to read, with `seconds` for each transaction (SQLite) or statement (PostgreSQL).

    Raises DatabaseError and SchemaError as `storage.engine.connect`.
    """
    location = make_url(url)
    if location.get_backend_name() != "sqlite":
        given = location.query.get("options", "")
        limit = f"{given} -c statement_timeout={int(seconds * 1000)}".strip()
        location = location.update_query_dict({"options": limit})
    db = connect(location.render_as_string(hide_password=False), readonly=True)
    limited = _watch if db.dialect == "sqlite" else _allow
    db.on_begin(lambda connection: limited(connection, seconds * _times.get()))
    return db


def _watch(connection: Connection, seconds: float) -> None:
    """Interrupt what the connection does once the time of the transaction that begins now is over."""
    until = time.monotonic() + seconds
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: time.monotonic() > until, STEPS)


def _allow(connection: Connection, seconds: float) -> None:
    """Give the statements of this transaction more time than the connection does, where they may have it."""
    if _times.get() != 1.0:
        connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
