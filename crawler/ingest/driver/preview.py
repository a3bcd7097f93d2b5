"""What reading a portal's captures again would change, without changing it: today's reader beside what is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crawler.ingest.decide import restated
from crawler.ingest.driver.desk import SLICE, Desk, opened
from crawler.ingest.driver.learning import KEPT
from crawler.ingest.driver.readers import Reader
from storage.records import Reading
from storage.writer import articles, layouts, queue
from storage.writer.articles import Stored
from storage.writer.slate import Slate, Wanted

LOST = "not-article"
"""What would be read as no article any more: it stays as it is, and somebody should look at it."""


@dataclass(frozen=True, slots=True)
class Change:
    """An article that would be read differently: which fields, as it is stored, and as it would be."""

    article: str
    kind: str
    changed: tuple[str, ...]
    before: Reading
    after: Reading


@dataclass(slots=True)
class Preview:
    """How many articles were looked at, how many would change and how (`reextracted redated not-article`), and the first of
    them.
    """

    looked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    first: list[Change] = field(default_factory=list)


def preview(desk: Desk, *, shown: int) -> Preview:
    """Read the capture of each article's current state once more. Writes nothing; `shown` changes are handed back whole."""
    found = Preview()
    with desk.db.read() as conn:
        platform = desk.portal.platform or queue.platform(conn, desk.portal.id)
        reader = Reader(layouts.templates(conn, desk.portal.id, KEPT))
    desk = replace(desk, portal=replace(desk.portal, platform=platform))
    after = ""
    while states := _slice(desk, after):
        after = states[-1].id
        for change in _changes(desk, states, reader, found):
            found.kinds[change.kind] += 1
            if len(found.first) < shown:
                found.first.append(change)
    return found


def _slice(desk: Desk, after: str) -> list[Stored]:
    with desk.db.read() as conn:
        names = articles.of_portal(conn, desk.portal.id, after=after, limit=SLICE)
        slate = Slate(conn, desk.portal.id, desk.key, Wanted(articles=names))
        return [slate.load(name) for name in names]


def _changes(desk: Desk, states: Sequence[Stored], reader: Reader, found: Preview) -> list[Change]:
    by_entry = {stored.entry: stored for stored in states}
    with desk.db.read() as conn:
        captures = queue.captures(conn, by_entry)
    changes = []
    for captured in opened(desk, captures)[0]:
        desk.progress(captured.capture)
        found.looked += 1
        stored, again = by_entry[captured.capture.entry], reader.read(captured)
        if not again.article:
            changes.append(Change(stored.id, LOST, (), stored.reading, again))
        elif changed := restated(stored.reading, again):
            kind = "redated" if changed == ("dates",) else "reextracted"
            changes.append(Change(stored.id, kind, changed, stored.reading, again))
    return changes
