"""What readings are compared with: current states as they are read today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crawler.ingest.decide import differences
from crawler.ingest.driver.desk import Desk, opened
from crawler.ingest.driver.finding import find, former_keys, is_past
from crawler.ingest.driver.readers import Reader
from crawler.ingest.read import Captured
from storage.records import Reading
from storage.redaction.readings import veiled_reading
from storage.text import day_text
from storage.writer import history, queue
from storage.writer.articles import Stored
from storage.writer.slate import Slate, Wanted

ANOTHER_LAYOUT = "another-layout"
"""Why a page was not compared: no template knows its layout, so its text may hold furniture that the stored one does not."""

Pages = Sequence[tuple[Captured, Reading | None]]
States = Mapping[int, Stored]


def wanted(desk: Desk, pages: Pages, states: States | None = None) -> Wanted:
    """What will be asked about some pages; `states` are those of their articles that are known."""
    read = [(captured.capture, reading) for captured, reading in pages if reading and reading.article]
    others = {desk.key(url) for _, reading in read for url in reading.aliases}
    others.update(key for capture, _ in read for key in former_keys(desk, capture))
    keys = {captured.capture.key for captured, _ in pages}
    new = [reading for capture, reading in read if states is None or capture.entry not in states]
    return Wanted(keys, others, new, passed=keys - others - {capture.key for capture, _ in read})


def known_states(desk: Desk, pages: Pages) -> dict[int, Stored]:
    """The articles that these readings are about as they stand, by entry."""
    states = {}
    with desk.db.read() as conn:
        slate = Slate(conn, desk.portal.id, desk.key, wanted(desk, pages))
        for captured, reading in pages:
            stored = find(slate, desk, captured.capture, reading) if reading and reading.article else None
            if stored is not None:
                states[captured.capture.entry] = stored
    return states


def baselines(
    desk: Desk, pages: Pages, states: States, reader: Reader
) -> tuple[list[tuple[Captured, Reading | None]], dict[tuple[str, int], Reading]]:
    """Current revisions as they are read today, wherever a page seems to have changed or another extractor had read it.

    Keyed by article and revision number. A reading also rests on what is known of the page at that moment (the template, the
    words that lists use for it), so two readings say something about the portal only if both were made on the same basis.
    That two captures are dated each on its own day is such knowledge, and shows only here: the pages are given back with it.
    """
    stale: dict[int, tuple[str, int]] = {}
    newer: dict[int, list[int]] = {}
    read = list(pages)
    for number, (captured, reading) in enumerate(pages):
        stored = states.get(captured.capture.entry)
        if (
            stored
            and reading
            and stored.entry != captured.capture.entry
            and (_extractor(stored.reading) != _extractor(reading) or differences(stored.reading, reading))
        ):
            stale[stored.entry] = (stored.id, stored.revision)
            newer.setdefault(stored.entry, []).append(number)
    stale |= _around_past(desk, pages, states)
    if not stale:
        return read, {}
    with desk.db.read() as conn:
        current = queue.captures(conn, stale)
    veil = desk.veil
    again = {}
    for old in opened(desk, current)[0]:
        before = reader.read(old)
        for number in newer.get(old.capture.entry, ()):
            captured, reading = read[number]
            if reading is not None and (clock := clocked(old, before, captured, reading)):
                before = reader.read(replace(old, others=clock[1:]))
                read[number] = captured, veiled_reading(veil, reader.read(replace(captured, others=clock[:1])))
        again[stale[old.capture.entry]] = veiled_reading(veil, before)
    return read, {revision: reading for revision, reading in again.items() if reading.article}


def clocked(
    old: Captured, before: Reading, new: Captured, now: Reading
) -> tuple[tuple[str, datetime], tuple[str, datetime]] | None:
    """What two captures of one page say by the same source, the earlier first, if each says its own day: a clock."""
    said, day = before.dates.published, _day(old)
    if said is None or said.value[:10] != day or day == _day(new):
        return None
    others = (now.dates.published, *now.dates.rejected)
    same = (date for date in others if date and date.source == said.source and date.value[:10] == _day(new))
    other = next(same, None)
    return ((said.value, old.capture.fetched_at), (other.value, new.capture.fetched_at)) if other else None


def _day(captured: Captured) -> str:
    return day_text(captured.capture.fetched_at)


def held_back(pages: Pages, states: States, reader: Reader) -> list[tuple[Captured, Reading | None]]:
    """The pages, those of them unread in effect that seem edited only because they came in a layout nobody knows.

    They are read again when it was learned. An article that never stood in a known place is compared as it is.
    """
    held = list(pages)
    for number, (captured, reading) in enumerate(pages):
        stored = states.get(captured.capture.entry)
        if stored is None or reading is None or stored.entry == captured.capture.entry:
            continue
        if not reader.is_strange(reading) or reader.is_strange(stored.reading):
            continue
        if differences(stored.reading, reading) and not is_past(stored, captured.capture):
            held[number] = (captured, replace(reading, article=False, reason=ANOTHER_LAYOUT))
    return held


def _around_past(desk: Desk, pages: Pages, states: States) -> dict[int, tuple[str, int]]:
    """The states between which captures of the past belong, by entry."""
    found: dict[int, tuple[str, int]] = {}
    with desk.db.read() as conn:
        for captured, reading in pages:
            stored = states.get(captured.capture.entry)
            if stored is None or reading is None or captured.capture.origin == "crawl":
                continue
            if is_past(stored, captured.capture):
                around = history.around(conn, stored.id, captured.capture)
                found.update({state.entry: (stored.id, state.number) for state in around if state})
    return found


def _extractor(reading: Reading) -> str:
    return reading.reader.partition(".")[0]
