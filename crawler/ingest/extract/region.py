"""The container of an article's text, found by weight alone: near the headline, and no farther away than need be."""

from __future__ import annotations

import re

from crawler.ingest.extract.sense import Sense, named_apart, named_aside
from crawler.ingest.flow import Line, Node

_TEXT_TAGS = frozenset(("p", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "pre", "figure", "dl", "center"))
_CONTACT = re.compile(
    r"(?:^|[-–|.;,]\s*)(?:dia chi|dien thoai|dt|tel|e-?mail|fax|giay phep|co quan chu quan|don vi quan ly|chiu trach nhiem"
    r"|ban quyen|copyright|hotline|duong day nong)\b\s*[:.]?|©"
)
_CONTACTS = 200
"""Characters of a line that one way to reach somebody marks; a longer one has two, or it is a text that names one."""
LEAD = 40
"""Characters from which a line between title and body is text, not a label."""
SLIGHT = 200
"""Weight up to which what was found may be the lead alone."""
_LONG = 60
"""Characters of a line that is likely a sentence."""
_BOXES = 600


def find_container(sense: Sense, title: Line | None) -> Node | None:
    """The container by weight alone: near the headline if there is one, else the heaviest way down from the root."""
    if title is None:
        return _deepest(sense, sense.flow.root, 0) if sense.sums[-1] else None
    region, start = _region(sense, title), title.number + 1
    if region is None or not _offers(sense, region, start):
        return region and _deepest(sense, region, start)
    # Neither a few words beside files nor the page's foot say where text stands.
    node = region if sense.mass_of(region, start) < LEAD else _deepest(sense, region, start)
    return region if is_foot(sense, node) else node


def _region(sense: Sense, title: Line) -> Node | None:
    """The smallest container of headline and text.

    Climbs from the headline; a farther container must bring a neighbour that looks like text and outweighs what is already
    there, so that a short notice is not swapped for a sidebar.
    """
    start = title.number + 1
    found: Node | None = None
    chain = title.node.chain()
    for below, node in zip([None, *chain], chain, strict=False):
        mass = sense.mass_of(node, start)
        if found is None:
            if mass > 0 or shows_something(sense, node, start):
                found = node
            continue
        if _brings_text(sense, found, node, below, start):
            found = node
    return found or (chain[-1] if sense.mass(start, len(sense.flow.lines)) else None)


def _brings_text(sense: Sense, found: Node, node: Node, below: Node | None, start: int) -> bool:
    """Whether one level up stands text that belongs to what was found so far."""
    have = sense.mass_of(found, start)
    least = max(80, 0.5 * have) if have < SLIGHT else 0.3 * have
    files = _offers(sense, found, start)
    if have == 0 and not files and sum(_inside(picture.node, found) for picture in sense.flow.pictures) <= 1:
        least = 20  # only a picture in the head of the article so far
    for child in node.children:
        if child is below or child.end <= max(start, child.start) or named_aside(child) or named_apart(child):
            continue
        mass = sense.mass_of(child, start)
        if (have or files) and (
            is_column(sense, child)
            or is_foot(sense, child)
            or (mass < _BOXES and heads_a_list(sense.flow.lines[child.start]))
        ):
            continue
        if (files or have >= SLIGHT) and sentences(sense, child, start) < 0.5 * mass:
            continue
        if mass >= least and sense.linked(max(child.start, start), child.end) < (0.35 if have or files else 0.6):
            return True
    # Text directly in the node itself, between its children.
    lines = sense.flow.lines
    own = sum(sense.weights[n] for n in range(max(node.start, start), node.end) if lines[n].node is node)
    return own >= max(least, 0.5 * have)


def is_column(sense: Sense, node: Node) -> bool:
    """Whether a container consists of boxes: parts of one look, each below a short heading, one of them a list of links."""
    while len(node.children) == 1:
        node = node.children[0]
    parts = [part for part in node.children if part.end - part.start >= 2]
    if len(parts) < 2 or len({(part.tag, part.classes) for part in parts}) > max(1, len(parts) // 2):
        return False
    lines = sense.flow.lines
    return all(len(lines[part.start].text) <= LEAD for part in parts) and any(
        sense.linked(part.start + 1, part.end) > 0.6 for part in parts
    )


def is_foot(sense: Sense, node: Node) -> bool:
    """Whether a container ends the page and says where to find and reach its owner."""
    lines = sense.flow.lines
    return node.end == len(lines) and any(
        len(_CONTACT.findall(line.folded)) > (len(line.text) > _CONTACTS) for line in lines[node.start : node.end]
    )


def sentences(sense: Sense, node: Node, start: int) -> int:
    """Weight of the node's longer lines: tables of weather and prices consist of short ones."""
    return sum(
        sense.weights[number] for number in range(max(node.start, start), node.end) if sense.weights[number] >= _LONG
    )


def shows_something(sense: Sense, node: Node, start: int) -> bool:
    """Whether the container shows something that can be an article without text: a picture or a file."""
    if node.tag in ("a", "p", "h1", "h2", "h3"):
        return False
    pictures = (picture for picture in sense.flow.pictures if picture.at >= start and _inside(picture.node, node))
    if any(not picture.width or picture.width >= 150 for picture in pictures):
        return True
    return _offers(sense, node, start)


def _offers(sense: Sense, node: Node, start: int) -> bool:
    return any(_inside(anchor.node, node) for anchor in sense.offers if anchor.at >= start)


def _inside(node: Node, other: Node) -> bool:
    return any(step is other for step in node.chain())


def _deepest(sense: Sense, node: Node, start: int) -> Node:
    """Down from the region while one child holds nearly all of its text."""
    while True:
        total = sense.mass_of(node, start)
        heavy = [child for child in node.children if sense.mass_of(child, start) >= 0.8 * total > 0]
        if not heavy or heavy[0].tag in _TEXT_TAGS:
            break
        node = heavy[0]
    while node.tag in ("table", "tbody", "tr") and node.parent is not None:
        node = node.parent
    return node


def heads_a_list(line: Line) -> bool:
    """A short heading; with nothing but links below it, it is that of a related list."""
    return (line.heading > 0 or line.bold > 0.9) and len(line.text) <= 40 and not line.text.endswith((".", "!", "?"))
