"""COMPARE: does another reader see the article in the same place? A check of the template on a sample of pages.

trafilatura on the whole page keeps furniture and loses tables and captions, so only one thing is asked of it: whether two texts
of some length have little in common. Then one of them is not the article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from lxml import etree, html

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Flow, Line
from storage.records import Reading
from storage.text import fold

LEAST = 500
"""Characters of each text below which the other reader is too often wrong: it replaces short notices by a side column."""

COMMON = 0.5
"""Share of the shorter text's words that both must have. Of 38 golden pages with a text of some length all but one that has
less than `LEAST` have more than 0.8 in common."""

MOST = 0.5
"""Share of a page's running text from which a reading holds most of it: no other part can be as much of a text."""

_BYTES = 1_000_000


def disagree(tree: Callable[[], Element], size: int, reading: Reading) -> bool:
    """Whether trafilatura takes another part of the page, of `size` bytes, for its text. Its time is bounded by the size."""
    ours = "\n".join((reading.title, *reading.paragraphs, *reading.captions))
    if size > _BYTES or len(ours) < LEAST:
        return False
    theirs = _other(tree())
    if len(theirs) < LEAST:
        return False
    mine, other = (Counter(fold(text).split()) for text in (ours, theirs))
    return (mine & other).total() < COMMON * min(mine.total(), other.total())


def holds_most(flow: Flow, reading: Reading) -> bool:
    """Whether most of what a page says outside of its links stands in the reading: then its text stands nowhere else.

    A hundred times as fast as the other reader, who on such pages is the one that errs: of 327 texts of some length on
    generated and sample portals he contradicted 9, all of them right, 4 of them most of their page.
    """
    ours = "\n".join((reading.title, *reading.paragraphs, *reading.captions))
    running = flow.of_lines("running", None, _running)
    total = sum(running)
    held = sum(length for line, length in zip(flow.lines, running, strict=True) if length and line.text in ours)
    return held >= MOST * total > 0


def _running(line: Line) -> int:
    """Characters of a line that is no link."""
    return len(line.text) if line.linked < 0.5 else 0


def _other(tree: Element) -> str:
    try:
        page = html.tostring(tree, encoding="unicode")
        found = _reader()(page, include_comments=False, include_tables=True, fast=True, deduplicate=False)
    except (etree.LxmlError, ValueError):
        return ""
    return str(found or "")


@cache
def _reader() -> Callable[..., str | None]:
    # Imported here: it costs half a second, and a reader that meets no sampled page never needs it.
    from trafilatura import extract
    from trafilatura.utils import HTML_PARSER

    # lxml asks Python for the class of each element that it shows, for the sake of forms: a fourteenth of all it does.
    HTML_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return extract
