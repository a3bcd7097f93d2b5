"""Telling the links of a page apart: articles, sections, further parts of this list, feeds, documents, what cannot be told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from crawler import platforms
from crawler.items import Found, Link, PortalPlan, Role
from crawler.links.elements import Elements
from crawler.links.keys import page_key, split
from crawler.links.mentions import Page, Target
from crawler.links.paging import Step, is_step, next_parts, place_of, without_place
from crawler.links.patterns import is_document, record, repeats, shape
from crawler.links.postbacks import next_post
from crawler.links.purpose import judge
from crawler.links.signs import address_score, anchor_score, is_generic, is_headline, is_tool

ORDER: tuple[Role, ...] = ("article", "feed", "sitemap", "paging", "listing", "unknown", "attachment", "other")
"""Roles as they are wanted: articles before everything else."""

_FEED = re.compile(
    r"(?:^|[/.?&=_-])(?:rss2?|feeds?|atom)(?:\.(?:xml|aspx|php|ashx|html?|rss))?(?:[/?&]|$)|\.rss$", re.IGNORECASE
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_COMMENT_FEED = re.compile(r"comment|bình luận|phản hồi", re.IGNORECASE)
_SITEMAP = re.compile(r"sitemap[\w.-]*\.xml(?:\.gz)?$", re.IGNORECASE)
_SURE = 4
_SECTION = -1
_SAME_SHAPE = 3


def find_links(elements: Elements, plan: PortalPlan, url: str) -> Found:
    """What the page at `url` is and which links it has, best first, each address once.

    Links off the portal, above its scope, and those that are certainly noise are left out; what cannot be told is `unknown`.
    """
    page = Page(elements, plan, url)
    own = page_key(url, plan.platform)
    targets = {key: target for key, target in page.targets.items() if key != own}
    steps = next_parts(_steps(page, targets.values()), url)
    parts = {page_key(step, plan.platform): step for step in steps}
    post = next_post(page, own)
    roles = _roles(page, {key: target for key, target in targets.items() if key not in parts})
    children = sum(1 for target in page.content if roles.get(target.key) in ("article", "unknown"))
    purpose = judge(page, paged=bool(steps or post) or place_of(url) is not None, children=children)
    links = {
        key: Link(targets[key].url, key, role, targets[key].anchor, 0, targets[key].date_text)
        for key, role in roles.items()
    }
    if purpose != "article":
        links.update(
            {
                key: Link(step, key, "paging", targets[key].anchor if key in targets else "")
                for key, step in parts.items()
            }
        )
    form = None
    if post is not None and purpose != "article":
        form, links[post[0].key] = post[1], post[0]
    links.update({link.key: link for link in _declared_feeds(page, article=purpose == "article")})
    return Found(url, purpose, ranked(_without_traces(links.values(), plan)), limit=page.limit, form=form)


def ranked(links: Iterable[Link], places: Counter[Role] | None = None) -> tuple[Link, ...]:
    """Links by role, best first, each with its place among the links of its role; `other` is left out.

    `places` holds how many of each role came before, and is counted on.
    """
    places = Counter() if places is None else places
    found: list[Link] = []
    for link in sorted((link for link in links if link.role != "other"), key=lambda link: ORDER.index(link.role)):
        found.append(Link(link.url, link.key, link.role, link.anchor, places[link.role], link.date_text))
        places[link.role] += 1
    return tuple(found)


def _without_traces(links: Iterable[Link], plan: PortalPlan) -> list[Link]:
    """Articles without the page number of the list they were clicked on (`?page=7`), each address once."""
    found: dict[str, Link] = {}
    for link in links:
        if (
            link.role == "article"
            and "?" in link.url
            and place_of(link.url)
            and address_score(without_place(link.url)) >= 3
        ):
            url = without_place(link.url)
            link = Link(url, page_key(url, plan.platform), link.role, link.anchor, 0, link.date_text)
        found.setdefault(link.key, link)
    return list(found.values())


def _steps(page: Page, targets: Iterable[Target]) -> list[Step]:
    steps: list[Step] = []
    for link in page.elements.all("link"):
        resolved = page.resolve(link.get("href") or "") if link.get("rel") == "next" else None
        if resolved is not None:
            steps.append(Step(resolved[0], "", "next"))
    for target in targets:
        anchors = [mention.text for mention in target.mentions]
        anchor = next((anchor for anchor in anchors if is_step(anchor)), None)
        rel = "next" if any("next" in mention.rel.split() for mention in target.mentions) else ""
        if anchor is not None or rel:
            steps.append(Step(target.url, anchor or "", rel))
        elif place_of(target.url) and not is_headline(target.anchor):
            steps.append(Step(target.url, target.anchor))
    return steps


def _roles(page: Page, targets: Mapping[str, Target]) -> dict[str, Role]:
    plan = page.plan
    known = platforms.find(plan.platform)
    items = {target.key for target in page.content}
    shapes = Counter(shape(target.url) for target in page.content if is_headline(target.anchor))
    return {key: _role(target, plan, known, shapes, content=key in items) for key, target in targets.items()}


def _role(
    target: Target, plan: PortalPlan, known: platforms.Platform | None, shapes: Mapping[str, int], *, content: bool
) -> Role:
    fixed = fixed_role(target.url)
    if fixed is not None:
        return fixed
    if is_tool(target.anchor) or repeats(target.url, plan.patterns):
        return "other"
    form = shape(target.url)
    proven = record(plan.patterns.get(form))
    words = 0 if is_generic(target.anchor) else anchor_score(target.anchor)
    score = address_score(target.url) + words
    score += 2 * bool(target.date_text) + target.heading
    score -= (1 if words >= 3 else 3) * target.nav  # no menu has entries of nine words
    score += 2 * (content and shapes.get(form, 0) >= _SAME_SHAPE)
    score += platform_score(target.url, known)
    if place_of(target.url) and is_step(target.anchor):
        return "other"  # a pager's way back, or a jump over parts that come by themselves
    if proven < 0 < score - _SECTION:
        return "other"  # what looks like an article here never was one
    if proven > 0 or score >= _SURE:
        return "article"
    return "listing" if score <= _SECTION else "unknown"


@lru_cache(maxsize=16_384)
def fixed_role(url: str) -> Role | None:
    """The role that an address has whatever its words are: documents, feeds, sitemaps."""
    parts = split(url)
    if parts is None:
        return "other"
    if is_document(url):
        return "attachment"
    if _SITEMAP.search(parts.path):
        return "sitemap"
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "feed" if _FEED.search(target) else None


def platform_score(url: str, known: platforms.Platform | None) -> int:
    """What the platform's own patterns add: 5 for an article's address, -5 for a list's."""
    parts = split(url)
    if known is None or parts is None:
        return 0
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return 5 if known.is_article(target) else -5 if known.is_listing(target) else 0


def _declared_feeds(page: Page, *, article: bool) -> list[Link]:
    """The feeds that the head declares, without those of comments and of single articles."""
    found: list[Link] = []
    for element in page.elements.all("link"):
        kind, rel = (element.get("type") or "").lower(), (element.get("rel") or "").lower()
        if kind not in _FEED_TYPES or "alternate" not in rel or element.get("href") is None:
            continue
        resolved = page.resolve(element.get("href"))
        title = element.get("title") or ""
        if (
            resolved is None
            or _COMMENT_FEED.search(title + resolved[0])
            or (article and resolved[0].startswith(page.url.rstrip("/") + "/"))
        ):
            continue
        found.append(Link(resolved[0], resolved[1], "feed", title))
    return found
