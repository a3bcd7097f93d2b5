"""Pages and elements written for TCVN3 (`.VnTime`) and VNI fonts, in Unicode before they are read.

A line is judged by its own words in `storage.text.normalise`; here the page says more: the font that an element names, or
that all of the page is written so. Then single words, table cells and names are read too, and capitals that were a font of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from storage.legacy import FONTS, Font, from_font, has_vietnamese_letters, tallied

Element: TypeAlias = Any
_NAMED = re.compile(rb"V(?:NI[-_]|(?<=\.V)n[A-Z])")
"""A font's name in a page; what begins with one letter is looked for four times as fast."""
_FEW = 100
"""Letters that are found one by one: ten times as fast as the expression, where few of them are there."""
_FONT = re.compile(r"""^\s*["']?(?:(\.Vn)|VNI[-_])([\w -]*)""", re.IGNORECASE)
_FAMILY = re.compile(r"font(?:-family)?\s*:\s*([^;]*)", re.IGNORECASE)
_UNICODE_ONLY = re.compile(rb"\xe1\xbb[\x80-\xb9]")
"""Most letters that no old font has (ề to ỹ), in UTF-8: nearly every page has one in its first thousands of bytes."""
_WHOLE = 10
"""Different words that are Vietnamese only in an old font, for a page whose elements name none."""

Style: TypeAlias = tuple[Font | None, bool]
"""The old font of an element, and whether its letters are capitals."""


def mend_fonts(root: Element, text: str, data: bytes) -> None:
    """Put the page's text into Unicode where an old font is named and the words agree, or all of the page is in one.

    `text` is the page, `data` the same in UTF-8: in bytes names and letters are found sooner.
    """
    if _names_one(data):
        _by_name(root)
    if text.isascii() or _UNICODE_ONLY.search(data) or has_vietnamese_letters(text):
        return
    whole = "\n".join(root.itertext())
    for font in FONTS:
        found = tallied(whole, font)
        if found.certain and found.font >= _WHOLE:
            for element, place in _texts(root):
                setattr(element, place, from_font(getattr(element, place), font))
            return


def _names_one(data: bytes) -> bool:
    """Whether an old font is named. Pages have few of that letter, unless they hold files in letters and digits."""
    at = data.find(b"V")
    for _ in range(_FEW):
        if at < 0 or _NAMED.match(data, at):
            return at >= 0
        at = data.find(b"V", at + 1)
    return at >= 0 and _NAMED.search(data, at) is not None


def _by_name(root: Element) -> None:
    styles: dict[Element, Style] = {}
    for element in root.iter():
        parent = element.getparent()
        styles[element] = _style(element) or styles.get(parent, (None, False))
    found: dict[Font, list[tuple[Element, str, bool]]] = {"tcvn3": [], "vni": []}
    sure: set[Font] = set()
    for element, place in _texts(root):
        font, capitals = styles.get(element if place == "text" else element.getparent(), (None, False))
        text = getattr(element, place)
        if font is None or has_vietnamese_letters(text):
            continue
        words = tallied(text, font)
        if not words.plain:
            found[font].append((element, place, capitals))
            if words.font:
                sure.add(font)
    for font in sure:  # else the font's name was left over from a text that is Unicode
        for element, place, capitals in found[font]:
            text = from_font(getattr(element, place), font)
            setattr(element, place, text.upper() if capitals else text)


def _texts(root: Element) -> Iterator[tuple[Element, str]]:
    for element in root.iter():
        if element.text and element.tag not in ("script", "style"):
            yield element, "text"
        if element.tail and element is not root:
            yield element, "tail"


def _style(element: Element) -> Style | None:
    """The font that an element itself names: an old one, or another, which ends the old one of its parent."""
    family = element.get("face") or ""
    if not family and (found := _FAMILY.search(element.get("style") or "")):
        family = found[1]
    if not family:
        return None
    named = _FONT.match(family)
    if named is None:
        return None, False
    return ("tcvn3" if named[1] else "vni"), named[1] is not None and named[2].rstrip().endswith("H")
