"""What is known beside a page's bytes, and the nodes that selectors name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.ingest.decoding import Element
from crawler.ingest.extract.sense import Predicate
from crawler.ingest.flow import Flow, Node
from crawler.ingest.places import Layout


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beside the bytes. Selectors are CSS by field (`title date body byline`); the portal's win over all.

    `anchors` are the words under which listings linked the page, `site` the portal's own names; the predicates tell known
    furniture lines, date lines, headings at which an article is over, and lines of byline and date.
    """

    layout: Layout = field(default_factory=Layout)
    selectors: Mapping[str, str] = field(default_factory=dict)
    platform: Mapping[str, Sequence[str]] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    noise: Predicate = lambda text: False
    dated: Predicate = lambda text: False
    ends: Predicate = lambda text: False
    signed: Predicate = lambda text: False

    def own(self, name: str) -> tuple[str, ...]:
        """The portal's own selector for a field."""
        selector = self.selectors.get(name, "")
        return (selector,) if selector else ()


_BRACKETS = re.compile(r"\[[^\]]*\]")
_NAME = re.compile(r"[.#]([\w-]+)")
_UNCERTAIN = re.compile(r"[,:\\\"']")


@lru_cache(maxsize=256)
def _compiled(selector: str) -> tuple[etree.XPath | None, frozenset[str]]:
    """The selector, and classes and ids without which a page has nothing that it names."""
    try:
        path = etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return None, frozenset()
    return path, frozenset(() if _UNCERTAIN.search(selector) else _NAME.findall(_BRACKETS.sub("", selector)))


def selected(tree: Element, flow: Flow, selectors: Sequence[str]) -> Iterator[Node]:
    """The filled nodes that selectors name, best selector first; one that cannot be read names none."""
    for selector in selectors:
        name = f"selected {selector}"
        known = flow.told.get(name)
        if known is None or known[0] is not tree:
            known = flow.told[name] = (tree, _named(tree, flow, selector))
        yield from known[1]


def _named(tree: Element, flow: Flow, selector: str) -> list[Node]:
    path, names = _compiled(selector)
    if path is None or not names <= flow.names:
        return []
    nodes = map(flow.node_of, path(tree))
    return [node for node in nodes if node.end > node.start]
