"""A follower of the change feed, and what it must come to: the archive's own state at the same number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from storage import schema
from storage.engine import Database
from storage.records import Event

State = dict[str, tuple[str, bool]]
"""By article: the digest of its current state, and whether it is gone from its portal."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one transaction saw: the last event's number, and the state of every article."""

    seq: int
    state: State


def snapshot(db: Database) -> Snapshot:
    """The archive as it is at one moment."""
    article, revision = schema.article, schema.revision
    current = (revision.c.article == article.c.id) & (revision.c.number == article.c.revision)
    query = select(article.c.id, revision.c.digest, article.c.removed_at).join(revision, current)
    with db.read() as conn:
        seq = conn.execute(select(func.coalesce(func.max(schema.event.c.seq), 0))).scalar_one()
        return Snapshot(seq, {name: (digest, removed is not None) for name, digest, removed in conn.execute(query)})


def followed(state: State, events: Iterable[Event]) -> State:
    """The state of a follower that had `state` after these events."""
    mirror = dict(state)
    for event in events:
        _, gone = mirror.get(event.article, ("", False))
        gone = {"removed": True, "returned": False}.get(event.kind, gone)
        mirror[event.article] = (event.digest, gone)
    return mirror
