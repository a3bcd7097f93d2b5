"""The words of a text as the index holds them, and where each of them stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from storage.text import comparable, fold, has_rare_marks

LONGEST = 64
"""Characters of a word; longer runs are no words but addresses and encoded bytes, found by their beginning."""

_WORD = re.compile(r"[^\W_]+")
# A word with the marks of its letters; U+02BC is an apostrophe to `fold`, whatever Unicode calls it.
_TOKEN = re.compile("[^\\W_\u02bc]+(?:[\u0300-\u036f]+[^\\W_\u02bc]*)*")


def cut(value: str) -> list[str]:
    """The words of a text as the index holds them: folded, letters and digits only."""
    if has_rare_marks(value):
        return [word[:LONGEST] for word in _WORD.findall(fold(value))]
    return [word for found in _TOKEN.findall(value) for word in _folded(found)]


def tokens(value: str) -> Iterator[tuple[int, int, str]]:
    """The same words, each with the place in `value` where it begins and the one behind its end."""
    if has_rare_marks(value):
        yield from _slowly(value)
        return
    for found in _TOKEN.finditer(value):
        for word in _folded(found.group()):
            yield found.start(), found.end(), word


def line(value: str) -> str:
    """The words of a text in one line, for `Term.stands_in`."""
    return f" {' '.join(cut(value))} "


def lines(value: str) -> tuple[str, str]:
    """The words of a text in one line, and the same with their accents as `accented` has them."""
    if has_rare_marks(value):
        return line(value), f" {' '.join(accented(value))} "
    both = [_both(found) for found in _TOKEN.findall(value)]
    return f" {' '.join([one for one, _ in both])} ", f" {' '.join([one for _, one in both])} "


def accented(value: str) -> list[str]:
    """The words of a text with their accents, each tone at its word's end: equal for `hoà` and `hòa`, not for `hoa`."""
    return [_with_accents(value[start:end]) for start, end, _ in tokens(value)]


@lru_cache(maxsize=65536)
def _both(word: str) -> tuple[str, str]:
    return " ".join(_folded(word)), _with_accents(word)


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
