"""Whole sample portals by their links alone, without the program: what can be reached, and what a page shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import quote, urljoin, urlsplit

from lxml import html

from phuongchi.demo.site import Reply, Site

HOST = "portal.test"
MOST_ADDRESSES = 1500

Ask = Callable[[str], Reply]
"""A portal on one night: an address in, its answer out."""


def ask(site: Site, target: str, *, night: int = 1, hit: int = 1) -> Reply:
    """The answer of a portal."""
    return site.reply(target, {"host": HOST}, night=night, hit=hit)


def reachable(answer: Ask, entry: str, *, closed: Callable[[str], bool] = lambda target: False) -> dict[str, int]:
    """Every address that links lead to from the entry, with its status; `closed` ones are not asked."""
    status: dict[str, int] = {}
    waiting = [entry]
    for target in waiting:
        if target in status or closed(target):
            continue
        assert len(status) < MOST_ADDRESSES, "endless addresses"
        reply = answer(target)
        status[target] = reply.status
        waiting += links(target, reply)
    return status


def links(target: str, reply: Reply) -> Sequence[str]:
    """The addresses on the portal itself that a page leads to, each once."""
    fields = dict(reply.headers)
    if "Location" in fields:
        return [_local(target, fields["Location"])]
    if not fields.get("Content-Type", "").startswith("text/html") or not reply.body.strip():
        return []
    tree = tree_of(reply)
    here = next(iter(tree.xpath("//base/@href")), f"http://{HOST}{target}")
    found = (urljoin(here, href) for href in dict.fromkeys(tree.xpath("//a/@href")))
    return list(dict.fromkeys(_local(target, address) for address in found if urlsplit(address).netloc == HOST))


def tree_of(reply: Reply) -> html.HtmlElement:
    """A page as a tree, decoded as its header says."""
    charset = "cp1258" if "1258" in dict(reply.headers)["Content-Type"] else "utf-8"
    return html.fromstring(reply.body.decode(charset).encode(), parser=html.HTMLParser(encoding="utf-8"))


def text_of(reply: Reply) -> str:
    """What a page shows, white space folded."""
    tree = tree_of(reply)
    for scrap in tree.xpath("//script|//style|//head"):
        scrap.drop_tree()
    return words(" ".join(tree.itertext()))


def words(text: str) -> str:
    """Text in the form in which it is compared."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _local(target: str, address: str) -> str:
    parts = urlsplit(urljoin(f"http://{HOST}{target}", address))
    return quote(parts.path or "/", safe="/%") + (f"?{parts.query}" if parts.query else "")
