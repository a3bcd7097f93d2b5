"""Where date line and byline stand on a portal's pages: places that most pages have once, and that differ from page to page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

from crawler.ingest.flow import Flow, Line, Node
from crawler.ingest.stamps import read_dates

SHARE = 0.6
"""Share of the pages that must have the place."""
_LABEL = re.compile(r"^[^\W\d][^:|]{0,24}:\s*")
_LONGEST = 120
_LETTERS = 40
"""Letters that may stand on a date line beside the date: its label and those of the counts."""
_FORMAL = re.compile(
    r"cong hoa xa hoi chu nghia viet nam|doc lap ?\W ?tu do|^noi nhan\b|^(?:tm|kt|tl|tuq|t/m|k/t|t/l)[. ]"
    r"|^(?:pho )?(?:chu tich|bi thu|giam doc)\W*$"
)
"""The formal head and foot of documents, which their portal never prints round other texts."""
_NAME = 60
_ABOVE = 6
"""Lines above the headline among which a date line may stand; those of the page's head are clocks."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A page that is learned from: its lines, its document title, the folded parts of that, when it was fetched, the dates
    that it embeds, by source and name, and its address.
    """

    flow: Flow
    title: str
    parts: frozenset[str]
    fetched_at: datetime | None = None
    embedded: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


def date_places(pages: Sequence[Sample], heads: Sequence[Line | None]) -> list[list[Node]]:
    """The nodes of up to two date lines on all pages, the one nearest to the headlines first.

    A clock has one day on pages that were fetched together: a place whose days do not differ is none.
    """
    return _places(pages, heads, dated_lines, printed_day)[:2]


def byline_places(pages: Sequence[Sample], heads: Sequence[Line | None]) -> list[list[Node]]:
    """The nodes of the byline on all pages: a line of its own behind the headline that holds a name on each."""
    return _places(pages, heads, _name_lines, lambda line: line.folded, behind=True)[:1]


def _places(
    pages: Sequence[Sample],
    heads: Sequence[Line | None],
    fitting: Callable[[Flow], Iterable[Line]],
    value: Callable[[Line], str],
    *,
    behind: bool = False,
) -> list[list[Node]]:
    """Nodes by place, where most pages have the place once, filled with what fits, and not the same everywhere."""
    found: dict[str, list[tuple[Line, int]]] = defaultdict(list)
    for page, head in zip(pages, heads, strict=True):
        for line in single(fitting(page.flow)):
            if head is not None and line.number >= head.number - (0 if behind else _ABOVE):
                found[line.place].append((line, abs(line.number - head.number)))
    least = max(2, round(SHARE * len(pages)))
    kept = [
        lines
        for lines in found.values()
        if len(lines) >= least and len({value(line) for line, _ in lines}) >= max(2, len(lines) // 3)
    ]
    kept.sort(key=lambda lines: sum(distance for _, distance in lines) / len(lines))
    return [[line.node for line, _ in lines] for lines in kept]


def single(lines: Iterable[Line]) -> Iterator[Line]:
    """Those of the lines whose place no other of them has: the dates of a list are of other articles."""
    by_place: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_place[line.place].append(line)
    return (lines[0] for lines in by_place.values() if len(lines) == 1)


def dated_lines(flow: Flow) -> Iterator[Line]:
    """The lines of a page that are a date with little beside it."""
    return compress(flow.lines, flow.of_lines("dated", None, is_dated))


def _name_lines(flow: Flow) -> Iterator[Line]:
    return compress(flow.lines, flow.of_lines("name", None, is_name))


def is_dated(line: Line) -> bool:
    """Whether a line is a date with little beside it."""
    if len(line.text) > _LONGEST or line.linked >= 0.5 or sum(map(str.isalpha, line.text)) > _LETTERS:
        return False
    return bool(read_dates(line.text))


def printed_day(line: Line) -> str:
    """The first day that a line prints."""
    stamps = read_dates(line.text)
    return stamps[0].day if stamps else ""


def is_name(line: Line) -> bool:
    """Whether a line reads like people's names, with or without a label: `Tin bài: Lê Hương - Cao Nam`."""
    if len(line.text) > _NAME or line.heading or any(map(str.isdigit, line.text)):
        return False
    words = re.split(r"[\s,\-–&/]+", _LABEL.sub("", line.text).strip(" .()"))
    return 2 <= len(words) <= 8 and all(word[:1].isupper() for word in words) and not line.text.isupper()


def is_formal(line: Line) -> bool:
    """Whether a line belongs to the head or foot of a document: the national motto, its addressees, who signed."""
    return len(line.text) <= _LONGEST and _FORMAL.search(line.folded) is not None


def table_of(flow: Flow, line: Line) -> Node | None:
    """The innermost table in which the line stands."""
    element = line.row
    while element is not None and element.tag != "table":
        element = element.getparent()
    return None if element is None else flow.node_of(element)
