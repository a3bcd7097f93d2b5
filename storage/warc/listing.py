"""The answers of one file as an index of web archives lists them, and spans of its bytes as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from storage.warc.members import ANSWERS, SAVED, Record, note_of
from storage.warc.places import opened
from storage.warc.walk import Walk

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a capture rests on: where it begins, how long its own record is, and where its last companion ends. `drawn`: it
    is no answer but a page that a browser made of one; indexes of web archives pass over it.
    `status` is 0 for a page that came without an answer. `key` is that of its page; of data that a browser asked for to draw
    a page that page's."""

    url: str
    at: datetime
    status: int
    media_type: str
    digest: str
    revisit: bool
    offset: int
    length: int
    end: int
    portal: str = ""
    key: str = ""
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a file in its order, its size, where the first of them begins, and what is damaged."""

    answers: tuple[Answer, ...]
    size: int
    first: int
    damages: tuple[tuple[int, str], ...]


def answers(folder: Path, name: str) -> Answers:
    """Walk over a file and list its answers. Raises FileNotFoundError."""
    walk = Walk(folder, name)
    found: list[Answer] = []
    damages: list[tuple[int, str]] = []
    last = ""
    for member in walk:
        record = member.record
        if record is None:
            damages.append((member.offset, member.why))
        elif record.kind in ANSWERS:
            found.append(_answer(record, member.offset, member.length))
            last = record.head.get("warc-record-id", "")
        elif found and record.head.get("warc-concurrent-to") == last:
            found[-1] = _with_companion(found[-1], record, member.offset + member.length)
    return Answers(tuple(found), walk.size, found[0].offset if found else walk.size, tuple(damages))


def read_spans(folder: Path, name: str, spans: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The bytes of a file from each span's beginning to its end, in pieces."""
    with opened(folder, name) as file:
        for start, end in spans:
            while start < end and (chunk := file.read(min(_CHUNK, end - start), start)):
                yield chunk
                start += len(chunk)


def _with_companion(answer: Answer, record: Record, end: int) -> Answer:
    if record.kind != "metadata":
        return replace(answer, end=end)
    note = note_of(record)
    drawn_with = str(note.get("asset_of", "")) if "json" in answer.media_type else ""
    return replace(answer, end=end, portal=str(note.get("portal", "")), key=drawn_with or str(note.get("key", "")))


def _answer(record: Record, offset: int, length: int) -> Answer:
    if record.kind in SAVED:
        status, kinds = "", [record.head.get("content-type", "")]
    else:
        lines = record.block.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        status = lines[0].split(" ")[1] if " " in lines[0] else ""
        kinds = [line.partition(":")[2] for line in lines[1:] if line.lower().startswith("content-type:")]
    return Answer(
        url=record.head.get("warc-target-uri", ""),
        at=datetime.fromisoformat(record.head["warc-date"]).astimezone(UTC),
        status=int(status) if status.isdigit() else 0,
        media_type=kinds[0].partition(";")[0].strip().lower() if kinds else "",
        digest=record.head.get("warc-payload-digest", ""),
        revisit=record.kind == "revisit",
        offset=offset,
        length=length,
        end=offset + length,
        drawn=record.kind == "conversion",
    )
