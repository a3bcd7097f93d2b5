"""What the dates on a portal's pages say about its layout: where its clocks stand, and whether it prints the month first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from crawler.ingest.flow import Line, Node
from crawler.ingest.template.marks import SHARE, Sample, is_dated, single
from storage.text import VIETNAM

Printed = Callable[[str], Sequence[tuple[str, str]]]
"""Reads the dates of a line that no label says to be an article's: local value, and `month` or `day` where the numbers prove
which of them stands first.
"""

_NEAR = timedelta(hours=2)
"""How far a clock may be off: one of another time zone's server, or of a page that a cache kept."""
_DAY = timedelta(hours=26)
_PROOFS = 2
"""Dates that must prove the month first: one may be a slip of the pen."""


def clock_places(pages: Sequence[Sample], heads: Sequence[Line | None], printed: Printed) -> list[list[Node]]:
    """The nodes of clocks: places whose date follows the time of the fetch on most pages.

    A clock is never far from it. What stands above the headline may be a day off (a page out of a cache); below it, where
    articles have their own date, only hours, for articles are dated on the day of the fetch as well.
    """
    found: dict[str, list[tuple[Line, timedelta, bool]]] = defaultdict(list)
    for page, head in zip(pages, heads, strict=True):
        for line in single(page.flow, is_dated) if page.fetched_at else ():
            values = printed(line.text)
            if page.fetched_at and len(values) == 1 and len(values[0][0]) >= 10:
                above = head is not None and line.number < head.number
                found[line.place].append((line, _offset(values[0][0], page.fetched_at, above=above), above))
    least = max(2, round(SHARE * len(pages)))
    return [
        [line.node for line, _, _ in lines]
        for lines in found.values()
        if len(lines) >= least and all(abs(offset) <= (_DAY if above else _NEAR) for _, offset, above in lines)
    ]


def _offset(value: str, fetched_at: datetime, *, above: bool) -> timedelta:
    """How far a printed date is from the fetch. A day is compared with the day, and proves nothing below the headline."""
    local = fetched_at.astimezone(VIETNAM)
    if "T" in value:
        return datetime.fromisoformat(value) - local
    day = datetime.fromisoformat(value[:10]).replace(tzinfo=VIETNAM)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - day if above else timedelta.max


def month_first(pages: Sequence[Sample], printed: Printed) -> bool:
    """Whether the portal's date lines print the month first: at one place some prove it, and none proves the opposite."""
    orders: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for line in page.flow.lines:
            if is_dated(line):
                orders[line.place].extend(order for _, order in printed(line.text) if order)
    return any(order.count("month") >= _PROOFS and "day" not in order for order in orders.values())
