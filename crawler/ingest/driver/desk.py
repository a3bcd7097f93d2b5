"""What reading one portal needs, and how its captures are opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crawler.ingest.data import page_of
from crawler.ingest.driver.memory import Memory, Unpacked
from crawler.ingest.read import Captured
from crawler.links.crowds import crowded
from crawler.links.patterns import page_key
from storage.engine import Database, Fence
from storage.errors import Away, FixityError
from storage.records import Capture, Portal, Verdict
from storage.redaction import Veil, load, veiled_answer
from storage.warc import Payload, read_head, read_payload
from storage.writer import queue

SLICE = 20
"""Captures that are read and stored together: one transaction each, well under 200 ms of it in the lock."""


@dataclass(slots=True)
class Counts:
    """What one sitting of the reading half did: verdicts by kind, and how many captures were read.

    `waiting` has the captures, with the keys of their pages, that need a record from a shelf that is away: they stay unread.
    """

    read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    waiting: dict[int, str] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """One more capture was read."""
        self.read += 1
        self.verdicts[verdict.kind] += 1

    def leave(self, capture: Capture) -> None:
        """This one waits."""
        self.waiting[capture.entry] = capture.key


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading one portal needs: its archive, itself, its lease, the time, and what its reader has just read."""

    db: Database
    folder: Path
    portal: Portal
    fence: Fence | None
    now: Callable[[], datetime]
    progress: Callable[[Capture], None] = lambda capture: None
    memory: Memory = field(default_factory=Memory)

    @property
    def veil(self) -> Veil:
        """What was redacted: it is in no reading."""
        return load(self.folder).of(self.portal.id)

    def key(self, url: str) -> str:
        """The key of the page at `url`."""
        return page_key(url, self.portal.platform)


LARGE = 150_000
"""Bytes from which a page may hold a tag that takes a parser seconds; looking for one takes a millisecond a page."""


def opened(
    desk: Desk, captures: Sequence[Capture], *, there: bool = False, known: Collection[int] = ()
) -> tuple[list[Captured], list[tuple[Capture, str]]]:
    """Captures with their bodies and what is said of their pages; apart from them, with the reason, those that cannot be read:
    their bytes are damaged or gone, or no parser would come to their end. Raises Away where one needs a
    shelf that is away; with `there` it is left out. Those whose bodies are `known` (their entries) come without, unless their
    heads have something to say to robots.
    """
    with desk.db.read() as conn:
        mentions = queue.sightings(conn, desk.portal.id, {capture.key for capture in captures})
        listed = {key: sum(one.source == "listing" for one in said) for key, said in mentions.items()}
        everywhere = queue.everywhere(conn, desk.portal.id, listed)
    whole: list[Captured] = []
    unreadable: list[tuple[Capture, str]] = []
    veil = desk.veil
    for capture in captures:
        try:
            record = _record(desk, capture, veil, known=capture.entry in known)
        except (FixityError, FileNotFoundError) as error:
            unreadable.append((capture, f"fixity: {error}"))
            continue
        except Away:
            if there:
                continue
            raise
        if record.endless:
            unreadable.append((capture, "parse-limit"))
            continue
        as_read = replace(capture, truncated=capture.truncated or record.truncated)
        said = mentions.get(capture.key, ())
        whole.append(Captured(as_read, record.body, desk.portal, said, capture.key in everywhere, robots=record.robots))
    return whole, unreadable


def unpacked(desk: Desk, capture: Capture) -> Unpacked:
    """The record of one capture. Raises FixityError, FileNotFoundError or Away where it cannot be had."""
    return _record(desk, capture, desk.veil, known=False)


def _record(desk: Desk, capture: Capture, veil: Veil, *, known: bool) -> Unpacked:
    if known and not _to_robots(head := read_head(desk.folder, capture.record)):
        return Unpacked(b"", truncated=head.truncated)
    return desk.memory.unpacked(capture, veil) or desk.memory.hold(capture, veil, _unpacked(desk, capture, veil))


def _unpacked(desk: Desk, capture: Capture, veil: Veil) -> Unpacked:
    payload = read_payload(desk.folder, capture.record)
    if len(payload.body) > LARGE and crowded(payload.body) is not None:
        return Unpacked(b"", endless=True)
    masked = veiled_answer(
        veil, payload.body, url=capture.url, key=capture.key, content_type=payload.header("content-type"), coding=""
    )
    body = page_of(payload.body if masked is None else masked, capture.media_type, capture.charset)
    return Unpacked(body, truncated=payload.truncated, robots=_to_robots(payload))


def _to_robots(answer: Payload) -> tuple[str, ...]:
    """What the head of an answer says to robots, value by value."""
    return tuple(value for name, value in answer.head if name.lower() == "x-robots-tag")
