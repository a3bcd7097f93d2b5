"""Answers as they stand in WARC files, with everything their records say: for whoever has no rows to go by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.errors import FixityError
from storage.records import RecordRef, Series
from storage.warc.members import ANSWERS, Head, Record, note_of, unpack
from storage.warc.reader import IN_PART, REDACTED, http_of, place, read_bytes
from storage.warc.walk import Walk

COMPANIONS = 1024 * 1024
"""Bytes after a response in which its request and metadata surely end."""

_NAME = re.compile(r".*-(?P<run>\d+)-\d+-(?P<series>keep|watch)(?:-\d+)?\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands, and the entry number that its metadata record gives it."""

    entry: int
    ref: RecordRef


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with what its metadata record says of it (`note`).

    `body` is as sent, `size` and `sha256` are the body's also where it stands in another record (a revisit).
    """

    entry: int
    ref: RecordRef
    url: str
    at: datetime
    ip: str
    status: int
    head: Head
    body: bytes
    size: int
    sha256: str
    truncated: str
    note: Mapping[str, Any]

    def header(self, name: str) -> str:
        """The first header of this name, or an empty string."""
        return next((value for found, value in self.head if found.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file holds: its digest and size, when it was begun, of which archive it is, its answers and its damage.

    `last` is the instant of its last record, `portals` holds each portal with the first address that answered.
    """

    name: str
    sha256: str
    size: int
    archive: str
    opened_at: datetime
    last: datetime
    places: tuple[Place, ...]
    damages: tuple[tuple[int, str], ...]
    portals: Mapping[str, str]

    @property
    def run(self) -> int:
        """The run that wrote it, 0 if its name does not say."""
        return run_of(self.name)

    @property
    def series(self) -> Series:
        """The series that it belongs to."""
        return series_of(self.name)


def run_of(name: str) -> int:
    """The run that a file's name gives, 0 if it gives none."""
    found = _NAME.fullmatch(name)
    return int(found["run"]) if found else 0


def series_of(name: str) -> Series:
    """The series that a file's name gives."""
    found = _NAME.fullmatch(name)
    return "watch" if found and found["series"] == "watch" else "keep"


def contents(folder: Path, name: str) -> Contents:
    """Walk over a file and say what it holds. Raises FileNotFoundError."""
    walk, series = Walk(folder, name), series_of(name)
    places: list[Place] = []
    damages: list[tuple[int, str]] = []
    dates: list[datetime] = []
    portals: dict[str, str] = {}
    archive, last = "", ("", RecordRef(series, name, 0, 0))
    for member in walk:
        record = member.record
        if record is None:
            damages.append((member.offset, member.why))
            continue
        dates.append(_date(record))
        if record.kind == "warcinfo":
            archive = archive or _fields(record).get("ispartof", "")
        elif record.kind in ANSWERS:
            last = (record.head.get("warc-record-id", ""), RecordRef(series, name, member.offset, member.length))
        elif record.kind == "metadata" and record.head.get("warc-concurrent-to") == last[0]:
            note = note_of(record)
            if isinstance(note.get("entry"), int):
                places.append(Place(note["entry"], last[1]))
                portals.setdefault(str(note.get("portal", "")), record.head.get("warc-target-uri", ""))
    first, end = (dates[0], max(dates)) if dates else (datetime.fromtimestamp(0, UTC),) * 2
    return Contents(name, walk.sha256, walk.size, archive, first, end, tuple(places), tuple(damages), portals)


def read_exchange(folder: Path, ref: RecordRef) -> Kept:
    """The answer at `ref` with its metadata. Raises FixityError when one of its records is damaged or missing."""
    data = memoryview(read_bytes(folder, ref, further=COMPANIONS))
    answer = unpack(data[: ref.length], where=place(ref))
    note: dict[str, Any] = {}
    for companion in _companions(data[ref.length :], answer, ref):
        if companion.kind == "metadata":
            note = note_of(companion)
    if not isinstance(note.get("entry"), int):
        raise FixityError(f"the record at {place(ref)} has no metadata", cure="Restore the file from a backup")
    status, head, body = http_of(folder, answer, ref)
    return Kept(
        entry=note["entry"],
        ref=ref,
        url=note.get("target") or answer.head.get("warc-target-uri", ""),
        at=_date(answer),
        ip=answer.head.get("warc-ip-address", ""),
        status=status,
        head=head,
        body=body,
        size=0 if _emptied(answer) else note.get("size", len(body)),
        sha256=note.get("sha256") or answer.head.get("warc-payload-digest", "").removeprefix("sha256:"),
        truncated=answer.head.get("warc-truncated", ""),
        note=note,
    )


def _emptied(answer: Record) -> bool:
    """Whether a redaction left nothing of an answer as it was sent; a text that stands in its place is not its body."""
    return answer.head.get(REDACTED.lower(), IN_PART) != IN_PART


def _companions(data: memoryview, answer: Record, ref: RecordRef) -> Iterator[Record]:
    while data:
        try:
            companion = unpack(data, where=place(ref))
        except FixityError:
            return  # the next record is longer than any companion, or damaged
        if companion.head.get("warc-concurrent-to") != answer.head.get("warc-record-id"):
            return
        yield companion
        data = data[companion.length :]


def _fields(record: Record) -> dict[str, str]:
    lines = record.block.decode("utf-8", "replace").split("\r\n")
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _date(record: Record) -> datetime:
    try:
        return datetime.fromisoformat(record.head.get("warc-date", "")).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
