"""What a page itself is, seen from outside: a list, one article, or something that only a reader can tell."""

from __future__ import annotations

import re
from typing import Literal

from lxml import etree

from crawler import platforms
from crawler.links.elements import Element, Elements
from crawler.links.keys import page_key, split
from crawler.links.mentions import Page
from crawler.links.signs import address_score, is_headline, tidy

Purpose = Literal["unknown", "article", "listing", "other"]

_TEXTS = etree.XPath("//body//text()[string-length(.) > 24]")
_ITEMS = ("schema.org/NewsArticle", "schema.org/Article")
_SHORT, _LONG = 24, 60
_MOST_TEXTS, _MOST_CHARS = 2_000, 10_000
_CARD = 700
_ARTICLE, _LISTING = 3, -1
_ARTICLE_TYPE = re.compile(
    r'"@type"\s*:\s*(?:\[[^\]]{0,80})?"(?:News|Report|BlogPosting|TechArticle)?(?:Article|BlogPosting)"'
)
_LIST_TYPE = re.compile(r'"@type"\s*:\s*(?:\[[^\]]{0,80})?"(?:CollectionPage|ItemList|SearchResultsPage)"')
_LIST_BODY = re.compile(
    r"(?:^|\s)(?:archive|category|blog|home|search|search-results|tag|date|author|page-(?:category|archive)|view-category)(?:\s|$)"
)
_SINGLE_BODY = re.compile(
    r"(?:^|\s)(?:single|single-post|node-type-(?:article|news|tin-tuc|bai-viet)|page-node-type-(?:article|news)|view-article)(?:\s|$)"
)


def is_home(url: str, plan_url: str) -> bool:
    """True for the portal's own address in any of its forms."""
    return page_key(url) == page_key(plan_url)


def _declared(page: Elements, name: str) -> list[str]:
    """What the head says of the page under a name of the Open Graph vocabulary."""
    return [one.get("content") or "" for one in page.all("meta") if one.get("property") == name]


def _marks(page: Elements) -> int:
    """What the page declares in its head: 1 one article, -1 a list, 0 neither (or both)."""
    kinds = _declared(page, "og:type")
    items = [one for one in page.telling if any(kind in (one.get("itemtype") or "") for kind in _ITEMS)]
    body = next((name for one in page.all("body") if (name := one.get("class")) is not None), "").lower()
    linked = (one.text or "" for one in page.all("script") if one.get("type") == "application/ld+json")
    scripts = " ".join(linked)[:50_000]
    listing = bool(_LIST_TYPE.search(scripts) or _LIST_BODY.search(body) or len(items) > 1)
    article = bool(
        any("article" in kind.lower() for kind in kinds)
        or _ARTICLE_TYPE.search(scripts)
        or _SINGLE_BODY.search(body)
        or len(items) == 1
    )
    if _SINGLE_BODY.search(body):
        return 1
    return article - listing


def own_text(page: Page) -> tuple[int, bool]:
    """`(length, headed)`: characters of running text that belong to no link, and whether the page bears its title's headline.

    Menus and the teasers of a list are no running text; the headline counts as text, not as a link.
    """
    named = (one.text or "" for one in page.elements.all("title"))
    titles = [tidy(text).casefold() for text in (*named, *_declared(page.elements, "og:title"))]
    free, headed, cards = 0, False, dict[Element, int]()
    for text in _TEXTS(page.elements.tree)[:_MOST_TEXTS]:
        parent = text.getparent()
        if parent is None or not page.is_prose(parent.getparent() if text.is_tail else parent):
            continue
        line = tidy(text[:_MOST_CHARS])
        if len(line) <= _SHORT:
            continue
        headed = headed or (is_headline(line) and any(line[:80].casefold() in title for title in titles))
        if len(line) < _LONG:
            continue
        owner = page.owner(parent)
        if owner is None or not owner[1]:
            free += len(line)
        else:
            cards[owner[0]] = cards.get(owner[0], 0) + len(line)
    return free + sum(length for length in cards.values() if length > _CARD), headed


def judge(page: Page, *, paged: bool, children: int) -> Purpose:
    """What the page is for, judged by its address, what it declares, its own headline, and its share of running text.

    `paged` says that it has further parts, `children` how many links to articles it has outside its menus. The portal's home
    page is a list. `unknown` is an answer: the reading half will tell.
    """
    if is_home(page.url, page.plan.url):
        return "listing"
    parts, known = split(page.url), platforms.find(page.plan.platform)
    if parts is not None and known is not None:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if known.is_article(target):
            return "article"
        if known.is_listing(target) and children >= 3:
            return "listing"
    (free, headed), address = own_text(page), address_score(page.url)
    score = 3 * _marks(page.elements) + 2 * headed
    score += 2 if free >= 500 else free >= 150
    score += 2 if address >= 4 else address >= 2
    score -= (address < 0) + 3 * paged + (children >= 3) + (children >= 5 and free < 300) + (children >= 15)
    if score >= _ARTICLE:
        return "article"
    # In doubt a page with a list on it is a list: it is read once all the same, and asked again for what is new.
    return "listing" if children and score <= (_LISTING if children < 3 else 0) else "unknown"
