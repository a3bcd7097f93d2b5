"""What the walk met before: parts of a portal's pages that come again byte by byte are not walked again.

Most of a ward portal's page is furniture that all its pages share: menus, boxes, feet. A part whose text came again at the same
place is kept once it was walked, by the digest of its markup; the next page that has it gets its lines as they were. What a
page's flow holds is the same with and without (tests/ingest/test_recall.py).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Again, Anchor, Flow, Line, Node, Picture, Told
from crawler.ingest.looks import Style

WORTH_IT = 4
"""Lines from which a part is kept: less is walked as fast."""

_TEXTS, _PARTS = 4, 6
"""What is remembered of one place: texts that stood there, and parts; a portal has a few kinds of pages."""

_MISSES = 2
"""Times in a row that a place's text came again in other markup (tokens, random ids) until its inner parts are tried."""

MAKE = tuple.__new__
"""Makes links as `Anchor(…)` does, without a call of Python's own for each."""

_OUTER = -1
"""A row or cell that stands round the part."""


class Spot:
    """A place in a portal's pages, by tags and their numbers from the root: what stood there."""

    __slots__ = ("inner", "missed", "parts", "returned", "texts")

    def __init__(self) -> None:
        self.inner: dict[tuple[str, int], Spot] = {}
        self.texts: OrderedDict[int, None] = OrderedDict()
        self.parts: OrderedDict[int, Part] = OrderedDict()
        self.returned = False
        self.missed = 0

    def within(self, tag: str, index: int) -> Spot:
        """The spot of a child."""
        found = self.inner.get((tag, index))
        if found is None:
            found = self.inner[tag, index] = Spot()
        return found

    def promising(self) -> bool:
        """Whether a part that was walked before may stand here again."""
        return self.returned and self.missed < _MISSES

    def note(self, texts: int) -> None:
        """Remember the digest of a text that stands here on this page."""
        if texts in self.texts:
            self.returned = True
        self.texts[texts] = None
        self.texts.move_to_end(texts)
        if len(self.texts) > _TEXTS:
            self.texts.popitem(last=False)

    def find(self, key: int) -> Part | None:
        """The part that was kept under a key."""
        part = self.parts.get(key)
        if part is None:
            self.missed += 1
        else:
            self.missed = 0
            self.parts.move_to_end(key)
        return part

    def keep(self, key: int, part: Part) -> None:
        """Keep a part that has been walked."""
        self.parts[key] = part
        if len(self.parts) > _PARTS:
            self.parts.popitem(last=False)


def key_of(element: Element, style: Style, *, after_image: bool) -> int:
    """All that the lines of a part depend on: its markup, and the state in which the walk comes to it.

    64 bits, with a key of this process: a place keeps six parts, of its own portal, and a digest takes three times as long.
    """
    state = style.align, style.bold, style.italic, style.link, style.item, style.heading, style.row is None
    markup = etree.tostring(element, encoding="utf-8", with_tail=False)
    return hash((state, style.cell is None, after_image, markup))


class Before(NamedTuple):
    """How much of a page's flow there was when a part began."""

    lines: int
    pictures: int
    anchors: int
    fields: int

    @classmethod
    def of(cls, flow: Flow) -> Before:
        """The present lengths."""
        return cls(len(flow.lines), len(flow.pictures), len(flow.anchors), len(flow.fields))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a flow without its page: blocks by their position in the part, elements by theirs among those of the tags
    `kinds` (of the blocks: a third of all elements, and each that is looked at costs), lines from its first.

    `told` is what was found out of them (`Flow.of_lines`).
    """

    place: str
    tags: dict[str, int]
    kinds: tuple[str, ...]
    nodes: tuple[tuple[Any, ...], ...]
    lines: tuple[tuple[Any, ...], ...]
    pictures: tuple[tuple[Any, ...], ...]
    anchors: tuple[tuple[Any, ...], ...]
    fields: tuple[tuple[str, int], ...]
    image_line: int | None
    told: Told = field(default_factory=dict)


def part_of(flow: Flow, root: Node, before: Before, style: Style, image_line: int) -> Part:
    """What the walk has just added to the flow for the block `root`, whose lines have ended."""
    nodes = list(root.walk())
    kinds = tuple({node.tag: None for node in nodes})
    numbers = {element: number for number, element in enumerate(root.element.iter(*kinds))}
    at = {id(node): position for position, node in enumerate(nodes)}
    base = root.start

    def outer(element: Element | None, above: Element | None) -> int | None:
        return None if element is None else _OUTER if element is above else numbers[element]

    return Part(
        place=root.place,
        tags=root.tags,
        kinds=kinds,
        nodes=tuple(
            (numbers[node.element], node.tag, at[id(node.parent)], node.index, node.start - base, node.end - base,
             node.depth - root.depth, node.tags, node.id, node.classes, node.place)
            for node in nodes[1:]
        ),
        lines=tuple(
            (at[id(line.node)], line.number - base, line.text, line.breaks, line.linked, line.bold, line.italic,
             line.align, line.after_image, line.beside_image, outer(line.row, style.row), outer(line.cell, style.cell),
             line.item, line.heading, line.mark, line.hrefs, line.seamed, line.folded, line.key)
            for line in flow.lines[before.lines :]
        ),
        pictures=tuple(
            (one.src, one.alt, one.title, one.at - base, one.width, one.height, at[id(one.node)])
            for one in flow.pictures[before.pictures :]
        ),
        anchors=tuple(
            (one.href, one.raw, one.at - base, at[id(one.node)], one.embed, one.hint, one.offered)
            for one in flow.anchors[before.anchors :]
        ),
        fields=tuple((kind, at[id(node)]) for kind, node in flow.fields[before.fields :]),
        image_line=image_line - base if image_line >= base else None,
    )  # fmt: skip


def replay(part: Part, flow: Flow, root: Node, style: Style) -> None:
    """Add to the flow what the walk would add for the block `root`, which has the part's markup."""
    elements = list(root.element.iter(*part.kinds))
    base, depth = root.start, root.depth
    same = part.place == root.place
    root.tags = part.tags
    nodes = [root]
    for number, tag, parent, index, start, end, below, tags, name, classes, place in part.nodes:
        element, above = elements[number], nodes[parent]
        node = Node(
            element, tag, above, index, base + start, depth + below, base + end, [], tags, name, classes,
            place if same else "",
        )  # fmt: skip
        above.children.append(node)
        flow.nodes[element] = node
        nodes.append(node)
    first = len(flow.anchors)
    rows = [*elements, style.row]
    cells = [*elements, style.cell]
    flow.lines += [
        Line(
            base + number, text, nodes[at], breaks, linked, bold, italic, align, after, beside,
            None if row is None else rows[row], None if cell is None else cells[cell],
            item, heading, mark, hrefs, seamed, folded, key,
        )
        for (at, number, text, breaks, linked, bold, italic, align, after, beside, row, cell, item, heading, mark, hrefs,
             seamed, folded, key) in part.lines
    ]  # fmt: skip
    flow.pictures += [
        Picture(src, alt, title, base + at, width, height, nodes[node])
        for src, alt, title, at, width, height, node in part.pictures
    ]
    flow.anchors += [
        MAKE(Anchor, (href, raw, base + at, nodes[node], embed, hint, offers))
        for href, raw, at, node, embed, hint, offers in part.anchors
    ]
    flow.fields += [(kind, nodes[node]) for kind, node in part.fields]
    root.end = len(flow.lines)
    anchors = first, len(flow.anchors)
    flow.again.append(Again(base, root.end, anchors, nodes[1:], len(flow.own), part.told))
