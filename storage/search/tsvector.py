"""The index in PostgreSQL: a `tsvector` for each article in a GIN index, asked by `storage.search.tsquery`.

A phrase of common words would mean opening every article that holds them all: pairs of neighbours are words of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy import text as sql

from storage.search.documents import Document
from storage.search.tsquery import found, newest, pair
from storage.search.words import cut

__all__ = ["POSITIONS", "add", "clear", "found", "newest", "remove", "vector"]

POSITIONS = 16383
"""PostgreSQL counts no further; later words are found, but not in phrases."""

_GAP = 8  # positions between two parts, so that no phrase reaches from a title into the text
_MOST_BYTES = 900_000  # PostgreSQL refuses a tsvector over 1 MiB
_MOST_PLACES = 255  # and more places of one word
_SHORT = 3500
"""Words of a text that has no need to be measured: each has 256 bytes at most (64 letters of four)."""

Parts = Sequence[tuple[Sequence[str], str]]

_ADD = sql("INSERT INTO article_search (sort_key, words) VALUES (:row, CAST(:words AS tsvector))")
_REMOVE = sql("DELETE FROM article_search WHERE sort_key = :row")


def add(connection: Connection, documents: Sequence[Document]) -> None:
    """Put articles into the index."""
    connection.execute(_ADD, [{"row": document.sort_key, "words": vector(document)} for document in documents])


def remove(connection: Connection, documents: Sequence[Document]) -> None:
    """Take articles out."""
    connection.execute(_REMOVE, [{"row": document.sort_key} for document in documents])


def clear(connection: Connection) -> None:
    """Empty the index."""
    connection.execute(sql("DELETE FROM article_search"))


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
