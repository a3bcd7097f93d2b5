"""A page as lines of text in document order, on a light tree of its block elements: what template and extract both stand on.

A node's lines are the contiguous range `start:end`, so that "the text of a container" is a slice. `crawler.ingest.walk` makes a
`Flow` of a tree in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from lxml import etree

from crawler.ingest.decoding import Element
from storage.text import fold, normalise

_NAMES = etree.XPath("//@class|//@id", smart_strings=False)
_DIGITS = re.compile(r"\d+")
_HEADLINE, _HEADLINE_LINKED, _ITEM, _DEEPER = 20, 0.6, 5, 2
_SENTENCE = re.compile(r"[.:;!?…][\"”'’)\]]*$")
_STANDING = 60
"""Characters from which a line that ends like a sentence is one, whatever numbers it names."""
_REMEMBERED = 300
"""Characters up to which a line's key is remembered: most lines of a page are those of the portal's other pages."""
DEEPEST = 100
"""Levels of nesting that have places of their own; more is no layout but an accident."""
# Names of days and months differ from page to page as numbers do.
# They are put together by their first letters: few words of a line begin with one, and few of those go on like it.
_CALENDAR = re.compile(
    r"\b(?:t(?:h(?:u (?:hai|ba|tu|nam|sau|bay|\d)|ursday"
    r"|ang (?:mot|hai|ba|tu|nam|sau|bay|tam|chin|muoi(?: mot| hai)?|gieng|chap))|\d(?=[,\s]+\d)|uesday)"
    r"|c(?:hu nhat|n(?=[,\s]+\d))|m(?:onday|a(?:rch|y)(?= \d))|s(?:aturday|unday|eptember(?= \d))|wednesday"
    r"|f(?:riday|ebruary(?= \d))|a(?:pril|ugust)(?= \d)|j(?:anuary|une|uly)(?= \d)"
    r"|(?:october|november|december)(?= \d))\b"
)


@dataclass(slots=True, eq=False)
class Node:
    """A block element: its place in the tree and the lines `start:end` that stand in it.

    `index` counts earlier siblings of its tag, `tags` its own children by tag; `id` and `classes` (in order) are the
    element's with digits masked.
    """

    element: Element
    tag: str
    parent: Node | None
    index: int
    start: int
    depth: int = 0
    end: int = 0
    children: list[Node] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)
    id: str = ""
    classes: tuple[str, ...] = ()
    _place: str = ""

    @property
    def place(self) -> str:
        """Tag, id and first classes from the root, digits masked; below `DEEPEST` levels that of the level above."""
        if not self._place:
            step = self.tag + (f"#{self.id}" if self.id else "") + "".join(f".{name}" for name in self.classes[:2])
            if self.parent is None:
                self._place = step
            elif self.depth > DEEPEST:
                self._place = "…"
            else:
                self._place = f"{self.parent.place}>{step}"
        return self._place

    def chain(self) -> list[Node]:
        """The node and its ancestors, the root last."""
        found, node = [], self
        while True:
            found.append(node)
            if node.parent is None:
                return found
            node = node.parent

    def holds(self, line: int) -> bool:
        """Whether the line with this number stands in the node."""
        return self.start <= line < self.end

    def walk(self) -> Iterator[Node]:
        """The node and all below it, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


@dataclass(slots=True, eq=False)
class Line:
    """A run of text that a browser shows as one paragraph or one line, with how it looks.

    `breaks` is 0 where a block element begins, else the number of `<br>` (or images) since the previous line of the same
    block. `linked`, `bold` and `italic` are shares of its characters; `after_image` says that an image is the last
    thing before it, `beside_image` that this image stands in the same block. `row` and `cell` are the innermost table row and
    cell, `mark` the innermost inline element with a class that holds all of it. `seamed` is the text of a short line with a
    space wherever an inline element begins or ends, if that makes a difference: `25/07/2025 07:14A-` are two things.
    """

    number: int
    text: str
    node: Node
    breaks: int
    linked: float
    bold: float
    italic: float
    align: str
    after_image: bool
    beside_image: bool
    row: Element | None
    cell: Element | None
    item: bool
    heading: int
    mark: str
    hrefs: tuple[str, ...]
    seamed: str = ""
    _folded: str = ""
    _key: str = ""
    _recurrence: str = ""

    @property
    def folded(self) -> str:
        """The text without case and marks."""
        if not self._folded:
            self._folded = fold(self.text)
        return self._folded

    @property
    def key(self) -> str:
        """The line's comparison key: folded, digits masked."""
        if not self._key:
            self._key = _mask(self.folded)
        return self._key

    @property
    def recurrence(self) -> str:
        """The key under which a line recurs over pages. Long links are apart: a headline in every page's side list is an
        article's own headline on one of them.
        """
        if not self._recurrence:
            self._recurrence = f"a:{self.key}" if self.linked >= 0.5 and len(self.text) >= 25 else self.key
        return self._recurrence

    @property
    def place(self) -> str:
        """Where the line stands: its block's place, and the inline element that holds it."""
        return f"{self.node.place}>{self.mark}" if self.mark else self.node.place


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that stands before line `at`; `width` and `height` as the page gives them, 0 if it does not."""

    src: str
    alt: str
    title: str
    at: int
    width: int
    height: int
    node: Node


class Anchor(NamedTuple):
    """A link that begins in line `at`, or (`embed`) what a frame, a button or a link without words shows before that line.

    `offered` says that the markup offers a document: a download attribute, a document's media type, a download icon. A page has
    hundreds: a tuple is made in a fifth of the time of a frozen dataclass.
    """

    href: str
    raw: str
    at: int
    node: Node
    embed: bool = False
    hint: str = ""
    offered: bool = False

    @property
    def text(self) -> str:
        """The words of the link, normalised."""
        return normalise(self.raw)


def names_of(attributes: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Id and class names among an element's attributes, digits masked."""
    name, names = attributes.get("id"), attributes.get("class")
    return _DIGITS.sub("0", name) if name else "", _class_names(names) if names else ()


@lru_cache(maxsize=4096)
def _class_names(names: str) -> tuple[str, ...]:
    return tuple(_DIGITS.sub("0", names).split())


T = TypeVar("T")

Told = dict[str, tuple[object, Any]]
"""What was found out of a page, or of a part of pages, by the name of the question: what it rests on beside them, and the
answers."""


@dataclass(slots=True, eq=False)
class Again:
    """A part of the page that others had before it: its lines `start:end`, its links and the blocks inside of it, and what was
    `told` of these; `before` counts the page's blocks that come before them and were not met so.
    """

    start: int
    end: int
    anchors: tuple[int, int]
    nodes: Sequence[Node]
    before: int
    told: Told


@dataclass(slots=True)
class Flow:
    """The page: root node, lines, images and links, all in document order; `nodes` finds the node of an lxml element.

    `again` are the parts that came again, `own` the blocks outside of them: by `of_lines`, `of_anchors` and `of_nodes` it is
    found out once what their lines, links and blocks say, and once (`told`) what those of the page do.
    """

    root: Node
    lines: list[Line]
    pictures: list[Picture]
    anchors: list[Anchor]
    nodes: dict[Element, Node]
    fields: list[tuple[str, Node]]
    again: list[Again] = field(default_factory=list)
    own: list[Node] = field(default_factory=list)
    told: Told = field(default_factory=dict)
    _names: frozenset[str] | None = None
    _listed: frozenset[int] | None = None

    def __del__(self) -> None:
        # Blocks know each other both ways: a page would wait, with its tree, for the search for garbage.
        none: list[Node] = []
        for node in self.nodes.values():
            node.children = none

    def of_lines(self, name: str, rests_on: object, tell: Callable[[Line], T]) -> Sequence[T]:
        """What `tell` says of each line. It may rest on `rests_on` and on what the line itself says and how it looks; not on
        where it stands nor on what stands round it.
        """
        spans = ((part, part.start, part.end) for part in self.again)
        return self._once(name, rests_on, lambda: _told(self.lines, spans, name, rests_on, tell))

    def of_anchors(self, name: str, rests_on: object, tell: Callable[[Anchor], T]) -> Sequence[T]:
        """What `tell` says of each link, in the same way."""
        spans = ((part, *part.anchors) for part in self.again)
        return self._once(name, rests_on, lambda: _told(self.anchors, spans, name, rests_on, tell))

    def of_nodes(self, name: str, tell: Callable[[Node], bool]) -> Sequence[Node]:
        """The blocks of which `tell` is true, in document order. It may rest on what a block is and holds, not on what it
        stands in.
        """
        return self._once(name, None, lambda: list(self._nodes_told(name, tell)))

    def _once(self, name: str, rests_on: object, find: Callable[[], Sequence[T]]) -> Sequence[T]:
        known = self.told.get(name)
        if known is None or not _same(known[0], rests_on):
            known = self.told[name] = (rests_on, find())
        return known[1]

    def _nodes_told(self, name: str, tell: Callable[[Node], bool]) -> Iterator[Node]:
        floor = 0
        for part in self.again:
            yield from filter(tell, self.own[floor : part.before])
            floor = part.before
            known = part.told.get(name)
            if known is None:
                found = [at for at, node in enumerate(part.nodes) if tell(node)]
                known = part.told[name] = (None, found)
            yield from map(part.nodes.__getitem__, known[1])
        yield from filter(tell, self.own[floor:])

    @property
    def names(self) -> frozenset[str]:
        """All classes and ids of the whole document."""
        if self._names is None:
            self._names = frozenset(name for names in set(_NAMES(self.root.element)) for name in names.split())
        return self._names

    def node_of(self, element: Element) -> Node:
        """The node of an element, or of the nearest block element round it."""
        while element is not None and element not in self.nodes:
            element = element.getparent()
        return self.root if element is None else self.nodes[element]


def _same(ground: object, other: object) -> bool:
    return ground is other or ground == other


def _told(
    every: Sequence[Any], spans: Iterator[tuple[Again, int, int]], name: str, rests_on: object, tell: Callable[[Any], T]
) -> list[T]:
    found: list[T] = []
    floor = 0
    for part, start, end in spans:
        found.extend(map(tell, every[floor:start]))
        floor = end
        known = part.told.get(name)
        if known is None or not _same(known[0], rests_on):
            known = part.told[name] = (rests_on, list(map(tell, every[start:end])))
        found.extend(known[1])
    found.extend(map(tell, every[floor:]))
    return found


def counts(line: Line) -> bool:
    """Whether a line that recurs may be a counter or a date line: it has numbers, and is no whole sentence that names some."""
    return "0" in line.key and not (len(line.text) >= _STANDING and _SENTENCE.search(line.text))


def listed(flow: Flow) -> frozenset[int]:
    """Numbers of the lines in items of lists of other articles: neighbours of one look that open with a linked headline."""
    if flow._listed is None:
        flow._listed = _find_listed(flow)
    return flow._listed


def _find_listed(flow: Flow) -> frozenset[int]:
    def is_item(node: Node) -> bool:
        """Whether a block has a few lines and opens with a linked headline that stands hardly deeper."""
        if not 2 <= node.end - node.start <= _ITEM:
            return False
        first = flow.lines[node.start : node.start + 2]
        return any(_may_be_listed(line) and line.node.depth - node.depth <= _DEEPER for line in first)

    items: dict[tuple[Node | None, str, tuple[str, ...]], list[Node]] = {}
    for node in flow.of_nodes("items", is_item):
        items.setdefault((node.parent, node.tag, node.classes), []).append(node)
    return frozenset(
        n for group in items.values() if len(group) > 1 for node in group for n in range(node.start, node.end)
    )


def _may_be_listed(line: Line) -> bool:
    return line.linked >= _HEADLINE_LINKED and len(line.text) >= _HEADLINE


def masked(text: str) -> str:
    """A comparison key under which counters, dates and page numbers of one form are equal."""
    return _mask(fold(text))


def _mask(folded: str) -> str:
    return _short_masked(folded) if len(folded) <= _REMEMBERED else _masked(folded)


def _masked(folded: str) -> str:
    return _DIGITS.sub("0", _CALENDAR.sub("0", folded))


_short_masked = lru_cache(maxsize=8192)(_masked)
