"""The index in PostgreSQL: a `tsvector` for each article, in a GIN index that knows which articles but not their order.

So common words are looked for among the newest articles first, and only what is rare there is asked of the whole index. A
phrase of common words would mean opening every article that holds them all: pairs of neighbours are words of their own.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from sqlalchemy import BigInteger, Connection, SelectBase, bindparam, column
from sqlalchemy import text as sql

from storage.search.asking import END, Question, joined
from storage.search.documents import ANY, FILES, Document, title_mark
from storage.search.query import Clause, Term
from storage.search.words import cut

POSITIONS = 16383
"""PostgreSQL counts no further; later words are found, but not in phrases."""

_GAP = 8  # positions between two parts, so that no phrase reaches from a title into the text
_MOST_BYTES = 900_000  # PostgreSQL refuses a tsvector over 1 MiB
_MOST_PLACES = 255  # and more places of one word
_SHORT = 3500
"""Words of a text that has no need to be measured: each has 256 bytes at most (64 letters of four)."""

Parts = Sequence[tuple[Sequence[str], str]]

_FEW = 256
"""Newest articles that are looked through one by one before anything else."""

_DEAR = 40
"""Rows that the index gives while one article is looked through."""

_ADD = sql("INSERT INTO article_search (sort_key, words) VALUES (:row, CAST(:words AS tsvector))")
_REMOVE = sql("DELETE FROM article_search WHERE sort_key = :row")
_EDGE = sql(
    "SELECT sort_key FROM article_search WHERE sort_key >= :floor AND sort_key < :below"
    " ORDER BY sort_key DESC OFFSET :size LIMIT 1"
)
_HOW_MANY = sql("SELECT reltuples FROM pg_class WHERE oid = CAST('article_search' AS regclass)")
_NEWEST = sql(
    "SELECT sort_key FROM article_search WHERE words @@ CAST(:expression AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below ORDER BY sort_key DESC LIMIT :most"
)
_OPENED = sql(
    "SELECT sort_key FROM (SELECT sort_key, words FROM article_search WHERE words @@ CAST(:rough AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below ORDER BY sort_key DESC OFFSET 0) AS known"
    " WHERE words @@ CAST(:expression AS tsquery) ORDER BY sort_key DESC LIMIT :most"
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
    """The newest rows that answer a question.

    What many articles answer is looked for among the newest articles, what few do in the index; the first `_FEW` tell which.
    """
    found: list[int] = []
    size, seen = _FEW, 0
    while size:
        rows, low = _looked_through(connection, question, size, most - len(found))
        found += rows
        if low is None or len(found) >= most:
            return found
        seen += size
        question = replace(question, below=low)
        size = _next_slice(connection, question, most - len(found), len(found) / seen)
    return [*found, *_of_index(connection, question, most - len(found))]


def _next_slice(connection: Connection, question: Question, wanted: int, share: float) -> int:
    """How many articles to look through next if so many are wanted and this share answers; 0: the index has them sooner.

    It gives all answers before the newest of them are known, and it knows no absence: without anything that must be there
    articles are all there is to look at.
    """
    if not (question.query.wanted or question.marks):
        return int(2 * wanted / share) + _FEW if share else END
    size = int(1.5 * wanted / share) + 16 if share else END
    return size if size * _DEAR < share * (connection.execute(_HOW_MANY).scalar() or 0) else 0


def _looked_through(
    connection: Connection, question: Question, size: int, most: int
) -> tuple[Sequence[int], int | None]:
    """The answers among the newest so many articles, and the last of these; None if there are no more."""
    span = {"floor": question.floor, "below": question.below}
    low = connection.execute(_EDGE, {**span, "size": size}).scalar() if size < END else None
    asked = {**span, "floor": question.floor if low is None else low, "most": most}
    with _without(connection, "bitmapscan"):
        rows = connection.execute(_NEWEST, {**asked, "expression": expression(question)}).scalars().all()
    return rows, low


def _of_index(connection: Connection, question: Question, most: int) -> Sequence[int]:
    """The newest of all answers that the index has.

    It does not know whether words make a phrase, nor in which part they stand. So what may be an answer is sorted first, and
    then opened, the newest first, until there are enough.
    """
    asked = {"floor": question.floor, "below": question.below, "most": most, "expression": expression(question)}
    rough = expression(question, rough=True)
    statement = _NEWEST if rough == asked["expression"] else _OPENED
    with _without(connection, "indexscan", "seqscan"):
        return connection.execute(statement, {**asked, "rough": rough}).scalars().all()


def found(question: Question) -> SelectBase:
    """A query for all rows that answer a question."""
    asked = {"expression": expression(question), "floor": question.floor, "below": question.below}
    return _ALL.bindparams(**asked).columns(column("sort_key", BigInteger)).subquery().select()


@contextmanager
def _without(connection: Connection, *ways: str) -> Iterator[None]:
    """Keep the planner from ways of finding rows: it takes the words of a phrase for independent, texts for short, and waits
    minutes."""
    for to in ("off", "on"):
        if to == "on":
            yield
        for way in ways:
            connection.execute(sql(f"SET LOCAL enable_{way} = {to}"))


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


def expression(question: Question, *, rough: bool = False) -> str:
    """The question as PostgreSQL is asked: everything typed stands in quotes and is letters and digits.

    `rough`: only what the index knows without opening articles, which finds these and perhaps others, too.
    """
    found = [_clause(clause, rough=rough) for clause in question.query.wanted]
    found += [joined([f"'{mark}'" for mark in group], " | ") for group in question.marks]
    for clause in question.query.unwanted:
        said = _clause(clause, rough=False)
        if not rough or said == _clause(clause, rough=True):
            found.append(f"!{said}")
    return joined(found or [f"'{ANY}'"], " & ")


def _clause(clause: Clause, *, rough: bool) -> str:
    return joined(["(" + " & ".join(_term(term, rough=rough) for term in way) + ")" for way in clause.ways], " | ")


def _term(term: Term, *, rough: bool) -> str:
    weight = {"title": "A", "file": "C"}.get(term.field, "")
    marks = [FILES] if weight == "C" else []
    if weight == "A" and not term.prefix:
        marks = [title_mark(word) for word in term.words]
    marks += [pair(*two) for two in pairwise(term.words)]
    end = f":{'*' if term.prefix else ''}{'' if rough else weight}".rstrip(":")
    said = joined([f"'{word}'{end}" for word in term.words], " & " if rough else " <-> ")
    alone = weight == "A" and not term.prefix and len(term.words) == 1
    return joined([*(f"'{mark}'" for mark in marks), *([] if alone else [said])], " & ")
