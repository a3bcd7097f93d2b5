"""Appends exchanges to one WARC file of a run; each process writes its own."""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import os
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from storage import points
from storage.faults import full_disk
from storage.records import RecordRef, Series
from storage.warc.files import OPEN, sync_data, sync_folder, warc_folder
from storage.warc.manifest import note_in_manifest, read_manifest
from storage.warc.members import Head, block_digest, note_block, parse_head
from storage.warc.reader import IDENTICAL, REFERS_TO_FILE, REFERS_TO_OFFSET

FULL = 512 * 1024 * 1024
"""Bytes from which on a file is finished and another begun."""

_LEVEL = 6  # level 9 takes three times as long for 1 % fewer bytes
_SMALL = 2_000  # bytes up to which a window of 4 KB makes the same of a record as one of 32, which takes longer to make
_BREAKS = re.compile(r"[\r\n\x00]+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the response to it.

    `body` is as sent: transfer coding undone, content coding not. Header values are text whose Latin-1 bytes are what was
    sent. `ip` is the address that answered, `truncated` the WARC-Truncated reason (`length time disconnect`) of a body that
    was cut off; `request_body` what a form sent, `sha256` the hex digest of `body`.
    """

    url: str
    method: str
    request_head: Head
    status: int
    reason: str
    response_head: Head
    body: bytes
    fetched_at: datetime
    ip: str = ""
    truncated: str = ""
    request_body: bytes = b""
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.body).hexdigest())


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier response with the same body, byte for byte: what it was asked as, when it came, and where it stands."""

    url: str
    fetched_at: datetime
    ref: RecordRef


class WarcWriter:
    """Writes one file of one series. `name` is its final name; until `close` it has `.open` behind it.

    Holds a lock on the file, so that `repair` can tell a living writer's file from a dead one's. Not for several threads.
    Every method raises StorageFull when the disk is full or read-only; the last whole record then stays the file's end.
    """

    def __init__(
        self, folder: Path, *, series: Series, run: int, archive: str, software: str, opened_at: datetime
    ) -> None:
        self.series = series
        self._folder = warc_folder(folder)
        stem = f"{archive}-{opened_at.astimezone(UTC):%Y%m%dT%H%M%S}-{run}-{os.getpid()}-{series}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.name, self._file = self._make(stem)
            sync_folder(self._folder)
            points.reached("warc.made")
        except OSError as error:
            raise full_disk(error, str(self._folder)) or error from error
        self.size = 0
        info = {
            "software": software, "format": "WARC File Format 1.1", "isPartOf": archive, "robots": "classic",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        }  # fmt: skip
        block = "".join(f"{name}: {_line(value)}\r\n" for name, value in info.items()).encode()
        head = {"WARC-Filename": self.name, "Content-Type": "application/warc-fields"}
        self._append(_member("warcinfo", _record_id(), opened_at, head, block))

    def write(
        self, exchange: Exchange, *, entry: int, metadata: Mapping[str, object], original: Original | None = None
    ) -> RecordRef:
        """Append a response, its request and a `metadata` record (the entry number and what is given, see `note_block`).

        With an `original` the body is not kept a second time: a `revisit` record says where it stands. In the operating
        system's hands when this returns, durable after `sync`. Returns where the response stands.
        """
        response_id, target = _record_id(), {"WARC-Target-URI": _target(exchange.url)}
        if target["WARC-Target-URI"] != exchange.url:
            metadata = {"target": exchange.url, **metadata}
        companion = {**target, "WARC-Concurrent-To": response_id}
        if original is not None:
            metadata = {**metadata, "size": len(exchange.body)}
        kind, fields, block = _answer(exchange, original)
        response = _member(kind, response_id, exchange.fetched_at, {**target, **fields}, block)
        request = _member(
            "request", _record_id(), exchange.fetched_at,
            {**companion, "Content-Type": "application/http; msgtype=request"}, _request(exchange),
        )  # fmt: skip
        about = _member(
            "metadata", _record_id(), exchange.fetched_at, {**companion, "Content-Type": "application/warc-fields"},
            note_block({"entry": entry, **metadata}),
        )  # fmt: skip
        offset = self._append(response + request + about, url=exchange.url)
        points.reached("warc.written")
        return RecordRef(self.series, self.name, offset, len(response))

    def adopt(self, record: bytes, *, url: str, at: datetime, entry: int, metadata: Mapping[str, object]) -> RecordRef:
        """Append a record of somebody else's as it is, and behind it a `metadata` record of ours (see `write`).

        `record` is plain; `url` and `at` are what it says of itself.
        """
        fields = parse_head(record[: record.find(b"\r\n\r\n")])
        about = {"WARC-Target-URI": _target(url), "WARC-Concurrent-To": fields["warc-record-id"]}
        companion = _member(
            "metadata", _record_id(), at, {**about, "Content-Type": "application/warc-fields"},
            note_block({"entry": entry, "target": url, **metadata}),
        )  # fmt: skip
        member = _packed(record)
        return RecordRef(self.series, self.name, self._append(member + companion, url=url), len(member))

    def write_page(
        self, body: bytes, *, url: str, at: datetime, media_type: str, entry: int, metadata: Mapping[str, object]
    ) -> RecordRef:
        """Append a page that came without an answer (a saved file) as a `resource` record, with a `metadata` record."""
        record_id, target = _record_id(), {"WARC-Target-URI": _target(url)}
        page = _member("resource", record_id, at, {**target, "Content-Type": media_type}, body)
        companion = _member(
            "metadata", _record_id(), at,
            {**target, "WARC-Concurrent-To": record_id, "Content-Type": "application/warc-fields"},
            note_block({"entry": entry, "target": url, **metadata}),
        )  # fmt: skip
        return RecordRef(self.series, self.name, self._append(page + companion, url=url), len(page))

    def append(self, members: bytes, *, length: int) -> RecordRef:
        """Append records as they are in another WARC file; `length` is that of the first."""
        return RecordRef(self.series, self.name, self._append(members), length)

    def sync(self) -> None:
        """Make everything written so far durable; rows may point at it from then on."""
        try:
            points.reached("warc.sync")
            sync_data(self._file)
        except OSError as error:
            raise full_disk(error, self.name) or error from error
        points.reached("warc.synced")

    def close(self) -> tuple[int, str]:
        """Finish the file under its final name; returns its size in bytes and hex SHA-256."""
        try:
            return finish(self._folder, self.name, self._file)
        except OSError as error:
            raise full_disk(error, self.name) or error from error
        finally:
            os.close(self._file)

    def _make(self, stem: str) -> tuple[str, int]:
        """A new file of a name that no file, finished or not, has had."""
        serial, listed = 0, read_manifest(self._folder)  # what stands on a shelf is there, too
        while True:
            name = f"{stem}-{serial}.warc.gz" if serial else f"{stem}.warc.gz"
            serial += 1
            if name in listed or (self._folder / name).exists():
                continue
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with suppress(FileExistsError):
                descriptor = os.open(self._folder / (name + OPEN), flags, 0o640)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                return name, descriptor

    def _append(self, data: bytes, *, url: str = "") -> int:
        """Write `data` whole at the file's end, or leave the end where it was; returns where it begins."""
        start = self.size
        try:
            points.reached("warc.write")
            for part in points.halves("warc.torn", data):
                view = memoryview(part)
                while view:
                    view = view[os.write(self._file, view) :]
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, start)
                os.lseek(self._file, start, os.SEEK_SET)
            full = full_disk(error, f"{self.name} for {url}" if url else self.name)
            raise full or error from error
        self.size = start + len(data)
        return start


def finish(folder: Path, name: str, descriptor: int) -> tuple[int, str]:
    """Give the `.open` file behind `descriptor` its final name, durably, and note its digest in the manifest.

    Returns size in bytes and hex SHA-256.
    """
    points.reached("warc.close")
    os.fsync(descriptor)
    path = folder / name
    path.with_name(name + OPEN).rename(path)
    os.fchmod(descriptor, 0o440)
    sync_folder(folder)
    points.reached("warc.renamed")
    digest, offset = hashlib.sha256(), 0
    while chunk := os.pread(descriptor, 1 << 20, offset):
        digest.update(chunk)
        offset += len(chunk)
    note_in_manifest(folder, name, digest.hexdigest())
    points.reached("warc.listed")
    return offset, digest.hexdigest()


def _member(kind: str, record_id: str, at: datetime, fields: Mapping[str, str], block: bytes) -> bytes:
    """One record as a gzip member."""
    digest = block_digest(block)
    named = "".join([f"{name}: {_line(value)}\r\n" for name, value in fields.items() if name != "Content-Type"])
    if "WARC-Payload-Digest" in fields:
        payload = ""
    else:
        own = block_digest(block.partition(b"\r\n\r\n")[2]) if kind == "request" else digest
        payload = f"WARC-Payload-Digest: {own}\r\n"
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {record_id}\r\nWARC-Date: {_instant(at)}\r\n{named}"
        f"WARC-Block-Digest: {digest}\r\n{payload}Content-Type: {_line(fields['Content-Type'])}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return _packed(head.encode(), block, b"\r\n\r\n")


def _packed(*pieces: bytes) -> bytes:
    """A record as a gzip member; in pieces, so that a large body is not copied once more."""
    window, memory = (28, 5) if sum(map(len, pieces)) < _SMALL else (31, zlib.DEF_MEM_LEVEL)
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, window, memory)
    return b"".join([*map(compressor.compress, pieces), compressor.flush()])


@lru_cache(maxsize=256)
def _address(text: str) -> str:
    """An address as it is usually written; empty for what is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _about(exchange: Exchange) -> dict[str, str]:
    fields = {
        "Content-Type": "application/http; msgtype=response",
        "WARC-Payload-Digest": f"sha256:{exchange.sha256}",
    }  # fmt: skip
    if ip := _address(exchange.ip):
        fields["WARC-IP-Address"] = ip
    if exchange.truncated:
        fields["WARC-Truncated"] = exchange.truncated
    return fields


def _answer(exchange: Exchange, original: Original | None) -> tuple[str, dict[str, str], bytes]:
    """The record of an answer: its type, its own fields, its block."""
    if original is None:
        return "response", _about(exchange), _response_head(exchange) + exchange.body
    refers = {
        "WARC-Profile": IDENTICAL,
        "WARC-Refers-To-Target-URI": _target(original.url),
        "WARC-Refers-To-Date": _instant(original.fetched_at),
        REFERS_TO_FILE: original.ref.file,
        REFERS_TO_OFFSET: str(original.ref.offset),
    }
    return "revisit", {**_about(exchange), **refers}, _response_head(exchange)


def _target(url: str) -> str:
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]|")


def _response_head(exchange: Exchange) -> bytes:
    head = [(name, value) for name, value in exchange.response_head if name.lower() != "transfer-encoding"]
    return _http_head(f"HTTP/1.1 {exchange.status} {exchange.reason}", head)


def _request(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = exchange.request_head
    if exchange.request_body:
        head = (*head, ("Content-Length", str(len(exchange.request_body))))
    return _http_head(f"{exchange.method} {target} HTTP/1.1", head) + exchange.request_body


def _http_head(first: str, head: list[tuple[str, str]] | Head) -> bytes:
    lines = [_line(first), *[_line(f"{name}: {value}") for name, value in head]]
    text = "\r\n".join([*lines, "", ""])
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def _line(text: str) -> str:
    if text.isprintable():  # no breaks in it, as in nearly all
        return text.rstrip(" ")
    return _BREAKS.sub(" ", text).rstrip(" ")


def _record_id() -> str:
    made = bytearray(os.urandom(16))  # a UUID of version 4, for a third of what one of the library's costs
    made[6], made[8] = made[6] & 0x0F | 0x40, made[8] & 0x3F | 0x80
    digits = made.hex()
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}>"


@lru_cache(maxsize=4)  # the same in all records of an answer
def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
