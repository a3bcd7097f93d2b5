"""Places in a page's tree, and what is known of a portal's layout. The ground between learning and reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.ingest.flow import Node

TEXTUAL = frozenset(("p", "li", "td", "th", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"))
"""Elements that hold a text's lines on every portal; of others only the looks of its own texts tell."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node on the way from the root to a place; `index` counts siblings of its tag."""

    tag: str
    id: str
    classes: tuple[str, ...]
    index: int

    def fits(self, node: Node) -> bool:
        """Whether the node may be this step: id and all classes are there."""
        if node.tag != self.tag or (self.id and node.id != self.id):
            return False
        return not self.classes or set(self.classes) <= set(node.classes)

    @classmethod
    def of(cls, node: Node) -> Step:
        """The step that leads to this node and no other of its look."""
        return cls(node.tag, node.id, node.classes, node.index)


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """An embedded date (`name`: source and name, as in `meta date`) that dates no article of the portal.

    `says`: the moment of the `fetch`; that of the `build` of all pages, between `first` and `last` (local ISO); or something
    `other`, because printed dates contradict it.
    """

    name: str
    says: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A template as the reader uses it: `furniture` keys, `bodies` and `titles` (best first), parts of the site's name,
    the places of date lines and byline, and the addresses of the pages that it was learned from. `clocks` are places that show
    the time of the fetch, `month_first` says that the portal's date lines prove to be those of an English system. `files` are
    documents that page after page offers, as links and frames have their addresses. `claims` are embedded dates that are no
    article's.
    """

    furniture: frozenset[str] = frozenset()
    bodies: tuple[Path, ...] = ()
    titles: tuple[Path, ...] = ()
    site: frozenset[str] = frozenset()
    pages: int = 0
    dates: tuple[Path, ...] = ()
    bylines: tuple[Path, ...] = ()
    urls: tuple[str, ...] = ()
    clocks: tuple[Path, ...] = ()
    month_first: bool = False
    files: frozenset[str] = frozenset()
    claims: tuple[Claim, ...] = ()


def locate(root: Node, paths: Sequence[Path]) -> Node | None:
    """The node that the first fitting path leads to; among several of one look, the one with the most lines."""
    for path in paths:
        if node := _follow(root, path):
            return node
    return None


def only(root: Node, path: Path) -> Node | None:
    """The node that the path leads to, if it leads to one only: the place of a single line."""
    nodes = _fitting(root, path)
    return nodes[0] if len(nodes) == 1 else None


def alike(root: Node, path: Path) -> list[Node]:
    """All nodes of the place's look, whatever their positions: rows of layout tables shift when one is left out."""
    nodes = [root] if path and path[0].fits(root) else []
    for step in path[1:]:
        nodes = [child for node in nodes for child in node.children if step.fits(child)]
    return nodes


def _follow(root: Node, path: Path) -> Node | None:
    return max(_fitting(root, path), key=lambda node: (node.end - node.start, -node.start), default=None)


def _fitting(root: Node, path: Path) -> list[Node]:
    if not path or not path[0].fits(root):
        return []
    nodes = [root]
    for step in path[1:]:
        fitting = [child for node in nodes for child in node.children if step.fits(child)]
        exact = [child for child in fitting if child.index == step.index]
        # Without a name of its own a node is known by its position only.
        nodes = exact if exact and not (step.id or step.classes) else fitting
        if len(nodes) > 1 and exact:
            nodes = exact
        if not nodes:
            return []
    return nodes
