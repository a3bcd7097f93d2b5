"""Lists without what is marked as personal data: each text of a line, and the pieces of text round a hit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from access.masking import masked_address
from access.personal import MASK, masked, spans_in
from storage.reader import ArticleLine
from storage.search import Segment, Snippet


def veiled(line: ArticleLine) -> ArticleLine:
    """A line of a list as everybody may read it."""
    files = tuple(
        replace(file, name=masked(file.name), url=masked_address(file.url), snippet=_snippet(file.snippet))
        for file in line.files
    )
    return replace(
        line, url=masked_address(line.url), title=masked(line.title), lead=masked(line.lead), category=masked(line.category),
        heading=_heading(line.heading), files=files, snippet=_snippet(line.snippet),
    )  # fmt: skip


def _snippet(snippet: Snippet | None) -> Snippet | None:
    """The piece with masks, as the whole text has them: what marks a number may stand before the piece begins."""
    if snippet is None:
        return None
    spans = spans_in(snippet.text, snippet.start, snippet.end)
    places = [(max(0, start - snippet.start), end - snippet.start) for start, end in spans]
    return replace(snippet, segments=_segments(snippet.segments, places), text="")


def _heading(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    title = "".join(one.text for one in segments)
    return _segments(segments, spans_in(title, 0, len(title)))


def _segments(segments: Sequence[Segment], places: Sequence[tuple[int, int]]) -> tuple[Segment, ...]:
    """The segments with a mask for each place, wherever hits cut it."""
    shown: list[Segment] = []
    start = 0
    for one in segments:
        end = start + len(one.text)
        text, at = "", start
        for begin, behind in places:
            if behind <= start or begin >= end:
                continue
            text += one.text[at - start : max(begin, at) - start]
            text += MASK if start <= begin else ""
            at = min(behind, end)
        text += one.text[at - start :]
        if text:
            shown.append(Segment(text, one.hit))
        start = end
    return tuple(shown)
