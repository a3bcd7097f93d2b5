"""What is judged, and what several judgements ask of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from crawler.ingest.blocks import Block
from storage.records import Dates, Portal, Purpose, Sighting
from storage.text import fold

SHORT = 600
"""Characters below which a text may be no article but a message of the system."""

SLIGHT = 250
"""Characters of a text of a sentence or two."""

_HEADLINE = 5
"""Words from which the text of a link says what its page is about."""


_AS_PRINTED = frozenset({"promotion", "warning"})
"""Signs that are counted, and stand in any text: they are compared with their marks (bắn cá is no văn bản cá nhân)."""


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str, str], ...]:
    """`(reason, where, pattern)` of `nonarticles.tsv`: what pages say that are no articles, over folded text."""
    text = files(__package__).joinpath("nonarticles.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple((reason, where, pattern if where in _AS_PRINTED else fold(pattern)) for reason, where, pattern in rows)


@lru_cache
def _signs(where: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The signs of one kind: what each is the reason for, and its pattern."""
    return tuple((reason, re.compile(pattern)) for reason, place, pattern in _rows() if place == where)


@lru_cache
def _any_sign(where: str) -> re.Pattern[str]:
    """Found in every text that bears a sign of the kind, and in few others: it does not ask where words begin and end.

    The signs are phrases between bars, put together by their first letters: a text is looked through in a quarter of the time.
    """
    phrases = defaultdict[str, list[str]](list)
    for _, place, pattern in _rows():
        for phrase in pattern.replace(r"\b", "").split("|") if place == where else ():
            phrases[phrase[0]].append(phrase[1:])
    return re.compile("|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in phrases.items()))


def signs_in(text: str, where: str) -> int:
    """How many different signs of this kind the text bears."""
    lower = text.lower()
    if not _any_sign(where).search(lower):
        return 0
    return sum(pattern.search(lower) is not None for _, pattern in _signs(where))


@lru_cache(maxsize=1024)
def sign_of(folded: str, where: str) -> str:
    """The reason of the first sign that folded text bears, or nothing."""
    return next((reason for reason, pattern in _signs(where) if pattern.search(folded)), "")


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: the page as read, and the mentions of it.

    `headlines` are links of headline length to other pages, `listed` those in the text's place; the counts of items are those
    of `crawler.ingest.extract.items`.
    """

    url: str
    portal: Portal
    purpose: Purpose
    sightings: tuple[Sighting, ...]
    everywhere: bool
    title: str
    title_on_page: bool
    doc_title: str
    blocks: tuple[Block, ...]
    captions: int
    attachments: int
    images: int
    headlines: int
    listed: int
    dated_lines: int
    fields: tuple[str, ...]
    claim: str
    items: int
    item_share: float
    excerpts: int
    outside: int
    before: int
    more: int
    leads_away: bool
    first: tuple[str, ...]
    dates: Dates


def letters(blocks: Iterable[Block]) -> int:
    """How many characters these blocks have."""
    return sum(len(block.text) for block in blocks)


def tells(case: Case) -> bool:
    """Whether a dated text, not another headline, follows the headline: what an article does, whatever it was asked as."""
    published = case.dates.published or case.dates.updated
    dated = published is not None and published.source in ("head-line", "jsonld", "microdata", "page-update")
    return dated and case.title_on_page and not case.leads_away and letters(case.blocks) >= 40


def headline_sighted(case: Case, *, strictly: bool = False) -> bool:
    """Whether a list or feed mentioned the page as a headline: long words, or words with a date.

    `strictly` leaves out what a menu may say of a section as well.
    """
    title = fold(case.title)
    for sighting in case.sightings:
        if sighting.source == "sitemap":
            continue
        anchor = fold(sighting.anchor)
        words = sum(any(map(str.isalnum, word)) for word in anchor.split())
        if sighting.source == "feed" or words >= 6:
            return True
        same = bool(anchor) and (anchor in title or title in anchor)
        if not strictly and ((sighting.date_text and words >= 2) or (same and words >= 5)):
            return True
    return False


def named_by_a_list(case: Case) -> bool:
    """Whether a list mentions the page by the very title it bears, or nearly so."""
    title = fold(case.title)
    return len(title) >= 12 and any(_alike(title, fold(sighting.anchor).strip(" .…")) for sighting in case.sightings)


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 12 and short in long and len(short) >= 0.5 * len(long)


def estranged(case: Case) -> bool:
    """Whether lists call the page by headlines and nothing of them stands on it: something else is shown in its place.

    Measured by pairs of neighbouring words, of which an article that was given a new headline still has most. A headline whose
    letters could not be read says nothing.
    """
    anchors = (fold(sighting.anchor) for sighting in case.sightings if "\ufffd" not in sighting.anchor)
    headlines = [words for anchor in anchors if len(words := anchor.split()) >= _HEADLINE]
    if not headlines:
        return False
    # A title that is not on the page may be the list's own words.
    title = case.title if case.title_on_page else ""
    wanted = [_pairs(words) for words in headlines]
    page = set[tuple[str, str]]()
    # Most pages bear the headline in their title: the text below it need not be looked through.
    for texts in ((title, case.doc_title), (*case.first, *(block.text for block in case.blocks))):
        page.update(pair for text in texts for pair in _pairs(fold(text).split()))
        if any(2 * len(pairs & page) >= len(pairs) for pairs in wanted):
            return False
    return True


def _pairs(words: list[str]) -> set[tuple[str, str]]:
    bare = [cleaned for word in words if (cleaned := word.strip(".,:;!?()[]\"'“”‘’…–-"))]
    return set(pairwise(bare))
