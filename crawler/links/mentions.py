"""The links of a parsed page as a person sees them: their words, whether they stand in a menu, and the date beside them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.items import PortalPlan
from crawler.links.anchors import HEADINGS, card_words, inside, texts_of, words_of
from crawler.links.controls import addresses
from crawler.links.elements import Element, Elements
from crawler.links.keys import absolute
from crawler.links.patterns import resolve, shape
from crawler.links.signs import address_score, anchor_score, date_line, is_generic, tidy

_NAV_TAGS = frozenset(("nav", "select", "menu"))
_UNREAD_TAGS = frozenset(("a", "script", "style", "noscript", "select", "textarea", "title", "template"))
_FRAME_TAGS = frozenset(("header", "footer"))
_NAV_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?:main|top|sub|left|right|mega|nav|bottom|foot|footer|head|header|dropdown|mobile|primary|secondary|vertical|horizontal|user|site)?"
    r"[_-]?(?:menus?|nav|navbar|navigation)|breadcrumbs?|masthead|colophon|top-?bar|tool-?bar|footer|site-?header|site-?footer|header|lang(?:uage)?s?|"
    r"copyright|social|weblinks?|lien-?ket|lienket|quick-?links?|duong-?dan|login)(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
_CONTENT_NAMES = re.compile(r"(?:^|[\s_-])(?:entry|post|article|news|item|card|story|tin|bai)", re.IGNORECASE)
_NEIGHBOURS = re.compile(
    r"(?:post|entry|article|news|single)s?[_-]nav", re.IGNORECASE
)  # the article before, the article after
_PARENTHESIS = re.compile(r"\(([^()]{6,60})\)\W*$")
_BLOCK_ENDS = frozenset(("body", "html", "main", "form"))
_MOST_LINKS = 3_000
_LIKE_CARDS = 3
_MOST_PIECES = 60
_MOST_LEVELS = 12
_MOST_MENTIONS = 6
_MIXED = ""


@dataclass(slots=True)
class Mention:
    """One link element: `text` are its own words (a title attribute or an image's alt when it has none)."""

    element: Element
    text: str
    nav: bool
    rel: str = ""
    heading: bool = False


@dataclass(slots=True)
class Target:
    """One address that a page mentions, with all its mentions. `anchor` are the best words for it."""

    url: str
    key: str
    mentions: list[Mention] = field(default_factory=list)
    anchor: str = ""
    date_text: str = ""

    @property
    def nav(self) -> bool:
        """True when it is mentioned only in menus, headers and footers."""
        return all(mention.nav for mention in self.mentions)

    @property
    def heading(self) -> bool:
        """True when a heading holds it."""
        return any(mention.heading for mention in self.mentions)

    def is_content(self) -> bool:
        """True when it looks like an item of the page, not like a way to a section."""
        return anchor_score(self.anchor) >= 2 or address_score(self.url) >= 3


class Page:
    """A parsed page, its base address, its menus, and which part of it belongs to which link. Built once, then only read."""

    def __init__(self, elements: Elements, plan: PortalPlan, url: str) -> None:
        self.elements, self.plan, self.url = elements, plan, url
        base = next((href for one in elements.all("base") if (href := one.get("href")) is not None), "")
        self.base = (absolute(base, url) or url) if base else url
        self._navs: dict[Element, bool] = {}
        self._unread: dict[Element, bool] = {}
        self._blocks: dict[Element, tuple[Element, str] | None] = {}
        self._owners: dict[Element, str] = {}
        self._before: dict[Element, bool] = {}
        self._lines: dict[str, str] = {}
        self.targets: dict[str, Target] = {}
        self.limit = self._collect()
        for target in self.targets.values():
            target.anchor = _best(target.mentions)
        self._name_cards()
        self.content = [target for target in self.targets.values() if target.is_content() and not target.nav]
        for target in self.content:
            self._own(target)
        for target in self.content:
            target.date_text = self._date_beside(target)

    # Links

    def resolve(self, href: str) -> tuple[str, str] | None:
        """The address to ask for and its key, None for what the crawl may not ask for."""
        return resolve(href, self.base, self.plan)

    def _collect(self) -> str:
        """Gather the links; returns what was left out, in words."""
        for number, (element, href) in enumerate(addresses(self.elements, self.url)):
            if number >= _MOST_LINKS:
                return f"what follows the first {_MOST_LINKS} links of the page"
            found = self.resolve(href)
            if found is None:
                continue
            url, key = found
            target = self.targets.get(key)
            if target is None:
                target = self.targets[key] = Target(url, key)
            elif len(url) < len(target.url):
                target.url = url
            target.mentions.append(self._mention(element))
        return ""

    def _mention(self, element: Element) -> Mention:
        parent = element.getparent()
        heading = parent is not None and parent.tag in HEADINGS
        return Mention(element, words_of(element), self.in_nav(element), (element.get("rel") or "").lower(), heading)

    def _name_cards(self) -> None:
        """Targets of one form without words of their own (a picture, `Xem chi tiết`) are called by the text of their cards.

        One or two are no list: a picture in a text is not called by the text.
        """
        wordless = [target for target in self.targets.values() if is_generic(target.anchor) and not target.nav]
        forms = Counter(shape(target.url) for target in wordless)
        keys = {mention.element: target.key for target in self.targets.values() for mention in target.mentions}
        for target in wordless:
            if forms[shape(target.url)] >= _LIKE_CARDS:
                words = (card_words(mention.element, keys) for mention in target.mentions[:_MOST_MENTIONS])
                target.anchor = max(words, key=len, default="") or target.anchor

    def in_nav(self, element: Element) -> bool:
        """True when an element stands in a menu, a page header or a page footer."""
        return _inside(element, self._navs, _is_nav)

    def is_prose(self, element: Element) -> bool:
        """True when the text of an element is read as text: it stands in no link, menu, script or choice."""
        return not _inside(element, self._unread, _is_unread) and not self.in_nav(element)

    # Blocks

    def _own(self, target: Target) -> None:
        """Mark the blocks round a target as its own, as far as no other target stands in them."""
        owners = self._owners
        for mention in target.mentions:
            element = mention.element
            while element is not None:
                owner = owners.get(element)
                if owner is None:
                    owners[element] = target.key
                elif owner in (_MIXED, target.key):
                    break  # what is above was seen to before
                else:
                    owners[element] = _MIXED
                element = element.getparent()

    def owner(self, element: Element) -> tuple[Element, str] | None:
        """The nearest block round `element` that holds item links, and the key of its only one (empty if there are several)."""
        walked: list[Element] = []
        found: tuple[Element, str] | None = None
        while element is not None:
            if element in self._blocks:
                found = self._blocks[element]
                break
            walked.append(element)
            owner = self._owners.get(element)
            if owner is not None:
                found = element, owner
                break
            element = element.getparent()
        self._blocks.update(dict.fromkeys(walked, found))
        return found

    def _date_beside(self, target: Target) -> str:
        for mention in target.mentions[:_MOST_MENTIONS]:
            top = mention.element
            for _ in range(_MOST_LEVELS):
                if top is not mention.element or len(top):
                    line = self._date_inside(top, target.anchor)
                    if line is None:
                        break
                    if line:
                        return line
                parent = top.getparent()
                if parent is None or parent.tag in _BLOCK_ENDS or self._owners.get(parent) != target.key:
                    break
                top = parent
            line = self._date_next_to(top)
            if line:
                return line
        found = _PARENTHESIS.search(target.anchor)
        return date_line(found.group(1)) if found else ""

    def _line(self, text: str) -> str:
        line = self._lines.get(text)
        if line is None:
            line = self._lines[text] = date_line(text)
        return line

    def _date_inside(self, block: Element, anchor: str) -> str | None:
        """The first piece of text in `block` that is a date line; None when the block is too large to belong to one link."""
        pieces: list[str] = []
        for piece in texts_of(block):
            piece = piece.strip()
            if piece and (len(piece) < 12 or tidy(piece) not in anchor):
                pieces.append(piece)
                if len(pieces) > _MOST_PIECES:
                    return None
        for piece in pieces:
            line = self._line(piece)
            if line:
                return line
        for width in (2, 3):
            for start in range(len(pieces) - width + 1):
                if all(len(piece) <= 24 for piece in pieces[start : start + width]):
                    line = self._line(" ".join(pieces[start : start + width]))
                    if line:
                        return line
        stamp = next((time.get("datetime") for time in inside(block, "time") if time.get("datetime")), "")
        return self._line(stamp[:10]) and stamp if stamp else ""

    def _date_next_to(self, block: Element) -> str:
        """The date line among the siblings of a block, on the side on which this list keeps its dates."""
        parent = block.getparent()
        if parent is None:
            return ""
        before = self._before.get(parent)
        if before is None:
            first = next((child for child in parent if child in self._owners), block)
            before = self._before[parent] = bool(self._sibling_date(first, back=True))
        return self._sibling_date(block, back=before)

    def _sibling_date(self, block: Element, *, back: bool) -> str:
        texts: list[str] = [] if back else [block.tail or ""]
        sibling = block
        for _ in range(3):
            sibling = sibling.getprevious() if back else sibling.getnext()
            if sibling is None:
                if back:
                    texts.append(block.getparent().text or "")
                break
            if back:
                texts.append(sibling.tail or "")
            if sibling in self._owners:
                break
            if isinstance(sibling.tag, str):
                texts.extend(itertools.islice(texts_of(sibling), 8))
            if not back:
                texts.append(sibling.tail or "")
        return next((line for line in map(self._line, texts) if line), "")


def _inside(element: Element, known: dict[Element, bool], test: Callable[[Element], bool]) -> bool:
    """Whether an element or one above it passes a test; `known` remembers, so that deep pages cost no more than flat ones."""
    walked: list[Element] = []
    result = False
    while element is not None:
        if element in known:
            result = known[element]
            break
        walked.append(element)
        if test(element):
            result = True
            break
        element = element.getparent()
    known.update(dict.fromkeys(walked, result))
    return result


def _is_unread(element: Element) -> bool:
    return element.tag in _UNREAD_TAGS


def _is_nav(element: Element) -> bool:
    tag = element.tag
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if _NEIGHBOURS.search(names):
        return False
    if tag in _NAV_TAGS or element.get("role") in ("navigation", "banner", "contentinfo", "menu", "menubar"):
        return True
    if tag in ("body", "html"):
        return False
    if tag in _FRAME_TAGS:
        # A card's own header or footer holds its headline; the page's stands near the root.
        return not _CONTENT_NAMES.search(names) and not any(
            parent.tag in ("article", "li", "section", "main")
            for parent in itertools.islice(element.iterancestors(), 20)
        )
    return names != " " and _NAV_NAMES.search(names) is not None


def _best(mentions: list[Mention]) -> str:
    """The longest words that are no `Xem tiếp`; headings win over what stands beside pictures."""
    words = [mention.text for mention in mentions if not is_generic(mention.text)]
    headed = [mention.text for mention in mentions if mention.heading and not is_generic(mention.text)]
    return max(headed or words, key=len, default=max((mention.text for mention in mentions), key=len, default=""))
