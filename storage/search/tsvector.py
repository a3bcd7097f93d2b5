"""The index in PostgreSQL: a `tsvector` for each article, in a GIN index that knows which articles but not their order.

So common words are looked for among the newest articles first, and only what is rare there is asked of the whole index. A
phrase of common words would mean opening every article that holds them all: pairs of neighbours are words of their own.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from sqlalchemy import BigInteger, Connection, SelectBase, bindparam, column
from sqlalchemy import text as sql

from storage.search.asking import Question, joined
from storage.search.documents import ANY, FILES, Document, title_mark
from storage.search.query import Clause, Term
from storage.search.words import cut

POSITIONS = 16383
"""PostgreSQL counts no further; later words are found, but not in phrases."""

_GAP = 8  # positions between two parts, so that no phrase reaches from a title into the text
_MOST_BYTES = 900_000  # PostgreSQL refuses a tsvector over 1 MiB
_MOST_PLACES = 255  # and more places of one word
_SHORT = 4000
"""Words of a text that has no need to be measured: each has 200 bytes at most."""

Parts = Sequence[tuple[Sequence[str], str]]

_SLICES = (256, 4096)
"""Newest articles that are looked through one by one before the whole index is asked."""

_ADD = sql("INSERT INTO article_search (sort_key, words) VALUES (:row, CAST(:words AS tsvector))")
_REMOVE = sql("DELETE FROM article_search WHERE sort_key = :row")
_EDGE = sql(
    "SELECT sort_key FROM article_search WHERE sort_key >= :floor AND sort_key < :below"
    " ORDER BY sort_key DESC OFFSET :size LIMIT 1"
)
_NEWEST = sql(
    "SELECT sort_key FROM article_search WHERE words @@ CAST(:expression AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below ORDER BY sort_key DESC LIMIT :most"
)

_ALL = sql(
    "SELECT sort_key FROM article_search WHERE words @@ CAST(:expression AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below"
).bindparams(*(bindparam(name, unique=True) for name in ("expression", "floor", "below")))


def add(connection: Connection, documents: Sequence[Document]) -> None:
    """Put articles into the index."""
    connection.execute(_ADD, [{"row": document.sort_key, "words": vector(document)} for document in documents])


def remove(connection: Connection, document: Document) -> None:
    """Take an article out."""
    connection.execute(_REMOVE, {"row": document.sort_key})


def clear(connection: Connection) -> None:
    """Empty the index."""
    connection.execute(sql("DELETE FROM article_search"))


def newest(connection: Connection, question: Question, most: int) -> list[int]:
    """The newest rows that answer a question."""
    asked = {"expression": expression(question), "floor": question.floor}
    found: list[int] = []
    below = question.below
    for size in _slices(question):
        edge = connection.execute(_EDGE, {"floor": question.floor, "below": below, "size": size}).scalar()
        low = question.floor if edge is None else edge
        span = {**asked, "floor": low, "below": below, "most": most - len(found)}
        with _by(connection, "bitmapscan"):
            found += connection.execute(_NEWEST, span).scalars()
        below = low
        if edge is None or len(found) >= most:
            return found
        if not found:
            break  # it is rare: the whole index knows it sooner
    with _by(connection, "indexscan"):
        found += connection.execute(_NEWEST, {**asked, "below": below, "most": most - len(found)}).scalars()
    return found


def found(question: Question) -> SelectBase:
    """A query for all rows that answer a question."""
    asked = {"expression": expression(question), "floor": question.floor, "below": question.below}
    return _ALL.bindparams(**asked).columns(column("sort_key", BigInteger)).subquery().select()


def _slices(question: Question) -> tuple[int, ...]:
    """A question without anything that must be there is asked of the articles alone: the index knows no absence."""
    if question.query.wanted or question.marks:
        return _SLICES
    return (*_SLICES, 65536, 2**31)


class _by:  # noqa: N801 - reads as a function
    """Keep the planner from a way of finding rows: it takes the words of a phrase for independent, and waits minutes."""

    def __init__(self, connection: Connection, avoided: str) -> None:
        self._connection, self._avoided = connection, avoided

    def __enter__(self) -> None:
        self._set("off")

    def __exit__(self, *failure: object) -> None:
        if failure[0] is None:
            self._set("on")

    def _set(self, to: str) -> None:
        self._connection.execute(sql(f"SET LOCAL enable_{self._avoided} = {to}"))


# --- writing --------------------------------------------------------------------------------------------------------


def vector(document: Document) -> str:
    """The words with their positions as PostgreSQL writes them; written here so that no parser of its own cuts them."""
    title = cut(document.title)
    parts = ((title, "A"), (cut(document.text), ""), (cut(document.attachments), "C"))
    places: dict[str, list[str]] = {mark: [] for mark in document.marks(title)}
    short = sum(len(words) for words, _ in parts) <= _SHORT
    (_put_all if short else _put_some)(places, parts)
    return " ".join(f"'{word}':{','.join(at)}" if at else f"'{word}'" for word, at in places.items())


def _put_all(places: dict[str, list[str]], parts: Parts) -> None:
    """Each word with its places, and each pair, of a text that is too short for PostgreSQL's bounds."""
    pairs = set[str]()
    position = 1
    for words, weight in parts:
        for at, word in enumerate(words, position):
            if (before := places.get(word)) is None:
                places[word] = [f"{at}{weight}"]
            elif len(before) < _MOST_PLACES:
                before.append(f"{at}{weight}")
        pairs.update(map(pair, words, words[1:]))
        position += len(words) + _GAP
    places.update((token, []) for token in pairs)


def _put_some(places: dict[str, list[str]], parts: Parts) -> None:
    """The same of a long text, as much as PostgreSQL takes."""
    size = sum(len(mark.encode()) + 8 for mark in places)
    position = 0
    for words, weight in parts:
        for number, word in enumerate(words):
            position += 1
            for token in (word, pair(words[number - 1], word)) if number and position <= POSITIONS else (word,):
                if token not in places:
                    size += len(token.encode()) + 8
                    if size > _MOST_BYTES:
                        continue
                    places[token] = []
            if position <= POSITIONS and word in places and len(places[word]) < _MOST_PLACES:
                size += 2
                places[word].append(f"{position}{weight}")
        position += _GAP


@lru_cache(maxsize=1 << 17)
def pair(first: str, second: str) -> str:
    """The token for two words side by side: 24 bits of a checksum, since every article has hundreds."""
    checksum = crc32(f"{first} {second}".encode()).to_bytes(4, "big")
    return f"~{urlsafe_b64encode(checksum[1:]).decode()}"


# --- asking ---------------------------------------------------------------------------------------------------------


def expression(question: Question) -> str:
    """The question as PostgreSQL is asked: everything typed stands in quotes and is letters and digits."""
    found = [_clause(clause) for clause in question.query.wanted]
    found += [joined([f"'{mark}'" for mark in group], " | ") for group in question.marks]
    found += [f"!{_clause(clause)}" for clause in question.query.unwanted]
    return joined(found or [f"'{ANY}'"], " & ")


def _clause(clause: Clause) -> str:
    return joined(["(" + " & ".join(_term(term) for term in way) + ")" for way in clause.ways], " | ")


def _term(term: Term) -> str:
    weight = {"title": "A", "file": "C"}.get(term.field, "")
    marks = [FILES] if weight == "C" else []
    if weight == "A" and not term.prefix:
        marks = [title_mark(word) for word in term.words]
    marks += [pair(*two) for two in pairwise(term.words)]
    end = f":{'*' if term.prefix else ''}{weight}".rstrip(":")
    said = joined([f"'{word}'{end}" for word in term.words], " <-> ")
    alone = weight == "A" and not term.prefix and len(term.words) == 1
    return joined([*(f"'{mark}'" for mark in marks), *([] if alone else [said])], " & ")
