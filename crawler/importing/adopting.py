"""What an interrupted import wrote and could not store: its answers get their rows before anything else is brought in.

Else the same files would bring them once more, and a database made anew from the WARC files would hold them twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from crawler.fetch.replay import imported
from storage import points
from storage.engine import Database, Fence
from storage.errors import FixityError
from storage.frontier import Group, Stored, commit
from storage.warc import Place, contents, read_exchange
from storage.writer import imports

GROUP = 20
"""Captures that are stored in one transaction."""


def adopt(db: Database, folder: Path, fence: Fence, *, now: datetime) -> int:
    """Store the answers of interrupted imports that have no rows; returns how many. Their files are finished (`repair`).

    What cannot be read is left to `verify`. Raises Held, DatabaseError, StorageFull.
    """
    adopted = 0
    with db.read() as conn:
        left = imports.interrupted(conn)
    for run, files in left.items():
        for name in files:
            places = contents(folder, name).places
            for start in range(0, len(places), GROUP):
                group = tuple(_without_rows(db, folder, places[start : start + GROUP]))
                if group:
                    commit(db, fence, run, Group(captures=group))
                adopted += len(group)
        points.reached("import.adopted")
        imports.end(db, fence, run, now=now, whole=False)
    return adopted


def _without_rows(db: Database, folder: Path, places: Sequence[Place]) -> Iterator[Stored]:
    """The answers among them of which the archive knows nothing, not even from another import of the same file."""
    with db.read() as conn:
        stored = imports.stored(conn, [place.entry for place in places])
        for place in places:
            if place.entry in stored:
                continue
            try:
                found = imported(read_exchange(folder, place.ref))
            except FixityError:
                continue
            one = found.capture
            if not imports.known(
                conn, one.portal, one.key, at=one.fetched_at, sha256=one.payload_sha256, status=one.status
            ):
                yield found
