"""What of a page's source a reading is taken from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Flow, Node
from crawler.ingest.ground.spans import Ground, Span, Spot
from crawler.ingest.pages import Page

LONGEST = 60_000
"""Lines of a source that may be told apart: libxml2 counts no further than 65,535."""

_BESIDE = 400
"""Elements that may begin in one line before one: behind more, the line is taken from its beginning or to its end."""

_BLIND = re.compile(rb"<!--.*?(?:-->|$)|(<(?:script|style)\b[^>]*>)(.*?(?=</(?:script|style)|$))", re.IGNORECASE)
_MARKS = (b"<!--", b"<sc", b"<SC", b"<Sc", b"<st", b"<ST", b"<St")
_NAME = re.compile(rb"[\w:.-]+")


@dataclass(frozen=True, slots=True)
class Footing:
    """What of a page a reading takes: the lines `text` of headline, text and files, in order; of the lines `near` them no more
    than days and names; the elements `named` that give a date.
    """

    text: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    named: tuple[Element, ...] = ()


def ground_of(page: Page, body: bytes, footing: Footing) -> str:
    """The ground of a reading of `body`, packed; empty where the source does not tell."""
    source, flow = _Source(body), page.flow
    if not footing.text or len(source.lines) > LONGEST or b"\0" in body:
        return ""
    first, last = footing.text[0], footing.text[-1]
    main = source.of_lines(flow, (first, last))
    text = [_held(flow, number) for number in footing.text]
    apart = {number for number in footing.near if all(map(_part(_held(flow, number)), text))}
    near = [source.of_lines(flow, run) for run in _runs(apart)]
    mixed = [source.of_lines(flow, run) for run in _runs({*footing.near} - apart) if run[0] < first or last < run[-1]]
    data = (script for script in page.told["script"] if "json" in (script.get("type") or ""))
    named = (source.whole(element) for element in (*footing.named, *data))
    head = source.start(flow.root.element)
    if not head < main[0] < main[1]:
        return ""
    return Ground(len(source.lines), head, _joined([main, *near, *mixed, *named]), _joined(near)).pack()


def _runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in order, those that follow each other together."""
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda one: one[1] - one[0]):
        yield [number for _, number in run]


def _held(flow: Flow, number: int) -> range:
    """The lines that the source of a line may hold: those of its block, as far as to a block that begins behind it."""
    node, behind = flow.lines[number].node, _behind(flow, number)
    return range(node.start, node.end if behind is None else number + 1)


def _part(lines: range) -> Callable[[range], bool]:
    return lambda other: lines.stop <= other.start or other.stop <= lines.start


def _behind(flow: Flow, number: int) -> Node | None:
    """The outermost block that begins with the line behind a line."""
    if number + 1 >= len(flow.lines):
        return None
    block = flow.lines[number + 1].node
    while block.parent is not None and block.parent.start == number + 1:
        block = block.parent
    return block if block.start == number + 1 else None


class _Source:
    """The lines of a page's source, and where in them its elements stand."""

    def __init__(self, body: bytes) -> None:
        self.lines = body.split(b"\n")
        self._tags: dict[int, list[int]] = {}
        self._pieces: dict[int, list[bytes]] = {}

    def of_lines(self, flow: Flow, numbers: Sequence[int]) -> Span:
        """From the block in which the first of some lines stands to the end of the last one's, or the block that begins behind
        this line.
        """
        first, last = flow.lines[numbers[0]].node.element, flow.lines[numbers[-1]].node.element
        behind = _behind(flow, numbers[-1])
        return self.start(first), self.end(last) if behind is None else self._before(behind.element)

    def whole(self, element: Element) -> Span:
        """An element with all in it, and what stands behind it before another one."""
        return self.start(element), self.end(element)

    def start(self, element: Element) -> Spot:
        """Where an element begins, or the line in which it does."""
        line, piece = self._spot(element)
        return line, piece or 0

    def end(self, element: Element) -> Spot:
        """Where the first element begins that comes behind an element and all in it."""
        while element is not None:
            behind = element.getnext()
            if behind is not None:
                return self._before(behind)
            element = element.getparent()
        return len(self.lines), 0

    def _before(self, element: Element) -> Spot:
        line, piece = self._spot(element)
        return (line + 1, 0) if piece is None else (line, piece)

    def _spot(self, element: Element) -> tuple[int, int | None]:
        """The line in which an element's start tag ends, and the piece that is the tag; None where that cannot be told."""
        line, before, number = _line_of(element), element, 0
        while (before := _preceding(before)) is not None and _line_of(before) == line:
            number += 1
            if number > _BESIDE:
                return line, None
        tags = self._tags_in(line)
        if number >= len(tags) or not self._is_tag(line, tags[number], str(element.tag)):
            return line, None
        return line, tags[number]

    def _tags_in(self, line: int) -> list[int]:
        """The pieces of a line that are start tags."""
        if line not in self._tags:
            text = self.lines[line]
            if any(mark in text for mark in _MARKS):
                text = _BLIND.sub(_blinded, text)
            self._pieces[line] = pieces = text.split(b"<")
            self._tags[line] = [number for number, piece in enumerate(pieces) if number and piece[:1].isalpha()]
        return self._tags[line]

    def _is_tag(self, line: int, piece: int, tag: str) -> bool:
        name = _NAME.match(self._pieces[line][piece])
        return name is not None and name[0].lower() == tag.encode()


def _blinded(found: re.Match[bytes]) -> bytes:
    """A comment, or a script's content, with as many pieces and no tag in it."""
    return found[0].replace(b"<", b"< ") if found[1] is None else found[1] + found[2].replace(b"<", b"< ")


def _line_of(element: Element) -> int:
    """The line in which an element's start tag ends."""
    return (element.sourceline or 1) - 1


def _preceding(element: Element) -> Element | None:
    """The element before an element, in document order."""
    before = element.getprevious()
    if before is None:
        return element.getparent()
    while len(before):
        before = before[-1]
    return before


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)
