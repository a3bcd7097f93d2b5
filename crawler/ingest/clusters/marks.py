"""Salient tokens: the dates, numbers, amounts and names by which one story differs from the next of its form.

Two texts disagree when the same sentence stands in both with other tokens. A sentence that only one of them has says nothing:
it was cut, or put in.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from struct import pack, unpack

from crawler.ingest.clusters.content import Content
from storage.text import Remembered, fold

SHARED = 0.6
"""Share of the tokens of the text that has fewer that must stand in the other one too."""

EVIDENT = 10
"""Sentences that must agree in their tokens for one other figure to be a correction and not the next notice of a form."""

MOST = 400
"""Sentences and tokens that are kept; of longer texts those with the smallest digests, the same in every version."""

_PLAIN = 3  # words beside the tokens that make a sentence the same one; less is a row of a table
_MONTH = re.compile(r"(?i)\d\s+tháng")  # in each date, and sooner looked for
_DATE = re.compile(r"(?i)\b(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm\s+(\d{4}))?")
_TOKEN = re.compile(r"\d[\w/.,:%-]*[\w%]|\d|[^\W\d_]+")
_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_NUMBER = re.compile(r"#[^ ]+")  # in a line of folded words
_NAMES = re.compile(r"@[^ ]+(?: @[^ ]+)*")
_TWO_NAMES = re.compile(r"@[^ ]+ @")
_MARKED = re.compile(f"{_NUMBER.pattern}|{_NAMES.pattern}")

Mark = tuple[int, int, int]
"""Digests of a sentence without its tokens, of the tokens, and of those among them that nobody corrects: dates, document
numbers and names."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is salient in a text: its sentences and the title as `Mark`s (a title without tokens as zeros), and all tokens."""

    title: Mark
    sentences: frozenset[Mark]
    tokens: frozenset[int]


def marks(of: Content, without: frozenset[int] = frozenset()) -> Marks:
    """The salient tokens of an article, `without` the sentences of these keys."""
    found_in: set[Mark] = set()
    tokens: set[str] = set()
    for sentence in of.sentences:
        if sentence.key in without:
            continue
        skeleton, found = _read(sentence.text)
        tokens.update(found)
        if found and skeleton.count(" ") + 1 - skeleton.count("#") - skeleton.count("@") >= _PLAIN:
            found_in.add(_mark(skeleton, found))
    skeleton, found = _read(of.title)
    title = _mark(skeleton, found) if found else (0, 0, 0)
    digests = sorted(map(_digest, filter(_is_telling, tokens)))
    return Marks(title, frozenset(sorted(found_in)[:MOST]), frozenset(digests[:MOST]))


def agree(one: Marks, other: Marks) -> bool:
    """Whether two texts of the same wording tell of the same dates, numbers, amounts and people."""
    if one.title[0] == other.title[0] and one.title != other.title:
        return False
    same, corrected, different = _compared(one.sentences, other.sentences)
    if different or corrected > (same >= EVIDENT):
        return False
    fewer = min(len(one.tokens), len(other.tokens))
    return len(one.tokens & other.tokens) >= SHARED * fewer


def packed(these: Marks) -> bytes:
    """The marks as bytes, for `unpacked`."""
    sentences = [number for mark in sorted(these.sentences) for number in mark]
    numbers = (*these.title, len(sentences), *sentences, *sorted(these.tokens))
    return pack(f"<{len(numbers)}I", *numbers)


def unpacked(data: bytes) -> Marks:
    """The marks that `packed` wrote."""
    numbers = unpack(f"<{len(data) // 4}I", data)
    title, count, rest = numbers[:3], numbers[3], numbers[4:]
    sentences = zip(rest[:count:3], rest[1:count:3], rest[2:count:3], strict=True)
    return Marks((title[0], title[1], title[2]), frozenset(sentences), frozenset(rest[count:]))


def _compared(one: Iterable[Mark], other: Iterable[Mark]) -> tuple[int, int, int]:
    """Of the sentences that both texts have: how many agree, how many differ in a figure, how many in more than that."""
    mine, theirs = _by_skeleton(one), _by_skeleton(other)
    same = corrected = different = 0
    for skeleton in mine.keys() & theirs.keys():
        shared = mine[skeleton] & theirs[skeleton]
        mine_only, theirs_only = mine[skeleton] - shared, theirs[skeleton] - shared
        unlike = min(len(mine_only), len(theirs_only))
        figures = min(unlike, len({firm for _, firm in mine_only} & {firm for _, firm in theirs_only}))
        same, corrected, different = same + len(shared), corrected + figures, different + unlike - figures
    return same, corrected, different


def _by_skeleton(sentences: Iterable[Mark]) -> dict[int, set[tuple[int, int]]]:
    found = defaultdict[int, set[tuple[int, int]]](set)
    for skeleton, tokens, firm in sentences:
        found[skeleton].add((tokens, firm))
    return found


def _read(sentence: str) -> tuple[str, list[str]]:
    """A sentence's words in a line, with `#` and `@` for its numbers and names (words with capitals in a row), and these in
    their order. A capital at the beginning of a sentence alone is no name.
    """
    pieces = (_DATE.sub(_short_date, sentence) if _MONTH.search(sentence) else sentence).split()
    line = " ".join(filter(None, map(_TOKENS.__getitem__, pieces)))
    if line.startswith("@") and not _TWO_NAMES.match(line):
        line = line[1:]
    found = [token[1:].replace(" @", " ") for token in _MARKED.findall(line)]
    return (_NAMES.sub("@", _NUMBER.sub("#", line)) if found else line), found


def _tokens(piece: str) -> str:
    return " ".join(map(_token, _TOKEN.findall(piece)))


def _token(word: str) -> str:
    """A word, folded: behind `#` if it is a number, behind `@` if it has a capital."""
    if word[0].isupper() and not (len(word) > 1 and word.isupper()):
        return "@" + fold(word)
    return "#" + _ZEROS.sub("", fold(word)) if word[0].isdigit() else fold(word)


_TOKENS = Remembered(_tokens)  # by what stands between spaces, which no token crosses


def _short_date(found: re.Match[str]) -> str:
    return "/".join(part for part in found.groups() if part)


def _is_telling(token: str) -> bool:
    """Whether a token is no small number and no single word: those agree by chance."""
    return sum(char.isdigit() for char in token) > 1 if token[0].isdigit() else " " in token


def _mark(skeleton: str, tokens: list[str]) -> Mark:
    firm = [token for token in tokens if not token[0].isdigit() or "/" in token]
    return _digest(skeleton), _digest("\n".join(tokens)), _digest("\n".join(firm))


def _digest(text: str) -> int:
    return zlib.crc32(text.encode())
