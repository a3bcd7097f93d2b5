"""The words of a text with their places, however they are spelled: plain, as entities, escapes of JSON or of addresses.

A string is told by the letters and digits of consecutive words alone. So `0912 345 678`, `0912.345.678` and `0912345678`
are one, and so are `NGUYỄN VĂN A`, `Nguyễn&nbsp;<b>Văn</b> A` and `nguyen van a`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from storage.text import fold

_PLAIN = re.compile(r"[^\W\d_]+|\d+")
_UNIT = r"&(?:\#\d+|\#x[0-9a-f]+|[a-z][a-z0-9]*);|\\u[0-9a-f]{4}|(?:%[0-9a-f]{2})+"
_SPELLED = re.compile(rf"\\[^u]|(?P<word>(?:[^\W\d_]|{_UNIT})+|\d+)", re.IGNORECASE)
_BESIDE_TAGS = re.compile(rf"<[^<>]*>|\\[^u]|(?P<word>(?:[^\W\d_]|{_UNIT})+|\d+)", re.IGNORECASE)
_UNITS = re.compile(rf"{_UNIT}|.", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|em|font|i|ins|mark|o:p|s|small|span|strong|sub|sup|u|wbr)\b[^<>]*>", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
_BOUNDARY = re.compile(r'[<>"=]')


@dataclass(frozen=True, slots=True)
class Words:
    """The letters of a text in one string, without case and marks; for each word where its letters begin in it, and where it
    stands in the text. `marked` is the text, if it is markup."""

    letters: str
    begins: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def ends(self) -> dict[int, int]:
        """Where the letters of a word end, and which word it is."""
        return {end: number for number, end in enumerate((*self.begins[1:], len(self.letters)))}


def plain(text: str) -> Words:
    """The words of a text that is none but text."""
    return _joined((_folded(found.group()), found.span()) for found in _PLAIN.finditer(text))


def spelled(text: str, *, tags: bool) -> Words:
    """The words of markup, JSON or an address. With `tags` those within tags too, else the text beside them."""
    found: list[tuple[str, tuple[int, int]]] = []
    for match in (_SPELLED if tags else _BESIDE_TAGS).finditer(text):
        word = match["word"]
        if word is None:
            continue
        if word.isalnum():
            found.append((_folded(word), match.span("word")))
        else:
            found += _units(word, match.start("word"))
    return _joined(found)


def together(text: str, *, tags: bool, start: int, end: int) -> bool:
    """Whether what stands from `start` to `end` in markup is one run of text that nothing but its look cuts apart."""
    span = text[start:end]
    return not _BOUNDARY.search(span) if tags else not _TAG.search(_INLINE.sub("", span))


def tags_in(text: str) -> str:
    """The tags of a span, without its text."""
    return "".join(_TAG.findall(text))


def with_marks(text: str, end: int) -> int:
    """`end`, behind the combining marks of the last letter."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _units(word: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The words that a run of letters and spelled signs makes: mostly one."""
    letters, began, last = "", start, start
    for unit in _UNITS.finditer(word):
        for char in _meant(unit.group()):
            if char.isalnum():
                began = began if letters else start + unit.start()
                letters += char
                last = start + unit.end()
            elif letters and not unicodedata.combining(char):
                yield fold(letters), (began, last)
                letters = ""
    if letters:
        yield fold(letters), (began, last)


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else _folded_letters(word)


@lru_cache(maxsize=20_000)
def _folded_letters(word: str) -> str:
    return fold(word)


def _meant(unit: str) -> str:
    if unit[0] == "&":
        return html.unescape(unit)
    if unit[0] == "\\" and len(unit) == 6:
        return chr(int(f"0x{unit[2:]}", 0))
    return unquote(unit, errors="ignore") if unit[0] == "%" else unit


def _joined(words: Iterable[tuple[str, tuple[int, int]]]) -> Words:
    parts: list[str] = []
    begins: list[int] = []
    places: list[tuple[int, int]] = []
    total = 0
    for letters, place in words:
        if letters:
            parts.append(letters)
            begins.append(total)
            places.append(place)
            total += len(letters)
    return Words("".join(parts), tuple(begins), tuple(places))
