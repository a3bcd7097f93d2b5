"""An answer with its companions, copied into a file of the series `keep`: byte for byte, unless its body stands in `watch`.

Files of `watch` may expire. So a revisit of a body in one of them becomes a whole answer there, and later ones lead to that.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from storage import points
from storage.errors import FixityError
from storage.records import RecordRef
from storage.warc.exchanges import COMPANIONS, series_of
from storage.warc.members import Record, unpack
from storage.warc.reader import (
    IDENTICAL,
    REDACTED,
    REFERS_TO_FILE,
    REFERS_TO_OFFSET,
    http_of,
    place,
    read_bytes,
)
from storage.warc.writer import Original, WarcWriter, _instant, _member, _record_id

Bodies = dict[tuple[str, int], Original]
"""Where bodies that stood at a file's offset stand in `keep` by now."""

_TOLD = ("WARC-Target-URI", "WARC-IP-Address", "WARC-Payload-Digest", "WARC-Truncated", REDACTED, "Content-Type")
_COMPANION = ("WARC-Target-URI", "Content-Type")


def copy_record(folder: Path, ref: RecordRef, writer: WarcWriter, *, bodies: Bodies | None = None) -> RecordRef:
    """Copy an answer with its request and metadata; returns where it stands there. `bodies` is told, and asked, by calls that
    come one after another.

    Raises FixityError when the answer is not what was written. Not durable before the writer's `sync`.
    """
    bodies = {} if bodies is None else bodies
    answer, companions, data = _exchange(folder, ref)
    meant = _meant(answer)
    if meant is not None and series_of(meant[0]) == "watch":
        try:
            body = b"" if meant in bodies else http_of(folder, answer, ref)[2]
        except FixityError:
            meant = None  # the file that has it stays, for it is damaged, or is gone: as much as there is
        else:
            return _made_whole(answer, companions, writer, bodies, meant, body)
    copied = writer.append(data, length=answer.length)
    points.reached("warc.copied")
    if answer.kind == "response":
        bodies[ref.file, ref.offset] = _original(answer, copied)
    return copied


def _made_whole(
    answer: Record, companions: list[Record], writer: WarcWriter, bodies: Bodies, meant: tuple[str, int], body: bytes
) -> RecordRef:
    """Write a revisit as an answer of its own, or as one that leads to a body in `keep`. New records have ids of their own."""
    own, original = _record_id(), bodies.get(meant)
    fields = _fields(answer, _TOLD)
    if original is None:
        made = _member("response", own, _at(answer), fields, answer.block + body)
    else:
        refers = {
            "WARC-Profile": IDENTICAL, "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": _instant(original.fetched_at), REFERS_TO_FILE: original.ref.file,
            REFERS_TO_OFFSET: str(original.ref.offset),
        }  # fmt: skip
        made = _member("revisit", own, _at(answer), {**fields, **refers}, answer.block)
    with_them = [
        _member(one.kind, _record_id(), _at(one), {**_fields(one, _COMPANION), "WARC-Concurrent-To": own}, one.block)
        for one in companions
    ]
    copied = writer.append(b"".join([made, *with_them]), length=len(made))
    points.reached("warc.copied")
    bodies.setdefault(meant, _original(answer, copied))
    return copied


def _exchange(folder: Path, ref: RecordRef) -> tuple[Record, list[Record], bytes]:
    """An answer, its request and metadata, and all their bytes as they stand in the file. Raises FixityError."""
    data = read_bytes(folder, ref, further=COMPANIONS)
    answer, companions = unpack(data, where=place(ref)), list[Record]()
    end = answer.length
    while end < len(data):
        try:
            companion = unpack(data[end:], where=place(ref))
        except FixityError:
            break  # the next record is longer than any companion, or not written yet
        if companion.head.get("warc-concurrent-to") != answer.head.get("warc-record-id"):
            break
        companions.append(companion)
        end += companion.length
    return answer, companions, data[:end]


def _meant(answer: Record) -> tuple[str, int] | None:
    """File and offset of the body that a revisit of ours means."""
    offset = answer.head.get(REFERS_TO_OFFSET.lower(), "")
    whole = answer.kind == "revisit" and answer.block.endswith(b"\r\n\r\n") and offset.isdigit()
    return (answer.head.get(REFERS_TO_FILE.lower(), ""), int(offset)) if whole else None


def _original(answer: Record, ref: RecordRef) -> Original:
    return Original(answer.head.get("warc-target-uri", ""), _at(answer), ref)


def _fields(record: Record, names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name in names if (value := record.head.get(name.lower()))}


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(record.head["warc-date"])
