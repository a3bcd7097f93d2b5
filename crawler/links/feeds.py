"""Reading feeds: RSS 2.0 and older, RDF (RSS 1.0) and Atom, as links with their headline and date."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from crawler.items import Link
from crawler.links.keys import absolute, page_key
from crawler.links.signs import tidy
from crawler.links.xmldoc import Element, Unread, entries, local, text_of

_TAG = re.compile(r"<[^>]{1,300}>")
_DATES = ("pubdate", "published", "date", "issued", "created", "updated", "modified", "lastbuilddate")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_MOST_ITEMS = 5_000
_MOST_FIELDS = 200


def parse_feed(body: bytes, base: str, *, platform: str = "") -> Iterator[Link]:
    """The items of a feed in their order, with headline and date text as printed, one at a time.

    Relative addresses are resolved against `xml:base` or `base`. What is no feed, or cannot be read, gives nothing. Whether an
    address belongs to the portal, and whether it came before, is not asked here. Raises Unread after 5,000 items.
    """
    for number, item in enumerate(entries(body, "item", "entry")):
        if number >= _MOST_ITEMS:
            raise Unread(f"what follows the first {_MOST_ITEMS} items of the feed")
        link = _link(item, base, platform, number)
        if link is not None:
            yield link


def _link(item: Element, base: str, platform: str, position: int) -> Link | None:
    children: dict[str, list[Element]] = {}
    for child in itertools.islice(item, _MOST_FIELDS):
        children.setdefault(local(child), []).append(child)
    for element in reversed([item, *item.iterancestors()]):
        if element.get(_BASE):
            base = urljoin(base, element.get(_BASE))
    url = absolute(_address(children, item), base)
    if url is None:
        return None
    title = tidy(html.unescape(_TAG.sub(" ", html.unescape(_first(children, "title")))))
    date = next((value for name in _DATES if (value := _first(children, name))), "")
    return Link(url, page_key(url, platform), "article", title, position, tidy(date))


def _first(children: dict[str, list[Element]], name: str) -> str:
    return next((text for element in children.get(name, ()) if (text := text_of(element))), "")


def _address(children: dict[str, list[Element]], item: Element) -> str:
    """Where an item leads: feedburner's original, the alternate link, the text of `link`, a guid that is an address."""
    original = _first(children, "origlink")
    if original:
        return original
    links = children.get("link", [])
    for wanted in ("alternate", ""):
        for link in links:
            if (
                link.get("href")
                and (link.get("rel") or "alternate") == (wanted or link.get("rel"))
                and link.get("rel") not in ("self", "edit", "enclosure", "replies")
            ):
                return str(link.get("href"))
    text = _first(children, "link")
    if text:
        return text
    guid = next(iter(children.get("guid", [])), None)
    if guid is not None and (guid.get("isPermaLink") or "true").lower() == "true":
        return text_of(guid)
    about = next((value for name, value in item.attrib.items() if name.endswith("about")), "")
    return str(about) or next((text for text in [_first(children, "id")] if text.startswith("http")), "")
