"""Captures in, verdicts stored: the reading half's one place that speaks to the archive.

    unread captures of a portal -> template -> read -> decide -> one transaction a slice

Reads bytes and rows, calls the pure stages, writes what they decided. No network, no clock of its own (`now` is handed in).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from crawler.ingest import template as templates
from crawler.ingest.decide import GONE_STATUSES, absent, decide
from crawler.ingest.read import Captured, read
from crawler.links.patterns import page_key
from storage.engine import Database, Fence
from storage.records import Capture, EventKind, Known, Portal, Reading, Template, Verdict
from storage.warc import read_payload
from storage.writer import articles, queue

SLICE = 20
"""Captures that are read and stored together: one transaction each, well under 200 ms of it in the lock."""

LEARN_FROM = 10
"""Captures a template is learned from once the portal has as many; before its visit's end a portal waits for them."""

LEARN_AT_LEAST = 3
"""Fewer pages than this show no repetition worth learning."""


@dataclass(slots=True)
class Counts:
    """What one sitting of the reading half did: verdicts by kind, and how many captures were read."""

    read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading one portal needs: its archive, itself, its lease, and the time."""

    db: Database
    folder: Path
    portal: Portal
    fence: Fence | None
    now: Callable[[], datetime]
    progress: Callable[[Capture], None] = lambda capture: None

    def key(self, url: str) -> str:
        """The key of the page at `url`."""
        return page_key(url, self.portal.platform)


def waiting(db: Database) -> dict[str, int]:
    """How many unread captures each portal has."""
    with db.read() as conn:
        return queue.waiting(conn)


def read_portal(desk: Desk, *, at_end: bool) -> Counts:
    """Read all captures of the portal that wait, oldest first, and store what they mean.

    Before the visit's end (`at_end` false) a portal without a template is left alone until it has enough pages to learn
    one. Interrupted at any moment, the next call goes on with the captures that were not stored. Raises Held when the lease
    was lost; what can go wrong with one page is a verdict (`failed`) and never stops the others.
    """
    counts = Counts()
    template = learned(desk, at_end=at_end)
    if template is None and not at_end:
        return counts
    while True:
        with desk.db.read() as conn:
            captures = queue.unread(conn, desk.portal.id, SLICE)
        if not captures:
            return counts
        read_slice(desk, captures, template, counts)


def learned(desk: Desk, *, at_end: bool) -> Template | None:
    """The portal's template, learned now if it has none, or again if the last one saw too few pages.

    The set is fixed: the first captures of the portal in archive order. None while there is nothing to learn from.
    """
    with desk.db.read() as conn:
        current = queue.template(conn, desk.portal.id)
        if current and len(current.learned_from) >= LEARN_FROM:
            return current
        samples = queue.learnable(conn, desk.portal.id, templates.SAMPLES)
    enough = LEARN_FROM if not at_end else LEARN_AT_LEAST
    if len(samples) < enough or (current and len(samples) <= len(current.learned_from)):
        return current
    pages = [(capture.entry, capture.url, body(desk, capture), capture.charset) for capture in samples]
    template = templates.learn(pages, portal=desk.portal.id, version=current.version + 1 if current else 1)
    with desk.db.write(desk.fence) as conn:
        queue.put_template(conn, template, now=desk.now())
    return template


def body(desk: Desk, capture: Capture) -> bytes:
    """The capture's body, decoded. Raises FixityError when the archive does not hold it."""
    return read_payload(desk.folder, capture.record).body


def read_slice(desk: Desk, captures: Sequence[Capture], template: Template | None, counts: Counts) -> None:
    """Read some captures without holding a lock, then store their verdicts in one transaction."""
    with desk.db.read() as conn:
        keys = queue.keys_of(conn, [capture.entry for capture in captures])
        mentions = queue.sightings(conn, desk.portal.id, set(keys.values()))
    readings: dict[int, Reading] = {}
    for capture in captures:
        desk.progress(capture)
        if capture.status == 200:
            captured = Captured(capture, body(desk, capture), desk.portal, mentions.get(keys[capture.entry], ()))
            readings[capture.entry] = read(captured, template=template)
    baselines = reread_baselines(desk, captures, keys, readings, template)
    events: list[tuple[EventKind, str, datetime]] = []
    with desk.db.write(desk.fence) as conn:
        for capture in captures:
            key, reading = keys[capture.entry], readings.get(capture.entry)
            if reading is None:
                verdict = store_absence(conn, desk, capture, key)
            else:
                verdict = store_reading(conn, desk, capture, key, reading, baselines)
            at = desk.now()
            articles.note_reading(
                conn, capture, reading.reader if reading else "", verdict, at=at,
                confidence=reading.confidence if reading else 1.0,
            )  # fmt: skip
            events.extend((kind, verdict.article, at) for kind in verdict.events)
            counts.read += 1
            counts.verdicts[verdict.kind] += 1
        articles.publish(conn, events)


def reread_baselines(
    desk: Desk,
    captures: Sequence[Capture],
    keys: Mapping[int, str],
    readings: Mapping[int, Reading],
    template: Template | None,
) -> dict[tuple[str, int], Reading]:
    """Current revisions that another reader version had read, as this version reads their captures.

    Keyed by article and revision number. Two readings say something about the portal only if one reader made both.
    """
    baselines: dict[tuple[str, int], Reading] = {}
    with desk.db.read() as conn:
        for capture in captures:
            reading = readings.get(capture.entry)
            if reading is None or not reading.article:
                continue
            stored = find(conn, desk, keys[capture.entry], reading)
            if stored is None or stored.reading.reader == reading.reader or stored.entry == capture.entry:
                continue
            [current] = queue.captures(conn, [stored.entry])
            key = queue.keys_of(conn, [current.entry])[current.entry]
            mentions = queue.sightings(conn, desk.portal.id, [key]).get(key, ())
            captured = Captured(current, body(desk, current), desk.portal, mentions)
            baselines[stored.id, stored.revision] = read(captured, template=template)
    return baselines


def find(conn: Connection, desk: Desk, key: str, reading: Reading) -> articles.Stored | None:
    """The article that a reading is about, by its address, the addresses it gives for itself, or its identity."""
    aliases = [desk.key(url) for url in reading.aliases] if reading.article else []
    return articles.find(conn, desk.portal.id, [key, *aliases], reading.identity if reading.article else "")


def store_reading(
    conn: Connection,
    desk: Desk,
    capture: Capture,
    key: str,
    reading: Reading,
    baselines: Mapping[tuple[str, int], Reading],
) -> Verdict:
    """Judge one reading beside what is known at this moment, and store the verdict. Returns it with its article."""
    if capture.truncated:
        return Verdict("failed", detail=f"truncated: {capture.truncated}")
    stored = find(conn, desk, key, reading)
    verdict = decide(reading, known(conn, capture, reading, stored, baselines))
    if verdict.kind == "new":
        verdict = replace(verdict, article=articles.create(conn, capture, desk.key, reading))
    elif verdict.kind == "absent":
        return store_absence(conn, desk, capture, key)
    elif stored and verdict.kind in ("revised", "unchanged"):
        baseline = baselines.get((stored.id, stored.revision))
        if stored.entry == capture.entry and stored.reading.reader != reading.reader:
            baseline = reading
        if baseline is not None and stored.reading.reader != baseline.reader:
            articles.reextract(conn, stored, desk.key, baseline)
        if verdict.kind == "revised":
            articles.revise(conn, stored, capture, desk.key, reading, verdict)
    if verdict.article and verdict.kind != "not-article":
        articles.add_address(conn, capture, key, verdict.article)
        articles.seen(conn, verdict.article, capture.fetched_at)
    articles.note_page(conn, capture.portal, key, article=reading.article)
    return verdict


def known(
    conn: Connection,
    capture: Capture,
    reading: Reading,
    stored: articles.Stored | None,
    baselines: Mapping[tuple[str, int], Reading],
) -> Known:
    """What the archive knows that matters for this reading."""
    if stored is None:
        twin = articles.find_twin(conn, capture.portal, reading) if reading.article else ""
        return Known(twin=twin)
    same_capture = stored.entry == capture.entry
    return Known(
        article=stored.id,
        stored=stored.reading,
        baseline=reading if same_capture else baselines.get((stored.id, stored.revision)),
        newer=stored.entry > capture.entry,
        removed=stored.removed,
    )


def store_absence(conn: Connection, desk: Desk, capture: Capture, key: str) -> Verdict:
    """Judge a negative answer for a page: it may be a known article's removal."""
    stored = articles.find(conn, desk.portal.id, [key])
    if stored is None:
        return Verdict("not-article", detail=f"http.{capture.status}")
    count = queue.negatives(conn, desk.portal.id, key, until=capture.entry, statuses=tuple(GONE_STATUSES))
    verdict = absent(stored.id, negatives=count, removed=stored.removed)
    if "removed" in verdict.events:
        articles.remove(conn, stored.id, queue.first_negative(conn, desk.portal.id, key, count=count))
    return verdict


def give_up(desk: Desk, entry: int, reason: str) -> None:
    """Mark a capture on which a reader had to be killed as `failed`, so that it never stops the others again.

    Its bytes stay; `reason` is the failure's class, such as `parse-limit`. `ingest --reprocess` tries it once more.
    """
    with desk.db.read() as conn:
        found = queue.captures(conn, [entry])
    with desk.db.write(desk.fence) as conn:
        for capture in found:
            verdict = Verdict("failed", detail=reason)
            articles.note_reading(conn, capture, "", verdict, confidence=0.0, at=desk.now())
