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
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawler.ingest import template as templates
from crawler.ingest.decide import GONE_STATUSES, absent, decide, differences, near_copy, same_story
from crawler.ingest.read import Captured, read
from crawler.links.patterns import page_key
from storage import runs
from storage.engine import Database, Fence, next_numbers
from storage.errors import FixityError
from storage.frontier import is_variant
from storage.records import Capture, EventKind, Known, Portal, Reading, Template, Verdict
from storage.warc import read_payload
from storage.writer import articles, queue

SLICE = 20
"""Captures that are read and stored together: one transaction each, well under 200 ms of it in the lock."""

LEARN_FROM = 10
"""Captures a template is learned from once the portal has as many; before its visit's end a portal waits for them."""

LOOKED_AT = 60
"""Captures that are looked at to find them: past as many, a portal's articles are too rare to wait for."""

TRUSTED = 0.7
"""Share of the pages a template was learned from that must still read as articles with it."""

LEASE = 600.0
"""Seconds of real time for which a reader keeps a portal after each slice."""

LEARN_AT_LEAST = 3
"""Fewer pages than this show no repetition worth learning."""


@dataclass(slots=True)
class Counts:
    """What one sitting of the reading half did: verdicts by kind, and how many captures were read."""

    read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """One more capture was read."""
        self.read += 1
        self.verdicts[verdict.kind] += 1


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
    with desk.db.read() as conn:
        platform = desk.portal.platform or queue.platform(conn, desk.portal.id)
    desk = replace(desk, portal=replace(desk.portal, platform=platform))
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

    The set is fixed: the first article-shaped captures of the portal in archive order. None while there is nothing to learn
    from.
    """
    with desk.db.read() as conn:
        current = queue.template(conn, desk.portal.id)
        if current and len(current.learned_from) >= LEARN_FROM:
            return current
        candidates = queue.learnable(conn, desk.portal.id, LOOKED_AT)
    samples = article_shaped(desk, candidates)
    enough = LEARN_FROM if not at_end else LEARN_AT_LEAST
    if len(samples) < enough or (current and len(samples) <= len(current.learned_from)):
        return current
    pages = [
        (captured.capture.entry, captured.capture.url, captured.body, captured.capture.charset) for captured in samples
    ]
    template = templates.learn(pages, portal=desk.portal.id, version=current.version + 1 if current else 1)
    if sum(read(captured, template=template).article for captured in samples) < TRUSTED * len(samples):
        # Articles of one form (a weekly timetable) look like furniture: nothing learned is better than pages read as empty.
        blank = templates.learn((), portal=desk.portal.id, version=template.version)
        template = replace(blank, learned_from=template.learned_from)
    with desk.db.write(desk.fence) as conn:
        queue.put_template(conn, template, now=desk.now())
    return template


def article_shaped(desk: Desk, candidates: Sequence[Capture]) -> list[Captured]:
    """The first of these captures that read like articles without any template, as many as a template is learned from."""
    found: list[Captured] = []
    for start in range(0, len(candidates), SLICE):
        for captured in opened(desk, candidates[start : start + SLICE])[0]:
            if len(found) == LEARN_FROM:
                return found
            desk.progress(captured.capture)
            if not captured.capture.truncated and read(captured, template=None).article:
                found.append(captured)
    return found


def opened(desk: Desk, captures: Sequence[Capture]) -> tuple[list[Captured], list[tuple[Capture, str]]]:
    """Captures with their bodies and what is said of their pages; apart from them those whose bytes are damaged or gone."""
    with desk.db.read() as conn:
        mentions = queue.sightings(conn, desk.portal.id, {capture.key for capture in captures})
    whole: list[Captured] = []
    damaged: list[tuple[Capture, str]] = []
    for capture in captures:
        try:
            payload = read_payload(desk.folder, capture.record)
        except (FixityError, FileNotFoundError) as error:
            damaged.append((capture, str(error)))
            continue
        as_read = replace(capture, truncated=capture.truncated or payload.truncated)
        whole.append(Captured(as_read, payload.body, desk.portal, mentions.get(capture.key, ())))
    return whole, damaged


def read_slice(desk: Desk, captures: Sequence[Capture], template: Template | None, counts: Counts) -> None:
    """Read some captures without holding a lock, then store their verdicts in one transaction."""
    pages: list[tuple[Captured, Reading | None]] = []
    whole, damaged = opened(desk, captures)
    for captured in whole:
        desk.progress(captured.capture)
        pages.append((captured, read(captured, template=template) if captured.capture.status == 200 else None))
    baselines = reread_baselines(desk, pages, template)
    with desk.db.write(desk.fence) as conn:
        numbers = next_numbers(
            conn, "article", len(pages)
        )  # in a moment of its own: readers wait for each other's counter
    events: list[tuple[EventKind, str, datetime]] = []
    with desk.db.write(desk.fence) as conn:
        for number, (captured, reading) in zip(numbers, pages, strict=True):
            if reading is None:
                verdict = store_absence(conn, desk, captured.capture)
            else:
                verdict = store_reading(conn, desk, captured, reading, baselines, number=number)
            reader, confidence = (reading.reader, reading.confidence) if reading else ("", 1.0)
            articles.note_reading(conn, captured.capture, reader, verdict, confidence=confidence, at=desk.now())
            events.extend((kind, verdict.article, desk.now()) for kind in verdict.events)
            counts.add(verdict)
        for capture, why in damaged:
            verdict = Verdict("failed", detail=f"fixity: {why}")
            articles.note_reading(conn, capture, "", verdict, confidence=0.0, at=desk.now())
            counts.add(verdict)
        articles.publish(conn, events)
    if desk.fence is not None:
        runs.renew(desk.db, desk.fence, ttl=LEASE)


def reread_baselines(
    desk: Desk, pages: Sequence[tuple[Captured, Reading | None]], template: Template | None
) -> dict[tuple[str, int], Reading]:
    """Current revisions as they are read today, wherever a page seems to have changed or another reader had read it.

    Keyed by article and revision number. A reading also rests on what is known of the page at that moment (the template, the
    words that lists use for it), so two readings say something about the portal only if both were made on the same basis.
    """
    stale: dict[int, tuple[str, int]] = {}
    with desk.db.read() as conn:
        for captured, reading in pages:
            stored = find(conn, desk, captured.capture, reading) if reading and reading.article else None
            if stored is None or reading is None or stored.entry == captured.capture.entry:
                continue
            if stored.reading.reader != reading.reader or differences(stored.reading, reading):
                stale[stored.entry] = (stored.id, stored.revision)
        current = queue.captures(conn, stale) if stale else []
    again = {stale[old.capture.entry]: read(old, template=template) for old in opened(desk, current)[0]}
    return {revision: reading for revision, reading in again.items() if reading.article}


def find(conn: Connection, desk: Desk, capture: Capture, reading: Reading) -> articles.Stored | None:
    """The article that a reading is about: by its address or identity, or by an address that the page gives for itself.

    The latter only if it tells the same story. A page that was a copy of an article and tells another story now is not about
    it any more.
    """
    portal = desk.portal.id
    stored = articles.find(conn, portal, [capture.key], reading.identity if reading.article else "")
    if stored and reading.article and is_copy(conn, stored, capture) and not same_story(stored.reading, reading):
        stored = None
    if stored or not reading.article:
        return stored
    for url in reading.aliases:
        other = articles.find(conn, portal, [desk.key(url)])
        if other and same_story(other.reading, reading):
            return other
    return None


def is_copy(conn: Connection, stored: articles.Stored, capture: Capture) -> bool:
    """Whether the capture's page shows the article only beside the page where it was seen first."""
    known_as = articles.addresses(conn, stored.id)
    return capture.key in known_as[1:]


def store_reading(
    conn: Connection,
    desk: Desk,
    captured: Captured,
    reading: Reading,
    baselines: Mapping[tuple[str, int], Reading],
    *,
    number: int,
) -> Verdict:
    """Judge one reading beside what is known at this moment, and store the verdict. Returns it with its article."""
    capture = captured.capture
    if capture.truncated:
        return Verdict("failed", detail=f"truncated: {capture.truncated}")
    stored = find(conn, desk, capture, reading)
    verdict = decide(reading, known(conn, capture, reading, stored, baselines))
    if verdict.kind in ("new", "copy"):
        articles.detach(conn, capture.portal, capture.key)
    if verdict.kind == "new":
        url = cited(captured, reading)
        verdict = replace(verdict, article=articles.create(conn, capture, desk.key, reading, url=url, number=number))
    elif verdict.kind == "absent":
        return store_absence(conn, desk, capture)
    elif stored and verdict.kind in ("revised", "unchanged"):
        if verdict.kind == "revised" and is_copy(conn, stored, capture):
            verdict = Verdict("unchanged", stored.id, detail="a copy: its own address decides")
        store_state(conn, desk, capture, reading, stored, verdict, baselines)
    known_as: list[str] = []
    if verdict.article and verdict.kind != "not-article":
        articles.add_address(conn, capture, verdict.article)
        articles.seen(conn, verdict.article, capture.fetched_at)
        known_as = articles.addresses(conn, verdict.article)
    copy = capture.key in known_as[1:]
    variant = copy and any(is_variant(capture.key, other) for other in known_as)
    articles.note_page(conn, capture.portal, capture.key, article=reading.article, copy=copy, variant=variant)
    return verdict


def store_state(
    conn: Connection,
    desk: Desk,
    capture: Capture,
    reading: Reading,
    stored: articles.Stored,
    verdict: Verdict,
    baselines: Mapping[tuple[str, int], Reading],
) -> None:
    """What the verdict means for the article's current revision: read again, replaced by a new one, or left alone."""
    baseline = reading if stored.entry == capture.entry else baselines.get((stored.id, stored.revision))
    if baseline and (baseline.reader != stored.reading.reader or differences(stored.reading, baseline)):
        articles.reextract(conn, stored, desk.key, baseline)
    if verdict.kind == "revised":
        articles.revise(conn, stored, capture, desk.key, reading, verdict)


def cited(captured: Captured, reading: Reading) -> str:
    """The address an article is cited by: of those that lead to it, one without a query, then the shortest.

    The same page may have been met first under an address full of portlet parameters.
    """
    own = captured.capture.url
    last = urlsplit(own).path.rstrip("/").rpartition("/")[2]
    named = (alias for alias in reading.aliases if last and urlsplit(alias).path.rstrip("/").endswith("/" + last))
    addresses = {own, *named, *(mention.url for mention in captured.sightings)}
    return min(addresses, key=lambda url: ("?" in url, len(url), url))


def known(
    conn: Connection,
    capture: Capture,
    reading: Reading,
    stored: articles.Stored | None,
    baselines: Mapping[tuple[str, int], Reading],
) -> Known:
    """What the archive knows that matters for this reading."""
    if stored is None:
        return Known(twin=twin_of(conn, capture, reading) if reading.article else "")
    same_capture = stored.entry == capture.entry
    return Known(
        article=stored.id,
        stored=stored.reading,
        baseline=reading if same_capture else baselines.get((stored.id, stored.revision)),
        newer=stored.entry > capture.entry,
        removed=stored.removed_at is not None and stored.removed_at < capture.fetched_at,
    )


def twin_of(conn: Connection, capture: Capture, reading: Reading) -> str:
    """The id of another article of the portal that this page shows once more, whole or nearly so; or nothing."""
    twin = articles.find_twin(conn, capture.portal, reading)
    titled = () if twin else articles.find_titled(conn, capture.portal, reading.title)
    return twin or next((stored.id for stored in titled if near_copy(stored.reading, reading)), "")


def store_absence(conn: Connection, desk: Desk, capture: Capture) -> Verdict:
    """Judge a negative answer for a page: it may be a known article's removal."""
    stored = articles.find(conn, desk.portal.id, [capture.key])
    if stored is None:
        return Verdict("not-article", detail=f"http.{capture.status}")
    count, first = queue.negatives(conn, capture, statuses=tuple(GONE_STATUSES))
    since = capture.fetched_at - first
    verdict = absent(stored.id, negatives=count, since=since, removed=stored.removed_at is not None)
    if "removed" in verdict.events:
        articles.remove(conn, stored.id, first)
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
