"""What of a page's source a reading is taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Flow, Node
from crawler.ingest.ground.source import Source, following
from crawler.ingest.ground.spans import Ground, Span
from crawler.ingest.pages import Page

LINES, LETTERS = 60_000, 2_000
"""Lines of a source that may be told apart (libxml2 counts no further than 65,535), and letters of a ground that is kept."""


@dataclass(frozen=True, slots=True)
class Footing:
    """What of a page a reading takes: the lines `text` of headline, text and files, in order; the lines `beside` them that may
    sign it; of the lines `near` them no more than days and names; the elements `named` that give a date.
    """

    text: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    named: tuple[Element, ...] = ()


def ground_of(page: Page, body: bytes, footing: Footing, *, claimed: bool, fresh: bool) -> str:
    """The ground of a reading of `body`, packed; empty where the source does not tell. See `Ground`."""
    source, flow = Source(body), page.flow
    if not footing.text or len(source.lines) > LINES or b"\0" in body or b"</" not in body:
        return ""
    first, last = footing.text[0], footing.text[-1]
    main = _place(source, flow, (first, last))
    text = [_held(flow, number) for number in (*footing.text, *footing.beside)]
    apart = {number for number in footing.near if all(map(_part(_held(flow, number)), text))}
    near = [_place(source, flow, run) for run in _runs(apart) if _is_told(source, flow, run)]
    others = {number for number in (*footing.near, *footing.beside) if not first <= number <= last}
    strict = [_place(source, flow, run) for run in _runs(others)]
    data = (script for script in page.told["script"] if "json" in (script.get("type") or "").lower())
    named = [source.whole(element) for element in (*footing.named, *data)]
    head = source.start(flow.root.element)
    if not head < main[0] < main[1]:
        return ""
    packed = Ground(len(source.lines), head, claimed, fresh, _joined([main, *strict, *named]), _joined(near)).pack()
    return packed if len(packed) <= LETTERS else ""


def _place(source: Source, flow: Flow, numbers: Sequence[int]) -> Span:
    """From the block in which the first of some lines stands to the end of the last one's, or a block that begins behind it."""
    first, last = flow.lines[numbers[0]].node.element, flow.lines[numbers[-1]].node.element
    behind = _behind(flow, numbers[-1])
    return source.start(first), source.end(last) if behind is None else source.before(behind.element)


def _is_told(source: Source, flow: Flow, numbers: Sequence[int]) -> bool:
    """Whether it can be told to the piece where some lines begin and end."""
    behind = _behind(flow, numbers[-1])
    after = following(flow.lines[numbers[-1]].node.element) if behind is None else behind.element
    edges = (flow.lines[numbers[0]].node.element, after)
    return all(edge is not None and source.piece(edge) is not None for edge in edges)


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


def _runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in order, those that follow each other together."""
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda one: one[1] - one[0]):
        yield [number for _, number in run]


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)
