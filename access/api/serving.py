"""The archive that is served: its database, which may be replaced beneath us, its files, and how it is shown."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from access.api.news import News
from access.figures import Figures
from storage.engine import Database

KeyOf = Callable[[str, str], str]
"""The key of an address on a platform (the crawler's own rule). Raises ValueError for what is no web address."""


@dataclass(frozen=True, slots=True)
class Options:
    """How an archive is served.

    `url` is the public address (behind a proxy), empty: as each request says it. `names` are hosts to answer to besides
    loopback and bare IP addresses. `cors` lets scripts of other sites read the API. `masked` hides personal data in the API,
    `veiled` on pages and in feeds for people.
    `indexed` lets search engines in, `operators_view` others than this machine to the operators' page; `operator` and
    `contact` are named to whoever asks. `concurrent` requests are worked on at a time, up to `waiting` wait `patience` seconds;
    besides, `following` may wait for news of the change feed. `rehearsed`: before it listens it asks itself for its pages, so
    that no visitor waits for what is loaded or counted once. `now` is the time that pages tell.
    """

    url: str = ""
    names: tuple[str, ...] = ()
    cors: bool = False
    masked: bool = False
    veiled: bool = True
    indexed: bool = False
    operators_view: bool = False
    operator: str = ""
    contact: str = ""
    software: str = "PhuongChi"
    concurrent: int = 8
    waiting: int = 256
    following: int = 256
    patience: float = 5.0
    rehearsed: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Source:
    """The database and the folder of an archive; the database is opened anew when another file takes its place."""

    def __init__(self, open_database: Callable[[], Database], folder: Path, key_of: KeyOf) -> None:
        self.folder, self.key_of = folder, key_of
        self._open = open_database
        self._db = open_database()
        self._lock = threading.Lock()

    @property
    def db(self) -> Database:
        """The database as it stands now. Raises DatabaseError when it is gone."""
        if self._db.is_replaced():
            with self._lock:
                if self._db.is_replaced():
                    old, self._db = self._db, self._open()
                    old.close()
        return self._db

    def close(self) -> None:
        """Close the database."""
        self._db.close()


@dataclass(frozen=True, slots=True)
class Serving:
    """What the parts of the server share. `stopping` is set when the server is told to end: whoever waits, goes."""

    source: Source
    options: Options
    figures: Figures
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    news: News = field(default_factory=News)

    def base(self, request: Request) -> str:
        """The address at which this server is seen, without a final slash."""
        return (self.options.url or str(request.base_url)).rstrip("/")


def serving(request: Request) -> Serving:
    """The archive that a request is about."""
    found: Serving = request.app.state.serving
    return found


Here = Annotated[Serving, Depends(serving)]
"""A parameter of an endpoint: the archive that its request is about."""
