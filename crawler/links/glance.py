"""Where a page leads, as its bytes tell without being parsed: enough to see that nothing on it is new.

Errs on one side only: what is no link for a browser (in a comment, in a script) may be named, but nothing that is one is left
out; where bytes cannot tell, the answer is that the page must be looked at whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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
# What ends nowhere, or names nothing, is passed over as a whole: on a page of nothing but such no end is sought from each.
_LINK = re.compile(rb"<link\b[^>]*(?:>|\Z)")
_BASE = re.compile(rb"""<base\b[^>]*?(?:href\s*=\s*["']?([^\s"'>]+)|>|\Z)""")
# Not past the next "<": a tag that cannot be told sends its page to the whole look at worst.
_SHOWN = re.compile(
    rb"""<(?:(!--|script\b|style\b)|a(?=\s)[^<>]*?\shref\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))""", re.IGNORECASE
)
_SHOWN_AGAIN: Final = {
    b"!--": re.compile(rb"-->"),
    b"script": re.compile(rb"</script", re.IGNORECASE),
    b"style": re.compile(rb"</style", re.IGNORECASE),
}
_LIST_OF = re.compile(rb"next|rss|atom|rdf")
_CONTROL = re.compile(rb"<(?:i?frame|object|param|embed|select|option|form|button|input)\b[^<]*")
_HARMLESS = re.compile(
    rb"""<input\b[^>]*?type\s*=\s*["']?(?:hidden|text|checkbox|email|password|tel|url)\b|<form\b[^>]*?method\s*=\s*["']?post\b"""
)
# It takes what stands round these to say where they lead.
_CHOICE = re.compile(rb"<(?:param|select|option|form|button|input)\b|data-page\b")
_SCRIPTED: Final = (b"onclick", b"data-", b"javascript:")
# An address, or a link of the head, that goes on behind the next "<": such a page is not taken apart. One without quotes is
# followed to the next `href=` at most, which is looked at for itself.
_CUT = re.compile(rb"""href\s*=\s*(?:"[^"<]*|'[^'<]*|[^\s>"'<h]*+(?:h(?!ref=)[^\s>"'<h]*+)*+)<|<link\b[^<>]*<""")
_NOWHERE = (b"", b"#")
_LONG = 200
_MOST = 20_000
# At most 340 bytes each with their place in the set, 7 MB of a visit. Texts fill it; menus are there again a page later.
_MOST_PIECES = 20_000
_LEAST_LINKS = 4
_LARGEST = 2 * 2**20


@dataclass(slots=True)
class Familiar:
    """What one visit has seen of its portal's links. In memory only: the next visit begins anew.

    `keys` are hashes of the keys of pages that are known, and wait or were asked, whatever else is said of them. `settled`
    are addresses as pages write them that lead to such, or (False) out of the portal; `controls` hashes of elements beside
    plain links that lead nowhere new; `in_doubt` those of a page that is looked at whole for them, by its address. `pieces`
    is what stood between two `<` of pages, by their origin, and names nothing but such: menus, boxes, footers; of long ones
    the hash.
    """

    keys: set[int] = field(default_factory=set)
    settled: dict[tuple[str, bytes], bool] = field(default_factory=dict)
    controls: set[int] = field(default_factory=set)
    in_doubt: dict[str, set[int]] = field(default_factory=dict)
    pieces: dict[str, set[bytes | int]] = field(default_factory=dict)

    def unknown(self, body: bytes, url: str, plan: PortalPlan) -> frozenset[str] | None:
        """The keys that the page at `url` may lead to and this visit has not met; None where only a whole look can tell.

        A page that shows hardly a link before its scripts have run is looked at whole: it may be a shell, or send its visitors
        on. Once the archive has said that the rest is known, tell `met`.
        """
        if len(body) > _LARGEST or b"\0" in body:
            return None
        self._forget()
        base, origin = url, _origin(url)
        part = _Part.new(body, self.pieces.setdefault(origin, set()))
        if b"<base" in part.low:
            base = _base(body, url)
            origin = _origin(base)
            part = _Part.new(body, self.pieces.setdefault(origin, set()))
        found, inside = self._linked(part, base, origin, plan)
        if not _shows(body, lambda written: written in inside or self.settled.get((origin, written), False)):
            return None
        doubts = set[int]()
        for element in _elements(part.body, part.low):
            if (name := hash((origin, element))) in self.controls:
                continue
            if _CHOICE.search(element.lower()):
                doubts.add(name)
            elif element.count(b'"') % 2:
                return None
            elif targets := _targets(element, base, url, plan):
                found.update(key for key in targets if hash(key) not in self.keys)
            else:
                self.controls.add(name)
                continue
            part.open.add(element[1:])
        self.pieces[origin] |= part.settled()
        if sum(map(len, self.pieces.values())) > _MOST_PIECES:
            self.pieces.clear()
        if doubts:
            self.in_doubt[url] = doubts
            return None
        return frozenset(found)

    def _linked(self, part: _Part, base: str, origin: str, plan: PortalPlan) -> tuple[set[str], set[bytes]]:
        """The keys that the links name and this visit has not met, and the addresses, as written, that lead into the portal."""
        found, inside = set[str](), set[bytes]()
        for written, places in _hrefs(part.body, part.low).items():
            leads = self.settled.get((origin, written))
            if leads is None:
                resolved = _resolved(written, base, plan)
                leads = resolved is not None
                if resolved is not None and hash(resolved) not in self.keys:
                    found.add(resolved)
                    part.leave_open(places)
                elif _is_rooted(written):
                    self.settled[origin, written] = leads
                elif not _is_nowhere(written):
                    part.leave_open(places)  # from another page it leads elsewhere
            if leads:
                inside.add(written)
        return found, inside

    def _forget(self) -> None:
        """Begin anew when it has become too much. Which links of passed over pieces lead into the portal, `settled` says."""
        if len(self.settled) + len(self.controls) > _MOST:
            self.settled.clear()
            self.controls.clear()
            self.pieces.clear()

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


@dataclass(slots=True)
class _Part:
    """What of a page no page before had: its pieces, each behind a `<`, in any order, with that text in lower case.

    `open` are those that name something which is new, or leads elsewhere from another page; and those by which a page says what
    its addresses are relative to, so that they are in this part of every page.
    """

    body: bytes
    low: bytes
    pieces: set[bytes]
    open: set[bytes] = field(default_factory=set)

    @classmethod
    def new(cls, body: bytes, known: set[bytes | int]) -> _Part:
        """The part of a page; all of it where an address or a head's link goes on behind a `<`."""
        pieces = set(body.split(b"<")).difference(known)
        pieces = {piece for piece in pieces if len(piece) < _LONG or hash(piece) not in known}
        part = b"<".join((b"", *pieces, b""))
        low = part.lower()
        if _CUT.search(low):
            return cls(body, body.lower(), set())
        bases = {piece for piece in pieces if piece[:4].lower() == b"base"} if b"<base" in low else set[bytes]()
        return cls(part, low, pieces, bases)

    def leave_open(self, places: Iterable[int]) -> None:
        """The pieces at these places, which ascend, are not to be passed over on the next page."""
        end = 0
        for at in places:
            if at < end:
                continue  # in the same piece
            start = self.body.rfind(b"<", 0, at) + 1
            found = self.body.find(b"<", at)
            end = found if found >= 0 else len(self.body)
            self.open.add(self.body[start:end])

    def settled(self) -> set[bytes | int]:
        """The pieces that can be passed over."""
        return {piece if len(piece) < _LONG else hash(piece) for piece in self.pieces - self.open}


def _base(body: bytes, url: str) -> str:
    """What addresses are relative to on a page that says so."""
    if (found := next((one for one in _BASE.finditer(body.lower()) if one[1]), None)) is None:
        return url
    return absolute(body[found.start(1) : found.end(1)].decode("utf-8", "replace"), url) or url


def _origin(url: str) -> str:
    end = url.find("/", 8)
    return url if end < 0 else url[:end]


def _hrefs(body: bytes, low: bytes) -> dict[bytes, list[int]]:
    """The addresses of all links, as written, and where they stand; those in the head that name no list and no further part are
    left out."""
    heads = [found.span() for found in _LINK.finditer(low) if found[0][-1:] == b">" and not _LIST_OF.search(found[0])]
    ends = iter([*heads, (len(body), len(body))])
    start, end = next(ends)
    written: dict[bytes, list[int]] = {}
    for found in _HREF.finditer(low):
        at = found.start()
        while at >= end:
            start, end = next(ends)
        if at < start:
            written.setdefault(body[found.start(1) : found.end(1)].strip(b"\"'").strip(), []).append(at)
    return written


def _shows(body: bytes, leads: Callable[[bytes], bool]) -> bool:
    """Whether enough addresses that lead into the portal stand in links that people see before any script has run, as a shell's
    do not."""
    at, shown = 0, set[bytes]()
    while len(shown) < _LEAST_LINKS:
        if (found := _SHOWN.search(body, at)) is None:
            return False
        at = found.end()
        if found[1] is not None:
            if (end := _SHOWN_AGAIN[found[1].lower()].search(body, at)) is None:
                return False
            at = end.start()
            continue
        written = found[2].strip(b"\"'").strip()
        if not written.startswith(b"#") and leads(written):
            shown.add(written)
    return True


def _is_rooted(written: bytes) -> bool:
    return written.startswith((b"/", b"http://", b"https://"))


def _is_nowhere(written: bytes) -> bool:
    return written in _NOWHERE or written[:11].lower() == b"javascript:"


def _resolved(written: bytes, base: str, plan: PortalPlan) -> str | None:
    """The key of an address; None for one that the crawl does not follow, or only a script does."""
    if _is_nowhere(written):
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
