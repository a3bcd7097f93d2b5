"""Whole articles that are printed below the one of the page: readers scroll on from one to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from crawler.ingest.extract.items import is_headline
from crawler.ingest.extract.sense import Predicate, Sense
from crawler.ingest.flow import Line, Node

_HEAD = 3
"""Lines of an article among which its headline is."""
_DATED = 6
"""Lines round a headline among which its date is."""
_HEADLINE = 20
"""Characters of a headline; shorter ones are of the parts of a text."""
_REPLY = re.compile(r"(?:noi dung )?(?:cau )?(?:tra loi|phan hoi|giai dap|tiep nhan|y kien)\b")
_TEXT = 60
"""Weight below a headline from which it has a text."""
_BESIDE = 80
"""Characters of the longest line with a date and something else."""
_DAY = re.compile(r"(?<!\d)\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}")


def set_apart(sense: Sense, title: Line | None, *, dated: Predicate) -> None:
    """Mark as no text of this page (`Sense.anothers`, `aside`) the containers behind the headline's that look like it and begin
    as it does: with a headline and a date, and a text below them. On a list, whose headlines are links, nothing is.
    """
    if title is None or is_headline(sense, title):
        return
    for own in title.node.chain()[:-1]:
        if own.tag in ("body", "html") or not (own.classes or own.tag == "article"):
            continue
        if not _is_dated(
            sense, range(max(own.start, title.number - _DATED), min(own.end, title.number + _DATED)), dated
        ):
            continue
        others = list(_peers(sense, own, title, dated))
        if others:
            _mark(sense, others)
            return


def _peers(sense: Sense, own: Node, title: Line, dated: Predicate) -> Iterator[Node]:
    tag, classes, end = own.tag, own.classes, own.end
    for node in sense.flow.nodes.values():
        if node.start < end or node.tag != tag or node.classes != classes:
            continue
        lines = sense.flow.lines[node.start : min(node.end, node.start + _HEAD)]
        head = next((line for line in lines if _looks_like(line, title)), None)
        if head is None or not _has_content(sense, node, head.number + 1):
            continue
        if _is_dated(sense, range(node.start, min(node.end, head.number + _DATED)), dated):
            yield _with_its_label(node, title)


def _has_content(sense: Sense, node: Node, start: int) -> bool:
    return sense.mass_of(node, start) >= _TEXT or any(start <= anchor.at < node.end for anchor in sense.offers)


def _looks_like(line: Line, title: Line) -> bool:
    """Whether a line looks like the page's headline, and is one by its words: the answer to a question is part of the page."""
    if len(line.text) < _HEADLINE or _REPLY.match(line.folded):
        return False
    same = bool(title.node.classes) and line.node.classes == title.node.classes
    return same or (line.heading > 0 and title.heading > 0) or (bool(title.mark) and line.mark == title.mark)


def _is_dated(sense: Sense, numbers: range, dated: Predicate) -> bool:
    """Whether one of the lines is a date line, or a short one with a date: a section's name may stand beside it."""
    lines = (sense.flow.lines[number] for number in numbers)
    return any(dated(line.text) or (len(line.text) <= _BESIDE and _DAY.search(line.text)) for line in lines)


def _with_its_label(node: Node, title: Line) -> Node:
    """The container with a line such as `Bài tiếp theo` above it."""
    parent = node.parent
    beside = (
        parent is not None and parent.start > title.number and node.start - parent.start <= 1 and parent.end == node.end
    )
    return parent if beside and parent is not None else node


def _mark(sense: Sense, others: list[Node]) -> None:
    for node in others:
        for number in range(node.start, node.end):
            sense.anothers.add(number)
            sense.aside[number] = True
            sense.weights[number] = 0
    sense.sums = [0, *accumulate(sense.weights)]
