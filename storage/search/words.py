"""The words of a text as the index holds them, and where each of them stands in the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import accumulate, chain
from operator import add

from storage.text import Remembered, comparable, fold, has_rare_marks

LONGEST = 64
"""Characters of a word; longer runs are no words but addresses and encoded bytes, found by their beginning."""

_PIECE = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+")
# A word with the marks of its letters; U+02BC is an apostrophe to `fold`, whatever Unicode calls it.
_TOKEN = re.compile("[^\\W_\u02bc]+(?:[\u0300-\u036f]+[^\\W_\u02bc]*)*")


def cut(value: str) -> list[str]:
    """The words of a text as the index holds them: folded, letters and digits only."""
    return list(chain.from_iterable(map(_CUT.__getitem__, value.split())))


def tokens(value: str) -> Iterator[tuple[int, int, str]]:
    """The same words, each with the place in `value` where it begins and the one behind its end."""
    if has_rare_marks(value):
        yield from _slowly(value)
        return
    for found in _TOKEN.finditer(value):
        for word in _folded(found.group()):
            yield found.start(), found.end(), word


def places(value: str, numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    """Where some words stand, by their numbers in `cut`: the same as `tokens` says, in a fraction of the time."""
    if not numbers:
        return {}
    pieces = value.split()
    starts = _starts(value, pieces)
    behind = list(accumulate(map(len, map(_CUT.__getitem__, pieces))))
    found = {}
    for number in numbers:
        piece = bisect_right(behind, number)
        words = list(tokens(pieces[piece]))
        at = number - (behind[piece - 1] if piece else 0)
        start, end, _ = words[min(at, len(words) - 1)]  # of a few scripts' letters `cut` makes two words
        found[number] = (starts[piece] + start, starts[piece] + end)
    return found


def _starts(value: str, pieces: list[str]) -> list[int]:
    """Where each piece begins: in a text that is kept one sign stands between two."""
    ends = list(accumulate(map(len, pieces)))
    if ends and ends[-1] + len(pieces) - 1 == len(value):
        return [0, *map(add, ends, range(1, len(pieces)))]
    return [found.start() for found in _PIECE.finditer(value)]


def line(value: str) -> str:
    """The words of a text in one line, for `Term.stands_in`."""
    return f" {' '.join(filter(None, map(_LINE.__getitem__, value.split())))} "


def lines(value: str) -> tuple[str, str]:
    """The words of a text in one line, and the same with their accents as `accented` has them."""
    both = [two for two in map(_BOTH.__getitem__, value.split()) if two[0]]
    return f" {' '.join([one for one, _ in both])} ", f" {' '.join([one for _, one in both])} "


def accented(value: str) -> list[str]:
    """The words of a text with their accents, each tone at its word's end: equal for `hoà` and `hòa`, not for `hoa`."""
    return [_with_accents(value[start:end]) for start, end, _ in tokens(value)]


def _cut(piece: str) -> tuple[str, ...]:
    if has_rare_marks(piece):
        return tuple(word[:LONGEST] for word in _WORD.findall(fold(piece)))
    return tuple(word for found in _TOKEN.findall(piece) for word in _folded(found))


def _line(piece: str) -> str:
    return " ".join(_cut(piece))


def _both(piece: str) -> tuple[str, str]:
    return _line(piece), " ".join(accented(piece))


_CUT, _LINE, _BOTH = Remembered(_cut), Remembered(_line), Remembered(_both)


@lru_cache(maxsize=65536)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(part[:LONGEST] for part in _WORD.findall(fold(word)))


def _slowly(value: str) -> Iterator[tuple[int, int, str]]:
    """Letter by letter, for marks that no alphabet of Viet Nam has."""
    start: int | None = None
    letters = ""
    for place, char in enumerate(value):
        if unicodedata.combining(char):
            continue
        plain = "".join(_WORD.findall(fold(char)))
        if plain:
            start = place if start is None else start
            letters += plain
        elif start is not None:
            yield start, place, letters[:LONGEST]
            start, letters = None, ""
    if start is not None:
        yield start, len(value), letters[:LONGEST]


@lru_cache(maxsize=65536)
def _with_accents(word: str) -> str:
    return comparable(word).lower()
