"""The elements of a page by name, gathered in one walk: each question that walks over a page by itself costs as much."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from crawler.links.documents import POINTING

Element = Any
"""An lxml element; lxml has no type information of its own."""

_TELLING = POINTING | {"itemtype"}


class Elements:
    """A parsed page. It must not gain or lose elements afterwards.

    `telling` are the elements with an attribute that says more than an element's name does: where a script leads when it is
    clicked, or of which kind an item is.
    """

    def __init__(self, tree: Element) -> None:
        self.tree = tree
        self.telling: list[Element] = []
        self._named: defaultdict[str, list[Element]] = defaultdict(list)
        for element in tree.iter("*"):
            self._named[element.tag].append(element)
            if not _TELLING.isdisjoint(element.keys()):
                self.telling.append(element)

    def all(self, *names: str) -> list[Element]:
        """The elements with one of these names, in the page's order."""
        groups = [found for name in names if (found := self._named.get(name))]
        if len(groups) > 1:
            return list(self.tree.iter(*names))
        return groups[0] if groups else []
