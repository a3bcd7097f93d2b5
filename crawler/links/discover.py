"""The one entry of discovery: a response's bytes in, what it is and where it leads out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final, Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler import platforms
from crawler.items import Found, Link, PortalPlan, Role
from crawler.links.charsets import as_utf8
from crawler.links.crowds import MOST_ATTRIBUTES, crowded
from crawler.links.data import article_in, next_part, parse_json
from crawler.links.elements import Element, Elements
from crawler.links.feeds import parse_feed
from crawler.links.keys import absolute, ask_form, page_key, split
from crawler.links.listings import find_links, fixed_role, ranked
from crawler.links.patterns import allowed, record, shape
from crawler.links.purpose import is_home
from crawler.links.shells import embedded, is_shell, unfold
from crawler.links.signs import address_score
from crawler.links.sitemaps import parse_sitemap, robots_sitemaps
from crawler.links.xmldoc import Unread, root_name, unpacked

_FEEDS = ("rss", "feed", "rdf")
_SITEMAPS = ("urlset", "sitemapindex")
_GUESSED_FEEDS = ("feed/", "rss/", "rss.xml")  # asked only where the home page declares none
_RECORDED: dict[int, Role] = {1: "article", -1: "other"}
_GUESSED_SITEMAPS = ("sitemap.xml",)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"\s>]+)", re.IGNORECASE)
_SCRIPT_MOVE = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]|location\.(?:replace|assign)\(\s*['\"]([^'\"]+)['\"]"
)
_HTML_TYPES = ("html", "xml", "text/plain", "octet-stream")
_MOST_BYTES = 4 * 2**20
_CUT = f"what follows the first {_MOST_BYTES} bytes of the page"
_DEEP = "what follows more than 2000 tags that are not closed"
_CROWDED = f"what follows a tag with more than {MOST_ATTRIBUTES} attributes"
_Items = Literal["feed", "sitemap", "other"]

SLICE: Final = 2_000
"""Links of a feed or sitemap that are found, and stored, at a time: well under a second of work."""


def seeds(plan: PortalPlan) -> tuple[Link, ...]:
    """The first addresses of a portal: its home page, then feeds and sitemaps as its platform has them.

    Guesses may not exist: a negative answer to one means nothing. robots.txt is the fetching half's own.
    """
    root = urljoin(plan.url, plan.scope)
    home = ask_form(plan.url, plan.url)
    links = [Link(home, page_key(home, plan.platform), "listing")]
    known = platforms.find(plan.platform)
    links += _guesses(root, known.feeds if known else (), "feed", plan)
    links += _guesses(root, (known.sitemaps if known else ()) or _GUESSED_SITEMAPS, "sitemap", plan)
    return ranked({link.key: link for link in reversed(links)}.values())


def _guesses(root: str, paths: Iterable[str], role: Role, plan: PortalPlan) -> list[Link]:
    urls = (urljoin(root, path) for path in paths)
    return [Link(url, page_key(url, plan.platform), role) for url in urls]


def discover(body: bytes, *, url: str, media_type: str, charset: str, plan: PortalPlan) -> Found:
    """What the response at `url` is, and the links it holds, all inside the portal, best first.

    Bytes win over `media_type`: feeds and sitemaps sent as text/html are read as what they are. `charset` is the one of
    the HTTP head, empty if it named none. Never raises for what a server may send; what is no page is `other` without links.
    """
    parts = list(slices(body, url=url, media_type=media_type, charset=charset, plan=plan))
    if len(parts) == 1:
        return parts[0]
    return replace(parts[-1], links=ranked(link for part in parts for link in part.links))


def slices(body: bytes, *, url: str, media_type: str, charset: str, plan: PortalPlan) -> Iterator[Found]:
    """The same in pieces of at most `SLICE` links, so that a sitemap of 50,000 holds up neither the crawl nor the database.

    A page is one piece, with the first 3,000 links of its first 4 MiB.
    """
    plain = unpacked(body)
    name = urlsplit(url).path.rpartition("/")[2].lower()
    root = root_name(plain)
    if root in _FEEDS:
        yield from _items(url, "feed", parse_feed(plain, url, platform=plan.platform), plan)
    elif root in _SITEMAPS or (name.endswith(".txt") and name != "robots.txt" and not root):
        yield from _items(url, "sitemap", parse_sitemap(plain, url, platform=plan.platform), plan)
    elif "json" in media_type.lower():
        yield from _data(plain, url, plan)
    elif "javascript" in media_type.lower():
        from crawler.links.endpoints import script_links  # few portals have what names any, and it is long to load

        links = script_links(plain, plan)
        yield Found(url, "feed" if links else "other", ranked(links))
    elif name == "robots.txt":
        yield from _items(url, "other", robots_sitemaps(plain, url), plan)
    else:
        kind = media_type.lower()
        readable = not kind or any(part in kind for part in _HTML_TYPES)
        tree, limit = parse_html(plain, charset) if readable and b"<" in plain[:100_000] else (None, "")
        found = Found(url, "other") if tree is None else _page(tree, url, plan)
        yield replace(found, limit=found.limit or limit)


def parse_html(body: bytes, charset: str) -> tuple[Element | None, str]:
    """The root element of an HTML page, None for an empty one; and what of it was too much, in words.

    Marks and bytes that are UTF-8 win over what is declared; else the HTTP head's charset, then the page's own counts.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    text = as_utf8(body[:_MOST_BYTES], charset).replace(b"\x00", b"")
    end = crowded(text)
    try:
        tree = etree.fromstring(text[:end], parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        return None, ""
    too_deep = any(fault.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for fault in parser.error_log)
    if end is not None:
        return tree, _CROWDED
    return tree, _DEEP if too_deep else _CUT if len(body) > _MOST_BYTES else ""


def _page(tree: Element, url: str, plan: PortalPlan) -> Found:
    elements = Elements(tree)
    platform = plan.platform or platforms.recognise(url, elements, {})
    known = replace(plan, platform=platform)
    shell = is_shell(tree)
    own = shell and not is_home(url, plan.url) and any(article_in(data) is not None for data in embedded(tree))
    told = unfold(tree) if shell else 0
    found = find_links(Elements(tree) if told else elements, known, url)
    links = list(found.links)
    moved = _moved(tree, url, known) if len(links) < 3 else []
    links += moved
    if shell:
        from crawler.links.endpoints import shell_links

        links += shell_links(tree, url, known, told=bool(told))
    if not plan.platform and is_home(url, plan.url):
        links += _undeclared(links, known)
    unique = {link.key: link for link in reversed(links)}
    purpose = "article" if own else found.purpose
    if purpose != "article" and fixed_role(url) is not None:
        purpose = "other"  # a page where a feed or sitemap was asked for
    return replace(
        found, purpose=purpose, links=ranked(reversed(unique.values())), platform="" if plan.platform else platform,
        shell=shell and not moved and not own,
    )  # fmt: skip


def _undeclared(links: Iterable[Link], plan: PortalPlan) -> list[Link]:
    """Feeds and sitemaps to try once the home page was seen: where its software puts them, else where most do."""
    if plan.platform:
        return [link for link in seeds(plan) if link.role in ("feed", "sitemap")]
    if any(link.role == "feed" for link in links):
        return []
    return _guesses(urljoin(plan.url, plan.scope), _GUESSED_FEEDS, "feed", plan)


def _moved(tree: Element, url: str, plan: PortalPlan) -> list[Link]:
    """Where an empty page sends its visitors on: meta refresh or a script."""
    targets = [found.group(1) for content in tree.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']/@content")
               if (found := _REFRESH.search(content))]  # fmt: skip
    for script in tree.xpath("//script[not(@src)]/text()"):
        targets += [first or second for first, second in _SCRIPT_MOVE.findall(script[:20_000])[:1]]
    links = []
    for target in targets:
        moved = absolute(target, url)
        if moved is not None and allowed(moved, plan):
            moved = ask_form(moved, plan.url)
            links.append(
                Link(moved, page_key(moved, plan.platform), "listing" if is_home(url, plan.url) else "unknown")
            )
    return links


def _data(body: bytes, url: str, plan: PortalPlan) -> Iterator[Found]:
    """JSON: one article's, with whatever it links to, or a list. What names nothing is neither."""
    links = parse_json(body, url, platform=plan.platform)
    if article_in(body) is not None:
        yield Found(url, "article")
    elif (first := next(links, None)) is None:
        yield Found(url, "other")
    else:
        onward = next_part(body, url)
        part = [Link(onward, page_key(onward, plan.platform), "paging")] if onward else []
        yield from _items(url, "feed", chain([first], links, part), plan)


def _items(url: str, purpose: _Items, links: Iterable[Link], plan: PortalPlan) -> Iterator[Found]:
    """The items of a feed or sitemap that belong to the portal, in the form the crawl asks for, slice by slice."""
    source, seen, places = iter(links), set[str](), Counter[Role]()
    while True:
        taken, limit = _taken(source)
        kept = []
        for link in taken:
            if link.key not in seen and split(link.url) is not None and allowed(link.url, plan):
                seen.add(link.key)
                kept.append(_item(link, purpose, plan))
        yield Found(url, purpose, ranked(kept, places), limit=limit)
        if len(taken) < SLICE:
            return


def _taken(source: Iterator[Link]) -> tuple[list[Link], str]:
    """The next links, and what of the document is not read behind them."""
    taken: list[Link] = []
    try:
        while len(taken) < SLICE and (link := next(source, None)) is not None:
            taken.append(link)
    except Unread as left:
        return taken, str(left)
    return taken, ""


def _item(link: Link, purpose: _Items, plan: PortalPlan) -> Link:
    ask = ask_form(link.url, plan.url)
    role: Role = "unknown" if link.role == "article" and address_score(ask) <= -5 else link.role
    if role in ("article", "unknown") and purpose == "sitemap":
        role = _RECORDED.get(record(plan.patterns.get(shape(ask))), role)
    return Link(ask, link.key, role, link.anchor, 0, link.date_text)
