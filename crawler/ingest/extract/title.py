"""Which line of the page is its headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress

from crawler.ingest.decoding import title_parts
from crawler.ingest.extract.sense import Predicate, Sense
from crawler.ingest.flow import Line, Node, masked
from crawler.ingest.meta import Meta
from storage.text import fold

_TITLE_WORD = re.compile(
    r"(?:^|[-_])(?:title|titles|tieu-?de|tieude|headline|heading|tit|ten-?bai|tenbai|entry-?title|post-?title)(?=$|[-_\d])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_GLUED_DATE = re.compile(r"\s*\(?\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}[^)]{0,12}\)?\s*$")
_BRACKETED_DATE = re.compile(r"\s*\(\s*(?:ngày\s+)?\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}[^)]{0,12}\)\s*$")
_DATED = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|ngày\s+\d.{0,20}\d{4}")
_KICKER = 40
"""Characters of a section's name before the headline on its line."""
_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|…)\s*$")
_GUESSED = 1.2
_LONGEST = 320
_SECTION = 20
"""Characters up to which a title may as well be a section's name."""
_SURE = 3.0
"""Score from which a line is believed to be the headline."""
_OF_HEADINGS = {1: 3.0, 2: 2.0, 3: 1.2, 4: 0.7}
_LEARNED = 4.0
_CALLED, _LISTED = 4.0, 7.0
"""What a line scores at most for agreeing with what the page, and with what lists call the article."""
_PLACED = 3.51
"""What a line scores at most for where it stands: above a date, before the text, as the first of it; a little for rounding."""
_LIKE = 15
"""Characters of a line from which it may be a claimed title cut short, or one with more behind it."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The title's text, the line it was found on (None: the page prints it nowhere) and how sure that is, 0..1.

    `rest` is what stood on the same line but is not title, such as a date in brackets.
    """

    text: str = ""
    line: Line | None = None
    sure: float = 0.0
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of the headline from outside the line: `anchors` of listings, claims of the page, the learned place.

    `site` are keys of the site's own names, `selected` the node a selector points at.
    """

    anchors: tuple[str, ...]
    meta: Meta
    site: frozenset[str]
    learned: Node | None
    selected: Node | None


def find_title(sense: Sense, hints: Hints, *, noise: Predicate, dated: Predicate) -> Headline:
    """The headline of the page. Text that the page only claims is taken if no line stands up for it."""
    claims = _claims(hints)
    if hints.selected is not None and hints.selected.end > hints.selected.start:
        return _headline(sense.flow.lines[hints.selected.start : hints.selected.end], claims, 1.0)
    best: tuple[float, Line] | None = None
    sums = sense.sums
    total = sums[-1] or 1
    looks = sense.flow.of_lines("looks like a title", None, _look)
    above, reach = _above_labels(sense), _reach(hints)
    for line, look in zip(sense.flow.lines, looks, strict=True):
        if best is not None and look + reach <= best[0]:
            continue  # whatever it says: few lines behind the headline are compared with what it is called
        if not 4 <= len(line.text) <= _LONGEST or (sense.furniture[line.number] and line.linked > 0.8):
            continue
        score = _score(line, sense, hints, claims) + look
        # Headlines are followed by a date line or by text.
        if line.number in above:
            score += 1.5
        # Of two equal lines the one with the text behind it is the headline, not the breadcrumb's or the list's.
        score += (sums[-1] - sums[line.number + 1]) / total
        if best is not None and score <= best[0]:
            continue
        # What a line says costs more to find out than how it scores: only what would be the headline is asked.
        if dated(line.text) or (score > _SURE and not hints.anchors and noise(line.text)):
            continue
        best = (score, line)
    # Where nobody says what the page is called, its first line that looks like a headline is the best guess.
    if best is not None and (best[0] >= _SURE or (best[0] >= _GUESSED and not _claimed(hints))):
        return _of_heading(best[1], sense, claims, min(1.0, best[0] / 10), dated=dated)
    return Headline(_claimed(hints), None, 0.2)


def _of_heading(line: Line, sense: Sense, claims: _Claims, sure: float, *, dated: Predicate) -> Headline:
    """The headline from its best line and, in a heading, what is only broken off it by `<br>`.

    A date is no part of it; where somebody says what the page is called, nothing is but what they say.
    """
    node = line.node
    lines = (
        [other for other in sense.flow.lines[node.start : node.end] if other.node is node] if line.heading else [line]
    )
    apart = [other for other in lines if other is not line and (dated(other.text) or _known(line.folded, claims))]
    found = _headline([other for other in lines if other not in apart], claims, sure)
    rest = [found.rest, *(other.text for other in apart if dated(other.text))]
    return replace(found, rest=" | ".join(filter(None, rest)))


@dataclass(frozen=True, slots=True)
class _Claims:
    texts: dict[str, str]
    """Claimed titles by folded key."""
    anchors: frozenset[str]
    doc: str
    keys: tuple[str, ...]
    """Keys of claims and anchors that are too long for a section's name, the longest first."""
    likely: tuple[str, ...]
    """Those of claims that may be cut short."""
    openings: tuple[str, ...]
    """Those of anchors that may be."""


def _claims(hints: Hints) -> _Claims:
    texts: dict[str, str] = {}
    for text in (*hints.meta.titles, *_doc_titles(hints)):
        if text and masked(text) not in hints.site:
            texts.setdefault(fold(text), text)
    anchors = frozenset(fold(_ELLIPSIS.sub("", anchor)) for anchor in hints.anchors if len(anchor) >= 8)
    keys = sorted((key for key in {*texts, *anchors} if len(key) >= _SECTION), key=lambda key: (-len(key), key))
    likely = tuple(key for key in texts if len(key) >= _LIKE)
    openings = tuple(key for key in anchors if len(key) >= _SECTION)
    return _Claims(texts, anchors, fold(hints.meta.doc_title), tuple(keys), likely, openings)


def _doc_titles(hints: Hints) -> list[str]:
    """The document's title, whole and without parts that name the site."""
    whole = hints.meta.doc_title
    parts = title_parts(whole)
    own = [part for part in parts if masked(part) not in hints.site]
    found = [whole]
    if own and len(own) < len(parts):
        # Cut from the whole, so that separators inside the headline survive.
        start, end = whole.find(own[0]), whole.rfind(own[-1]) + len(own[-1])
        found.insert(0, whole[start:end])
    return found


def _reach(hints: Hints) -> float:
    """What a line scores at most beside what it looks like."""
    learned = _LEARNED if hints.learned is not None else 0.0
    return _CALLED + (_LISTED if hints.anchors else 0.0) + learned + _PLACED


def _score(line: Line, sense: Sense, hints: Hints, claims: _Claims) -> float:
    bare = _BRACKETED_DATE.sub("", line.text) if line.text.endswith(")") else line.text
    key = line.folded if bare == line.text else fold(bare)
    for claim in claims.keys:
        if claim in key and claim != key:
            key = fold(_claimed_part(line.text, claims)[0]) or key
            break
    number = line.number
    score = _claim_score(key, claims)
    if hints.learned is not None and hints.learned.holds(number):
        score += _LEARNED
    # A short headline that lists on every page link is furniture there, not above its own text.
    if sense.furniture[number] and (key not in claims.anchors or line.linked > 0.8):
        score -= 8.0
    if sense.aside[number]:
        score -= 3.0
    if line.key in hints.site:
        score -= 8.0
    if sense.labels[number]:
        score -= 3.0
    if sense.weights[number] and sense.sums[number] <= 0.1 * (sense.sums[-1] or 1):
        score += 1.0  # the first unlinked line of the differing text is a good candidate
    return score


def _look(line: Line) -> float:
    """How much a line looks like a headline, whatever it says."""
    score = _OF_HEADINGS.get(line.heading, 0.0)
    if _named_title(line.mark, line.node.classes, line.node.id):
        score += 1.5
    if line.bold > 0.9:
        score += 0.4
    if line.linked > 0.8:
        score -= 2.5
    if len(line.text) < 12:
        score -= 1.0
    if len(line.text) > 80 and line.text.endswith((".", ":", ";")):
        score -= 0.7
    return score


@lru_cache(maxsize=4096)
def _named_title(mark: str, classes: tuple[str, ...], id_: str) -> bool:
    names = _CAMEL.sub("-", f"{mark} {' '.join(classes)} {id_}").replace(".", "-").replace(" ", "-")
    return _TITLE_WORD.search(names) is not None


def _above_labels(sense: Sense) -> set[int]:
    """The lines right above a date line or a label."""
    labels = compress(range(len(sense.labels)), sense.labels)
    return {number - back for number in labels for back in (1, 2, 3)}


def _claim_score(key: str, claims: _Claims) -> float:
    """How well the line agrees with what page and listings call the article. Short words may be those of a section."""
    score = 0.0
    if key in claims.texts:
        score += _CALLED if len(key) >= _SECTION else 2.5
    elif len(key) >= _LIKE and (claims.doc.startswith(key[:200]) or _goes_on(key, claims.likely)):
        score += 3.0
    if key in claims.anchors:
        score += _LISTED if len(key) >= _SECTION else 3.0
    elif len(key) >= _LIKE and key.startswith(claims.openings):
        score += 4.0
    return score


def _goes_on(key: str, claimed: Sequence[str]) -> bool:
    """Whether a line says what is claimed, and little more."""
    for text in claimed:  # noqa: SIM110  # asked of every line of every page: a generator costs three times as much
        if text in key and len(text) >= 0.7 * len(key):
            return True
    return False


def _headline(lines: Sequence[Line], claims: _Claims, sure: float) -> Headline:
    text = " ".join(line.text for line in lines)
    claimed, beside = _claimed_part(text, claims)
    if claimed:
        return Headline(claimed, lines[-1], sure, beside)
    bracketed = _BRACKETED_DATE.sub("", text)
    if bracketed != text and len(bracketed) >= 8:
        return Headline(bracketed, lines[-1], sure, text[len(bracketed) :].strip(" ()"))
    stripped = _GLUED_DATE.sub("", text)
    if stripped != text and len(stripped) >= 8 and not _known(fold(text), claims) and _known(fold(stripped), claims):
        return Headline(stripped, lines[0], sure, text[len(stripped) :].strip(" ()"))
    return Headline(text, lines[-1], sure)


def _claimed_part(text: str, claims: _Claims) -> tuple[str, str]:
    """The part of a line that is wholly claimed as the headline, and the rest: a date behind it, a section before it.

    Nothing else is cut off its end: claims are often cut short.
    """
    words = text.split()
    for key in claims.keys:
        count = len(key.split())
        if count >= len(words):
            continue
        head, tail = " ".join(words[:count]), " ".join(words[count:])
        if fold(head) == key and _DATED.search(tail):
            return head, tail
        before, end = " ".join(words[:-count]), " ".join(words[-count:])
        if fold(end) == key and len(before) <= _KICKER and not before.endswith((":", "–", "-")):
            return end, before
    return "", ""


def _known(key: str, claims: _Claims) -> bool:
    return key in claims.texts or key in claims.anchors


def _claimed(hints: Hints) -> str:
    for text in (*hints.meta.titles, *_doc_titles(hints)):
        if text and masked(text) not in hints.site and fold(text) != fold(hints.meta.site_name):
            return text
    return ""
