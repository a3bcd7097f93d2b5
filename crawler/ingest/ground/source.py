"""Where the elements of a page stand in its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from crawler.ingest.decoding import Element
from crawler.ingest.ground.spans import Span, Spot

MOST = 20_000
"""Elements of one line that are told apart."""

_BLIND = re.compile(rb"<!--.*?(?:-->|$)|(<(?:script|style)\b[^<>]*>)(.*?(?=</(?:script|style)|$))", re.IGNORECASE)
_MARKS = (b"<!--", b"<sc", b"<SC", b"<Sc", b"<st", b"<ST", b"<St")
_NAME = re.compile(rb"[\w:.-]+")


class Source:
    """The lines of a page's source, and its elements by the pieces of them in which they begin.

    The parser says in which line a start tag ends. Which of the line's tags it is, is told by counting: only where the line's
    elements and its start tags are the same, one by one, for parsers add elements, move them and leave them out.
    """

    def __init__(self, body: bytes) -> None:
        self.lines = body.split(b"\n")
        self._pieces: dict[int, dict[Element, int]] = {}

    def piece(self, element: Element) -> int | None:
        """The piece of its line that is an element's start tag; None where that cannot be told."""
        line = line_of(element)
        if line not in self._pieces:
            self._pieces[line] = self._told(element, line) if line < len(self.lines) else {}
        return self._pieces[line].get(element)

    def start(self, element: Element) -> Spot:
        """Where an element begins, or the line in which it does."""
        return line_of(element), self.piece(element) or 0

    def end(self, element: Element) -> Spot:
        """Where the first element begins that comes behind an element and all in it, or that one's line ends."""
        behind = following(element)
        return (len(self.lines), 0) if behind is None else self.before(behind)

    def before(self, element: Element) -> Spot:
        """What stands before an element ends here, at the latest."""
        line, piece = line_of(element), self.piece(element)
        return (line + 1, 0) if piece is None else (line, piece)

    def whole(self, element: Element) -> Span:
        """An element with all in it, and what stands behind it before another one."""
        return self.start(element), self.end(element)

    def _told(self, element: Element, line: int) -> dict[Element, int]:
        elements = [*reversed([element, *_beside(element, line, _preceding)]), *_beside(element, line, _next)]
        text = self.lines[line]
        if any(mark in text for mark in _MARKS):
            text = _BLIND.sub(_blinded, text)
        pieces = text.split(b"<")
        tags = [number for number, piece in enumerate(pieces) if number and piece[:1].isalpha()]
        if len(tags) != len(elements) or len(tags) > MOST or (len(pieces) > 1 and b">" not in pieces[-1]):
            return {}
        same = all(_begins(pieces[tag], str(one.tag)) for tag, one in zip(tags, elements, strict=True))
        return dict(zip(elements, tags, strict=True)) if same else {}


def line_of(element: Element) -> int:
    """The line in which an element's start tag ends."""
    return (element.sourceline or 1) - 1


def following(element: Element) -> Element | None:
    """The first element behind an element and all in it."""
    while element is not None:
        if (behind := element.getnext()) is not None:
            return behind
        element = element.getparent()
    return None


def _beside(element: Element, line: int, step: Callable[[Element], Element | None]) -> Iterator[Element]:
    """The elements of a line that come one after the other, as far as `MOST`."""
    other = step(element)
    for _ in range(MOST):
        if other is None or line_of(other) != line:
            return
        yield other
        other = step(other)


def _preceding(element: Element) -> Element | None:
    """The element before an element, in document order."""
    before = element.getprevious()
    if before is None:
        return element.getparent()
    while len(before):
        before = before[-1]
    return before


def _next(element: Element) -> Element | None:
    """The element behind an element, in document order."""
    return element[0] if len(element) else following(element)


def _begins(piece: bytes, tag: str) -> bool:
    """Whether a piece is a start tag of this name, closed, and closed where it seems to be."""
    head, closed, _ = piece.partition(b">")
    name = _NAME.match(head)
    whole = closed and head.count(b'"') % 2 == 0 and head.count(b"'") % 2 == 0
    return bool(whole) and name is not None and name[0].lower() == tag.encode()


def _blinded(found: re.Match[bytes]) -> bytes:
    """A comment, or a script's content, with as many pieces and no tag in it."""
    return found[0].replace(b"<", b"< ") if found[1] is None else found[1] + found[2].replace(b"<", b"< ")
