"""The words of a link, however a page dresses them: text, a card's heading, a title attribute, a picture's alt."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from crawler.links.signs import is_generic, tidy

Element = Any
"""An lxml element; lxml has no type information of its own."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TITLE_CLASS = re.compile(r"title|tieu-?de|headline|caption-heading|name", re.IGNORECASE)
_MOST_PIECES = 60
_MOST_STEPS = 300
_LONG_ANCHOR, _LONGEST = 160, 2_000


def texts_of(element: Element) -> Iterator[str]:
    """The pieces of text inside an element in their order, as far as 150 elements go.

    Unclosed tags make of a page a tower in which each link holds all that follow; looking into each of them to the end would
    cost the square of their number, also where there is no text at all.
    """
    for event, inner in itertools.islice(etree.iterwalk(element, events=("start", "end")), _MOST_STEPS):
        text = inner.text if event == "start" else inner.tail if inner is not element else None
        if text:
            yield text


def inside(element: Element, *tags: str) -> Iterator[Element]:
    """The elements with one of these names in an element, itself included, among its first 150."""
    return (inner for inner in itertools.islice(element.iter(), _MOST_STEPS // 2) if inner.tag in tags)


def words_of(element: Element) -> str:
    """The words of a link: its text, of a card its heading; where it shows less than its title attribute says, that."""
    text = (
        tidy("".join(itertools.islice(texts_of(element), _MOST_PIECES))[:_LONGEST])
        if len(element)
        else tidy((element.text or "")[:_LONGEST])
    )
    if len(text) > _LONG_ANCHOR:
        text = card_heading(element) or text
    title = tidy(element.get("title") or "")
    if title and (not text or is_generic(text) or (text.endswith(("...", "…")) and len(title) > len(text) - 3)):
        return title
    if not text:
        image = next(inside(element, "img"), None)
        text = tidy(image.get("alt") or image.get("title") or "") if image is not None else ""
    return text[:500]


def card_heading(element: Element) -> str:
    """The heading of a whole card that is one link; else its first words."""
    for child in itertools.islice(element.iter(), _MOST_PIECES):
        if child.tag in HEADINGS or (isinstance(child.tag, str) and _TITLE_CLASS.search(child.get("class") or "")):
            text = tidy("".join(itertools.islice(texts_of(child), _MOST_PIECES))[:_LONGEST])
            if text:
                return text
    return next(
        (piece for piece in map(tidy, itertools.islice(texts_of(element), _MOST_PIECES)) if len(piece) >= 10), ""
    )
