"""Lists without what is marked as personal data: titles, leads and the pieces of text round a hit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from access.personal import MASK, find, masked
from storage.reader import ArticleLine
from storage.search import Segment, Snippet


def veiled(line: ArticleLine) -> ArticleLine:
    """A line of a list as everybody may read it."""
    files = tuple(replace(file, name=masked(file.name), snippet=_snippet(file.snippet)) for file in line.files)
    return replace(
        line, title=masked(line.title), lead=masked(line.lead), heading=_segments(line.heading), files=files,
        snippet=_snippet(line.snippet),
    )  # fmt: skip


def _snippet(snippet: Snippet | None) -> Snippet | None:
    return replace(snippet, segments=_segments(snippet.segments)) if snippet else None


def _segments(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments with a mask for each place, wherever hits cut it."""
    places = find(["".join(one.text for one in segments)])
    shown: list[Segment] = []
    start = 0
    for one in segments:
        end = start + len(one.text)
        text, at = "", start
        for place in places:
            if place.end <= start or place.start >= end:
                continue
            text += one.text[at - start : max(place.start, at) - start]
            text += MASK if start <= place.start else ""
            at = min(place.end, end)
        text += one.text[at - start :]
        if text:
            shown.append(Segment(text, one.hit))
        start = end
    return tuple(shown)
