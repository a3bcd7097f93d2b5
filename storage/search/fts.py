"""The index in SQLite: a contentless FTS5 table. Its rows are sort keys, so it gives articles newest first by itself.

For a phrase FTS5 reads the places of its words in every article that holds them all, and for words that all articles hold that
takes half a second a million. So two words side by side are a word of their own among the marks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, groupby, pairwise

from sqlalchemy import BigInteger, Connection, SelectBase, bindparam, column
from sqlalchemy import text as sql

from storage.search.asking import Question, joined
from storage.search.documents import ANY, FILES, Document, mark, title_mark
from storage.search.query import Clause, Query, Term
from storage.search.words import cut

ADD = sql(
    "INSERT INTO article_search(rowid, title, text, attachments, marks) VALUES (:row, :title, :text, :attachments, :marks)"
)
"""Puts rows (`row`) into the index, in the order of their keys."""
_REMOVE = sql(
    "INSERT INTO article_search(article_search, rowid, title, text, attachments, marks)"
    " VALUES ('delete', :row, :title, :text, :attachments, :marks)"
)
_NEWEST = sql(
    "SELECT rowid FROM article_search WHERE article_search MATCH :expression AND rowid >= :floor AND rowid < :below"
    " ORDER BY rowid DESC LIMIT :most"
)

MOST_PORTALS = 400
"""Portals that are asked for by name; of more of them the index gives all articles, and rows decide."""

_KNOW = sql("INSERT OR IGNORE INTO article_search_words (word) SELECT value FROM json_each(:words)")
_WORDS = sql("SELECT word FROM article_search_words WHERE word >= :start AND word < :end LIMIT :most")
_LAST = "\U0010ffff"
_MOST_WORDS = 2000
_FEW = 50  # articles that may answer: between the first and the last of so few an answer must be
_ALL = sql(
    "SELECT rowid FROM article_search WHERE article_search MATCH :expression AND rowid >= :floor AND rowid < :below"
).bindparams(*(bindparam(name, unique=True) for name in ("expression", "floor", "below")))


def add(connection: Connection, documents: Sequence[Document]) -> None:
    """Put articles into the index, in the order of their keys: FTS5 writes out what it has at each step back."""
    cuts = [_parts(document) for document in documents]
    connection.execute(ADD, [_row(document, parts) for document, parts in zip(documents, cuts, strict=True)])
    words = {word for word in chain.from_iterable(chain.from_iterable(cuts)) if not word[0].isdecimal()}
    if words:
        connection.execute(_KNOW, {"words": json.dumps(sorted(words))})


def remove(connection: Connection, documents: Sequence[Document]) -> None:
    """Take articles out, in the order of their keys; the index keeps no texts and must be told the words that it got."""
    connection.execute(_REMOVE, [row(document) for document in documents])


def row(document: Document) -> dict[str, object]:
    """The columns of an article's row."""
    return _row(document, _parts(document))


def _parts(document: Document) -> tuple[list[str], list[str], list[str]]:
    return cut(document.title), cut(document.text), cut(document.attachments)


def _row(document: Document, parts: tuple[list[str], list[str], list[str]]) -> dict[str, object]:
    title, text, attachments = parts
    pairs = dict.fromkeys(pair for words in parts for pair in _pairs(words))
    return {
        "row": document.sort_key, "title": " ".join(title), "text": " ".join(text), "attachments": " ".join(attachments),
        "marks": " ".join((*document.marks(title), *pairs)),
    }  # fmt: skip


def _pairs(words: Sequence[str]) -> list[str]:
    """Tokens for words side by side. Numbers stand in none: few articles hold the same, and no two numbers are alike."""
    return [f"{first}·{second}" for first, second in pairwise(words) if first.isalpha() and second.isalpha()]


def clear(connection: Connection) -> None:
    """Empty the index."""
    connection.execute(sql("INSERT INTO article_search(article_search) VALUES ('delete-all')"))
    connection.execute(sql("DELETE FROM article_search_words"))


def newest(connection: Connection, question: Question, most: int) -> list[int]:
    """The newest rows that answer a question; where few may answer no others are looked at."""
    loose = replace(question, query=loosened(question.query))
    if loose != question and len(rows := _rows(connection, loose, _FEW)) < _FEW:
        if not rows:
            return []
        question = replace(question, floor=rows[-1], below=rows[0] + 1)
    return _rows(connection, question, most)


def _rows(connection: Connection, question: Question, most: int) -> list[int]:
    said = expression(question, partial(_beginning, connection))
    values = {"expression": said, "floor": question.floor, "below": question.below, "most": most}
    return list(connection.execute(_NEWEST, values).scalars())


def found(question: Question) -> SelectBase:
    """A query for all rows that answer a question."""
    asked = {"expression": expression(question), "floor": question.floor, "below": question.below}
    return _ALL.bindparams(**asked).columns(column("rowid", BigInteger)).subquery().select()


def _beginning(connection: Connection, start: str) -> str:
    """Words that begin so, by name where there are not too many: FTS5 would first gather all articles that hold one."""
    if start[0].isdecimal():
        return f'"{start}"*'
    span = {"start": start, "end": start + _LAST, "most": _MOST_WORDS + 1}
    words = list(connection.execute(_WORDS, span).scalars())
    return joined([f'"{word}"' for word in words or [start]], " OR ") if len(words) <= _MOST_WORDS else f'"{start}"*'


def _at_once(start: str) -> str:
    return f'"{start}"*'


def expression(question: Question, beginning: Callable[[str], str] = _at_once) -> str:
    """The question as FTS5 is asked: everything typed stands in quotes and is letters and digits."""
    wanted = [_clause(clause, beginning) for clause in question.query.wanted]
    wanted += [joined([f'"{mark}"' for mark in group], " OR ") for group in _groups(question)]
    found = joined(wanted or [f'"{ANY}"'], " AND ")
    unwanted = [_clause(clause, beginning) for clause in question.query.unwanted]
    return f"{found} NOT {joined(unwanted, ' OR ')}" if unwanted else found


def loosened(query: Query) -> Query:
    """A query that finds the same articles and perhaps others, sooner: of a phrase the numbers that stand side by side in it.

    (`hồ sơ 500-12`.) FTS5 goes to each article that holds all words of a phrase, and what costs most there is to find common
    words; numbers are in few articles, and side by side in fewer.
    """
    wanted = (Clause(tuple(tuple(map(_numbers, way)) for way in clause.ways)) for clause in query.wanted)
    return replace(query, wanted=tuple(wanted))


def _numbers(term: Term) -> Term:
    runs = [tuple(run) for are_words, run in groupby(term.words, key=str.isalpha) if not are_words]
    longest = max(runs, key=len, default=())
    return replace(term, words=longest) if len(longest) > 1 else term


def _groups(question: Question) -> list[tuple[str, ...]]:
    """All groups of marks, one of which every answer has. FTS5 looks at each of a group for every answer."""
    if question.portals is None or len(question.portals) > MOST_PORTALS:
        return list(question.marks)
    return [*question.marks, tuple(mark("portal", portal) for portal in question.portals)]


def _clause(clause: Clause, beginning: Callable[[str], str]) -> str:
    return joined([joined([_term(term, beginning) for term in way], " AND ") for way in clause.ways], " OR ")


def _term(term: Term, beginning: Callable[[str], str]) -> str:
    said = beginning(term.words[0]) if term.prefix else f'"{" ".join(term.words)}"'
    pairs = [f'"{pair}"' for pair in _pairs(term.words)]
    if term.field == "title":
        marks = [] if term.prefix else [f'"{title_mark(word)}"' for word in term.words]
        whole = [f"title : {said}"] if len(term.words) > 1 or term.prefix else []
        return joined([*marks, *pairs, *whole], " AND ")
    if term.field == "file":
        return joined([f'"{FILES}"', *pairs, f"attachments : {said}"], " AND ")
    return joined(pairs if pairs and len(term.words) == 2 else [*pairs, said], " AND ")
