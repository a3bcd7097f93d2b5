"""A WARC record in another one's place: whatever it says, its gzip member is as long as that one's was.

So every offset behind it stays, and with them all rows and indexes that point there.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from storage.redaction.bodies import veiled_body, veiled_markup
from storage.redaction.veil import Veil
from storage.warc.members import ANSWERS, Record, block_digest, note_block, note_of
from storage.warc.reader import BODY_LIMIT, IN_PART, REDACTED, decode, parts_of

LEFT = "X-Text-Of-Redacted-File"
"""The header of an answer that was a file: its body is what the file said, in UTF-8, without what is redacted; the value says
how many pages it had."""

_EXTRA, _COMMENT = 4, 16
COMMENTS_AND_STYLES = re.compile(rb"<(?:!--(?!\[if)|(style)\b)", re.IGNORECASE)
SCRIPTS = re.compile(rb"<(script)\b", re.IGNORECASE)
_ENDS = {
    b"": re.compile(rb"-->"),
    b"style": re.compile(rb"</style\s*>", re.IGNORECASE),
    b"script": re.compile(rb"</script\s*>", re.IGNORECASE),
}
_DATA = re.compile(rb"ld\+json|application/json|>", re.IGNORECASE)
_ADDRESSES = ("target", "key", "portal", "redirected_from", "url", "listing")

Head = dict[str, str]
HttpHead = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FileText:
    """What is left of a file: its text with marks, and how many pages it had."""

    text: str
    pages: int


def veiled_member(record: Record, veil: Veil, *, sha256: str = "") -> bytes | None:
    """The gzip member that takes the place of a record which says something veiled; None for one that does not.

    A page keeps what may be read, if that fits; else what stays is a tombstone. `sha256` is the new digest of the body that a
    metadata record is about.
    """
    if record.kind in ANSWERS:
        return _answer(record, veil)
    if record.kind == "metadata" and (note := note_of(record)):
        masked = _masked_note(note, veil) | ({"sha256": sha256} if sha256 and "sha256" in note else {})
        if masked == note:
            return None
        bare = {name: value for name, value in masked.items() if name != "sightings"}
        blocks = [note_block(masked), note_block(bare)]
        return _first(record, [(_changed({}, body=block), block) for block in blocks])
    return None


def tombstone(record: Record, rule: str, left: FileText | None = None) -> bytes:
    """The member that takes the place of an answer which nobody may read: that something answered, when, and which rule.

    Of a file what else it says may be `left`, if that fits.
    """
    lines = _head(record) or [b"HTTP/1.1 200 OK"]
    kind = [line for line in lines[1:] if line.lower().startswith((b"content-type:", b"x-robots-tag:"))]
    changed = _changed({REDACTED: rule}, body=b"")
    variants = [(changed, _block([lines[0], *kept], b"")) for kept in (kind, [])]
    if left is not None and left.text and record.kind == "response":
        body, said = left.text.encode(), f"{LEFT}: {left.pages}".encode()
        variants.insert(0, (_changed({REDACTED: rule}, body=body), _block([lines[0], *kind, said], body)))
    variants.append((changed | {"warc-payload-digest": ""}, variants[-1][1]))
    made = _first(record, variants, whole=False)
    if made is None:
        raise ValueError(f"no room for a tombstone in {record.length} bytes")
    return made


def is_tombstone(record: Record) -> bool:
    """Whether nothing is left of an answer as it was sent."""
    if record.kind != "response" or REDACTED.lower() not in record.head:
        return False
    return not record.block.partition(b"\r\n\r\n")[2] or text_left(parts_of(record)[1], b"") is not None


def text_left(head: HttpHead, body: bytes) -> FileText | None:
    """What is left of a file that was redacted; None for any other answer."""
    pages = next((value for name, value in head if name.lower() == LEFT.lower()), "")
    return FileText(body.decode("utf-8", "replace"), int(pages)) if pages.isdigit() else None


def with_payload(record: Record, digest: str) -> bytes:
    """The member that takes the place of a revisit whose body is another one now."""
    dropped = {"warc-refers-to-date": "", "warc-refers-to-target-uri": ""}
    made = _first(record, [({"warc-payload-digest": digest, **less}, record.block) for less in ({}, dropped)])
    if made is None:
        raise ValueError(f"no room for a revisit in {record.length} bytes")
    return made


def fitted(data: bytes, length: int) -> bytes | None:
    """A gzip member of exactly this many bytes; None if the data does not go into it.

    What is left over is filled in the member's own header, where every reader passes over it.
    """
    # Of what hardly packs, an image in the markup, each division into blocks makes another length, and bytes decide.
    packed = min((_deflated(data, memory) for memory in (9, 8, 7)), key=len)
    packed += struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    spare = length - 10 - len(packed)
    if spare < 0:
        return None
    flags, filling = 0, b""
    if spare >= 6:
        extra = min(spare - 6, 0xFFFF - 4)
        flags |= _EXTRA
        filling = struct.pack("<H2sH", extra + 4, b"PC", extra) + bytes(extra)
        spare -= len(filling)
    if spare:
        flags |= _COMMENT
        filling += b"-" * (spare - 1) + b"\0"
    return bytes((0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 2, 255)) + filling + packed


def _deflated(data: bytes, memory: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, memory)
    return compressor.compress(data) + compressor.flush()


def payload_digest(member: bytes) -> str:
    """The payload digest that the record in a member gives."""
    data = zlib.decompress(member, wbits=31)
    found = re.search(rb"^WARC-Payload-Digest: (\S+)\r$", data, re.MULTILINE | re.IGNORECASE)
    return found[1].decode("ascii") if found else ""


def _answer(record: Record, veil: Veil) -> bytes | None:
    lines, (_, fields, sent) = _head(record), parts_of(record)
    codings = ",".join(value for name, value in fields if name.lower() == "content-encoding")
    content_type = next((value for name, value in fields if name.lower() == "content-type"), "")
    plain, _ = decode(sent, codings, limit=BODY_LIMIT)
    url = record.head.get("warc-target-uri", "")
    masked = veiled_body(veil, plain, content_type=content_type, hosts={urlsplit(url).netloc})
    clean = _clean_head(lines, veil, coded=masked != plain)
    if masked == plain and clean == lines:
        return None
    if masked == plain:
        masked = record.block.partition(b"\r\n\r\n")[2]
    return _first(record, _variants(record, clean, masked)) or tombstone(record, veil.rules[0].id)


def _head(record: Record) -> list[bytes]:
    """The lines of an answer's head; a page that came without an answer has none."""
    return record.block.partition(b"\r\n\r\n")[0].split(b"\r\n") if record.kind in ("response", "revisit") else []


def _block(lines: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join(lines) + b"\r\n\r\n" + body if lines else body


def _clean_head(lines: list[bytes], veil: Veil, *, coded: bool) -> list[bytes]:
    """The header lines, masked where they say something veiled, and without what is true of the body no more."""
    dropped = (b"content-encoding:", b"content-length:", b"transfer-encoding:") if coded else ()
    kept = [line for line in lines if not line.lower().startswith(dropped or (b"\0",))]
    return [line if not veil.hides(line.decode("latin-1")) else line.partition(b":")[0] + b": -" for line in kept]


def _variants(record: Record, head: list[bytes], body: bytes) -> Iterator[tuple[Head, bytes]]:
    """What may take the answer's place, the fullest first: ever less of what no article is read from."""
    short = [
        line for line in head[1:] if line.lower().startswith((b"content-type:", b"location:", b"etag:", b"last-mod"))
    ]
    said, unsaid = {REDACTED: IN_PART}, {"warc-ip-address": ""}
    for more, lines in ((said, head), (said, [*head[:1], *short]), (unsaid, [*head[:1], *short])):
        yield _changed(more, body=body, record=record), _block(lines, body)
    for begins in (COMMENTS_AND_STYLES, SCRIPTS):
        body = without(body, begins)
        yield _changed(unsaid, body=body, record=record), _block([*head[:1], *short], body)


def without(body: bytes, begins: re.Pattern[bytes]) -> bytes:
    """A page without the elements that begin so, but for data in scripts; one that is never closed stays, with what follows.

    In linear time: what is looked for behind one beginning is not looked for again behind the next.
    """
    kept, at, never, told = list[bytes](), 0, set[bytes](), -1
    is_data = False
    for begin in begins.finditer(body):
        kind = (begin[1] or b"").lower()
        if begin.start() < at or kind in never:
            continue
        if kind == b"script":
            if told < begin.end():
                told, is_data = _next_mark(body, begin.end())
            if is_data:
                continue
        end = _ENDS[kind].search(body, begin.end())
        if end is None:
            never.add(kind)
            continue
        kept.append(body[at : begin.start()])
        at = end.end()
    return b"".join([*kept, body[at:]])


def _next_mark(body: bytes, start: int) -> tuple[int, bool]:
    """Where the tag that is open here ends or says that it holds data, whichever comes first, and whether it says so."""
    found = _DATA.search(body, start)
    return (found.start(), found[0] != b">") if found else (len(body), False)


def _changed(more: Head, *, body: bytes, record: Record | None = None) -> Head:
    if record is not None and record.kind == "revisit":
        return more
    return {**more, "warc-payload-digest": block_digest(body)}


def _masked_note(note: dict[str, Any], veil: Veil) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(note))
    return {name: value if name in _ADDRESSES else _masked(value, veil) for name, value in found.items()}


def _masked(value: Any, veil: Veil) -> Any:
    if isinstance(value, str):
        return veil.text(value) if "://" not in value else veiled_markup(veil, value, hosts=())
    if isinstance(value, list):
        return [_masked(item, veil) for item in value]
    if isinstance(value, dict):
        return {name: item if name in _ADDRESSES else _masked(item, veil) for name, item in value.items()}
    return value


def _first(record: Record, variants: Iterable[tuple[Head, bytes]], *, whole: bool = True) -> bytes | None:
    """The first of the variants (changed header fields, block) that fits into the record's place."""
    for changed, block in variants:
        if made := fitted(_written(record, changed, block, whole=whole), record.length):
            return made
    return None


_NAMES = {
    name.lower(): name
    for name in (
        "WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "WARC-IP-Address", "WARC-Concurrent-To",
        "WARC-Block-Digest", "WARC-Payload-Digest", "WARC-Truncated", "WARC-Profile", "WARC-Refers-To-Target-URI",
        "WARC-Refers-To-Date", "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset", "Content-Type", "Content-Length",
        "WARC-Warcinfo-ID", REDACTED,
    )
}  # fmt: skip
_OF_A_TOMBSTONE = frozenset({"warc-record-id", "warc-date", "warc-target-uri", "content-type"})


def _written(record: Record, changed: Head, block: bytes, *, whole: bool) -> bytes:
    """A record with the same id, date and address; a field that was changed to nothing is left out."""
    head = {name: value for name, value in record.head.items() if whole or name in _OF_A_TOMBSTONE}
    if not whole:
        head = {"warc-type": "response", **head}
    head |= {name.lower(): value for name, value in changed.items()}
    head |= {"warc-block-digest": block_digest(block), "content-length": str(len(block))}
    lines = "".join(f"{_NAMES.get(name, name)}: {value}\r\n" for name, value in head.items() if value)
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"
