"""What is known beside a page's bytes, and the nodes that selectors name."""

from __future__ import annotations

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


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath | None:
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return None


def selected(tree: Element, flow: Flow, selectors: Sequence[str]) -> Iterator[Node]:
    """The filled nodes that selectors name, best selector first; one that cannot be read names none."""
    for selector in selectors:
        path = _compiled(selector)
        for element in path(tree) if path is not None else ():
            node = flow.node_of(element)
            if node.end > node.start:
                yield node
