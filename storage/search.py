"""The search index: words of titles, texts and attachments, without case and marks, on either database.

Text is folded and cut into words here, so that both databases hold the same words: SQLite in a contentless FTS5 table,
PostgreSQL in a `tsvector`. What people type can never become an error: it is cut by the same rule, and only words reach SQL.
The row number is `article.number`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    bindparam,
    delete,
    false,
    not_,
    select,
    true,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql

from storage.schema import article
from storage.text import fold, typed

_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_LONGEST_WORD = 64  # characters; longer runs are no words but addresses and encoded bytes, found by their beginning
_POSITIONS = 16383  # PostgreSQL counts no further; later words are found, but not in phrases
_GAP = 8  # positions between two parts, so that no phrase reaches from a title into the text
_MOST_BYTES = 900_000  # PostgreSQL refuses a tsvector over 1 MiB
_MOST_TERMS = 32

_fts = Table("article_search", MetaData(), Column("rowid", BigInteger, primary_key=True))
_tsv = Table(
    "article_search", MetaData(), Column("number", BigInteger, primary_key=True), Column("words", postgresql.TSVECTOR)
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a word, the beginning of one (`prefix`), or a phrase; `excluded` if it must not be there."""

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False


def cut(value: str) -> list[str]:
    """The words of a text as the index holds them: folded, letters and digits only."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(value))]


def index(connection: Connection, number: int, *, title: str, text: str, attachments: str = "") -> None:
    """Add an article that is not in the index. What is given must be given again to `remove`."""
    parts = [cut(title), cut(text), cut(attachments)]
    if connection.dialect.name == "sqlite":
        _write_fts(connection, number, parts, command="")
    else:
        _write_tsvector(connection, number, parts)


def remove(connection: Connection, number: int, *, title: str, text: str, attachments: str = "") -> None:
    """Take an article out of the index.

    The texts must be those that `index` got: SQLite keeps no copy of them and takes out the words it is told.
    """
    if connection.dialect.name == "sqlite":
        _write_fts(connection, number, [cut(title), cut(text), cut(attachments)], command="delete")
    else:
        connection.execute(delete(_tsv).where(_tsv.c.number == number))


def reindex(connection: Connection, number: int, *, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Replace an article's words; `old` and `new` are (title, text) or (title, text, attachments)."""
    if old == new:
        return
    remove(connection, number, title=old[0], text=old[1], attachments="".join(old[2:]))
    index(connection, number, title=new[0], text=new[1], attachments="".join(new[2:]))


def clear(connection: Connection) -> None:
    """Empty the index, for a rebuild after `fold` changed or a restore."""
    if connection.dialect.name == "sqlite":
        connection.execute(sql("INSERT INTO article_search(article_search) VALUES ('delete-all')"))
    else:
        connection.execute(delete(_tsv))


def parse(query: str) -> tuple[Term, ...]:
    """What a query asks for: `words`, `"phrases"`, `begin*`, `-not` and `-"not this"`; all of them at once.

    A word that holds punctuation (`60/2026`, `M'Droh`) is a phrase of its parts. Signs without words mean nothing.
    """
    return tuple(_terms(typed(query)))[:_MOST_TERMS]


def line(value: str) -> str:
    """The words of a text in one line, for `holds`."""
    return f" {' '.join(cut(value))} "


def holds(words: str, term: Term) -> bool:
    """Whether a text, given as its `line`, holds a term, by the same rule as the index."""
    return f" {' '.join(term.words)}{'' if term.prefix else ' '}" in words


def match(query: str, dialect: str) -> ColumnElement[bool]:
    """A condition on `article.number`: the articles that a query asks for.

    A blank query is true of every article, one without any word (`???`) of none. Never raises for what people type.
    """
    if not query.strip():
        return true()
    terms = parse(query)
    wanted = [term for term in terms if not term.excluded]
    unwanted = [term for term in terms if term.excluded]
    if not terms:
        return false()
    found = _found_fts if dialect == "sqlite" else _found_tsvector
    conditions = []
    if wanted:
        conditions.append(found(wanted, every=True))
    if unwanted:
        conditions.append(not_(found(unwanted, every=False)))
    return and_(*conditions)


def _terms(query: str) -> Iterator[Term]:
    for found in _TERM.finditer(query):
        excluded = bool(found["minus"])
        if found["phrase"] is not None:
            words, prefix = cut(found["phrase"]), False
        else:
            words, prefix = cut(found["word"]), found["word"].endswith("*")
        if words:
            yield Term(tuple(words), prefix and len(words) == 1, excluded)


# --- SQLite ---------------------------------------------------------------------------------------------------------


def _write_fts(connection: Connection, number: int, parts: list[list[str]], *, command: str) -> None:
    target = "article_search(article_search, rowid, title, text, attachments)" if command else (
        "article_search(rowid, title, text, attachments)"
    )  # fmt: skip
    values = ":command, :number, :title, :text, :attachments" if command else ":number, :title, :text, :attachments"
    title, body, attachments = (" ".join(part) for part in parts)
    connection.execute(
        sql(f"INSERT INTO {target} VALUES ({values})"),  # noqa: S608 - both are constants
        {"command": command, "number": number, "title": title, "text": body, "attachments": attachments}
        if command
        else {"number": number, "title": title, "text": body, "attachments": attachments},
    )


def _found_fts(terms: Iterable[Term], *, every: bool) -> ColumnElement[bool]:
    expression = (" AND " if every else " OR ").join(
        '"' + " ".join(term.words) + '"' + ("*" if term.prefix else "") for term in terms
    )
    condition = sql("article_search MATCH :expression").bindparams(bindparam("expression", expression, unique=True))
    return article.c.number.in_(select(_fts.c.rowid).where(condition))


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def _write_tsvector(connection: Connection, number: int, parts: list[list[str]]) -> None:
    statement = postgresql.insert(_tsv).values(number=number, words=sql("CAST(:words AS tsvector)"))
    connection.execute(statement, {"words": _tsvector(parts)})


def _tsvector(parts: list[list[str]]) -> str:
    """The words with their positions as PostgreSQL writes them; written here so that no parser of its own cuts them."""
    positions: dict[str, list[int]] = {}
    position, size = 0, 0
    for part in parts:
        for word in part:
            position += 1
            places = positions.get(word)
            if places is None:
                size += len(word.encode()) + 8
                if size > _MOST_BYTES:
                    continue
                places = positions[word] = []
            if position <= _POSITIONS and len(places) < 255:
                size += 2
                places.append(position)
        position += _GAP
    return " ".join(
        f"'{word}':{','.join(map(str, places))}" if places else f"'{word}'" for word, places in positions.items()
    )


def _found_tsvector(terms: Iterable[Term], *, every: bool) -> ColumnElement[bool]:
    expression = (" & " if every else " | ").join(
        "(" + " <-> ".join(f"'{word}'" + (":*" if term.prefix else "") for word in term.words) + ")" for term in terms
    )
    condition = _tsv.c.words.op("@@")(
        sql("CAST(:expression AS tsquery)").bindparams(bindparam("expression", expression, unique=True))
    )
    return article.c.number.in_(select(_tsv.c.number).where(condition))
