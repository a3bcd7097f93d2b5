"""The change feed for followers: every entry with the cursor behind it, from which a follower goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from storage import reader
from storage.engine import Database
from storage.errors import UsageError
from storage.reader import About
from storage.records import Event
from storage.text import instant_text

SLICE = 1000
"""Entries that are read in one transaction."""

_CURSOR = re.compile(r"(?P<archive>[0-9a-z]+)\.(?P<epoch>\d+)\.(?P<seq>\d+)")


class OldCursor(UsageError):
    """A cursor of another epoch: what came after it is not known here any more. The follower must start again."""


def cursor(about: About, seq: int) -> str:
    """The place behind entry `seq`, as a text that other archives and epochs will refuse."""
    return f"{about.id}.{about.epoch}.{seq}"


def changes(db: Database, after: str = "") -> Iterator[dict[str, Any]]:
    """The entries behind a cursor (all, without one), oldest first, as objects.

    `kind` is what happened to `article` at `at`; `digest` is that of its state then. Raises OldCursor for a cursor from before
    a restore or reindex, UsageError for one of another archive.
    """
    about = reader.about(db)
    seq = place(about, after)
    while True:
        events = reader.events(db, after=seq, limit=SLICE)
        for event in events:
            yield entry(about, event)
        if len(events) < SLICE:
            return
        seq = events[-1].seq


def entry(about: About, event: Event, *, masked: bool = False) -> dict[str, Any]:
    """One entry of the feed as an object; without the digest where personal data is `masked`: a guess could be proved by it."""
    return {
        "cursor": cursor(about, event.seq), "kind": event.kind, "article": event.article,
        "at": instant_text(event.at), "digest": None if masked else event.digest,
    }  # fmt: skip


def place(about: About, text: str) -> int:
    """The number of the entry that a cursor stands behind; 0 without one. Raises UsageError, OldCursor."""
    if not text:
        return 0
    found = _CURSOR.fullmatch(text.strip())
    if found is None or found["archive"] != about.id or int(found["seq"]) >= 2**63:
        raise UsageError(
            f"{text!r} is no cursor of this archive", cure="Give the last line's `cursor`, or leave it out"
        )
    if int(found["epoch"]) != about.epoch:
        raise OldCursor(
            f"the cursor {text} is of epoch {found['epoch']}, the archive is in epoch {about.epoch} since a restore or reindex",
            cure="Start again without a cursor: every article comes once more, those that do not are gone",
        )
    return int(found["seq"])
