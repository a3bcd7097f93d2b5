"""Answers in WARC files of others: gzip per record or plain, in any order, without requests, cut off or damaged somewhere.

Bad places are told by offset, and the walk goes on behind them. Memory holds one record of at most `LARGEST` bytes.
"""

from __future__ import annotations

import hashlib
import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import FixityError
from storage.records import RecordRef
from storage.warc.members import Head, Record, record_of
from storage.warc.reader import REFERS_TO_FILE, REFERS_TO_OFFSET, parts_of
from storage.warc.walk import Member, Walk

LARGEST = 128 * 1024 * 1024
"""Bytes of a record above which it is left where it is, and named: no page and hardly any document is larger."""

_GZIP, _END, _NEXT = b"\x1f\x8b", b"\r\n\r\n", b"\r\n\r\nWARC/1."
_LONGEST_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Foreign:
    """An answer in a file of others. `body` is as sent; that of a revisit stands elsewhere, and is empty here.

    `digest` is the payload digest it gives itself, by which revisits find it; `bodiless` says that it only tells of a server
    that answered `not modified`.
    """

    kind: str
    url: str
    at: datetime
    status: int
    head: Head
    body: bytes
    digest: str
    truncated: str
    record_id: str
    bodiless: bool

    def header(self, name: str) -> str:
        """The first header of this name, or an empty string."""
        return next((value for found, value in self.head if found.lower() == name), "")

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the body as sent."""
        return hashlib.sha256(self.body).hexdigest()


def records_of(path: Path, *, largest: int = LARGEST) -> Iterator[Member]:
    """Every record of a file with its offset; where `record` is None, `why` says what is wrong there.

    Raises FileNotFoundError, and FixityError for a file that is no WARC file at all.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_GZIP):
        yield from Walk(path.parent, path.name, largest=largest, here=True)
    elif start.startswith(b"WARC/"):
        yield from _plain(path, largest)
    else:
        raise FixityError(
            f"{path} is no WARC file", cure="ARC files can be made one with `warcio recompress`, others not"
        )


def plain_record(path: Path, offset: int, length: int) -> bytes:
    """The bytes of the record that was found there, unpacked if they are packed."""
    with path.open("rb") as file:
        file.seek(offset)
        found = file.read(length)
    return zlib.decompressobj(wbits=31).decompress(found) if found.startswith(_GZIP) else found


def answer_of(record: Record) -> Foreign | None:
    """The answer that a record holds, None for one that holds none from the web. Raises ValueError saying what is wrong."""
    url = record.head.get("warc-target-uri", "").strip("<>")
    if record.kind not in ("response", "revisit", "resource") or not url.lower().startswith(("http://", "https://")):
        return None
    if record.kind == "response" and not record.block.startswith(b"HTTP/"):
        raise ValueError("its answer has no HTTP head")
    if not record.head.get("warc-record-id"):
        raise ValueError("it has no WARC-Record-ID")
    try:
        at = datetime.fromisoformat(record.head.get("warc-date", ""))
    except ValueError:
        raise ValueError(f"its date {record.head.get('warc-date', '')!r} is none") from None
    status, head, body = parts_of(record)
    return Foreign(
        record.kind, url, (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), status, head, body,
        record.head.get("warc-payload-digest", ""), record.head.get("warc-truncated", ""), record.head["warc-record-id"],
        record.kind == "revisit" and "identical-payload-digest" not in record.head.get("warc-profile", ""),
    )  # fmt: skip


def pointed(plain: bytes, ref: RecordRef) -> bytes:
    """A revisit record that says where its body stands in our own files; all else is as it was."""
    top, _, rest = plain.partition(_END)
    ours = {REFERS_TO_FILE: ref.file, REFERS_TO_OFFSET: str(ref.offset)}
    names = tuple(name.lower().encode() + b":" for name in ours)
    lines = [line for line in top.split(b"\r\n") if not line.lower().startswith(names)]
    lines[-1:-1] = [f"{name}: {value}".encode() for name, value in ours.items()]
    return b"\r\n".join(lines) + _END + rest


def _plain(path: Path, largest: int) -> Iterator[Member]:
    """The records of a file that is not compressed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        offset = 0
        while offset < len(data):
            length, why = _extent(data, offset)
            if not why and length > largest:
                why = f"it is larger than {largest >> 20} MiB"
            if why:
                end = offset + length if length and data[offset + length : offset + length + 7] == b"WARC/1." else 0
                end = end or (data.find(_NEXT, offset + 1) + 4 if data.find(_NEXT, offset + 1) >= 0 else len(data))
                yield Member(offset, end - offset, None, f"the record at {path.name}:{offset} cannot be used: {why}")
                offset = end
                continue
            try:
                record = record_of(data[offset : offset + length], length, where=f"{path.name}:{offset}")
                yield Member(offset, length, record)
            except FixityError as error:
                yield Member(offset, length, None, error.message)
            offset += length


def _extent(data: mmap.mmap, offset: int) -> tuple[int, str]:
    """How many bytes the record at `offset` takes, and what is wrong with it."""
    end = data.find(_END, offset, offset + _LONGEST_HEAD)
    if data[offset : offset + 7] != b"WARC/1." or end < 0:
        return 0, "no record begins here"
    lengths = [line.partition(b":")[2].strip() for line in data[offset:end].split(b"\r\n")
               if line.lower().startswith(b"content-length:")]  # fmt: skip
    if len(lengths) != 1 or not lengths[0].isdigit() or len(lengths[0]) > 15:
        return 0, "it gives no length"
    length = end + 8 + int(lengths[0]) - offset
    return (length, "") if offset + length <= len(data) else (0, "the file is cut off in it")
