"""A database opened for a server: read-only, and no question may take longer than a few seconds.

SQLite looks at the clock while it works; PostgreSQL is told by its own setting. What took too long is storage.errors.TooSlow.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url

from storage.engine import Database, connect

_HEARD = 1.0
"""Seconds that PostgreSQL may take to hear that a question is to be broken off. `cancel` would wait for ever, and hold up all
threads of this process meanwhile."""

STEPS = 2000
"""Instructions of SQLite between two looks at the clock: about a tenth of a millisecond."""


class Unhurried:
    """Questions for whose answers nobody waits: they may take `times` as long as a visitor's, until all are told to end."""

    def __init__(self, times: float) -> None:
        self.times, self.ended = times, False
        self._lock = threading.Lock()
        self._asked: Any = None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What this thread asks within is such a question."""
        token = _unhurried.set(self)
        try:
            yield
        finally:
            _unhurried.reset(token)

    def end(self) -> None:
        """Break off what is asked, with TooSlow, and whatever is asked later. Takes a moment on PostgreSQL: it is told so."""
        with self._lock:
            self.ended = True
            if self._asked is not None:
                with suppress(Exception):  # a server that does not hear has nothing to break off
                    self._asked.cancel_safe(timeout=_HEARD)

    def runs_on(self, connection: Connection) -> bool:
        """The transaction that begins now runs on this connection of PostgreSQL, until its end; False: it is to end at once."""
        with self._lock:
            self._asked = connection.connection.driver_connection
        for end in ("commit", "rollback"):
            event.listen(connection, end, self._over)
        return not self.ended

    def _over(self, _: Connection) -> None:
        with self._lock:
            self._asked = None


_unhurried: ContextVar[Unhurried | None] = ContextVar("unhurried", default=None)


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
    db.on_begin(lambda connection: limited(connection, seconds, _unhurried.get()))
    return db


def _watch(connection: Connection, seconds: float, unhurried: Unhurried | None) -> None:
    """Interrupt what the connection does once the time of the transaction that begins now is over, or it is told to end."""
    until = time.monotonic() + seconds * (unhurried.times if unhurried else 1)
    driver: Any = connection.connection.driver_connection

    def over() -> bool:
        return time.monotonic() > until or (unhurried is not None and unhurried.ended)

    driver.set_progress_handler(over, STEPS)


def _allow(connection: Connection, seconds: float, unhurried: Unhurried | None) -> None:
    """Give the statements of this transaction more time than the connection does, where they may have it."""
    if unhurried:
        milliseconds = int(seconds * unhurried.times * 1000) if unhurried.runs_on(connection) else 1
        connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
