"""Where commands of this test process are copied from (`tests.copies`), with what most of them load once they run."""

from __future__ import annotations

import atexit
from functools import cache

from tests.copies import Copies

LOADED_LATE = (
    "access.exports.making", "access.queries", "apscheduler.schedulers.asyncio", "crawler.fetch.batch", "crawler.fetch.repair",
    "crawler.ingest.clusters", "monitoring.watch", "phuongchi.portals.probe", "phuongchi.rebuilding", "phuongchi.runners.nights",
    "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "storage.requests", "storage.sqlite", "storage.upkeep.backup",
    "storage.upkeep.fixity",
)  # fmt: skip


@cache
def copies() -> Copies:
    """The server."""
    made = Copies("tests.cli.commands", *LOADED_LATE)
    atexit.register(made.close)
    return made
