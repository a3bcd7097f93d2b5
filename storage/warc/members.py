"""One gzip member, one WARC record: taking it apart and telling whether it is whole."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from storage.errors import FixityError

Head = tuple[tuple[str, str], ...]

SAVED = ("resource", "conversion")
"""Types of records that hold a page without an answer's head: a saved file, and a page as a browser drew it."""

ANSWERS = ("response", "revisit", *SAVED)
"""Types of records that a capture may rest on."""

LARGEST_RECORD = 512 * 1024 * 1024
"""Bytes of an unpacked record above which it cannot be one of ours."""

_NOTE = b"phuongchi: "
_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_STEP = 256 * 1024
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record: its header, the block, and how many bytes its gzip member takes in the file."""

    head: dict[str, str]
    block: bytes
    length: int

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.head.get("warc-type", "")


def unpack(member: bytes | memoryview, *, where: str) -> Record:
    """The record in the gzip member that `member` begins with; what follows it does not count.

    Raises FixityError, naming `where`, unless it is complete and its bytes are those that its digests were made from.
    """
    decompressor = zlib.decompressobj(wbits=31)
    try:
        data = decompressor.decompress(member, LARGEST_RECORD)
    except zlib.error as error:
        raise damaged(where, f"its gzip member is broken ({error})") from error
    if not decompressor.eof:
        raise damaged(where, "its gzip member is cut off")
    return record_of(data, len(member) - len(decompressor.unused_data), where=where)


def record_of(data: bytes, length: int, *, where: str) -> Record:
    """The record that a member of `length` bytes was unpacked to. Raises FixityError as `unpack` does."""
    head_end = data.find(_END)
    head = parse_head(data[:head_end]) if head_end >= 0 and data.startswith(b"WARC/1.") else {}
    announced = head.get("content-length", "")
    if not announced.isdigit() or len(data) != head_end + 4 + int(announced) + 4 or not data.endswith(_END):
        raise damaged(where, "it is no WARC record of the length that it gives")
    record = Record(head, data[head_end + 4 : -4], length)
    if not holds(head.get("warc-block-digest", ""), record.block):
        raise damaged(where, "its bytes do not match their digest")
    return record


def parse_head(data: bytes) -> dict[str, str]:
    """The fields of a WARC header by lower-case name; the first line is the version."""
    fields = {}
    for line in data.decode("utf-8", "replace").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    return fields


def block_digest(block: bytes) -> str:
    """A digest as WARC headers write it."""
    return "sha256:" + hashlib.sha256(block).hexdigest()


def holds(digest: str, block: bytes) -> bool:
    """Whether bytes are those that a digest was made from, in hex or base32; yes for one of a kind that is not known."""
    kind, _, value = digest.partition(":")
    if kind.lower() not in ("sha1", "sha256", "sha512"):
        return True
    made = hashlib.new(kind.lower(), block, usedforsecurity=False).digest()
    return value.lower() == made.hex() or value.upper().rstrip("=") == base64.b32encode(made).decode().rstrip("=")


def whole_member(read: Callable[[int], bytes]) -> int:
    """How many bytes the next gzip member takes, if it is whole and one WARC record of the length it gives; else 0.

    `read(n)` gives up to `n` further bytes. Never holds a whole record in memory; does not check digests.
    """
    decompressor = zlib.decompressobj(wbits=31)
    start, total, tail, taken = b"", 0, b"", 0
    while not decompressor.eof:
        packed = read(_STEP)
        if not packed:
            return 0
        taken += len(packed)
        while packed:
            try:
                data = decompressor.decompress(packed, _STEP)
            except zlib.error:
                return 0
            packed = decompressor.unconsumed_tail
            total += len(data)
            tail = (tail + data)[-4:]
            if len(start) < _STEP:
                start += data
            if not data and not packed:
                break
    head_end = start.find(_END)
    length = parse_head(start[:head_end]).get("content-length", "") if start.startswith(b"WARC/1.") else ""
    if head_end < 0 or not length.isdigit() or total != head_end + 8 + int(length) or tail != _END:
        return 0
    return taken - len(decompressor.unused_data)


def note_block(note: Mapping[str, object]) -> bytes:
    """What a `metadata` record of ours says: one field, whose value is JSON.

    Not a JSON document: indexers of web archives would take that for another answer from the same address, and pass over
    `application/warc-fields`.
    """
    return _NOTE + _JSON.encode(note).encode() + b"\r\n"


def note_of(record: Record) -> dict[str, Any]:
    """What a `metadata` record of ours says; empty for one that says nothing we know."""
    try:
        note = json.loads(record.block.removeprefix(_NOTE))
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def damaged(where: str, why: str) -> FixityError:
    """The error about the record at `where`."""
    return FixityError(f"the record at {where} is damaged: {why}", cure="Restore the file from a backup")
