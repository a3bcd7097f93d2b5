"""Other items on an article's page: addresses of its own form, and dates in a module that leads to one page each."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from functools import cache, lru_cache
from urllib.parse import urldefrag, urljoin, urlsplit

from crawler.ingest.flow import Flow, Line, Node
from crawler.links.patterns import shape

_HEADLINE = 25
"""Characters of a link that may be a headline."""
_MOSTLY = 0.6
_DAY = re.compile(r"(?<!\d)\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}|\btháng \w+,? \d", re.IGNORECASE)


def is_anothers(flow: Flow, node: Node, own: Set[int], urls: frozenset[str]) -> bool:
    """Whether what stands in this node belongs to another item than the article whose headline and text are the lines `own`.

    Its module is the smallest container with links of headline length (or in headings) to other pages than `urls`, the
    article's own; and one that has a date for each of them: a footer with the articles before and after has one date only.
    """
    if not own:
        return False
    for module in node.chain():
        if any(number in own for number in range(module.start, module.end)):
            return False
        headlines = [line for line in flow.lines[module.start : module.end] if _is_headline(line)]
        dates, leads = _dates(flow, module) if headlines else 0, set[str]()
        for line in headlines:
            leads |= _leads(line, urls)
            if len(leads) > dates:
                return False
        if leads:
            return True
    return False


def _is_headline(line: Line) -> bool:
    return line.linked >= _MOSTLY and (len(line.text) >= _HEADLINE or line.heading > 0)


def _leads(line: Line, urls: frozenset[str]) -> set[str]:
    base = next(iter(urls), "")
    return {href for raw in line.hrefs if raw and (href := _join(base, raw)) not in urls}


@lru_cache(maxsize=4096)
def _join(base: str, href: str) -> str:
    try:
        return urldefrag(urljoin(base, href))[0].rstrip("/")
    except ValueError:
        return href


def own_addresses(url: str, canonical: str) -> frozenset[str]:
    """The article's addresses as `is_anothers` compares them."""
    return frozenset(urldefrag(address)[0].rstrip("/") for address in (url, canonical) if address)


def _dates(flow: Flow, module: Node) -> int:
    marked = sum(1 for _ in module.element.iter("time"))
    return max(marked, sum(_DAY.search(line.text) is not None for line in flow.lines[module.start : module.end]))


def kin_of(urls: frozenset[str]) -> Callable[[str], bool]:
    """Tells the addresses, as links have them, of other pages of the host that have the form of the article's own."""
    own = next(iter(sorted(urls)), "")

    @cache
    def kin(href: str) -> bool:
        found = _join(own, href)
        return found not in urls and urlsplit(found).netloc == urlsplit(own).netloc and shape(found) in shapes()

    @cache
    def shapes() -> set[str]:
        return {shape(url) for url in urls} - {"", "/"}

    return kin
