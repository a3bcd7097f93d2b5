"""Pages that are drawn by scripts: told apart from pages with text, and what their data says of where they lead.

shell -> embedded JSON (`__NEXT_DATA__`, application/json) -> lines of a list; WordPress's endpoint -> a feed in JSON
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawler.items import Link
from crawler.links.keys import absolute, page_key
from crawler.links.mentions import Element
from crawler.links.signs import tidy

_MOUNT = (
    "//body//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='app-root' or @id='main-app' or @ng-app"
    " or @data-reactroot or self::app-root]"
)
_ASKS = re.compile(
    r"(?:enable|requires?|need|turn on|without)\b.{0,40}\bjavascript|(?:bật|kích hoạt|cho phép).{0,30}javascript",
    re.IGNORECASE,
)
_UNSHOWN = ("script", "style", "noscript", "template", "title")
_DATA = "//script[@type='application/json' or @id='__NEXT_DATA__']/text()"
_FEW_TEXT, _LITTLE_TEXT, _FEW_LINKS, _MANY_SCRIPTS, _MANY_BYTES = 600, 250, 3, 3, 5_000
_TITLES = ("title", "headline", "name", "tieude", "tieu_de", "subject", "tenbai")
_ADDRESSES = ("url", "link", "href", "path", "permalink", "canonicalurl", "duongdan")
_DATES = (
    "date",
    "publishedat",
    "published_at",
    "publishdate",
    "publisheddate",
    "createdat",
    "created_at",
    "ngaydang",
    "pubdate",
)
_TAG = re.compile(r"<[^>]{1,300}>")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|ico|mp4|css|js|json|woff2?)(?:\?|$)", re.IGNORECASE)
_MOST_NODES, _MOST_LINES, _MOST_SCRIPTS = 50_000, 500, 20
_POSTS = "wp/v2/posts?per_page=50&_fields=link,title,date"


def is_shell(tree: Element) -> bool:
    """Whether a page shows next to nothing before its scripts have run: little text, hardly a link, scripts that draw it."""
    links = {href for href in tree.xpath("//body//a/@href")[: _FEW_LINKS + 20] if not href.startswith("#")}
    if len(links) > _FEW_LINKS or (text := _text(tree)) > _FEW_TEXT:
        return False
    scripts = len(tree.xpath("//script[@src]"))
    inline = sum(len(piece) for piece in tree.xpath("//script[not(@src)]/text()"))
    if not (scripts or inline):
        return False
    asks = any(_ASKS.search(" ".join(element.itertext())[:1_000]) for element in tree.iter("noscript"))
    empty = any(not "".join(islice(mount.itertext(), 50)).strip() for mount in tree.xpath(_MOUNT))
    abound = scripts >= _MANY_SCRIPTS or inline >= _MANY_BYTES
    return asks or empty or (text <= _LITTLE_TEXT and abound and not links)


def _text(tree: Element) -> int:
    """Characters of text that the page shows as it came; no more are counted than matter."""
    shown = 0
    for element in islice(next(tree.iter("body"), tree).iter(), _MOST_NODES):
        if element.tag not in _UNSHOWN:
            shown += len((element.text or "").strip())
        shown += len((element.tail or "").strip())
        if shown > _FEW_TEXT:
            break
    return shown


def unfold(tree: Element) -> int:
    """Put the lines that a shell's data holds into its body as a list, so that they are found as on any page; how many."""
    body = next(iter(tree.iter("body")), None)
    if body is None:
        return 0
    lines = {
        href: (title, date) for script in tree.xpath(_DATA)[:_MOST_SCRIPTS] for href, title, date in _lines(script)
    }
    listing = etree.SubElement(body, "ul")
    for href, (title, date) in islice(lines.items(), _MOST_LINES):
        item = etree.SubElement(listing, "li")
        anchor = etree.SubElement(item, "a", href=href)
        anchor.text = title
        etree.SubElement(item, "span").text = date
    return len(lines)


def endpoints(tree: Element, url: str) -> Iterator[str]:
    """Addresses of JSON lists that the page declares: WordPress's posts."""
    for href in tree.xpath("//link[@rel='https://api.w.org/']/@href")[:1]:
        root = absolute(href, url)
        if root is not None and "?" not in root:
            yield urljoin(root.rstrip("/") + "/", _POSTS)


def parse_json(body: bytes, base: str, *, platform: str = "") -> Iterator[Link]:
    """The items of a list in JSON, in their order: whatever has an address and a title. Nothing for what is none."""
    for position, (href, title, date) in enumerate(_lines(body)):
        url = absolute(href, base)
        if url is not None:
            yield Link(url, page_key(url, platform), "article", title, position, date)


def _lines(data: bytes | str) -> Iterator[tuple[str, str, str]]:
    """Address, title and date of every object in a JSON document that has the first two."""
    try:
        todo: list[Any] = [json.loads(data)]
    except (ValueError, RecursionError):
        return
    seen = 0
    while todo and seen < _MOST_NODES:
        node, seen = todo.pop(), seen + 1
        if isinstance(node, dict):
            if (line := _line(node)) is not None:
                yield line
            todo.extend(reversed([value for value in node.values() if isinstance(value, dict | list)]))
        elif isinstance(node, list):
            todo.extend(reversed([value for value in node[:_MOST_NODES] if isinstance(value, dict | list)]))


def _line(node: Mapping[str, Any]) -> tuple[str, str, str] | None:
    named = {name.lower(): value for name, value in node.items()}
    title = next(filter(None, (_words(named.get(name)) for name in _TITLES)), "")
    href = next((value for name in _ADDRESSES if isinstance(value := named.get(name), str) and _leads(value)), "")
    if not title or not href:
        return None
    date = next((value for name in _DATES if isinstance(value := named.get(name), str)), "")
    return href, title[:500], date[:40]


def _leads(value: str) -> bool:
    """Whether a text is an address of a page; a bare word may be anything."""
    return value.startswith(("/", "http://", "https://")) and " " not in value and _PICTURE.search(value) is None


def _words(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("rendered")  # WordPress
    return tidy(html.unescape(_TAG.sub(" ", value[:2_000]))) if isinstance(value, str) else ""
