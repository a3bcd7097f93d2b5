"""Parts of an article's container: neighbours in which its text goes on, and boxes between its paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.ingest.extract.region import LEAD, is_column, is_foot, sentences
from crawler.ingest.extract.sense import Predicate, Sense, named_apart, named_aside
from crawler.ingest.flow import Node

_LINKED = 0.1
"""Share of links up to which a neighbour is prose: the excerpts of other articles stand with their headlines."""
_LEAST = 60
"""Weight of sentences from which a neighbour is a part of the text."""
_BOX = 0.5
"""Share of links from which what stands below a heading of other articles is their list."""
_WHOLLY = 0.9
"""Share of links from which a line is nothing but the headlines of others."""
_HEADLINE = 15
"""Characters of a link that may be a headline; shorter ones say `xem tại đây`."""
_ANNOUNCED = 40
"""Characters of a sentence with a colon from which the links below it are what it tells of."""
_RUNS_ON = 80
"""Weight of unlinked text from which an article goes on behind a box."""


def widened(sense: Sense, node: Node, start: int, ends: Predicate) -> Node:
    """The place of the text with the neighbours in which it goes on: page builders give each part a row of its own.

    `start` is the line behind the headline. A container that holds the headline counts only for parts of the node's look.
    """
    part, found = node, node
    while part.parent is not None and part.parent.tag not in ("body", "html"):
        above = part.parent
        holds_title = above.start < start
        over = next((n for n in range(node.end, above.end) if ends(sense.flow.lines[n].text)), above.end)
        for child in above.children:
            if child is part or child.end <= start or child.start >= over:
                continue
            alike = _alike(child, part)
            if (alike or not holds_title) and _reads_on(sense, child, start, alike=alike):
                found = above
                break
        if holds_title:
            break
        part = above
    return found


def _alike(one: Node, other: Node) -> bool:
    return (one.tag, one.classes) == (other.tag, other.classes) and bool(one.classes)


def _reads_on(sense: Sense, node: Node, start: int, *, alike: bool) -> bool:
    """Whether a container holds sentences, and none of the signs of a list, a form or the page's foot.

    One of the text's own look may also hold short lines, as those of a signature.
    """
    if named_aside(node) or named_apart(node) or is_column(sense, node) or is_foot(sense, node):
        return False
    mass = sense.mass_of(node, start)
    if sentences(sense, node, start) < max(_LEAST, mass // 2) and not (alike and mass >= LEAD):
        return False
    form = any(step is node for _, field in sense.flow.fields for step in field.chain())
    return not form and sense.linked(max(node.start, start), node.end) < _LINKED


def boxes(sense: Sense, body: Node, first: int, ends: Predicate) -> set[int]:
    """Lines of boxes of other articles amid the text: a heading and its links, where sentences follow before the next one."""
    lines = sense.flow.lines
    headings = [number for number in range(first, body.end) if ends(lines[number].text)]
    found: set[int] = set()
    for order, number in enumerate(headings):
        end = _box_end(sense, body, number)
        until = headings[order + 1] if order + 1 < len(headings) else body.end
        if end > number + 1 and _goes_on(sense, end, until):
            found.update(range(number, end))
    return found


def _box_end(sense: Sense, body: Node, number: int) -> int:
    """Where the box ends which this heading opens: the largest element of it and links, or the run of links below it."""
    lines, end = sense.flow.lines, number + 1
    while end < body.end and lines[end].linked >= _BOX and not sense.files[end]:
        end += 1
    for node in lines[number].node.chain():
        if node is body or node.start != number or node.parent is None:
            break
        if node.end > number + 1 and sense.linked(number + 1, node.end) > _BOX:
            end = max(end, node.end)
    return end


def _goes_on(sense: Sense, start: int, end: int) -> bool:
    return sense.mass(start, end) >= _RUNS_ON and sense.linked(start, end) < 2 * _LINKED


def headlines(sense: Sense, body: Node, numbers: Sequence[int]) -> set[int]:
    """Of the lines `numbers` of a body those that are nothing but links to other articles, with the short heading of their box.

    A box of them has no name that could be known, and other links each night. Not where they are most of what there is, nor
    below a sentence that announces them, nor in rows with values.
    """
    lines = sense.flow.lines
    found = {n for n in numbers if _is_others(sense, n)}
    found = {n for n in found if not _announced(sense, _run_start(found, n), numbers[0])}
    if sum(len(lines[n].text) for n in found) > sum(sense.weights[n] for n in numbers):
        return set()
    heads = {_run_start(found, n) - 1 for n in found}
    return found | {n for n in heads if n >= numbers[0] and _heads_box(sense, body, n, found)}


def _is_others(sense: Sense, number: int) -> bool:
    line = sense.flow.lines[number]
    if line.linked < _WHOLLY or len(line.text) < _HEADLINE or sense.files[number] or not line.hrefs:
        return False
    cells = 0 if line.row is None else sum(bool("".join(cell.itertext()).strip()) for cell in line.row)
    return cells <= 1 and all(map(sense.kin, line.hrefs))


def _run_start(found: set[int], number: int) -> int:
    while number - 1 in found:
        number -= 1
    return number


def _announced(sense: Sense, start: int, first: int) -> bool:
    before = sense.flow.lines[start - 1] if start > first else None
    return before is not None and len(before.text) >= _ANNOUNCED and before.text.endswith(":")


def _heads_box(sense: Sense, body: Node, number: int, found: set[int]) -> bool:
    """Whether a short line opens an element that holds nothing else but these links."""
    line = sense.flow.lines[number]
    if len(line.text) > LEAD or line.text.endswith((".", "!", "?")):
        return False
    boxes = (node for node in line.node.chain() if node is not body and node.start == number and node.end > number + 1)
    return any(set(range(number + 1, node.end)) <= found for node in boxes)
