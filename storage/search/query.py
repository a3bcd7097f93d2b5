"""What people type, understood: clauses of words and phrases. Pure; never raises, whatever is typed.

    words               all of them, in any order
    "a phrase"          these words side by side
    begin*              words that begin so
    -not  -"not this"   none of these
    one OR other        either of them (also HOẶC, |)
    title:word          in the title (also tieude:); file:word in attached files (also tep:)

An abbreviation finds what it stands for, and the other way round. A word that holds punctuation (`60/2026`) is a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from storage.search.abbreviations import expansions, shortened, variants
from storage.search.words import cut, tokens
from storage.text import fold, typed

Field = Literal["", "title", "file"]

LONGEST_QUERY = 1000
"""Characters of a query that are looked at."""

MOST_TERMS = 32
"""Words and phrases of a query that are looked at."""

_FIELDS: dict[str, Field] = {"title": "title", "tieude": "title", "file": "file", "tep": "file"}
_TERM = re.compile(r'(?P<minus>-?)(?:(?P<field>[^\W\d_]{3,7}):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_OR = frozenset({"OR", "HOẶC", "|", "||"})


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a word, the beginning of one (`prefix`), or a phrase, anywhere or in a `field`.

    `written` is what was typed, word by word: its accents tell which of equal words was meant.
    """

    words: tuple[str, ...]
    prefix: bool = False
    field: Field = ""
    written: tuple[str, ...] = ()

    def stands_in(self, line: str) -> bool:
        """Whether a text, given as its `words.line`, holds the term, by the same rule as the index."""
        return f" {' '.join(self.words)}{'' if self.prefix else ' '}" in line


@dataclass(frozen=True, slots=True)
class Clause:
    """Something asked for in any of several ways; each way is terms that must all be there."""

    ways: tuple[tuple[Term, ...], ...]

    def stands_in(self, line: str) -> bool:
        """Whether a text, given as its `words.line`, fulfils the clause."""
        return any(all(term.stands_in(line) for term in way) for way in self.ways)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms of all ways."""
        return tuple(term for way in self.ways for term in way)


@dataclass(frozen=True, slots=True)
class Query:
    """What must be there, and what must not. Without both nothing was asked that could be found."""

    wanted: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


def parse(text: str) -> Query:
    """What a query asks for. Signs without words mean nothing."""
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    for excluded, run in _runs(typed(text[:LONGEST_QUERY])):
        (unwanted if excluded else wanted).extend(_clauses(run))
    return Query(tuple(wanted), tuple(unwanted))


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Typed:
    term: Term
    excluded: bool
    joined: bool  # to the one before it, by OR


def _typed_terms(text: str) -> Iterator[_Typed]:
    joined, any_before = False, False
    for found in _TERM.finditer(text):
        if found["word"] in _OR and not found["minus"] and not found["field"]:
            joined = any_before
            continue
        said = found["word"] if found["phrase"] is None else found["phrase"]
        field = _FIELDS.get(fold(found["field"] or ""), "")
        if found["field"] and not field:
            said = f"{found['field']} {said}"
        words = tuple(cut(said))
        if not words:
            continue
        prefix = len(words) == 1 and found["phrase"] is None and said.endswith("*")
        yield _Typed(Term(words, prefix, field, _written(said)), bool(found["minus"]), joined)
        joined, any_before = False, True


def _runs(text: str) -> Iterator[tuple[bool, list[list[Term]]]]:
    """Terms beside each other that are all wanted or all not; those joined by OR in one list."""
    run: list[list[Term]] = []
    excluded = False
    for number, one in enumerate(_typed_terms(text)):
        if number >= MOST_TERMS:
            break
        if one.joined and run and one.excluded == excluded:
            run[-1].append(one.term)
        elif one.excluded == excluded and not one.excluded:
            run.append([one.term])
        else:
            if run:
                yield excluded, run
            run, excluded = [[one.term]], one.excluded
    if run:
        yield excluded, run


def _clauses(run: list[list[Term]]) -> Iterator[Clause]:
    """Each thing asked for as a clause; single words that spell an abbreviation out are one."""
    place = 0
    while place < len(run):
        plain = tuple(_plain_word(one) for one in run[place:])
        named = shortened(plain, 0) if plain[0] else None
        if named is not None:
            spelt = tuple(one[0] for one in run[place : place + named[0]])
            yield Clause((spelt, (Term((named[1],)),)))
            place += named[0]
            continue
        yield Clause(tuple(way for term in run[place] for way in _ways(term)))
        place += 1


def _plain_word(terms: list[Term]) -> str:
    """The word, if these terms are no more than one; else what is no word."""
    if len(terms) != 1 or terms[0].prefix or terms[0].field or len(terms[0].words) != 1:
        return ""
    return terms[0].words[0]


def _ways(term: Term) -> Iterator[tuple[Term, ...]]:
    yield (term,)
    if term.prefix or (term.words[0] not in expansions() and len(term.words) == 1):
        return
    for words in variants(term.words)[1:]:
        yield (replace(term, words=words, written=()),)


def _written(said: str) -> tuple[str, ...]:
    said = unicodedata.normalize("NFC", said)
    return tuple(said[start:end].lower() for start, end, _ in tokens(said))
