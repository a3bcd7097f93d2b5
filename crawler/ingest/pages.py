"""A page opened: its tree and its lines, which every stage that looks at the same bytes shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.ingest.decoding import Element, Telling, parse, telling
from crawler.ingest.flow import Flow
from crawler.ingest.meta import Meta, read_meta
from crawler.ingest.recall import Spot
from crawler.ingest.walk import read_flow


@dataclass(frozen=True, slots=True)
class Page:
    """One page's bytes as a tree and as lines, and of the tree what tells machines of the page. Nobody changes them."""

    tree: Element
    told: Telling
    flow: Flow
    _claims: dict[str, Meta] = field(default_factory=dict, repr=False, compare=False)

    def meta(self, url: str) -> Meta:
        """What the page, fetched from `url`, claims of itself: asked for with a template and without one, found out once."""
        if url not in self._claims:
            self._claims[url] = read_meta(self.tree, self.told, url)
        return self._claims[url]


def open_page(body: bytes, charset: str, met: Spot | None = None) -> Page:
    """Decode, parse and walk a page: most of what reading one costs. Never fails on markup.

    `met` is what was met on other pages of its portal, which are opened the faster for it.
    """
    tree = parse(body, charset)
    return Page(tree, telling(tree, body), read_flow(tree, met))
