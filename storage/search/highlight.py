"""Where a text holds what was asked for. Places are those of the original text; what is returned is text, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from storage.search.query import Field, Query, Term
from storage.search.words import cut, places

WIDTH = 240
"""Characters of a snippet, about three lines."""

_LOOKED_THROUGH = 200_000  # characters of a text in which hits are looked for


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, `hit` if it is what was asked for. Whoever shows it as HTML must escape it."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """The piece of `text` from `start` to `end`, cut into segments. What it means may stand in the text around it."""

    start: int
    end: int
    segments: tuple[Segment, ...]
    text: str


def marked(text: str, query: Query, *, field: Field = "") -> tuple[Segment, ...]:
    """A whole text in segments."""
    return _segments(text, 0, len(text), [span for span, _ in _hits(text, query, field)])


def snippet(text: str, query: Query, *, field: Field = "", width: int = WIDTH) -> Snippet:
    """The piece of a text, of about `width` characters, that holds most of what was asked for; its beginning if none does."""
    hits = _hits(text, query, field)
    start = _best_start(hits, width)
    start, end = _at_words(text, start, start + width)
    return Snippet(start, end, _segments(text, start, end, [span for span, _ in hits]), text)


_Hit = tuple[tuple[int, int], int]  # from, to; which term


def _hits(text: str, query: Query, field: Field) -> list[_Hit]:
    """The places of all terms that are wanted, in the order of the text."""
    terms = [term for clause in query.wanted for term in clause.terms if term.field in ("", field)]
    words = cut(text[:_LOOKED_THROUGH]) if terms else []
    ends = [
        (place, place + len(term.words) - 1, number)
        for number, term in enumerate(terms)
        for place in _places(words, term)
    ]
    spans = places(text[:_LOOKED_THROUGH], {place for first, last, _ in ends for place in (first, last)})
    return sorted(((spans[first][0], spans[last][1]), number) for first, last, number in ends)


def _places(words: list[str], term: Term) -> list[int]:
    if term.prefix:
        return [place for place, word in enumerate(words) if word.startswith(term.words[0])]
    whole, found = list(term.words), list[int]()
    with suppress(ValueError):  # no more of them
        while True:
            place = words.index(whole[0], found[-1] + 1 if found else 0)
            found.append(place)
    return found if len(whole) == 1 else [place for place in found if words[place : place + len(whole)] == whole]


def _best_start(hits: Sequence[_Hit], width: int) -> int:
    """A little before the first of those hits that together show most terms in one piece."""
    best, where = 0, 0
    for number, ((start, _), _) in enumerate(hits):
        inside = {term for (begin, end), term in hits[number : number + 50] if end <= start + width * 3 // 4}
        if len(inside) > best:
            best, where = len(inside), start
    return max(0, where - width // 4)


def _at_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The piece so that no word is cut in two."""
    if start:
        space = text.find(" ", start, start + 40)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", max(start, end - 40), end)
        end = space if space > start else end
    return start, min(end, len(text))


def _segments(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> tuple[Segment, ...]:
    parts: list[Segment] = []
    place = start
    for low, high in spans:
        low, high = max(low, place), min(high, end)
        if low >= high:
            continue
        if low > place:
            parts.append(Segment(text[place:low]))
        if parts and parts[-1].hit and low == place:
            parts[-1] = Segment(parts[-1].text + text[low:high], hit=True)
        else:
            parts.append(Segment(text[low:high], hit=True))
        place = high
    if place < end:
        parts.append(Segment(text[place:end]))
    return tuple(parts)
