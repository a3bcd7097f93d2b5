"""An article's text as sentences and shingles: what two portals' versions of a story are compared by.

A shingle never reaches over the end of a sentence, so a sentence that was cut out, put in or left aside costs its own
shingles and no others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, chain
from zlib import crc32

from storage.text import Remembered, fold

WORDS = 5
"""Words of a shingle."""

ENOUGH = 30
"""Shingles under which a text is too short to be told from another of its kind."""

RECURS = 3
"""Articles of a portal in which a sentence must stand to be one of its standing ones."""

_REMEMBERED = 1000
"""Characters up to which it is remembered how a paragraph is cut: first for what stands on a portal, then for its article."""

_END = re.compile(r"[.!?…;\n](?:(?<=\n)\n*|\s+)")  # a mark and white space behind it, or ends of lines
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


def content(title: str, paragraphs: Sequence[str], without: frozenset[int] = frozenset()) -> Content:
    """An article's title and paragraphs, cut for comparison, `without` the sentences of these keys."""
    rows = [(text, words.encode()) for text, words in _cut(paragraphs)]
    keys = [_digest(row) for _, row in rows]
    return Content(
        title,
        tuple(
            [
                Sentence(text, key, _shingles(row))
                for (text, row), key in zip(rows, keys, strict=True)
                if key not in without
            ]
        ),
    )


def standing(articles: Iterable[Sequence[str]]) -> frozenset[int]:
    """The keys of the sentences that recur over a portal's articles, each given as its paragraphs."""
    counts = Counter[str]()
    for paragraphs in articles:
        counts.update({words for _, words in _cut(paragraphs)})
    return frozenset(_digest(words.encode()) for words, count in counts.items() if count >= RECURS)


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


def _cut(paragraphs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The sentences of a text that hold words, each with its folded words in a line."""
    return chain.from_iterable(
        _cut_before(paragraph) if len(paragraph) <= _REMEMBERED else _cut_one(paragraph) for paragraph in paragraphs
    )


def _cut_one(paragraph: str) -> tuple[tuple[str, str], ...]:
    cut = ((text, " ".join(filter(None, map(_WORDS.__getitem__, text.split())))) for text in _sentences(paragraph))
    return tuple([(text, words) for text, words in cut if words])


_cut_before = lru_cache(maxsize=2048)(_cut_one)


def _sentences(paragraph: str) -> Iterator[str]:
    begin = 0
    for end in _END.finditer(paragraph):
        yield paragraph[begin : end.start() + 1]
        begin = end.end()
    yield paragraph[begin:]


def _words(piece: str) -> str:
    return " ".join(_WORD.findall(fold(piece)))


_WORDS = Remembered(_words)  # by what stands between spaces, which no word crosses


def _shingles(row: bytes) -> tuple[int, ...]:
    """The digests of a sentence's shingles, by its folded words in a line."""
    lengths = [len(word) for word in row.split(b" ")]
    if len(lengths) <= WORDS:
        return (crc32(row),)
    begins = [at + spaces for spaces, at in enumerate(accumulate(lengths, initial=0))]
    return tuple([crc32(row[begin : behind - 1]) for begin, behind in zip(begins, begins[WORDS:], strict=False)])


def _digest(row: bytes) -> int:
    return int.from_bytes(blake2b(row, digest_size=8).digest())
