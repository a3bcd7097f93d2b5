"""How much a line or a container counts as an article's own text, before it is known where the article stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from crawler.ingest.extract.filed import Filed, file_lines, find_offers
from crawler.ingest.flow import Anchor, Flow, Line, Node
from crawler.ingest.places import Layout

Predicate = Callable[[str], bool]

_ASIDE_TAGS = frozenset(("nav", "aside", "footer"))
# Whole words of class names and ids; a word may be followed by a number or a case change, as in `menuTop` or `footer-2`.
_ASIDE_WORD = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|mainmenu|submenu|sidebar|side-?bar|sidenav|footer|breadcrumbs?|relat(?:ed|es?)(?:posts?|news|articles?)?"
    r"|lien-?quan|tin-?khac|tin-?lien-?quan|other-?news|news-?other|othernews|tincungchuyenmuc|cung-?chuyen-?muc|comments?"
    r"|binh-?luan|respond|reply|share|sharing|social|addthis|sharedaddy|toolbar|toolbox|pagination|pager|paging|phan-?trang|rating"
    r"|vote|poll|tham-?do|widget|widgets|advert|ads|banner|quang-?cao|login|search|weather|thoi-?tiet|counter|thong-?ke|visitor"
    r"|truy-?cap|tags?|tagcloud|cookie|popup|modal|copyright|skip|language|hot-?news|most-?read|xem-?nhieu|tin-?moi"
    r"|print|font-?size|captcha|slider|carousel|marquee)(?=$|[-_\s\d])",
    re.IGNORECASE,
)
_SURE_WORD = re.compile(
    r"(?:^|[-_\s])(?:related(?:posts?|news|articles?)?|lien-?quan|tin-?khac|tin-?lien-?quan|other-?news|news-?other|othernews|comments?|binh-?luan|respond|share"
    r"|sharing|social|addthis|sharedaddy|pagination|pager|rating|breadcrumbs?|post-?navigation|nav-?links|tagcloud|captcha)"
    r"(?=$|[-_\s\d])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4096)
def _says(names: tuple[str, ...], id_: str) -> tuple[bool, bool]:
    """Whether class names and id name something beside an article, and something that is never one."""
    words = _CAMEL.sub("-", " ".join((*names, id_)))
    return _ASIDE_WORD.search(words) is not None, _SURE_WORD.search(words) is not None


def named_aside(node: Node) -> bool:
    """Whether tag, class or id say that the container is beside the article. A hint: names lie."""
    if node.tag in _ASIDE_TAGS:
        return True
    return node.tag != "body" and _says(node.classes, node.id)[0]


def named_apart(node: Node) -> bool:
    """Whether class or id name something that is never an article's text, even inside its body."""
    return _says(node.classes, node.id)[1]


def named(flow: Flow) -> Sequence[Node]:
    """The filled containers that are named as one or the other."""
    return flow.of_nodes("named", _is_named)


def _is_named(node: Node) -> bool:
    return node.end > node.start and (named_aside(node) or named_apart(node))


@dataclass(slots=True)
class Sense:
    """Weights of the page's lines, and which of them are furniture, set aside or labels.

    `weights` are characters that may be article text; `furniture` lines recur on the portal's pages, `aside` lines stand
    in a container named so, `labels` are date lines and known furniture lines, `files` lines with a link to a document.
    `offers` are what offers documents of this page (not those that page after page offers), `filed` the lines of nothing else.
    `anothers` are the lines of whole articles that follow on the page's own.
    `kin` tells addresses of the page's own form: other articles. `headlines` are found by `crawler.ingest.extract.items`.
    """

    flow: Flow
    furniture: Sequence[bool]
    aside: list[bool]
    labels: Sequence[bool]
    files: list[bool]
    weights: list[int]
    offers: list[Anchor]
    filed: Filed
    kin: Predicate = lambda href: False
    sums: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    headlines: Sequence[bool] = ()
    anothers: set[int] = field(default_factory=set)

    def mass(self, start: int, end: int) -> int:
        """Weight of the lines `start:end`."""
        return self.sums[max(start, 0)] * -1 + self.sums[end] if end > start else 0

    def mass_of(self, node: Node, after: int = 0) -> int:
        """Weight of a node's lines from line `after` on."""
        return self.mass(max(node.start, after), node.end)

    def linked(self, start: int, end: int) -> float:
        """Share of the characters of lines `start:end` that stand in links, 0..1."""
        letters = self.letters[end] - self.letters[start] if end > start else 0
        return (self.links[end] - self.links[start]) / letters if letters else 0.0


def sense(flow: Flow, layout: Layout, *, noise: Predicate, dated: Predicate) -> Sense:
    """Weigh the lines of a page. `noise` tells known furniture lines, `dated` date lines."""
    lines = flow.lines
    recurring = layout.furniture
    furniture = flow.of_lines("furniture", recurring, lambda line: line.recurrence in recurring)

    def says_label(line: Line) -> bool:
        return noise(line.text) or dated(line.text) or bool(line.seamed and dated(line.seamed))

    # What lines say does not change with what was learned since: asked without a template and with it, it is told once.
    said = flow.of_lines("label", (noise, dated), says_label)
    labels = [label and not known for label, known in zip(said, furniture, strict=True)]
    letters, linked, unlinked, whole = (
        zip(*flow.of_lines("measures", None, _measures), strict=True) if lines else [()] * 4
    )
    aside = _aside(flow, unlinked)
    offers = find_offers(flow, layout.files)
    filed = file_lines(flow, offers)
    weights = [
        0 if known or label else weight // 4 if apart else weight
        for weight, known, label, apart in zip(whole, furniture, labels, aside, strict=True)
    ]
    for number in filed.lines:
        weights[number] = 0
    files = [False] * len(lines)
    for anchor in offers:
        if not anchor.embed and anchor.at < len(lines):
            files[anchor.at] = True
    found = Sense(flow, furniture, aside, labels, files, weights, offers, filed)
    found.sums = [0, *accumulate(weights)]
    found.letters = [0, *accumulate(letters)]
    found.links = [0, *accumulate(linked)]
    return found


def _aside(flow: Flow, unlinked: Sequence[int]) -> list[bool]:
    """Lines in containers that are named as furniture; a container of most of the page is not one, whatever its name."""
    found = [False] * len(flow.lines)
    sums = [0, *accumulate(unlinked)]
    total = sums[-1] or 1
    for node in filter(named_aside, named(flow)):
        if not found[node.start] and sums[node.end] - sums[node.start] <= 0.5 * total:
            found[node.start : node.end] = [True] * (node.end - node.start)
    return found


def _measures(line: Line) -> tuple[int, int, int, int]:
    """Of a line's characters: all, those in links, those of a line that is no link, and what may be text."""
    letters, linked = len(line.text), line.linked
    if linked >= 0.5:
        return letters, round(letters * linked), 0, 0
    return letters, round(letters * linked), letters, round(letters * (1 - linked))
