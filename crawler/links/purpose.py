"""What a page itself is, seen from outside: a list, one article, or something that only a reader can tell."""

from __future__ import annotations

import re
from typing import Literal

from crawler import platforms
from crawler.links.keys import page_key, split
from crawler.links.mentions import Element, Page
from crawler.links.signs import address_score, is_headline, tidy

Purpose = Literal["unknown", "article", "listing", "other"]

_LONG_TEXT = (
    "//text()[string-length(normalize-space(.)) > 60]"
    "[not(ancestor::a or ancestor::script or ancestor::style or ancestor::noscript or ancestor::select or ancestor::title)]"
)
_MOST_TEXTS = 2_000
_HEADLINES = "//h1[not(.//a)] | //h2[not(.//a)] | //h3[not(.//a)] | //*[contains(@class, 'title')][not(.//a) and not(self::title)]"
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


def _marks(tree: Element) -> int:
    """What the page declares in its head: 1 one article, -1 a list, 0 neither (or both)."""
    kinds = tree.xpath("//meta[@property='og:type']/@content")
    body = " ".join(tree.xpath("//body/@class")[:1]).lower()
    scripts = " ".join(tree.xpath("//script[@type='application/ld+json']/text()"))[:50_000]
    items = tree.xpath(
        "//*[contains(@itemtype, 'schema.org/NewsArticle') or contains(@itemtype, 'schema.org/Article')]"
    )
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


def free_text(page: Page) -> int:
    """Characters of running text that belong to no link: neither menus nor the teasers of a list."""
    free, cards = 0, dict[Element, int]()
    for text in page.tree.xpath(_LONG_TEXT)[:_MOST_TEXTS]:
        parent = text.getparent()
        if parent is None or page.in_nav(parent):
            continue
        owner = page.owner(parent)
        if owner is None or not owner[1]:
            free += len(text)
        else:
            cards[owner[0]] = cards.get(owner[0], 0) + len(text)
    return free + sum(length for length in cards.values() if length > _CARD)


def _headed(page: Page) -> bool:
    """True when the page bears a headline of its own: a heading without a link whose words are also the document's title."""
    titles = tidy(" ".join(page.tree.xpath("//title/text() | //meta[@property='og:title']/@content"))).casefold()
    for heading in page.tree.xpath(_HEADLINES)[:20]:
        text = tidy("".join(heading.itertext()))
        if is_headline(text) and text.casefold()[:60] in titles and not page.in_nav(heading):
            return True
    return False


def judge(page: Page, *, paged: bool, children: int) -> Purpose:
    """What the page is for, judged by its address, what it declares, its own headline, and its share of headlines and running text.

    `paged` says that it has further parts, `children` how many links to articles it has outside its menus. The portal's home page
    is a list. `unknown` is an answer: the reading half will tell.
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
    free, address = free_text(page), address_score(page.url)
    score = 3 * _marks(page.tree) + 2 * _headed(page)
    score += 2 if free >= 500 else free >= 150
    score += 2 if address >= 4 else address >= 2
    score -= 2 * (address < 0) + 3 * paged + (children >= 3) + (children >= 5 and free < 300) + (children >= 15)
    if score >= _ARTICLE:
        return "article"
    return "listing" if score <= _LISTING and children else "unknown"
