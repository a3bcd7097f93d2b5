"""Where a page leads, as its bytes tell without being parsed: enough to see that nothing on it is new.

Errs on one side only: what is no link for a browser (in a comment, in a script) may be named, but nothing that is one is left
out; where bytes cannot tell, the answer is that the page must be looked at whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from lxml import etree

from crawler.items import PortalPlan
from crawler.links.controls import addresses
from crawler.links.documents import viewed
from crawler.links.elements import Elements
from crawler.links.keys import absolute
from crawler.links.patterns import resolve

_HREF = re.compile(rb"""href\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""")
_LINK = re.compile(rb"<link\b[^>]*>")
_BASE = re.compile(rb"""<base\b[^>]*?href\s*=\s*["']?([^\s"'>]+)""")
# Not past the next "<": a tag that cannot be told sends its page to the whole look at worst.
_SHOWN = re.compile(rb"""<(?:(!--|script\b|style\b)|a(?=\s)[^<>]*?\shref\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))""")
_UNSHOWN: Final = {b"!--": b"-->", b"script": b"</script", b"style": b"</style"}
_LIST_OF = re.compile(rb"next|rss|atom|rdf")
_CONTROL = re.compile(rb"<(?:i?frame|object|param|embed|select|option|form|button|input)\b[^<]*")
_HARMLESS = re.compile(
    rb"""<input\b[^>]*?type\s*=\s*["']?(?:hidden|text|checkbox|email|password|tel|url)\b|<form\b[^>]*?method\s*=\s*["']?post\b"""
)
# It takes what stands round these to say where they lead.
_CHOICE = re.compile(rb"<(?:param|select|option|form|button|input)\b|data-page\b")
_SCRIPTED: Final = (b"onclick", b"data-", b"javascript:")
_NOWHERE = (b"", b"#")
_MOST = 20_000
_LEAST_LINKS = 4
_LARGEST = 2 * 2**20


@dataclass(slots=True)
class Familiar:
    """What one visit has seen of its portal's links. In memory only: the next visit begins anew.

    `keys` are hashes of the keys of pages that are known, and wait or were asked, whatever else is said of them. `settled`
    are addresses as pages write them that lead to such, or (False) out of the portal; `controls` hashes of elements beside
    plain links that lead nowhere new; `in_doubt` those of a page that is looked at whole for them, by its address.
    """

    keys: set[int] = field(default_factory=set)
    settled: dict[tuple[str, bytes], bool] = field(default_factory=dict)
    controls: set[int] = field(default_factory=set)
    in_doubt: dict[str, set[int]] = field(default_factory=dict)

    def unknown(self, body: bytes, url: str, plan: PortalPlan) -> frozenset[str] | None:
        """The keys that the page at `url` may lead to and this visit has not met; None where only a whole look can tell.

        A page that shows hardly a link before its scripts have run is looked at whole: it may be a shell, or send its visitors
        on. Once the archive has said that the rest is known, tell `met`.
        """
        if len(body) > _LARGEST or b"\0" in body:
            return None
        if len(self.settled) + len(self.controls) > _MOST:
            self.settled.clear()
            self.controls.clear()
        low = body.lower()
        base = _base(body, low, url)
        found, inside = set[str](), set[bytes]()
        for written in _hrefs(body, low):
            leads = self.settled.get((base[1], written))
            if leads is None:
                resolved = _resolved(written, base[0], plan)
                leads = resolved is not None
                if resolved is not None and hash(resolved) not in self.keys:
                    found.add(resolved)
                elif _is_rooted(written):
                    self.settled[base[1], written] = leads
            if leads:
                inside.add(written)
        if not _shows(body, low, inside):
            return None
        doubts = set[int]()
        for element in _elements(body, low):
            if (name := hash((base[1], element))) in self.controls:
                continue
            if _CHOICE.search(element.lower()):
                doubts.add(name)
            elif element.count(b'"') % 2:
                return None
            else:
                targets = _targets(element, base[0], url, plan)
                found.update(key for key in targets if hash(key) not in self.keys)
                if not targets:
                    self.controls.add(name)
        if doubts:
            self.in_doubt[url] = doubts
            return None
        return frozenset(found)

    def looked_at(self, url: str, keys: Iterable[str]) -> None:
        """A page was looked at whole: these are the keys of what it surely names, and its controls are known."""
        self.controls |= self.in_doubt.pop(url, set())
        self.met(*keys)

    def knows(self, keys: Iterable[str]) -> bool:
        """Whether all of these pages are known."""
        return all(hash(key) in self.keys for key in keys)

    def met(self, *keys: str) -> None:
        """These pages are known."""
        self.keys.update(map(hash, keys))


def _base(body: bytes, low: bytes, url: str) -> tuple[str, str]:
    """What addresses on the page are relative to, and its origin."""
    base = url
    if (found := _BASE.search(low)) is not None:
        base = absolute(body[found.start(1) : found.end(1)].decode("utf-8", "replace"), url) or url
    end = base.find("/", 8)
    return base, base if end < 0 else base[:end]


def _hrefs(body: bytes, low: bytes) -> set[bytes]:
    """The addresses of all links, as written; those in the head that name no list and no further part are left out."""
    heads = [found.span() for found in _LINK.finditer(low) if _LIST_OF.search(found[0]) is None]
    ends = iter([*heads, (len(body), len(body))])
    start, end = next(ends)
    written = set()
    for found in _HREF.finditer(low):
        at = found.start()
        while at >= end:
            start, end = next(ends)
        if at < start:
            written.add(body[found.start(1) : found.end(1)].strip(b"\"'").strip())
    return written


def _shows(body: bytes, low: bytes, inside: Collection[bytes]) -> bool:
    """Whether enough of these addresses stand in links that people see before any script has run, as a shell's do not."""
    at, shown = 0, set[bytes]()
    while len(shown) < _LEAST_LINKS:
        if (found := _SHOWN.search(low, at)) is None:
            return False
        at = found.end()
        if found[1] is not None:
            if (at := low.find(_UNSHOWN[found[1]], at)) < 0:
                return False
            continue
        written = body[found.start(2) : found.end(2)].strip(b"\"'").strip()
        if written in inside and not written.startswith(b"#"):
            shown.add(written)
    return True


def _is_rooted(written: bytes) -> bool:
    return written.startswith((b"/", b"http://", b"https://"))


def _resolved(written: bytes, base: str, plan: PortalPlan) -> str | None:
    """The key of an address; None for one that the crawl does not follow, or only a script does."""
    if written in _NOWHERE or written[:11].lower() == b"javascript:":
        return None
    text = written.decode("utf-8", "replace")
    text = unescape(text) if "&" in text else text
    found = resolve(viewed(text) or text, base, plan)
    return found[1] if found is not None else None


def _elements(body: bytes, low: bytes) -> Iterator[bytes]:
    """The tags that may lead on by other means than an address in `href`, each with the text behind it."""
    for found in _CONTROL.finditer(low):
        if _HARMLESS.match(found[0]) is None:
            yield body[found.start() : found.end()]
    for word in _SCRIPTED:
        at = low.find(word)
        while at >= 0:
            start, end = max(low.rfind(b"<", 0, at), 0), low.find(b"<", at)
            end = len(low) if end < 0 else end
            yield body[start:end]
            at = low.find(word, end)


def _targets(element: bytes, base: str, url: str, plan: PortalPlan) -> list[str]:
    """The keys that such a tag leads to by itself."""
    try:
        tree = etree.fromstring(element, etree.HTMLParser(encoding="utf-8"))
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        return []
    if tree is None:
        return []
    found = (resolve(href, base, plan) for _, href in addresses(Elements(tree), url))
    return [resolved[1] for resolved in found if resolved is not None]
