"""COMPARE: does another reader see the article in the same place? A check of the template on a sample of pages.

trafilatura on the whole page keeps furniture and loses tables and captions, so only one thing is asked of it: whether two texts
of some length have little in common. Then one of them is not the article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from lxml import etree, html

from crawler.ingest.decoding import Element
from storage.records import Reading
from storage.text import fold

LEAST = 500
"""Characters of each text below which the other reader is too often wrong: it replaces short notices by a side column."""

COMMON = 0.5
"""Share of the shorter text's words that both must have. Of 38 golden pages with a text of some length all but one that has
less than `LEAST` have more than 0.8 in common."""

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


def _other(tree: Element) -> str:
    # Imported here: it costs half a second, and a reader that meets no sampled page never needs it.
    from trafilatura import extract

    try:
        page = html.tostring(tree, encoding="unicode")
        found = extract(page, include_comments=False, include_tables=True, fast=True, deduplicate=False)
    except (etree.LxmlError, ValueError):
        return ""
    return str(found or "")
