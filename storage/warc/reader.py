"""Reads one response where a capture's row points: checked, taken apart, and with its content coding undone."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import brotli

from storage.errors import FixityError
from storage.records import RecordRef
from storage.warc.members import ANSWERS, SAVED, Head, Record, unpack
from storage.warc.places import opened

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of a decoded body after which reading stops: more is a bomb, not a page."""

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
"""The WARC-Profile of a revisit whose body stands in an earlier record."""

REFERS_TO_FILE, REFERS_TO_OFFSET = "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset"
"""Where that record is; the names are those that Heritrix writes."""

REDACTED, IN_PART = "WARC-Redacted", "in part"
"""The field that says of a record that it is not what was received: `in part`, or the rule that left nothing of it."""

_IDENTICAL = "/revisit/identical-payload-digest"
_CHUNK = 1024 * 1024
_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_GZIP, _GZIP_MAGIC = 31, b"\x1f\x8b"
_ELSEWHERE = ("zstd", "compress", "x-compress", "exi", "pack200-gzip", "dcb", "dcz", "aes128gcm")
_RATIO, _RATIO_FREE = 100, 2**20


@dataclass(frozen=True, slots=True)
class Payload:
    """A response as it was received, except that `body` is decoded.

    `truncated` is the WARC-Truncated reason, or `decoded` when the body was cut at the limit, or `coding` when its
    compressed form breaks off or is none (then what could be decoded, else the bytes as sent).
    """

    status: int
    head: Head
    body: bytes
    truncated: str = ""

    def header(self, name: str) -> str:
        """The first header of this name, or an empty string."""
        wanted = name.lower()
        return next((value for found, value in self.head if found.lower() == wanted), "")


def read_payload(folder: Path, ref: RecordRef, *, limit: int = BODY_LIMIT) -> Payload:
    """The response at `ref`, with a body of at most `limit` bytes.

    Raises FixityError when the file is missing, or the record is not what was written.
    """
    record = read_record(folder, ref)
    status, head, sent = http_of(folder, record, ref)
    codings = [value for name, value in head if name.lower() == "content-encoding"]
    body, problem = decode(sent, ",".join(codings), limit=limit)
    return Payload(status, head, body, record.head.get("warc-truncated", "") or problem)


def read_head(folder: Path, ref: RecordRef) -> Payload:
    """The response at `ref` without its body, which is not looked for where it stands in another record. Raises FixityError."""
    record = read_record(folder, ref)
    status, head, _ = parts_of(record)
    if record.kind != "revisit" or not head:
        status, head, _ = http_of(folder, record, ref)
    return Payload(status, head, b"", record.head.get("warc-truncated", ""))


def http_of(folder: Path, record: Record, ref: RecordRef) -> tuple[int, Head, bytes]:
    """Status, head and body (as sent) of the response in a record; the body of a revisit from where it stands.

    Raises FixityError when there is none.
    """
    if record.kind not in ANSWERS or (record.kind == "response" and b"\r\n\r\n" not in record.block):
        raise FixityError(
            f"the record at {place(ref)} is no response but {record.kind!r}", cure="Restore the file from a backup"
        )
    status, head, body = parts_of(record)
    if record.kind == "revisit" and record.head.get("warc-profile", "").endswith(_IDENTICAL):
        original = _original(folder, record, ref)
        return (status, head, original[2]) if head else original
    return status, head, body


def parts_of(record: Record) -> tuple[int, Head, bytes]:
    """Status, head and body as sent of what stands in a record itself. A body that others kept in chunks is put together.

    A page without a head (`resource`, `conversion`) counts as an answer of status 200.
    """
    if record.kind in SAVED:
        return 200, (("Content-Type", record.head.get("content-type", "")),), record.block
    top, _, body = record.block.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    head = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]))
    status = lines[0].split(" ")[1] if " " in lines[0] else ""
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in head):
        body = _put_together(body)
    return int(status) if status.isdigit() else 0, head, body


def _put_together(body: bytes) -> bytes:
    """A body without its chunks; as it is where it has none, since some crawlers keep the header and undo the chunks."""
    parts: list[bytes] = []
    position = 0
    while found := _CHUNK_HEAD.match(body, position):
        size = int(found[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[found.end() : found.end() + size])
        position = found.end() + size + 2
    return b"".join(parts) if parts and position >= len(body) else body


def _original(folder: Path, revisit: Record, ref: RecordRef) -> tuple[int, Head, bytes]:
    """The answer whose body a revisit says is the same. Raises FixityError when it is not there, or another one."""
    file, offset = (revisit.head.get(name.lower(), "") for name in (REFERS_TO_FILE, REFERS_TO_OFFSET))
    if not file or not offset.isdigit():
        raise FixityError(f"the record at {place(ref)} does not say where its body stands", cure="Restore the file")
    where, further = RecordRef(ref.series, file, int(offset), 0), 256 * 1024
    while True:
        data = read_bytes(folder, where, further=further)
        try:
            record = unpack(data, where=place(where))
            break
        except FixityError:
            if len(data) < further:
                raise
        further *= 8
    digest = revisit.head.get("warc-payload-digest")
    if record.kind not in ("response", "resource") or record.head.get("warc-payload-digest") != digest:
        raise FixityError(
            f"the record at {place(where)} is not the one that {place(ref)} means", cure="Restore the file"
        )
    return parts_of(record)


def read_record(folder: Path, ref: RecordRef) -> Record:
    """The record at `ref`, whole and checked against its digest. Raises FixityError."""
    return unpack(read_bytes(folder, ref), where=place(ref))


def refers_to(folder: Path, ref: RecordRef) -> str:
    """The file in which the body of the revisit at `ref` stands; empty for any other record. Raises FixityError."""
    record = read_record(folder, ref)
    return record.head.get(REFERS_TO_FILE.lower(), "") if record.kind == "revisit" else ""


def read_bytes(folder: Path, ref: RecordRef, *, further: int = 0) -> bytes:
    """The bytes at `ref` as they are in the file, and up to `further` bytes after them. Raises FixityError."""
    try:
        with opened(folder, ref.file) as file:
            return file.read(ref.length + further, ref.offset)
    except FileNotFoundError as error:
        raise FixityError(f"the file {ref.file} is missing", cure="Restore it from a backup") from error


def place(ref: RecordRef) -> str:
    """Where a record stands, for messages."""
    return f"{ref.file}:{ref.offset}"


def decode(body: bytes, codings: str, *, limit: int) -> tuple[bytes, str]:
    """Undo a Content-Encoding, at most to `limit` bytes; returns the bytes and what was wrong (`decoded`, `coding`).

    More than 100 times as much as was sent is `decoded` too. A coding that is known but not here (`zstd`) is `coding`, and the
    bytes stay as they were sent; a name that is none (`UTF-8`) says nothing, as browsers have it.
    """
    limit = min(limit, max(_RATIO_FREE, _RATIO * len(body)))
    for name in reversed([part.strip().lower() for part in codings.split(",") if part.strip()]):
        if name == "identity" or not body:
            continue
        if name in ("gzip", "x-gzip"):
            plain = not body.startswith(_GZIP_MAGIC)  # some servers say gzip and send the page as it is
            body, problem = (body, "") if plain else _inflate(body, _GZIP, limit)
        elif name == "deflate":
            wrapped = (
                body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
            )  # many send it without the wrapper
            body, problem = _inflate(body, 15 if wrapped else -15, limit)
        elif name == "br":
            body, problem = _unbrotli(body, limit)
        elif name in _ELSEWHERE:
            problem = "coding"
        else:
            continue
        if problem:
            return body, problem
    return (body, "") if len(body) <= limit else (body[:limit], "decoded")


def _inflate(data: bytes, window: int, limit: int) -> tuple[bytes, str]:
    """gzip (of several members, too) or deflate."""
    decoded, rest = bytearray(), data
    while True:
        decompressor = zlib.decompressobj(wbits=window)
        try:
            decoded += decompressor.decompress(rest, limit + 1 - len(decoded))
        except zlib.error:
            decoded += _as_far_as_it_goes(rest, window, limit - len(decoded))
            return bytes(decoded) or data[:limit], "coding"
        if len(decoded) > limit:
            return bytes(decoded[:limit]), "decoded"
        if not decompressor.eof:
            return bytes(decoded), "coding"
        rest = decompressor.unused_data
        if window != _GZIP or not rest.startswith(_GZIP_MAGIC):
            return bytes(decoded), ""  # what follows a coded body is padding


def _as_far_as_it_goes(data: bytes, window: int, limit: int) -> bytes:
    """What comes out of broken compressed data before the break."""
    decompressor, decoded = zlib.decompressobj(wbits=window), bytearray()
    for start in range(0, len(data), 512):
        try:
            decoded += decompressor.decompress(data[start : start + 512])
        except zlib.error:
            break
        if len(decoded) > limit:
            break
    return bytes(decoded[:limit])


def _unbrotli(data: bytes, limit: int) -> tuple[bytes, str]:
    decompressor, decoded = brotli.Decompressor(), bytearray()
    try:
        decoded += decompressor.process(data, output_buffer_limit=_CHUNK)
        while not decompressor.is_finished() and len(decoded) <= limit:
            if decompressor.can_accept_more_data():
                return bytes(decoded) or data[:limit], "coding"
            decoded += decompressor.process(b"", output_buffer_limit=_CHUNK)
    except brotli.error:
        return (bytes(decoded[:limit]) or data[:limit]), "coding"
    return (bytes(decoded), "") if len(decoded) <= limit else (bytes(decoded[:limit]), "decoded")
