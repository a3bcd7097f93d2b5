"""How an element's markup makes its text look, and what it offers: read off tag and attributes, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawler.ingest.decoding import Element

BOLD, ITALIC = frozenset(("b", "strong")), frozenset(("i", "em"))
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN_CLASS = frozenset(
    (
        "sr-only",
        "visually-hidden",
        "screen-reader-text",
        "screen-reader-response",
        "element-invisible",
        "skip-link",
        "offscreen",
    )
)
_ALIGN = re.compile(r"text-align\s*:\s*(center|right|left|justify|start|end)", re.IGNORECASE)
_ALIGN_CLASS = {
    "text-center": "center", "text-right": "right", "text-end": "right", "has-text-align-center": "center",
    "has-text-align-right": "right", "text-xs-right": "right", "text-xs-center": "center", "align-right": "right",
    "rtecenter": "center", "rteright": "right", "text-align-center": "center", "text-align-right": "right",
}  # fmt: skip
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*(italic|oblique)", re.IGNORECASE)
DOCUMENT_TYPE = re.compile(r"application/(?!x-shockwave|x-java|javascript|json|ld|xhtml|rss|atom)", re.IGNORECASE)
_FILE_ICON = re.compile(
    r"(?:^|[\s/_-])(?:fa|icon|bi|mdi|glyphicon|ico|ti|la)-?(?:[\w-]*-)?(?:download|paperclip|attach(?:ment)?|file-?(?:pdf|word|excel|archive|zip))"
    r"|(?:^|[/_-])(?:download|paperclip|attach(?:ment)?|file-?(?:pdf|doc|zip))[\w-]*\.(?:gif|png|svg|jpe?g|webp|ico)",
    re.IGNORECASE,
)


def unseen(attributes: Mapping[str, str]) -> bool:
    """Whether a browser would not show an element with these attributes."""
    if (style := attributes.get("style")) and _by_style(style).unseen:
        return True
    if "hidden" in attributes:
        return True
    names = attributes.get("class")
    return names is not None and _by_class(names).unseen


@dataclass(frozen=True, slots=True)
class _Look:
    """What a `style` or `class` attribute says."""

    align: str
    unseen: bool
    bold: bool = False
    italic: bool = False


@lru_cache(maxsize=4096)
def _by_style(css: str) -> _Look:
    align = _ALIGN.search(css)
    return _Look(
        align.group(1).lower() if align else "",
        _UNSEEN_STYLE.search(css) is not None,
        _BOLD_STYLE.search(css) is not None,
        _ITALIC_STYLE.search(css) is not None,
    )


@lru_cache(maxsize=4096)
def _by_class(names: str) -> _Look:
    tokens = names.split()
    unseen = not _UNSEEN_CLASS.isdisjoint(tokens) or (
        "d-none" in tokens and not any(name.startswith("d-") and name != "d-none" for name in tokens)
    )
    aligns = [_ALIGN_CLASS[name] for name in tokens if name in _ALIGN_CLASS]
    return _Look(aligns[-1] if aligns else "", unseen)


@dataclass(slots=True)
class Style:
    """What an element inherits."""

    align: str
    bold: bool
    italic: bool
    link: bool
    row: Element | None
    cell: Element | None
    item: bool
    heading: int

    def copy(self) -> Style:
        """The same style, to be changed: a third of the time of `dataclasses.replace`, and it runs per element."""
        return Style(self.align, self.bold, self.italic, self.link, self.row, self.cell, self.item, self.heading)


def looks(attributes: Mapping[str, str]) -> bool:
    """Whether one of the attributes may change how text looks."""
    if "style" in attributes or "align" in attributes:
        return True
    names = attributes.get("class")
    return names is not None and _by_class(names).align != ""


def look(tag: str, attributes: Mapping[str, str], style: Style) -> None:
    """Changes `style` to how the element makes its text look."""
    if tag in BOLD:
        style.bold = True
    elif tag in ITALIC:
        style.italic = True
    elif tag == "center":
        style.align = "center"
    if not attributes:
        return
    if css := attributes.get("style"):
        found = _by_style(css)
        style.align = found.align or style.align
        style.bold = style.bold or found.bold
        style.italic = style.italic or found.italic
    if (align := attributes.get("align")) and tag not in ("table", "img"):
        # A table's own alignment places the table, not its text.
        style.align = align.lower()
    if names := attributes.get("class"):
        style.align = _by_class(names).align or style.align


def offered(link: Element) -> bool:
    """Whether a link's markup says that it offers a document, whatever its address."""
    if link.get("download") is not None or DOCUMENT_TYPE.match(link.get("type") or ""):
        return True
    return len(link) > 0 and any(
        _FILE_ICON.search(child.get("src") or "" if child.tag == "img" else child.get("class") or "")
        for child in link.iterdescendants("i", "em", "span", "img")
    )
