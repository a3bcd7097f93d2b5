"""The reader of one portal: each page by the newest template that knows its layout."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from crawler.ingest.driver.memory import Memory
from crawler.ingest.read import Captured
from crawler.ingest.template import unpack
from storage.records import Reading, Template

SAMPLED = 16
"""Each article whose capture's number divides by this is read by the second reader as well, to see whether they agree, unless
it has most of what its page says: then there is no other place that they could disagree about."""

DISAGREE = "readers-disagree"
"""Flag of a reading that the second reader contradicts: its template may have come to lead to another place."""

_MISFITS = frozenset({"body-by-weight", DISAGREE})
_COST = 0.2


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a portal's captures with what was learned of its layouts, the newest template first."""

    templates: tuple[Template, ...] = ()
    memory: Memory = field(default_factory=Memory)

    def read(self, captured: Captured, *, closely: bool = False) -> Reading:
        """What the capture says: by the newest template that knows where its text stands, else by the general way.

        A sample of articles, or each one if `closely`, is compared with what the second reader takes for the text; those of
        the sample are not that have most of their page.
        """
        reading, template = self._read(captured)
        if not self.templates or not reading.article or not (closely or self._is_sampled(captured, template)):
            return reading
        if self.memory.is_contradicted(captured, template):
            sure = round(max(0.0, reading.confidence - _COST), 2)
            return replace(reading, flags=(*reading.flags, DISAGREE), confidence=sure)
        return reading

    def _is_sampled(self, captured: Captured, template: Template | None) -> bool:
        return captured.capture.entry % SAMPLED == 0 and not self.memory.holds_most(captured, template)

    def _read(self, captured: Captured) -> tuple[Reading, Template | None]:
        """The reading, and the template that made it."""
        newest, *older = self.templates or (None,)
        first = self.memory.read(captured, newest)
        if newest is None or not misfit(first, newest):
            return first, newest
        for template in older:
            again = self.memory.read(captured, template)
            if template is not None and again.article and not misfit(again, template):
                return again, template
        return first, newest

    def is_strange(self, reading: Reading) -> bool:
        """Whether no template knew the layout, though one is proven: the portal may have changed it."""
        made_by = next((one for one in self.templates if reading.reader.endswith(f".{one.version}")), None)
        return made_by is not None and misfit(reading, made_by)


def misfit(reading: Reading, template: Template) -> bool:
    """Whether the template says where the text stands, and it was found by its weight, or another reader found another one."""
    return not _MISFITS.isdisjoint(reading.flags) and bool(unpack(template).bodies)
