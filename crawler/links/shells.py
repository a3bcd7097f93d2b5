"""Pages that are drawn by scripts: told apart from pages with text, and what their data says of where they lead.

shell -> embedded JSON (`__NEXT_DATA__`, application/json, `window.__INITIAL_STATE__`) -> lines of a list
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from lxml import etree

from crawler.links.data import lines
from crawler.links.elements import Element

_MOUNT = (
    "//body//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='app-root' or @id='main-app' or @ng-app"
    " or @data-reactroot or self::app-root]"
)
_ASKS = re.compile(
    r"(?:enable|requires?|need|turn on|without)\b.{0,40}\bjavascript|(?:bật|kích hoạt|cho phép).{0,30}javascript",
    re.IGNORECASE,
)
_STATE = re.compile(r"(?:window|self|globalThis)\.(?:__[A-Za-z_]+__|initialState|pageData)\s*=\s*(?=[\[{])")
_DECODER = json.JSONDecoder()
_BLANK = 80
_UNSHOWN = ("script", "style", "noscript", "template", "title")
_DATA = "//script[@type='application/json' or @id='__NEXT_DATA__']/text()"
_FEW_TEXT, _LITTLE_TEXT, _FEW_LINKS, _MANY_SCRIPTS, _MANY_BYTES = 600, 250, 3, 3, 5_000
_MOST_NODES, _MOST_LINES, _MOST_SCRIPTS = 50_000, 500, 20


def is_shell(tree: Element) -> bool:
    """Whether a page shows next to nothing before its scripts have run: little text, hardly a link, scripts that draw it."""
    hrefs = (href for anchor in tree.iter("a") if (href := anchor.get("href")) is not None)
    links = {href for href in islice(hrefs, _FEW_LINKS + 20) if not href.startswith("#")}
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


def is_blank(tree: Element) -> bool:
    """Whether a page shows nothing even though its scripts have run."""
    return _text(tree) <= _BLANK


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
    found = {line.address: line for data in embedded(tree) for line in lines(data) if line.address}
    listing = etree.SubElement(body, "ul")
    for line in islice(found.values(), _MOST_LINES):
        item = etree.SubElement(listing, "li")
        anchor = etree.SubElement(item, "a", href=line.address)
        anchor.text = line.title
        etree.SubElement(item, "span").text = line.date
    return len(found)


def embedded(tree: Element) -> Iterator[str]:
    """The JSON that a page carries: as data, or given to its script by name (`window.__INITIAL_STATE__ = {…}`)."""
    yield from tree.xpath(_DATA)[:_MOST_SCRIPTS]
    for script in tree.xpath("//script[not(@src)]/text()")[:_MOST_SCRIPTS]:
        for state in islice(_STATE.finditer(script), 3):
            with suppress(ValueError, RecursionError):
                value, _ = _DECODER.raw_decode(script, state.end())
                yield json.dumps(value)
