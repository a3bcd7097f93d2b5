"""The reader of one portal: each page by the newest template that knows its layout."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.ingest.read import Captured, read
from crawler.ingest.template import unpack
from storage.records import Reading, Template

_BY_WEIGHT = "body-by-weight"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a portal's captures with what was learned of its layouts, the newest template first."""

    templates: tuple[Template, ...] = ()

    def read(self, captured: Captured) -> Reading:
        """What the capture says: by the newest template that knows where its text stands, else by the general way."""
        newest, *older = self.templates or (None,)
        first = read(captured, template=newest)
        if newest is None or not misfit(first, newest):
            return first
        for template in older:
            again = read(captured, template=template)
            if template is not None and again.article and not misfit(again, template):
                return again
        return first

    def is_strange(self, reading: Reading) -> bool:
        """Whether no template knew the layout, though one is proven: the portal may have changed it."""
        made_by = next((one for one in self.templates if reading.reader.endswith(f".{one.version}")), None)
        return made_by is not None and misfit(reading, made_by)


def misfit(reading: Reading, template: Template) -> bool:
    """Whether the text was found by its weight although the template says where it stands."""
    return _BY_WEIGHT in reading.flags and bool(unpack(template).bodies)
