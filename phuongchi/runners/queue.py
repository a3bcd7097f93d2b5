"""The queue between scheduler and workers: the application of procrastinate, and what a batch is told.

`procrastinate` is in the extra `queue`; only this module and those that import it need it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager

from phuongchi.archive import Archive
from storage import batches
from storage.engine import Database, Fence
from storage.records import Portal

QUEUE = "batches"
TASK = "phuongchi.batch"

LEASE = 60.0
"""Seconds of real time after which the batch of a worker that is not heard of is given to another one."""

HEARTBEAT = 10.0
"""Seconds between two signs of life that a worker gives to the queue."""

KEEPALIVES = {
    "keepalives": 1, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000,
    "connect_timeout": 10,
}  # fmt: skip
"""How a connection finds out within half a minute that its server is gone without a word."""


@dataclass(frozen=True, slots=True)
class BatchJob:
    """What a worker is asked: some portals of a run. `fence` is the run's, `now` the simulated time, empty for the real one."""

    name: str
    run: int
    fence: Fence
    portals: tuple[Portal, ...]
    kind: Literal["night", "hand", "check"]
    full: bool
    since: datetime | None
    max_pages: int | None
    read: bool
    now: str


def app_of(archive: Archive, batch: Callable[..., Awaitable[None]] | None = None, *, connections: int = 4) -> App:
    """The application over the archive's database; `batch` carries jobs out, where there is somebody who does."""
    parts = urlsplit(archive.config.database)
    given = " ".join(parse_qs(parts.query).get("options", ()))
    options = f"{given} -c search_path={batches.SCHEMA} -c timezone=UTC".strip()
    connector = PsycopgConnector(
        conninfo=archive.config.database, min_size=1, max_size=connections, kwargs={**KEEPALIVES, "options": options}
    )
    app = App(connector=connector)
    if batch is not None:
        app.task(name=TASK, queue=QUEUE)(batch)
    return app


def prepare(db: Database, *, renew: bool) -> None:
    """Make the queue's tables; with `renew` those of another version anew."""
    batches.make_queue(db, SchemaManager.get_schema(), metadata.version("procrastinate"), renew=renew)
