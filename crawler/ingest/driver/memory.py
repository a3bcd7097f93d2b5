"""What a reader has just read. A portal's layout is learned from pages that are read before and after it is known."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from crawler.ingest.compare import disagree, holds_most
from crawler.ingest.pages import Page, open_page
from crawler.ingest.read import Captured, read
from crawler.ingest.recall import Spot
from storage.records import Capture, Reading, Template
from storage.redaction import Veil

READINGS = 400
"""Readings that are kept: those of a portal's first pages without a template and with it, and of what waits."""

BYTES = 2_000_000
"""Bytes of HTML whose pages are kept open. A page takes about twenty times its bytes."""

UNPACKED = 4_000_000
"""Bytes of bodies that are kept unpacked: a slice's, which is looked at before it is read."""

PORTALS = 16
"""Portals whose furniture is remembered: as many are visited at once. One takes about a megabyte."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A capture's record: its body as a page, why it is not whole, and what its head says to robots. `endless`: no parser would
    come to its end.
    """

    body: bytes
    endless: bool = False
    truncated: str = ""
    robots: tuple[str, ...] = ()


@dataclass(slots=True)
class _Made:
    """A reading with all that it was made from, without the bytes: those of an entry never change. `whole`: nothing of it was
    left out.
    """

    captured: Captured
    template: Template | None
    reading: Reading
    whole: bool
    contradicted: bool | None = None

    def rests_on(self, captured: Captured, template: Template | None) -> bool:
        return self.captured == replace(captured, body=b"") and self.template == template


class Memory:
    """Readings and open pages of one reader, by entry. What it gives is what reading again would give."""

    def __init__(self) -> None:
        self._readings: OrderedDict[tuple[int, int], _Made] = OrderedDict()
        self._pages: OrderedDict[int, tuple[Page, int]] = OrderedDict()
        self._held = 0
        self._records: OrderedDict[int, tuple[Capture, Veil, Unpacked]] = OrderedDict()
        self._unpacked = 0
        self._met: OrderedDict[str, Spot] = OrderedDict()

    def read(self, captured: Captured, template: Template | None) -> Reading:
        """What the capture says, as `crawler.ingest.read.read`."""
        return self._made(captured, template).reading

    def is_article(self, captured: Captured) -> bool:
        """Whether the capture reads as an article without any template: most that do are read with one soon, and said then."""
        return self._made(captured, None, wholly=False).reading.article

    def is_contradicted(self, captured: Captured, template: Template | None) -> bool:
        """Whether the second reader takes another part of the page for its text than this reading."""
        made = self._made(captured, template)
        if made.contradicted is None:
            made.contradicted = disagree(lambda: self.page(captured).tree, len(captured.body), made.reading)
        return made.contradicted

    def holds_most(self, captured: Captured, template: Template | None) -> bool:
        """Whether this reading has most of what its page says outside of links."""
        return holds_most(self.page(captured).flow, self._made(captured, template).reading)

    def page(self, captured: Captured) -> Page:
        """The capture's page, opened."""
        entry, size = captured.capture.entry, len(captured.body)
        kept = self._pages.pop(entry, None)
        if kept is not None:
            self._held -= kept[1]
        page = (
            kept[0] if kept is not None else open_page(captured.body, captured.capture.charset, self._met_on(captured))
        )
        self._pages[entry] = page, size
        self._held += size
        while self._held > BYTES and len(self._pages) > 1:
            self._held -= self._pages.popitem(last=False)[1][1]
        return page

    def unpacked(self, capture: Capture, veil: Veil) -> Unpacked | None:
        """The capture's record, if it was unpacked just now under this veil."""
        kept = self._records.get(capture.entry)
        return kept[2] if kept is not None and kept[1] is veil and kept[0] == capture else None

    def hold(self, capture: Capture, veil: Veil, record: Unpacked) -> Unpacked:
        """Keep a record: what is learned from is read soon."""
        if (before := self._records.pop(capture.entry, None)) is not None:
            self._unpacked -= _size(before[2])
        self._records[capture.entry] = capture, veil, record
        self._unpacked += _size(record)
        while self._unpacked > UNPACKED:
            self._unpacked -= _size(self._records.popitem(last=False)[1][2])
        return record

    def _met_on(self, captured: Captured) -> Spot:
        """What was met on the portal's other pages."""
        portal = captured.capture.portal
        met = self._met.setdefault(portal, Spot())
        self._met.move_to_end(portal)
        if len(self._met) > PORTALS:
            self._met.popitem(last=False)
        return met

    def _made(self, captured: Captured, template: Template | None, *, wholly: bool = True) -> _Made:
        key = captured.capture.entry, template.version if template else 0
        made = self._readings.get(key)
        if made is None or not made.rests_on(captured, template) or (wholly and not made.whole):
            reading = read(captured, template=template, page=self.page(captured), wholly=wholly)
            whole = wholly or not reading.article
            made = self._readings[key] = _Made(replace(captured, body=b""), template, reading, whole)
        self._readings.move_to_end(key)
        while len(self._readings) > READINGS:
            self._readings.popitem(last=False)
        return made


def _size(record: Unpacked) -> int:
    """What a record takes, in bytes: answers without a body are kept as well."""
    return len(record.body) + 1_000
