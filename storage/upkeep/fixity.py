"""Fixity: WARC files are read from end to end again and again, and each check is written down.

A rolling plan: a call checks what nobody has read back yet and the day's thirtieth of all bytes, the oldest check first; what
was found damaged is looked at each time. A check is stored as soon as its file is through: a call that was ended goes on
with the next file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, insert, select

from storage import points, schema
from storage.engine import Database
from storage.warc import ANSWERS, OPEN, Member, Walk, finished, is_written, note_in_manifest, read_manifest, warc_folder

EVERY = 30
"""Days within which each file is checked once, if `verify` is called daily."""

_TODAY = timedelta(hours=18)  # what was checked in this time counts for the day
_file, _check, _capture = schema.warc_file, schema.fixity_check, schema.capture


@dataclass(frozen=True, slots=True)
class FileDue:
    """A finished file that may be checked: its size and digest as the database has them, and its last check (None: never)."""

    name: str
    bytes: int
    sha256: str
    checked_at: datetime | None
    ok: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are not what was written: in which file, from which offset on (None: the file as a whole), and whose."""

    file: str
    offset: int | None
    what: str
    portal: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """What stands in the folder beside what the database knows, by name.

    `missing` are known files that are not there; `strangers` files that nobody knows; `unclosed` those that dead runs left
    open; `written` those that are being written.
    """

    missing: tuple[str, ...]
    strangers: tuple[str, ...]
    unclosed: tuple[str, ...]
    written: tuple[str, ...]


def presence(db: Database, folder: Path) -> Presence:
    """Compare the folder and its shelves with the database, by names alone. Raises Away."""
    place, there = warc_folder(folder), set(finished(folder))
    opened = {path.name.removesuffix(OPEN) for path in place.glob("*.warc.gz" + OPEN)}
    with db.read() as conn:
        known = {name: state for name, state in conn.execute(select(_file.c.name, _file.c.state))}
    written = {name for name in opened if is_written(place, name)}
    expected = {name for name, state in known.items() if state != "expired"}
    return Presence(
        tuple(sorted(expected - there - opened)), tuple(sorted(there - set(known))), tuple(sorted(opened - written)),
        tuple(sorted(written)),
    )  # fmt: skip


def due(db: Database, *, now: datetime, everything: bool = False) -> list[FileDue]:
    """The finished files that are to be checked now, the longest unchecked first; with `everything` all of them.

    Else what was never checked or thirty days ago, what was found damaged, and more until the day has its thirtieth of all
    bytes.
    """
    files = sorted(_files(db), key=lambda one: (one.checked_at is not None, one.checked_at or now, one.name))
    if everything:
        return files
    total = sum(file.bytes for file in files)
    today = sum(file.bytes for file in files if file.checked_at is not None and now - file.checked_at < _TODAY)
    left, taken = -(-total // EVERY) - today, []
    for file in files:
        late = file.checked_at is None or now - file.checked_at >= timedelta(days=EVERY) - _TODAY
        fresh = file.checked_at is not None and now - file.checked_at < _TODAY
        if late or not file.ok or (left > 0 and not fresh):
            taken.append(file)
            left -= file.bytes
    return taken


def check(db: Database, folder: Path, file: FileDue) -> list[Damage]:
    """Read a file whole: its digest, each record's, and the record behind each capture. Damage in the file's order."""
    rows = _captures(db, file.name)
    try:
        walk = Walk(folder, file.name)
    except FileNotFoundError:
        return [Damage(file.name, None, "the file is missing", *_whose(rows, 0))]
    damages, met = [], set[int]()
    by_offset = {row.offset: row for row in rows}
    for member in walk:
        row = by_offset.get(member.offset)
        if member.record is None:
            damages.append(Damage(file.name, member.offset, member.why, *_whose(rows, member.offset)))
            met.update(one.offset for one in rows if member.offset <= one.offset < member.offset + member.length)
        elif row is not None:
            met.add(row.offset)
            if why := _not_as_stored(member, row):
                damages.append(Damage(file.name, member.offset, why, row.portal, row.url))
    damages += [
        Damage(file.name, row.offset, "no record begins here", row.portal, row.url)
        for row in rows
        if row.offset not in met
    ]
    return damages or _as_a_whole(folder, file, walk)


def note(db: Database, name: str, damages: Sequence[Damage], *, now: datetime) -> None:
    """Write a check into the ledger of checks."""
    points.reached("verify.checked")
    detail = "; ".join(f"{damage.offset}: {damage.what}" for damage in damages)
    with db.write() as conn:
        conn.execute(insert(_check).values(file=name, checked_at=now, ok=not damages, detail=detail[:2000]))
    points.reached("verify.noted")


def _as_a_whole(folder: Path, file: FileDue, walk: Walk) -> list[Damage]:
    """What is wrong with a file whose records are all well; its manifest line is made good if it was never written."""
    if walk.sha256 != file.sha256:
        what = f"its records are whole, but its bytes are not those of SHA-256 {file.sha256} ({file.bytes} bytes)"
        return [Damage(file.name, None, what)]
    listed = read_manifest(folder).get(file.name)
    if listed not in (None, file.sha256):
        return [Damage(file.name, None, f"the manifest gives it the SHA-256 {listed}, the database {file.sha256}")]
    if listed is None:
        note_in_manifest(folder, file.name, file.sha256)
    return []


def _not_as_stored(member: Member, row: Row[Any]) -> str:
    """Why a whole record is not the one that a capture's row means; empty when it is."""
    assert member.record is not None
    if member.record.kind not in ANSWERS:
        return f"the record is no response but {member.record.kind!r}"
    digest = member.record.head.get("warc-payload-digest", "")
    ours = row.origin == "crawl" and row.payload_sha256  # others say a digest of their own kind
    if member.length != row.length or (ours and digest != f"sha256:{row.payload_sha256}"):
        return "the record is not the one that was stored"
    return ""


def _files(db: Database) -> list[FileDue]:
    last = select(_check.c.file, func.max(_check.c.id).label("id")).group_by(_check.c.file).subquery()
    query = (
        select(_file.c.name, _file.c.bytes, _file.c.sha256, _check.c.checked_at, _check.c.ok)
        .join(last, last.c.file == _file.c.name, isouter=True)
        .join(_check, _check.c.id == last.c.id, isouter=True)
        .where(_file.c.state == "closed")
    )
    with db.read() as conn:
        rows = conn.execute(query).all()
    return [FileDue(row.name, row.bytes or 0, row.sha256, row.checked_at, row.ok is not False) for row in rows]


def _captures(db: Database, name: str) -> list[Row[Any]]:
    columns = (_capture.c[column] for column in ("offset", "length", "portal", "url", "payload_sha256", "origin"))
    with db.read() as conn:
        return list(conn.execute(select(*columns).where(_capture.c.file == name).order_by(_capture.c.offset)).all())


def _whose(rows: Sequence[Row[Any]], offset: int) -> tuple[str, str]:
    """Portal and URL of the exchange that the bytes at `offset` belong to: a request and metadata follow their response."""
    index = bisect_right([row.offset for row in rows], offset) - 1
    return (rows[index].portal, rows[index].url) if index >= 0 else ("", "")
