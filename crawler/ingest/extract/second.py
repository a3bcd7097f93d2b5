"""A second opinion where the page's container is doubtful: trafilatura on the tree without known furniture.

It only says *where* the text stands; which lines are text, captions or rows stays our own work. Its time is bounded by the
size of what it gets, for it has no limit of its own.
"""

from __future__ import annotations

import copy

from lxml import html

from crawler.ingest.decoding import Element
from crawler.ingest.extract.sense import Sense
from crawler.ingest.flow import Node
from storage.text import fold

_ELEMENTS = 8_000
_BYTES = 1_000_000
_SHARE = 0.8


def second_opinion(tree: Element, sense: Sense) -> Node | None:
    """The smallest container of most of what trafilatura takes for the text; None if there is none or the page is too large."""
    if sum(1 for _ in tree.iter()) > _ELEMENTS:
        return None
    page = html.tostring(_pruned(tree, sense), encoding="unicode")
    if len(page) > _BYTES:
        return None
    keys = {fold(line.strip(" |-")) for line in _text(page).splitlines() if line.strip()}
    weights = [
        weight if line.folded in keys else 0 for line, weight in zip(sense.flow.lines, sense.weights, strict=True)
    ]
    return _container(sense.flow.root, weights)


def _text(page: str) -> str:
    # Imported here: it costs half a second, and most portals never need it.
    from trafilatura import extract

    found = extract(page, include_comments=False, include_tables=True, fast=True, deduplicate=False)
    return str(found or "")


def _pruned(tree: Element, sense: Sense) -> Element:
    """A copy without the containers that hold nothing but furniture, and without scripts."""
    pruned = copy.deepcopy(tree)
    doubles = dict(zip(tree.iter(), pruned.iter(), strict=True))
    gone = list(pruned.iter("script", "style", "noscript", "template", "svg"))
    for node in sense.flow.nodes.values():
        numbers = range(node.start, node.end)
        if numbers and all(sense.furniture[number] or sense.aside[number] for number in numbers):
            gone.append(doubles[node.element])
    for element in gone:
        if element.getparent() is not None and element.tag != "body":
            element.drop_tree()
    return pruned


def _container(root: Node, weights: list[int]) -> Node | None:
    total = sum(weights)
    if not total:
        return None
    node = root
    while True:
        heavy = [child for child in node.children if sum(weights[child.start : child.end]) >= _SHARE * total]
        if not heavy:
            break
        node = heavy[0]
    while node.tag in ("p", "li", "table", "tbody", "tr", "span") and node.parent is not None:
        node = node.parent
    return node
