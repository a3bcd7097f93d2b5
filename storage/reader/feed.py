"""The change feed: what happened to articles, in the order of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import schema
from storage.engine import Database
from storage.records import Event


@dataclass(frozen=True, slots=True)
class About:
    """Which archive it is, and since when."""

    id: str
    epoch: int
    created_at: datetime


def about(db: Database) -> About:
    """The archive's own row."""
    with db.read() as connection:
        row = connection.execute(select(schema.archive)).one()
    return About(row.id, row.epoch, row.created_at)


def finished_files(db: Database) -> dict[str, str]:
    """The hex SHA-256 of every finished WARC file by name."""
    table = schema.warc_file
    query = select(table.c.name, table.c.sha256).where(table.c.state == "closed").order_by(table.c.name)
    with db.read() as connection:
        return {name: sha256 for name, sha256 in connection.execute(query)}


def archive(db: Database) -> tuple[str, int]:
    """The archive's id and epoch: a cursor of the feed holds only within both."""
    found = about(db)
    return found.id, found.epoch


def events(db: Database, *, after: int = 0, limit: int = 1000) -> list[Event]:
    """The events with numbers over `after`, in their order. A number that was once shown never gets a smaller one before it."""
    table = schema.event
    query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
    with db.read() as connection:
        return [Event(**row) for row in connection.execute(query).mappings()]


def last_event(db: Database) -> int:
    """The number of the newest event; 0 before the first."""
    with db.read() as connection:
        return connection.execute(select(func.max(schema.event.c.seq))).scalar() or 0
