"""Asking PostgreSQL: its GIN index knows which articles answer, but not in what order.

So common words are looked for among the newest articles first, and only what is rare there is asked of the whole index. It is
not asked for the articles of many portals: it would look at the lists of all of them for each answer.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, Connection, SelectBase, bindparam, column
from sqlalchemy import text as sql

from storage.search.asking import END, Question, joined
from storage.search.documents import ANY, FILES, mark, title_mark
from storage.search.query import Clause, Term

_FEW = 256
"""Newest articles that are looked through one by one before anything else."""

_DEAR = 40
"""Rows that the index gives while one article is looked through."""

_NAMED = 32
"""Portals that the index is asked for by name; of more the rows of articles tell which are theirs."""

_EACH = 8
"""Newest articles of each portal that are taken at a time, at least."""

_MOST = 5_000
"""Newest articles of some portals that are taken at a time, at most."""

_EDGE = sql(
    "SELECT sort_key FROM article_search WHERE sort_key >= :floor AND sort_key < :below"
    " ORDER BY sort_key DESC OFFSET :size LIMIT 1"
)
_HOW_MANY = sql("SELECT reltuples FROM pg_class WHERE oid = CAST('article_search' AS regclass)")
_ROUGHLY = sql(
    "SELECT count(*) FROM (SELECT words FROM article_search WHERE sort_key >= :floor AND sort_key < :below"
    " ORDER BY sort_key DESC LIMIT :size) AS newest WHERE words @@ CAST(:rough AS tsquery)"
)
_NEWEST = sql(
    "SELECT sort_key FROM article_search WHERE words @@ CAST(:expression AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below ORDER BY sort_key DESC LIMIT :most"
)
_OPENED = sql(
    "SELECT sort_key FROM (SELECT sort_key, words FROM article_search WHERE words @@ CAST(:rough AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below ORDER BY sort_key DESC OFFSET 0) AS known"
    " WHERE words @@ CAST(:expression AS tsquery) ORDER BY sort_key DESC LIMIT :most"
)

# Among portals that may have more than their newest `each`, the newest last one of these says how far the list is whole.
_THEIRS = sql(
    "WITH theirs AS MATERIALIZED (SELECT asked.portal, own.sort_key"
    " FROM unnest(CAST(:portals AS text[])) AS asked(portal) CROSS JOIN LATERAL (SELECT sort_key FROM article"
    " WHERE article.portal = asked.portal AND sort_key >= :floor AND sort_key < :below"
    " ORDER BY sort_key DESC LIMIT :each) AS own),"
    " edge AS (SELECT max(last) AS last FROM"
    " (SELECT min(sort_key) AS last FROM theirs GROUP BY portal HAVING count(*) = :each) AS cut)"
    " SELECT sort_key, edge.last FROM theirs CROSS JOIN edge WHERE edge.last IS NULL OR sort_key >= edge.last"
    " ORDER BY sort_key DESC LIMIT :size"
)
_AMONG = sql(
    "SELECT sort_key FROM article_search WHERE sort_key = ANY(:keys) AND words @@ CAST(:expression AS tsquery)"
    " ORDER BY sort_key DESC LIMIT :most"
)
# Sums keep the index of keys away from the index of words. Rows say whose they are, from the newest on, until there are enough.
_OPENED_OF = sql(
    "SELECT key FROM (SELECT key, words FROM (SELECT sort_key + 0 AS key, words FROM article_search"
    " WHERE words @@ CAST(:rough AS tsquery) AND sort_key + 0 >= :floor AND sort_key + 0 < :below"
    " ORDER BY key DESC OFFSET 0) AS known"
    " WHERE (SELECT portal FROM article WHERE article.sort_key = known.key) = ANY(:portals)"
    " ORDER BY key DESC OFFSET 0) AS theirs"
    " WHERE words @@ CAST(:expression AS tsquery) ORDER BY key DESC LIMIT :most"
)

_ALL = sql(
    "SELECT sort_key FROM article_search WHERE words @@ CAST(:expression AS tsquery)"
    " AND sort_key >= :floor AND sort_key < :below"
).bindparams(*(bindparam(name, unique=True) for name in ("expression", "floor", "below")))

Looked = tuple[Sequence[int], int, int | None]
"""Answers among some newest articles, how many these were, and the last of them; None if there are no more."""


def newest(connection: Connection, question: Question, most: int) -> list[int]:
    """The newest rows that answer a question.

    What many articles answer is looked for among the newest articles, what few do in the index; the first `_FEW` tell which.
    """
    found: list[int] = []
    size, seen = _FEW, 0
    while size:
        look = _looked_through if question.portals is None else _looked_through_theirs
        rows, looked, low = look(connection, question, size, most - len(found))
        found += rows
        if low is None or len(found) >= most:
            return found
        seen += looked
        question = replace(question, below=low)
        size = _next_slice(connection, question, most - len(found), len(found) / seen)
    return [*found, *_of_index(connection, question, most - len(found))]


def found(question: Question) -> SelectBase:
    """A query for all rows that answer a question."""
    asked = {"expression": expression(question), "floor": question.floor, "below": question.below}
    return _ALL.bindparams(**asked).columns(column("sort_key", BigInteger)).subquery().select()


def _next_slice(connection: Connection, question: Question, wanted: int, share: float) -> int:
    """How many articles to look through next if so many are wanted and this share answers; 0: the index has them sooner.

    It gives all answers before the newest of them are known, and it knows no absence: without anything that must be there
    articles are all there is to look at.
    """
    if not (question.query.wanted or question.marks):
        return int(2 * wanted / share) + _FEW if share else END
    if not share:
        return 0
    size = int(1.5 * wanted / share) + 16
    total = connection.execute(_HOW_MANY).scalar() or 0
    return size if any(size * _DEAR < given * total for given in _given(connection, question, share)) else 0


def _given(connection: Connection, question: Question, share: float) -> Iterator[float]:
    """The share of articles that the index gives: those that answer; if it cannot tell these, what it takes for them."""
    yield share
    rough = expression(
        replace(question, query=replace(question.query, unwanted=())), rough=True
    )  # it goes through these
    if rough != expression(question) or (question.portals is not None and len(question.portals) > _NAMED):
        span = {"floor": question.floor, "below": question.below, "size": _FEW}
        with _without(connection, "bitmapscan"):
            yield connection.execute(_ROUGHLY, {**span, "rough": rough}).scalar_one() / _FEW


def _looked_through(connection: Connection, question: Question, size: int, most: int) -> Looked:
    span = {"floor": question.floor, "below": question.below}
    low = connection.execute(_EDGE, {**span, "size": size}).scalar() if size < END else None
    asked = {**span, "floor": question.floor if low is None else low, "most": most}
    with _without(connection, "bitmapscan"):
        rows = connection.execute(_NEWEST, {**asked, "expression": expression(question)}).scalars().all()
    return rows, size, low


def _looked_through_theirs(connection: Connection, question: Question, size: int, most: int) -> Looked:
    """The same of the articles of some portals, wherever they lie among the others'."""
    keys, low = _theirs(connection, question, size)
    rows: Sequence[int] = keys[:most]
    if question.is_of_words:
        asked = {"keys": keys, "most": most, "expression": expression(replace(question, portals=None))}
        with _without(connection, "bitmapscan"):
            rows = connection.execute(_AMONG, asked).scalars().all()
    return rows, len(keys), low


def _theirs(connection: Connection, question: Question, size: int) -> tuple[list[int], int | None]:
    """The newest articles of the portals and the last of them, None if these are all: at most so many, and at least a half."""
    portals, size = list(question.portals or ()), min(size, _MOST)
    asked: dict[str, Any] = {"portals": portals, "floor": question.floor, "below": question.below, "size": size}
    each = min(size, max(_EACH, 4 * size // len(portals)))
    while True:
        rows = connection.execute(_THEIRS, {**asked, "each": each}).all()
        edge = rows[0].last if rows else None
        if edge is None or 2 * len(rows) > size or each >= size:
            break
        each = min(size, 4 * each)
    keys = [row.sort_key for row in rows]
    return keys, keys[-1] if len(keys) == size else edge


def _of_index(connection: Connection, question: Question, most: int) -> Sequence[int]:
    """The newest of all answers that the index has.

    It does not know whether words make a phrase, nor in which part they stand. So what may be an answer is sorted first, and
    then opened, the newest first, until there are enough.
    """
    asked = {"floor": question.floor, "below": question.below, "most": most, "expression": expression(question)}
    rough = expression(question, rough=True)
    if question.portals is not None and len(question.portals) > _NAMED:
        with _without(connection, "seqscan"):
            some = {**asked, "rough": rough, "portals": list(question.portals)}
            return connection.execute(_OPENED_OF, some).scalars().all()
    statement = _NEWEST if rough == asked["expression"] else _OPENED
    with _without(connection, "indexscan", "seqscan"):
        return connection.execute(statement, {**asked, "rough": rough}).scalars().all()


@contextmanager
def _without(connection: Connection, *ways: str) -> Iterator[None]:
    """Keep the planner from ways of finding rows: it takes the words of a phrase for independent, texts for short, and waits
    minutes."""
    for to in ("off", "on"):
        if to == "on":
            yield
        said = ", ".join(f"set_config('enable_{way}', '{to}', true)" for way in ways)
        connection.execute(sql(f"SELECT {said}"))


# --- what is asked --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 17)
def pair(first: str, second: str) -> str:
    """The token for two words side by side: 24 bits of a checksum, since every article has hundreds."""
    checksum = crc32(f"{first} {second}".encode()).to_bytes(4, "big")
    return f"~{urlsafe_b64encode(checksum[1:]).decode()}"


def expression(question: Question, *, rough: bool = False) -> str:
    """The question as PostgreSQL is asked: everything typed stands in quotes and is letters and digits.

    `rough`: only what the index knows without opening articles, which finds these and perhaps others, too.
    """
    found = [_clause(clause, rough=rough) for clause in question.query.wanted]
    found += [joined([f"'{one}'" for one in group], " | ") for group in _groups(question)]
    for clause in question.query.unwanted:
        said = _clause(clause, rough=False)
        if not rough or said == _clause(clause, rough=True):
            found.append(f"!{said}")
    return joined(found or [f"'{ANY}'"], " & ")


def _groups(question: Question) -> list[tuple[str, ...]]:
    """All groups of marks, one of which every answer has."""
    if question.portals is None or len(question.portals) > _NAMED:
        return list(question.marks)
    return [*question.marks, tuple(mark("portal", portal) for portal in question.portals)]


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
