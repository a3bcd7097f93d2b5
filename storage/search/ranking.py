"""How well an article answers a query: computed here, from its text, so that both databases give the same order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from storage.search.query import Clause, Query, Term
from storage.search.words import accented, line, lines

NEWEST, TITLED = 200, 100
"""How many are looked at: the newest that a query finds, and the newest that it finds in titles."""

_OFTEN = 5  # a word that stands there oftener says no more

Rank = tuple[bool, float]
"""Whether every accent that was typed stands there as it was typed; and points."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """A query as texts are looked through for it; made by `ranker`.

    Of each clause, of each of its ways: its terms as `line` writes them, and those with accents as `accented` does (a way
    without accents asks for nothing there). `whole`: all words as one phrase.
    """

    has_accents: bool
    ways: tuple[tuple[tuple[str, ...], ...], ...]
    exact: tuple[tuple[tuple[str, ...], ...], ...]
    whole: str
    spelt: str

    def rank(self, title: str, text: str) -> Rank:
        """The rank of an article; the greater one answers better."""
        (titled, exact_title), (told, exact_text) = (
            lines(part) if self.has_accents else (line(part), "") for part in (title, text)
        )
        points = 3.0 * sum(any(all(said in titled for said in way) for way in ways) for ways in self.ways)
        if text:
            for ways in self.ways:
                points += 0.5 * max(min(_OFTEN, min(told.count(said) for said in way)) for way in ways)
        if self.whole:
            points += 8 * (self.whole in titled) + 4 * (self.whole in told)
            if self.spelt:
                points += 2 * (self.spelt in exact_title) + 2 * (self.spelt in exact_text)
        exact = exact_title + exact_text
        return all(any(all(said in exact for said in way) for way in ways) for ways in self.exact), points

    def bounds(self, title: str) -> tuple[Rank, Rank]:
        """The least and the greatest rank that an article of this title can have, whatever its text says."""
        least = self.rank(title, "")
        more = 0.5 * _OFTEN * len(self.ways) + 4 * bool(self.whole) + 2 * bool(self.spelt)
        return least, (True, least[1] + more)


def ranker(query: Query) -> Ranker:
    """What ranks the answers to a query: made once for all of them."""
    whole = _whole(query)
    exact = tuple(tuple(tuple(filter(None, map(_spelling, way))) for way in clause.ways) for clause in query.wanted)
    return Ranker(
        has_accents=any(way for ways in exact for way in ways),
        ways=tuple(
            tuple(tuple(_said(term.words)[: -1 if term.prefix else None] for term in way) for way in clause.ways)
            for clause in query.wanted
        ),
        exact=exact,
        whole=_said(whole.words) if whole else "", spelt=(_spelling(whole) or "") if whole else "",
    )  # fmt: skip


def in_titles(query: Query) -> Query | None:
    """The same query, asked of titles alone; None if it asks for files."""
    if any(term.field == "file" for clause in query.wanted for term in clause.terms):
        return None
    wanted = tuple(
        Clause(tuple(tuple(replace(term, field="title") for term in way) for way in clause.ways))
        for clause in query.wanted
    )
    return replace(query, wanted=wanted)


def _whole(query: Query) -> Term | None:
    """All words of the query as one phrase, if there are several."""
    terms = [term for clause in query.wanted for term in clause.ways[0]]
    if len(terms) < 2 or any(term.prefix for term in terms):
        return None
    words = tuple(word for term in terms for word in term.words)
    return Term(words, written=tuple(word for term in terms for word in term.written))


def _said(words: tuple[str, ...]) -> str:
    return f" {' '.join(words)} "


def _spelling(term: Term) -> str | None:
    """The term's words with their accents; None if none has any, or it is but the beginning of a word."""
    words = tuple(word for written in term.written for word in accented(written))
    if term.prefix or words == term.words or not words:
        return None
    return _said(words)
