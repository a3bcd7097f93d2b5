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
_LONGEST_NAME = 2_000
"""Characters of an icon's address or class; what is longer is a picture written into the page, and names nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an element's `style` and `class` attributes say; `plain` if nothing of how text looks."""

    align: str = ""
    by_class: str = ""
    bold: bool = False
    italic: bool = False
    unseen: bool = False
    plain: bool = True


PLAIN = Look()


def look_of(attributes: Mapping[str, str]) -> Look:
    """What an element's attributes say of how it looks; its `align` apart, which depends on its tag."""
    css, names = attributes.get("style", ""), attributes.get("class", "")
    return _look(css, names) if css or names else PLAIN


@lru_cache(maxsize=4096)
def _look(css: str, names: str) -> Look:
    tokens = names.split()
    unseen = not _UNSEEN_CLASS.isdisjoint(tokens) or (
        "d-none" in tokens and not any(name.startswith("d-") and name != "d-none" for name in tokens)
    )
    align = found.group(1).lower() if (found := _ALIGN.search(css)) else ""
    by_class = next((_ALIGN_CLASS[name] for name in reversed(tokens) if name in _ALIGN_CLASS), "")
    bold, italic = _BOLD_STYLE.search(css) is not None, _ITALIC_STYLE.search(css) is not None
    unseen = unseen or _UNSEEN_STYLE.search(css) is not None
    return Look(align, by_class, bold, italic, unseen, plain=not (align or by_class or bold or italic))


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


def change(style: Style, tag: str, look: Look, align: str) -> None:
    """Changes `style` to how the element makes its text look; `align` is its attribute of this name."""
    if tag in BOLD:
        style.bold = True
    elif tag in ITALIC:
        style.italic = True
    elif tag == "center":
        style.align = "center"
    if not look.plain:
        style.align = look.align or style.align
        style.bold = style.bold or look.bold
        style.italic = style.italic or look.italic
    if align and tag not in ("table", "img"):
        # A table's own alignment places the table, not its text.
        style.align = align.lower()
    if look.by_class:
        style.align = look.by_class


def offered(link: Element, attributes: Mapping[str, str]) -> bool:
    """Whether a link's markup says that it offers a document, whatever its address."""
    if "download" in attributes or DOCUMENT_TYPE.match(attributes.get("type", "")):
        return True
    return len(link) > 0 and any(
        _FILE_ICON.search((child.get("src" if child.tag == "img" else "class") or "")[:_LONGEST_NAME])
        for child in link.iterdescendants("i", "em", "span", "img")
    )
