"""Which earlier answer a body repeats: the record that holds it, never one that only points at another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from storage import schema
from storage.errors import Away, FixityError
from storage.records import RecordRef
from storage.warc import Original
from storage.warc.files import begun
from storage.warc.heads import head_of
from storage.warc.reader import REFERS_TO_FILE, REFERS_TO_OFFSET

PERIOD = 30
"""Days whose `watch` files together stand by themselves: no answer in one of them is repeated in a file of another period.

Lists change at different times, so if each were written anew at its own time, every file would hold a body that the next one
means: a chain up to last night's, and no file could ever expire."""

_capture, _file = schema.capture, schema.warc_file

# Captures whose files are there. Built once: to put a statement together takes longer than to carry it out.
_THERE = select(*(_capture.c[name] for name in ("url", "fetched_at", "series", "file", "offset", "length"))).join(
    _file, (_file.c.name == _capture.c.file) & (_file.c.state != "expired")
)
_ANSWERED = (
    _THERE.where(
        _capture.c.portal == bindparam("portal"), _capture.c.key == bindparam("key"),
        _capture.c.payload_sha256 == bindparam("sha256"), _capture.c.status == bindparam("status"),
        _capture.c.truncated == "", _capture.c.size > 0,
    )
    .order_by(_capture.c.entry.desc())
    .limit(1)
)  # fmt: skip
_MEANT = _THERE.where(_capture.c.file == bindparam("file"), _capture.c.offset == bindparam("offset"))


def original(
    conn: Connection, folder: Path, portal: str, key: str, sha256: str, status: int, *, opened_at: datetime
) -> Original | None:
    """The record with the body of this digest that the page last answered with, under this status, if the archive has it.

    `opened_at` is when the file was begun in which the answer will stand: one in `watch` is repeated in files of its own
    period only (`PERIOD`).
    """
    values = {"portal": portal, "key": key, "sha256": sha256, "status": status}
    row = conn.execute(_ANSWERED, values).first()
    row = _whole(conn, folder, row) if row is not None else None
    if row is None or (row.series == "watch" and not _same_period(row.file, opened_at)):
        return None
    return Original(row.url, row.fetched_at, _ref(row))


def _same_period(file: str, opened_at: datetime) -> bool:
    found = begun(file)
    return found is not None and _period(found[0]) == _period(opened_at)


def _period(at: datetime) -> int:
    return at.astimezone(UTC).toordinal() // PERIOD


def _whole(conn: Connection, folder: Path, row: Row[Any]) -> Row[Any] | None:
    """The row of the record that holds the body: this one, or the one that it points at."""
    try:
        head = head_of(folder, _ref(row))
    except (FixityError, Away):
        return None
    if head.get("warc-type") != "revisit":
        return row
    offset = head.get(REFERS_TO_OFFSET.lower(), "")
    if not offset.isdigit():
        return None
    values = {"file": head.get(REFERS_TO_FILE.lower(), ""), "offset": int(offset)}
    return conn.execute(_MEANT, values).one_or_none()


def _ref(row: Row[Any]) -> RecordRef:
    return RecordRef(row.series, row.file, row.offset, row.length)
