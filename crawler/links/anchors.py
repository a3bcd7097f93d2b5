"""The words of a link, however a page dresses them: text, a card's heading, a title attribute, a picture's alt."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from crawler.links.signs import date_line, is_generic, is_headline, tidy

Element = Any
"""An lxml element; lxml has no type information of its own."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TITLE_CLASS = re.compile(r"title|tieu-?de|headline|caption-heading|name", re.IGNORECASE)
_SPOKEN = ("aria-label", "alt", "data-title", "data-original-title")
_MOST_LEVELS = 6
_LARGEST_CARD = 100
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
    if len(element) and element.tag != "a":
        text = headline_in(element) or text  # a block that leads on when it is clicked
    elif len(text) > _LONG_ANCHOR:
        text = card_heading(element) or text
    title = tidy(element.get("title") or "")
    if title and (not text or is_generic(text) or (text.endswith(("...", "…")) and len(title) > len(text) - 3)):
        return title
    if not text:
        image = next(inside(element, "img"), None)
        text = tidy(image.get("alt") or image.get("title") or "") if image is not None else ""
    spoken = "" if text and not is_generic(text) else next(filter(None, map(element.get, _SPOKEN)), "")
    return (tidy(spoken) or text)[:500]


def card_words(element: Element, keys: Mapping[Element, str]) -> str:
    """The headline that stands beside a link without words, in the largest block that leads nowhere else; `keys` says where the
    elements that lead somewhere lead."""
    own, card = keys.get(element), element
    for _ in range(_MOST_LEVELS):
        block = card.getparent()
        if block is None or block.tag in ("body", "html", "main", "form"):
            break
        inner = list(itertools.islice(block.iter(), _LARGEST_CARD))
        if len(inner) == _LARGEST_CARD or any(keys.get(other, own) != own for other in inner):
            break
        card = block
    return "" if card is element else headline_in(card)[:500]


def headline_in(block: Element) -> str:
    """The first words in a block that read like a headline, those of a heading before others; empty if there are none."""
    pieces = map(tidy, itertools.islice(texts_of(block), _MOST_PIECES))
    return next((text for text in (card_heading(block), *pieces) if is_headline(text) and not date_line(text)), "")


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
