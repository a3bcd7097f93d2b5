"""What readings are compared with: current states as they are read today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crawler.ingest.decide import differences
from crawler.ingest.driver.desk import Desk, opened
from crawler.ingest.driver.finding import find, is_past
from crawler.ingest.driver.readers import Reader
from crawler.ingest.read import Captured
from storage.records import Reading
from storage.redaction.readings import veiled_reading
from storage.writer import articles, history, queue

ANOTHER_LAYOUT = "another-layout"
"""Why a page was not compared: no template knows its layout, so its text may hold furniture that the stored one does not."""

Pages = Sequence[tuple[Captured, Reading | None]]
States = Mapping[int, articles.Stored]


def known_states(desk: Desk, pages: Pages) -> dict[int, articles.Stored]:
    """The articles that these readings are about as they stand, by entry; without those that rest on the very capture."""
    states = {}
    with desk.db.read() as conn:
        for captured, reading in pages:
            stored = find(conn, desk, captured.capture, reading) if reading and reading.article else None
            if stored is not None and stored.entry != captured.capture.entry:
                states[captured.capture.entry] = stored
    return states


def baselines(desk: Desk, pages: Pages, states: States, reader: Reader) -> dict[tuple[str, int], Reading]:
    """Current revisions as they are read today, wherever a page seems to have changed or another extractor had read it.

    Keyed by article and revision number. A reading also rests on what is known of the page at that moment (the template, the
    words that lists use for it), so two readings say something about the portal only if both were made on the same basis.
    """
    stale: dict[int, tuple[str, int]] = {}
    for captured, reading in pages:
        stored = states.get(captured.capture.entry)
        if (
            stored
            and reading
            and (_extractor(stored.reading) != _extractor(reading) or differences(stored.reading, reading))
        ):
            stale[stored.entry] = (stored.id, stored.revision)
    stale |= _around_past(desk, pages, states)
    if not stale:
        return {}
    with desk.db.read() as conn:
        current = queue.captures(conn, stale)
    veil = desk.veil
    again = {stale[old.capture.entry]: veiled_reading(veil, reader.read(old)) for old in opened(desk, current)[0]}
    return {revision: reading for revision, reading in again.items() if reading.article}


def held_back(pages: Pages, states: States, reader: Reader) -> list[tuple[Captured, Reading | None]]:
    """The pages, those of them unread in effect that seem edited only because they came in a layout nobody knows.

    They are read again when it was learned. An article that never stood in a known place is compared as it is.
    """
    held = list(pages)
    for number, (captured, reading) in enumerate(pages):
        stored = states.get(captured.capture.entry)
        if stored is None or reading is None or not reader.is_strange(reading) or reader.is_strange(stored.reading):
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
