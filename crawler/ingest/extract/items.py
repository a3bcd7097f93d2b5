"""Signs of a list page: siblings of one look that each open with a linked headline."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import and_

from crawler.ingest.extract.sense import Predicate, Sense
from crawler.ingest.flow import Line, Node

_HEADLINE = 20
_LINKED = 0.6
"""Share of a headline's line that is a link: its date may stand on the same line."""
_OPENING = 2
"""Lines of an item, such as its date, that may stand before its headline; a sentence does not."""
_EXCERPT = 40
_WORDS = 10
"""Characters of the words of a row of links, such as an article's tools, of which none is a headline."""
_NOWHERE = re.compile(r"^\s*(?:#\w*|mailto:.*|tel:.*|javascript:(?!.*(?:__dopostback|location)).*)?$", re.IGNORECASE)
_SCRIPTED = ("onclick", "data-href", "data-url", "data-link")
_CARD = 3
"""Levels above a headline's line at which a script may make the whole card lead to its page."""
_MORE = re.compile(
    r"^(?:(?:doc|xem) (?:tiep|them|chi tiet|tiep bai|toan bo|ngay)|chi tiet|read more|continue reading|more|tiep tuc doc)\b"
    r"[^a-z]*$"
)


@dataclass(frozen=True, slots=True)
class Items:
    """The list that takes up most of the page's own part.

    `count` members; `share` of the page's own characters in them, 0..1; `excerpts` members with text beside the headline;
    `outside` characters of own text without links outside of them, `before` those between the page's headline and the list;
    `more` "read on" links.
    """

    count: int = 0
    share: float = 0.0
    excerpts: int = 0
    outside: int = 0
    before: int = 0
    more: int = 0


def find_items(sense: Sense, title: int, *, ends: Predicate) -> Items:
    """The best list of the page; `title` is the number of the headline's line, -1 if there is none.

    Lists below a heading such as "Tin liên quan" are another matter and are left out, and so are containers one of which is the
    headline's own.
    """
    lines = sense.flow.lines
    own = [not (aside or known) for aside, known in zip(sense.aside, sense.furniture, strict=True)]
    total = sum(len(line.text) for line in lines if own[line.number] and not sense.labels[line.number])
    leads_on = sense.flow.of_lines("read on", None, _leads_on)
    best = Items(more=sum(map(and_, own, leads_on)))
    if not total:
        return best
    heads = [
        line
        for line in compress(lines, headlines(sense))
        if not (sense.aside[line.number] or sense.labels[line.number])
    ]
    for group in _groups(sense, heads):
        members = list(group)
        if _after_end(sense, members[0].start, ends) or any(
            node.holds(title) and title <= head for node, head in group.items()
        ):
            continue
        inside = {number for node in members for number in range(node.start, node.end)}
        letters = sum(len(lines[n].text) for n in inside if own[n] and not sense.labels[n])
        if letters / total > best.share:
            best = Items(
                count=len(members),
                share=letters / total,
                excerpts=sum(_has_excerpt(sense, node) for node in members),
                before=sense.mass(title + 1, members[0].start) if title < members[0].start else 0,
                outside=sum(weight for n, weight in enumerate(sense.weights) if own[n] and n not in inside),
                more=best.more,
            )
    return best


def is_headline(sense: Sense, line: Line) -> bool:
    """Whether the line is, but for a date, a link of headline length to another page."""
    return headlines(sense)[line.number]


def headlines(sense: Sense) -> Sequence[bool]:
    """Of each line of the page, whether it is one."""
    if not sense.headlines:
        leads = sense.flow.of_lines("leads", None, _leads)
        sense.headlines = [
            lead is not None and not file and (lead or _leads_by_script(line))
            for line, lead, file in zip(sense.flow.lines, leads, sense.files, strict=True)
        ]
    return sense.headlines


def _leads(line: Line) -> bool | None:
    """Whether a link of headline length leads to a page by its address; None for what is no such link."""
    if line.linked < _LINKED or len(line.text) < max(_HEADLINE, _WORDS * len(line.hrefs)):
        return None
    return any(not _NOWHERE.match(href) for href in line.hrefs)


def _leads_on(line: Line) -> bool:
    return line.linked > 0.8 and _MORE.match(line.folded) is not None


def _leads_by_script(line: Line) -> bool:
    """Whether the line is the only link of a card that leads on when it is clicked."""
    if len(line.hrefs) != 1:
        return False
    return any(node.element.get(name) for node in line.node.chain()[:_CARD] for name in _SCRIPTED)


def _groups(sense: Sense, heads: list[Line]) -> list[dict[Node, int]]:
    """Siblings of one tag and class, each with the number of the headline it opens with; at least two of them."""
    found: dict[tuple[int, str, str], dict[Node, int]] = defaultdict(dict)
    for line in heads:
        for node in line.node.chain()[:-1]:
            before = line.number - node.start
            if before > _OPENING or (before and _tells(sense, node.start, line.number)):
                break
            found[id(node.parent), node.tag, node.classes[0] if node.classes else ""].setdefault(node, line.number)
    return [members for members in found.values() if len(members) >= 2]


def _tells(sense: Sense, start: int, end: int) -> bool:
    """Whether one of the lines `start:end` is text rather than a date or a section's name."""
    return any(
        len(line.text) >= _EXCERPT and line.linked < 0.5 and not sense.labels[line.number]
        for line in sense.flow.lines[start:end]
    )


def _after_end(sense: Sense, start: int, ends: Predicate) -> bool:
    """Whether one of the few lines before the list is a heading of related news or comments."""
    return any(
        ends(sense.flow.lines[number].text)
        for number in range(max(0, start - 3), start + 1)
        if number < len(sense.flow.lines)
    )


def _has_excerpt(sense: Sense, node: Node) -> bool:
    return _tells(sense, node.start, node.end)
