"""How well an article answers a query: computed here, from its text, so that both databases give the same order."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from storage.search.query import Clause, Query, Term
from storage.search.words import accented, line, lines

NEWEST, TITLED = 200, 100
"""How many are looked at: the newest that a query finds, and the newest that it finds in titles."""

_OFTEN = 5  # a word that stands there oftener says no more

Rank = tuple[bool, float]
"""Whether every accent that was typed stands there as it was typed; and points."""


def rank(query: Query, title: str, text: str) -> Rank:
    """The rank of an article; the greater one answers better."""
    (titled, exact_title), (told, exact_text) = (
        lines(part) if _has_accents(query) else (line(part), "") for part in (title, text)
    )
    exact = exact_title + exact_text
    points = 0.0
    for clause in query.wanted:
        points += 3 * clause.stands_in(titled)
        points += 0.5 * max(min(_OFTEN, _count(way, told)) for way in clause.ways)
    if whole := _whole(query):
        points += 8 * (_said(whole.words) in titled) + 4 * (_said(whole.words) in told)
        if spelt := _spelling(whole):
            points += 2 * (spelt in exact_title) + 2 * (spelt in exact_text)
    return all(_as_typed(clause, exact) for clause in query.wanted), points


def in_titles(query: Query) -> Query | None:
    """The same query, asked of titles alone; None if it asks for files."""
    if any(term.field == "file" for clause in query.wanted for term in clause.terms):
        return None
    wanted = tuple(
        Clause(tuple(tuple(replace(term, field="title") for term in way) for way in clause.ways))
        for clause in query.wanted
    )
    return replace(query, wanted=wanted)


@lru_cache(maxsize=64)
def _has_accents(query: Query) -> bool:
    """Whether accents were typed; without them none need be looked for."""
    return any(_spelling(term) for clause in query.wanted for term in clause.terms)


def _whole(query: Query) -> Term | None:
    """All words of the query as one phrase, if there are several."""
    terms = [term for clause in query.wanted for term in clause.ways[0]]
    if len(terms) < 2 or any(term.prefix for term in terms):
        return None
    words = tuple(word for term in terms for word in term.words)
    return Term(words, written=tuple(word for term in terms for word in term.written))


def _count(way: tuple[Term, ...], told: str) -> int:
    return min(told.count(_said(term.words)[: -1 if term.prefix else None]) for term in way)


def _said(words: tuple[str, ...]) -> str:
    return f" {' '.join(words)} "


def _as_typed(clause: Clause, exact: str) -> bool:
    """Whether one way of the clause stands there with the accents that were typed; without accents nothing was said."""
    return any(all((_spelling(term) or "") in exact for term in way) for way in clause.ways)


def _spelling(term: Term) -> str | None:
    """The term's words with their accents; None if none has any, or it is but the beginning of a word."""
    words = tuple(word for written in term.written for word in accented(written))
    if term.prefix or words == term.words or not words:
        return None
    return _said(words)
