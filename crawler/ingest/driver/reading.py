"""Reading what waits: a slice of captures is read without a lock, then stored in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from crawler.ingest.decide import WHOLE_STATUSES
from crawler.ingest.driver import attached
from crawler.ingest.driver.again import reopened
from crawler.ingest.driver.baselines import ANOTHER_LAYOUT, Pages, baselines, held_back, known_states, wanted
from crawler.ingest.driver.desk import SLICE, Counts, Desk, opened
from crawler.ingest.driver.learning import learned
from crawler.ingest.driver.readers import Reader
from crawler.ingest.driver.storing import store_answer, store_reading
from crawler.ingest.driver.unchanged import shows_the_same
from crawler.ingest.read import Captured
from storage import points, runs
from storage.engine import Database, Transaction, next_numbers
from storage.errors import Away
from storage.records import WAITING, Capture, EventKind, Reading, Verdict
from storage.redaction.readings import veiled_reading
from storage.warc import places
from storage.writer import articles, evidence, notes, queue, restriction
from storage.writer.queue import Base
from storage.writer.slate import Slate

LEASE = 600.0
"""Seconds of real time for which a reader keeps a portal after each slice."""

LEFT_AT_MOST = 500
"""Captures of a portal that may wait for a shelf which is away before the others in files elsewhere are not tried either."""


def waiting(db: Database) -> dict[str, int]:
    """How many unread captures each portal has."""
    with db.read() as conn:
        return queue.waiting(conn)


def read_portal(desk: Desk, *, at_end: bool) -> Counts:
    """Read all captures of the portal that wait, oldest first, and store what they mean.

    At the visit's end, pages that were read before a list told their date or headline are read again.
    Before the visit's end (`at_end` false) a portal without a template is left alone until it has enough pages to learn
    one. Interrupted at any moment, the next call goes on with the captures that were not stored. Raises Held when the lease
    was lost; what can go wrong with one page is a verdict (`failed`) and never stops the others. What needs a record from a
    shelf that is away stays unread, and is counted (`WAITING`): all of it where a first template needs one.
    """
    counts = Counts()
    with desk.db.read() as conn:
        platform = desk.portal.platform or queue.platform(conn, desk.portal.id)
    desk = replace(desk, portal=replace(desk.portal, platform=platform))
    try:
        reader = learned(desk, at_end=at_end)
    except Away:
        counts.verdicts[WAITING] = waiting(desk.db).get(desk.portal.id, 0)
        return counts
    if not reader.templates and not at_end:
        return counts
    read_waiting(desk, reader, counts)
    if at_end and reopened(desk):
        again = Counts(waiting=counts.waiting)
        read_waiting(desk, reader, again)
        counts.verdicts += Counter(new=again.verdicts["new"])  # the others were counted when they were read first
    if counts.waiting:
        counts.verdicts[WAITING] = waiting(desk.db).get(desk.portal.id, 0)
    return counts


def read_waiting(desk: Desk, reader: Reader, counts: Counts) -> None:
    """Read slice by slice what waits, until nothing does but what needs a shelf that is away."""
    last = 0
    while True:
        with desk.db.read() as conn:
            captures = queue.unread(conn, desk.portal.id, SLICE, after=last)
        if not captures:
            return
        last = captures[-1].entry
        for capture in captures:
            if len(counts.waiting) >= LEFT_AT_MOST and not places.is_here(desk.folder, capture.record.file):
                counts.leave(capture)
        there = [capture for capture in captures if capture.entry not in counts.waiting]
        for are_files, some in groupby(there, key=attached.is_file):
            if are_files:
                attached.read_files(desk, some, counts)
            else:
                _read_what_is_there(desk, list(some), reader, counts)


def _read_what_is_there(desk: Desk, captures: Sequence[Capture], reader: Reader, counts: Counts) -> None:
    """Read some captures; where one needs a shelf that is away, each alone, so that it waits and no other.

    Later captures of its page wait with it: what became of a page is told in its order.
    """
    keys = set(counts.waiting.values())
    for capture in captures:
        if capture.key in keys:
            counts.leave(capture)
    some = [capture for capture in captures if capture.entry not in counts.waiting]
    try:
        if some:
            read_slice(desk, some, reader, counts)
    except Away:
        if len(some) == 1:
            counts.leave(some[0])
            return
        for capture in some:
            _read_what_is_there(desk, [capture], reader, counts)


def read_slice(desk: Desk, captures: Sequence[Capture], reader: Reader, counts: Counts) -> None:
    """Read some captures without holding a lock, then store their verdicts in one transaction."""
    pages: list[tuple[Captured, Reading | None]] = []
    bases = _bases(desk, captures)
    known = {entry for entry, base in bases.items() if base.same}
    whole, unreadable = opened(desk, captures, known=known)
    veil = desk.veil
    for captured in whole:
        desk.progress(captured.capture)
        entry = captured.capture.entry
        seen = not captured.robots and (entry in known or shows_the_same(desk, captured, bases.get(entry)))
        read_it = captured.capture.status in WHOLE_STATUSES and not seen
        pages.append((captured, veiled_reading(veil, reader.read(captured)) if read_it else None))
    states = known_states(desk, pages)
    pages = held_back(pages, states, reader)
    pages, current = baselines(desk, pages, states, reader)
    points.reached("read.slice")
    unknown = sum(reading is not None and reading.article and captured.capture.entry not in states
                  for captured, reading in pages)  # fmt: skip
    numbers = _numbers(desk, unknown)
    with desk.db.write(desk.fence) as conn:
        slate = Slate(conn, desk.portal.id, desk.key, wanted(desk, pages, states))
        events = _judged(slate, desk, reader, pages, current, numbers, counts)
        slate.write()
        for capture, why in unreadable:
            counts.add(_failed(conn, desk, capture, why))
        if desk.fence is not None:
            runs.prolong(conn, desk.fence, ttl=LEASE)
        articles.publish(conn, events)


def _bases(desk: Desk, captures: Sequence[Capture]) -> dict[int, Base]:
    """What some captures may repeat, by entry. Of each page only the first: what it shows may be another state, and the next
    one is held against that.
    """
    with desk.db.read() as conn:
        bases = queue.bases(conn, desk.portal.id, [capture.entry for capture in captures])
        marked = restriction.marked(conn, desk.portal.id)
    first = {capture.key: capture.entry for capture in reversed(captures)}
    may = {entry for key, entry in first.items() if key not in marked}
    return {entry: base for entry, base in bases.items() if entry in may}


def _numbers(desk: Desk, count: int) -> Iterator[int]:
    """Numbers for so many articles, taken in a moment of its own: readers wait for each other's counter."""
    if not count:
        return iter(())
    with desk.db.write(desk.fence) as conn:
        numbers = next_numbers(conn, "article", count)
    points.reached("read.numbers")
    return iter(numbers)


def _judged(
    slate: Slate, desk: Desk, reader: Reader, pages: Pages, current: Mapping[tuple[str, int], Reading],
    numbers: Iterator[int], counts: Counts,
) -> list[tuple[EventKind, str, datetime]]:  # fmt: skip
    """Put on the slate what each page means; returns what the change feed is told."""
    events: list[tuple[EventKind, str, datetime]] = []

    def number() -> int:
        ready = next(numbers, None)
        return next_numbers(slate.connection, "article")[0] if ready is None else ready

    for captured, reading in pages:
        if reading is None:
            verdict = store_answer(slate, desk, captured.capture)
        else:
            verdict = store_reading(slate, desk, captured, reading, current, number=number)
        slate.note(
            captured.capture, reading.reader if reading else "", verdict, at=desk.now(),
            confidence=reading.confidence if reading else 1.0,
            evidence=evidence.digest(captured.sightings, everywhere=captured.everywhere),
            ground=reading.ground if reading else "",
            strange=reading is not None and reading.reason in ("", ANOTHER_LAYOUT) and reader.is_strange(reading),
        )  # fmt: skip
        events.extend((kind, verdict.article, desk.now()) for kind in verdict.events)
        counts.add(verdict)
    return events


def give_up(desk: Desk, entry: int, reason: str) -> bool:
    """Mark a capture on which a reader had to be killed as `failed`, so that it never stops the others again; no, where it
    waits no longer: then the reader had stored it, and was at something else.

    Its bytes stay; `reason` is the failure's class, such as `parse-limit`. `ingest --reprocess` tries it once more.
    """
    with desk.db.write(desk.fence) as conn:
        found = [one for one in queue.unread(conn, desk.portal.id, 1, after=entry - 1) if one.entry == entry]
        for capture in found:
            if attached.is_file(capture):
                attached.store(conn, desk, capture, attached.caught(reason))
                continue
            _failed(conn, desk, capture, reason)
    return bool(found)


def _failed(conn: Transaction, desk: Desk, capture: Capture, why: str) -> Verdict:
    """Note that a capture cannot be read, beside it and among what failed in its run."""
    verdict = Verdict("failed", detail=why)
    notes.write(conn, [notes.note(capture, "", verdict, confidence=0.0, at=desk.now())])
    notes.on_failure(conn, capture, why, at=desk.now())
    return verdict
