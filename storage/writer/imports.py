"""What an import of captures asks the archive and tells it, beside the captures themselves (`storage.frontier.commit`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, not_, select, true, update

from storage import schema
from storage.engine import Database, Fence
from storage.records import RecordRef

KIND = "import"
"""The kind of a run that asked nobody, and brought captures in."""

_capture, _run, _file = schema.capture, schema.run, schema.warc_file


def known(
    conn: Connection, portal: str, key: str, *, at: datetime, sha256: str, status: int, source: str = "",
    veiled: bool | None = None,
) -> RecordRef | None:  # fmt: skip
    """Where the same answer stands in the archive already: of one page, at one instant, with the same status and body.

    A redaction changes bodies that are here. So one from the same place of the same file (`source`, as origins end) is the
    same whatever its body is now. Where something is redacted at all, `veiled` says whether this answer says it: then one of
    that page, instant and status is the same, else one of which nothing was left.
    """
    columns = (_capture.c.series, _capture.c.file, _capture.c.offset, _capture.c.length)
    here = (_capture.c.portal == portal) & (_capture.c.key == key) & (_capture.c.fetched_at == at)
    same = _capture.c.payload_sha256 == sha256
    if source:
        same |= _capture.c.origin.endswith(source, autoescape=True)
    if veiled is not None:
        same |= true() if veiled else _capture.c.size == 0
    row = conn.execute(select(*columns).where(here, same, _capture.c.status == status).limit(1)).first()
    return RecordRef(*row) if row else None


def begin(db: Database, fence: Fence, *, now: datetime, version: str) -> int:
    """The number of a new import. It is never gone on with: the same files bring what is missing."""
    row = {"kind": KIND, "state": "failed", "fence": fence.number, "started_at": now, "version": version}
    with db.write(fence) as conn:
        number: int = conn.execute(
            insert(_run).values(id=schema.next_of(_run.c.id), **row).returning(_run.c.id)
        ).scalar_one()
        return number


def end(db: Database, fence: Fence, run: int, *, now: datetime, whole: bool = True) -> None:
    """The import came to its end; if not `whole`, it was interrupted, and what it wrote is stored by now."""
    values = {"state": "done", "exit_code": 0} if whole else {"state": "failed", "exit_code": 1}
    with db.write(fence) as conn:
        conn.execute(update(_run).where(_run.c.id == run).values(ended_at=now, **values))


def interrupted(conn: Connection) -> dict[int, list[str]]:
    """The imports that did not come to their end, with the finished files of each."""
    ended = (_run.c.kind != KIND) | _run.c.ended_at.is_not(None)
    closed = (_file.c.run == _run.c.id) & (_file.c.state == "closed")
    query = select(_run.c.id, _file.c.name).join(_file, closed, isouter=True).where(not_(ended))
    found: dict[int, list[str]] = {}
    for run, name in conn.execute(query.order_by(_run.c.id, _file.c.name)):
        found.setdefault(run, []).extend([name] if name else [])
    return found


def stored(conn: Connection, entries: Sequence[int]) -> set[int]:
    """Those of these entry numbers that have a row."""
    return set(conn.execute(select(_capture.c.entry).where(_capture.c.entry.in_(entries))).scalars())
