"""What the dates on a portal's pages say about its layout: clocks, printed and embedded, and whether the month comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.ingest.flow import Line, Node
from crawler.ingest.places import Claim
from crawler.ingest.stamps import name_role, read_machine
from crawler.ingest.stamps.lines import unlabelled_dates
from crawler.ingest.template.marks import SHARE, Sample, dated_lines, is_dated, printed_day, single
from storage.text import VIETNAM

_NEAR = timedelta(hours=2)
"""How far a clock may be off: one of another time zone's server, or of a page that a cache kept."""
_DAY = timedelta(hours=26)
_TELLING = 3
"""Articles on which an embedded date must do the same before it is none of theirs."""
_PROOFS = 2
"""Dates that must prove the month first: one may be a slip of the pen."""


def clock_places(pages: Sequence[Sample], heads: Sequence[Line | None]) -> list[list[Node]]:
    """The nodes of clocks: places whose date follows the time of the fetch on most pages.

    A clock is never far from it. What stands above the headline may be a day off (a page out of a cache); below it, where
    articles have their own date, only hours, for articles are dated on the day of the fetch as well.
    """
    found: dict[str, list[tuple[Line, str, datetime, bool | None]]] = defaultdict(list)
    for page, head in zip(pages, heads, strict=True):
        for line in single(dated_lines(page.flow)) if page.fetched_at else ():
            values = unlabelled_dates(line.text)
            if page.fetched_at and len(values) == 1 and len(values[0][0]) >= 10:
                above = line.number < head.number if head is not None else None
                found[line.place].append((line, values[0][0], page.fetched_at, above))
    least = max(2, round(SHARE * len(pages)))
    return [[line.node for line, *_ in lines] for lines in found.values() if len(lines) >= least and _is_clock(lines)]


def _is_clock(lines: Sequence[tuple[Line, str, datetime, bool | None]]) -> bool:
    """Whether all dates of a place follow their fetches. On a page whose headline is not known it stands as on the others."""
    known = {above for *_, above in lines if above is not None}
    for _, value, fetched_at, told in lines:
        above = told if told is not None else known == {True}
        if abs(_offset(value, fetched_at, above=above)) > (_DAY if above else _NEAR):
            return False
    return True


def _offset(value: str, fetched_at: datetime, *, above: bool) -> timedelta:
    """How far a printed date is from the fetch. A day is compared with the day, and proves nothing below the headline."""
    local = fetched_at.astimezone(VIETNAM)
    if "T" in value:
        return datetime.fromisoformat(value) - local
    day = datetime.fromisoformat(value[:10]).replace(tzinfo=VIETNAM)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - day if above else timedelta.max


def month_first(pages: Sequence[Sample]) -> bool:
    """Whether the portal's date lines print the month first: at one place some prove it, and none proves the opposite."""
    orders: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for line in dated_lines(page.flow):
            orders[line.place].extend(order for _, order in unlabelled_dates(line.text) if order)
    return any(order.count("month") >= _PROOFS and "day" not in order for order in orders.values())


def claims(pages: Sequence[Sample], dates: Sequence[Sequence[Node]]) -> tuple[Claim, ...]:
    """The embedded dates that are none of an article: the moment of the fetch, of the build of all pages, or one that the
    printed dates of most pages contradict. `dates` are the nodes of the portal's date lines.
    """
    places = {node for nodes in dates for node in nodes}
    days = [
        {printed_day(line) for line in page.flow.lines if line.node in places and is_dated(line)}
        if page.embedded
        else set()
        for page in pages
    ]
    names = dict.fromkeys(name for page in pages for name in page.embedded)
    return tuple(claim for name in names if (claim := _claim(name, pages, days)) is not None)


def _claim(name: str, pages: Sequence[Sample], days: Sequence[set[str]]) -> Claim | None:
    found = [
        (timed[0], page.fetched_at, printed)
        for page, printed in zip(pages, days, strict=True)
        if (timed := read_machine(page.embedded.get(name, ""))) is not None and len(timed[0]) >= 10
    ]
    if len(found) < max(_TELLING, round(SHARE * len(pages))):
        return None
    if all(at is not None and _follows(value, at) for value, at, _ in found):
        return Claim(name, "fetch")
    values = sorted(value for value, _, _ in found)
    if _moment(values[-1]) - _moment(values[0]) <= (_NEAR if "T" in values[0] else timedelta()):
        return Claim(name, "build", values[0], values[-1])
    dated = [(value[:10], printed) for value, _, printed in found if printed]
    later = sum(all(day < value for day in printed) for value, printed in dated)
    unlike = len(dated) >= _TELLING and later >= SHARE * len(dated)
    return Claim(name, "other") if unlike and name_role(name.partition(" ")[2]) != "update" else None


def _follows(value: str, at: datetime) -> bool:
    """Whether an embedded value is the moment or the day of the fetch."""
    local = at.astimezone(VIETNAM)
    return abs(_moment(value) - local) <= _NEAR if "T" in value else value == local.strftime("%Y-%m-%d")


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)
