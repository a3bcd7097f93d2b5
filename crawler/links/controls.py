"""Where a page leads by other means than a plain link: scripts on click, data attributes, choices, forms, frames."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urljoin, urlsplit

from lxml import etree

from crawler.links.anchors import texts_of
from crawler.links.documents import embedded, pointed, viewed
from crawler.links.elements import Element, Elements
from crawler.links.paging import place_of

_SCRIPT_TARGET = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\()\s*['\"]([^'\"]{2,500})['\"]",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\()\s*(?:['\"]([^'\"]{0,500})['\"]\s*\+\s*)?"
    r"(?:this\.|\$\(this\)\.val|[\w.]*options\[)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?:/)?/[^\s{}<>]+|[\w.-]+\.(?:html?|htx|aspx?|php|jsp)\b[^\s{}<>]*|\?[\w$.-]+=[^\s{}<>]*"
)
_DATA = ("data-href", "data-url", "data-link")
_FIELDS = etree.XPath(".//input[@type='hidden'][@name]")
_ASKING = etree.XPath(".//select[@name] | .//button[@name] | .//input[@type='submit' or @type='radio'][@name]")
_LOOKED_AT = frozenset(("a", "area", "img", "iframe"))
_MOST = 200
"""Choices of one page that are looked at."""


def addresses(page: Elements, url: str) -> Iterator[tuple[Element, str]]:
    """Every element of the page at `url` that leads on, with the address as the page has it."""
    yield from _links(page, url)
    for element in page.telling:
        if element.tag in _LOOKED_AT:
            continue
        found = _SCRIPT_TARGET.search(element.get("onclick") or "")
        href = (found.group(1) if found else _data(element)) or pointed(element.attrib)
        if href:
            yield element, viewed(href) or href
    yield from itertools.islice(_choices(page), _MOST)
    yield from itertools.islice(_form_pages(page, url), _MOST)
    for element in page.all("frame", "iframe", "object", "embed"):
        if href := embedded(element):
            yield element, viewed(href, framed=True) or href


def _links(page: Elements, url: str) -> Iterator[tuple[Element, str]]:
    for element in page.all("a", "area"):
        href = element.get("href") or ""
        if href[:11].lower() == "javascript:" or href in ("", "#"):
            found = _SCRIPT_TARGET.search(f"{href} {element.get('onclick') or ''}")
            href = (found.group(1) if found else _data(element)) or pointed(element.attrib) or _numbered(element, url)
        if href:
            yield element, viewed(href) or href


def _data(element: Element) -> str:
    values = (element.get(name) or "" for name in _DATA)
    return next((value for value in values if _ADDRESS.fullmatch(value.strip())), "")


def _numbered(element: Element, url: str) -> str:
    """The address of another part of a list whose pager only has numbers for a script: `page=N`."""
    number = (element.get("data-page") or "").strip()
    if not number.isdecimal() or _words(element) != number:
        return ""
    # As nearly all scripts ask; a server that does not know it shows the first part once more, and the walk ends.
    tokens = [token for token in urlsplit(url).query.split("&") if token and not place_of(f"http://x/?{token}")]
    return urljoin(url, "?" + "&".join((*tokens, f"page={number}")))


def _words(element: Element) -> str:
    return "".join(itertools.islice(texts_of(element), 5)).strip()


def _choices(page: Elements) -> Iterator[tuple[Element, str]]:
    """The entries of a choice that goes to the chosen address."""
    for select in page.all("select"):
        moves = _CHOICE.search(select.get("onchange") or "")
        if moves is None:
            continue
        for option in select.iter("option"):
            href = (moves.group(1) or "") + (option.get("value") or "")
            if _ADDRESS.fullmatch(href):
                yield option, href


def _form_pages(page: Elements, url: str) -> Iterator[tuple[Element, str]]:
    """The parts of a list that a form asks for: the page numbers of its choices and buttons, with its hidden fields."""
    for form in page.all("form"):
        if (form.get("method") or "get").lower() != "get":
            continue
        hidden = [(field.get("name"), field.get("value") or "") for field in _FIELDS(form)]
        for control in _ASKING(form):
            name = control.get("name")
            if place_of(f"http://x/?{quote(name)}=2") is None:
                continue
            for choice in control.iter("option") if control.tag == "select" else (control,):
                value = (choice.get("value") or _words(choice)).strip()
                if value.isdecimal():
                    query = urlencode([*(pair for pair in hidden if pair[0] != name), (name, value)])
                    yield choice, f"{(form.get('action') or url).partition('?')[0]}?{query}"
