"""An article's text as sentences and shingles: what two portals' versions of a story are compared by.

A shingle never reaches over the end of a sentence, so a sentence that was cut out, put in or left aside costs its own
shingles and no others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from zlib import crc32

from storage.text import fold

WORDS = 5
"""Words of a shingle."""

ENOUGH = 30
"""Shingles under which a text is too short to be told from another of its kind."""

RECURS = 3
"""Articles of a portal in which a sentence must stand to be one of its standing ones."""

_END = re.compile(r"(?<=[.!?…;])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, the digest of its folded words, and the digests of its shingles."""

    text: str
    key: int
    shingles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What an article tells: its title, and the sentences of its text in their order."""

    title: str
    sentences: tuple[Sentence, ...]


def content(title: str, paragraphs: Sequence[str]) -> Content:
    """An article's title and paragraphs, cut for comparison."""
    return Content(title, tuple(_sentence(text, words) for text, words in _cut(paragraphs)))


def standing(articles: Iterable[Sequence[str]]) -> frozenset[int]:
    """The keys of the sentences that recur over a portal's articles, each given as its paragraphs."""
    counts = Counter[int]()
    for paragraphs in articles:
        counts.update({_key(words) for _, words in _cut(paragraphs)})
    return frozenset(key for key, count in counts.items() if count >= RECURS)


def shingles(of: Content, without: frozenset[int] = frozenset()) -> frozenset[int]:
    """The digests of a text's shingles, `without` the sentences of these keys."""
    return frozenset(
        shingle for sentence in of.sentences if sentence.key not in without for shingle in sentence.shingles
    )


def similarity(one: Content, other: Content, without: frozenset[int]) -> float:
    """The Jaccard similarity of two texts, 0..1, `without` the standing sentences of both portals.

    0 where too little is left of either.
    """
    first, second = shingles(one, without), shingles(other, without)
    if min(len(first), len(second)) < ENOUGH:
        return 0.0
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def _cut(paragraphs: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The sentences of a text that hold words, each with its folded words."""
    for paragraph in paragraphs:
        for text in _END.split(paragraph):
            words = _WORD.findall(fold(text))
            if words:
                yield text, words


def _sentence(text: str, words: list[str]) -> Sentence:
    row = " ".join(words).encode()
    if len(words) <= WORDS:
        return Sentence(text, _digest(row), (crc32(row),))
    begins = [at + spaces for spaces, at in enumerate(accumulate(map(len, row.split(b" ")), initial=0))]
    spans = zip(begins, begins[WORDS:], strict=False)
    return Sentence(text, _digest(row), tuple([crc32(row[begin : behind - 1]) for begin, behind in spans]))


def _key(words: list[str]) -> int:
    return _digest(" ".join(words).encode())


def _digest(row: bytes) -> int:
    return int.from_bytes(blake2b(row, digest_size=8).digest())
