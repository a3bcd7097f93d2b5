"""The whole of extraction: bytes in, `Extracted` out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from urllib.parse import urljoin

from crawler.ingest.blocks import Block
from crawler.ingest.decoding import Element
from crawler.ingest.extract.assemble import Piece, assemble
from crawler.ingest.extract.body import Area, Places, area_at, find_area
from crawler.ingest.extract.category import find_category
from crawler.ingest.extract.files import base_of, read_attachments, read_images
from crawler.ingest.extract.following import set_apart
from crawler.ingest.extract.footing import find_footing
from crawler.ingest.extract.knowledge import Knowledge, selected
from crawler.ingest.extract.modules import is_anothers, kin_of, own_addresses
from crawler.ingest.extract.second import second_opinion
from crawler.ingest.extract.sense import Sense, sense
from crawler.ingest.extract.shape import Shape, read_shape
from crawler.ingest.extract.title import Headline, Hints, find_title
from crawler.ingest.flow import Flow, Line, Node, masked
from crawler.ingest.ground import Footing
from crawler.ingest.meta import Meta, dated_elements
from crawler.ingest.pages import Page, open_page
from crawler.ingest.places import Path, alike, locate, only
from storage.records import Attachment, Image
from storage.text import fold, normalise

Fits = Callable[[Line], bool]
_RUN_ON_CLOCK = re.compile(r":\d{3}")
_DATED = re.compile(r"\d{1,2}\D{1,9}\d{1,2}\D{1,9}\d{4}|\d{4}-\d")
_MENU, _LINK = 3, 0.8
_HOME = re.compile(r"\b(?:trang (?:chu|nhat|dau)|home)\b")
_MUCH, _LITTLE = 800, 0.2


@dataclass(frozen=True, slots=True)
class Extracted:
    """One page, read but not judged. `title_sure` is 0..1, `title_on_page` whether the title was found as a line.

    `head` are the lines just above the headline and between headline and text, `blocks` the text (the lead first), `below`
    what stands behind it. `clocks` are the lines at places that show the time of the fetch; no other field has them.
    `microdata` are `(itemprop or time, value)` of the article's area, `times` what is printed there instead of the values.
    """

    title: str
    title_sure: float
    title_on_page: bool
    head: tuple[Block, ...]
    blocks: tuple[Block, ...]
    below: tuple[Block, ...]
    lead: str
    attachments: tuple[Attachment, ...]
    images: tuple[Image, ...]
    meta: Meta
    microdata: tuple[tuple[str, str], ...]
    times: tuple[str, ...]
    chosen_dates: tuple[str, ...]
    chosen_bylines: tuple[str, ...]
    clocks: tuple[str, ...]
    shape: Shape
    section: Callable[[], str] = field(compare=False)
    footing: Callable[[], Footing] = field(compare=False, default=Footing)
    """What of the page this was taken from."""

    @property
    def category(self) -> str:
        """The section that the page names: looked for only when it is asked, for of a page that is no article nobody does."""
        return self.section()


def extract(body: bytes, *, url: str, charset: str, known: Knowledge) -> Extracted:
    """Read one page. Never fails on markup: a page in which nothing is found gives empty fields."""
    return extract_page(open_page(body, charset), url=url, known=known)


def extract_page(page: Page, *, url: str, known: Knowledge) -> Extracted:
    """As `extract`, of a page that is already open."""
    tree, flow = page.tree, page.flow
    meta = page.meta(url)
    felt = sense(flow, known.layout, noise=known.noise, dated=known.dated)
    felt.kin = kin_of(own_addresses(url, meta.canonical))
    headline = find_title(felt, _hints(tree, flow, meta, known), noise=known.noise, dated=known.dated)
    set_apart(felt, headline.line, dated=known.dated)
    platform = [node for node in selected(tree, flow, known.platform.get("body", ()))]
    chosen = next(selected(tree, flow, known.own("body")), None)
    area = find_area(felt, headline.line, Places(chosen, known.layout, platform), ends=known.ends, signed=known.signed)
    if _doubtful(area, felt):
        area = _reconsidered(tree, felt, headline, area, known)
    return _extracted(page, felt, headline, area, meta, url, known)


def _doubtful(area: Area, felt: Sense) -> bool:
    """Whether most of the page's own text stands elsewhere, though no place for it was known."""
    return area.way in ("general", "none") and felt.sums[-1] >= _MUCH and area.fit < _LITTLE


def _reconsidered(tree: Element, felt: Sense, headline: Headline, area: Area, known: Knowledge) -> Area:
    node = second_opinion(tree, felt)
    if node is None:
        return area
    other = area_at(felt, headline.line, node, ends=known.ends, signed=known.signed)
    return other if other.fit > 2 * area.fit else area


def _extracted(
    page: Page, felt: Sense, headline: Headline, area: Area, meta: Meta, url: str, known: Knowledge
) -> Extracted:
    tree, flow, base = page.tree, page.flow, base_of(page.told, url)
    title_line = headline.line.number if headline.line else -1
    pieces = _without_title(assemble(flow, area.lines), headline.text)
    pieces = _without_repeated_lead(pieces)
    # Head lines stay as they are printed: a joined date and view count would be neither.
    clocks = _clocks(flow, known)
    others = _others(flow, area, title_line, own_addresses(url, meta.canonical))
    head = [
        Piece(_said(flow.lines[number], known), "paragraph", [flow.lines[number]]).block()
        for number in area.above
        if number not in clocks
        and not (number < title_line and (others(flow.lines[number].node) or _names_site(flow.lines[number], url)))
    ]
    if headline.rest:
        head.append(Block(headline.rest))
    dated = list(_microdata(page, area, title_line, known, others))
    dates = list(_chosen_dates(tree, flow, area, title_line, known))
    bylines = list(_chosen_bylines(tree, flow, area, title_line, known))
    attachments = read_attachments(felt, area, title_line, base, ends=known.ends, noise=known.noise)
    return Extracted(
        title=headline.text,
        title_sure=headline.sure,
        title_on_page=headline.line is not None,
        head=tuple(head),
        blocks=tuple(piece.block() for piece in pieces),
        below=tuple(piece.block() for piece in assemble(flow, [line for line in area.below if line not in clocks])),
        lead=_lead(flow, area, pieces),
        attachments=attachments,
        images=read_images(felt, area, pieces, title_line, base),
        meta=meta,
        microdata=tuple((name, value) for _, name, value in dated),
        times=tuple(shown for element, _, value in dated if (shown := _shown(element)) and shown != value),
        clocks=tuple(flow.lines[number].text for number in sorted(clocks)),
        chosen_dates=tuple(_said(line, known) for line in dates),
        chosen_bylines=tuple(line.text for line in bylines),
        shape=read_shape(felt, area, headline.line, url, known),
        section=cache(
            partial(find_category, felt, headline.line, headline.text, url, known, meta.section, _last(area))
        ),
        footing=partial(
            find_footing, felt, area, title_line, base, known, files=attachments,
            named=[element for element, _, _ in dated], chosen=(*dates, *bylines), clocks=clocks,
        ),
    )  # fmt: skip


def _said(line: Line, known: Knowledge) -> str:
    """The line as printed, or with its seams open where only then it is one of date and byline."""
    sound = not _RUN_ON_CLOCK.search(line.text) and (known.dated(line.text) or known.signed(line.text))
    if not line.seamed or sound:
        return line.text
    return line.seamed if known.dated(line.seamed) or known.signed(line.seamed) else line.text


def _names_site(line: Line, url: str) -> bool:
    """Whether a link home stands on the line that is called by another name: the portal's own, with a clock beside it."""
    if not any(line.hrefs) or _HOME.search(line.folded):
        return False
    home = urljoin(url, "/")
    return any(href and _joined(url, href) in (home, home[:-1]) for href in line.hrefs)


@lru_cache(maxsize=1024)
def _joined(url: str, href: str) -> str:
    try:
        return urljoin(url, href)
    except ValueError:
        return ""


def _last(area: Area) -> int:
    return area.lines[-1] if area.lines else area.last


# Selectors and hints


def _hints(tree: Element, flow: Flow, meta: Meta, known: Knowledge) -> Hints:
    chosen = next(selected(tree, flow, known.own("title")), None)
    learned = locate(flow.root, known.layout.titles)
    if learned is None:
        learned = next(selected(tree, flow, known.platform.get("title", ())), None)
    names = {masked(name) for name in (*known.site, meta.site_name) if name}
    return Hints(known.anchors, meta, frozenset(names | known.layout.site), learned, chosen)


def _chosen_dates(tree: Element, flow: Flow, area: Area, title: int, known: Knowledge) -> Iterator[Line]:
    """Lines that are named as the date: by the portal's selector or as its learned place anywhere, by the platform's only
    round headline and text.
    """
    for node in selected(tree, flow, known.own("date")):
        yield from flow.lines[node.start : node.end][:3]
    clocks = _clocks(flow, known)
    for line in _learned(flow, known.layout.dates, area, known, lambda line: known.dated(_said(line, known))):
        if line.number not in clocks:
            yield line
    low, high = _span(flow, area, title, known)
    for node in selected(tree, flow, tuple(known.platform.get("date", ()))):
        if low <= node.start and node.end <= high + 1 and node.end - node.start <= 3:
            yield from flow.lines[node.start : node.end]


def _chosen_bylines(tree: Element, flow: Flow, area: Area, title: int, known: Knowledge) -> Iterator[Line]:
    """Lines that are named as the byline; what was learned and the platform's selectors only outside of the text."""
    for node in selected(tree, flow, known.own("byline")):
        yield from flow.lines[node.start : node.end][:2]
    inside = frozenset(
        area.lines
    )  # there a name may be a document's signature: the end of the text is judged as a whole
    for line in _learned(flow, known.layout.bylines, area, known, lambda line: True):
        if line.number not in inside and not _in_menu(flow, line):
            yield line
    low, high = _span(flow, area, title, known)
    for node in selected(tree, flow, tuple(known.platform.get("byline", ()))):
        if low <= node.start and node.end <= high + 1 and node.end - node.start == 1 and node.start not in inside:
            yield flow.lines[node.start]


def _learned(flow: Flow, paths: Sequence[Path], area: Area, known: Knowledge, fits: Fits) -> Iterator[Line]:
    """The lines at places that were learned to hold a single one, directly or alone; none behind a heading of other news.

    Where the place itself holds none that `fits`, the one that does at a place of its look.
    """
    last = area.lines[-1] if area.lines else area.last
    over = next((line.number for line in flow.lines[last + 1 :] if known.ends(line.text)), len(flow.lines))
    for path in paths:
        node = only(flow.root, path)
        line = _single(flow, node) if node is not None else None
        if line is None or not fits(line):
            lines = [other for node in alike(flow.root, path) if (other := _single(flow, node)) and fits(other)]
            lines = [other for other in lines if other.number < over]
            line = lines[0] if len(lines) == 1 else line
        if line is not None and line.number < over:
            yield line


def _single(flow: Flow, node: Node) -> Line | None:
    """The line that stands in a node directly or alone."""
    held = flow.lines[node.start : node.end]
    lines = [line for line in held if line.node is node] or held
    return lines[0] if len(lines) == 1 else None


def _in_menu(flow: Flow, line: Line) -> bool:
    """Whether a line is one of several links under each other: no byline, where the learned place leads astray."""
    for node in line.node.chain()[1:4]:
        if node.end - node.start >= _MENU:
            return all(other.linked >= _LINK for other in flow.lines[node.start : node.end])
    return False


def _span(flow: Flow, area: Area, title: int, known: Knowledge) -> tuple[int, int]:
    """First and last line that are near enough to headline and text to speak of them, before a heading of other news."""
    if area.node is None:
        return 0, len(flow.lines)
    low = max(0, min(title - 6, area.node.start)) if title >= 0 else area.node.start
    high = max(area.last + 4, area.node.end)
    behind = flow.lines[area.lines[-1] + 1 if area.lines else max(title, low) : high]
    return low, next((line.number for line in behind if known.ends(line.text)), high)


# Text


def _without_title(pieces: list[Piece], title: str) -> list[Piece]:
    """The headline repeated at the head of the text goes; further down it may be a sentence of its own."""
    key = fold(title).rstrip(" .")
    return [
        piece
        for number, piece in enumerate(pieces)
        if number > 3 or not key or piece.kind == "caption" or piece.folded.rstrip(" .") != key
    ]


def _without_repeated_lead(pieces: list[Piece]) -> list[Piece]:
    """A lead that the text repeats as its first paragraph appears once."""
    texts = [piece.folded.strip(" .") for piece in pieces[:6]]
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        if number < len(texts) and piece.kind != "caption" and len(texts[number]) >= 40:
            key = texts[number].rstrip("…. ")
            shortened = piece.text.endswith(("…", "...")) and any(
                other.startswith(key) for other in texts[number + 1 :]
            )
            if texts[number] in texts[:number] or (number < 2 and shortened):
                continue
        found.append(piece)
    return found


def _lead(flow: Flow, area: Area, pieces: Sequence[Piece]) -> str:
    """The text's first paragraph if the page sets it apart: in a place of its own, or all bold or italic."""
    texts = [piece for piece in pieces if piece.kind in ("paragraph", "heading")][:2]
    if len(texts) < 2 or len(texts[0].text) < 40:
        return ""
    first, second = texts
    outside = area.node is not None and not area.node.holds(first.first.number)
    looks = any(first.share(look) > 0.9 and second.share(look) < 0.5 for look in ("bold", "italic"))
    return first.text if outside or looks else ""


def _clocks(flow: Flow, known: Knowledge) -> frozenset[int]:
    """The lines with a date at places that were learned to show the time of the fetch; a link to home may stand beside it."""
    nodes = [node for path in known.layout.clocks if (node := only(flow.root, path)) is not None]
    lines = (line for node in nodes for line in flow.lines[node.start : node.end])
    return frozenset(line.number for line in lines if _DATED.search(line.text))


def _others(flow: Flow, area: Area, title: int, urls: frozenset[str]) -> Callable[[Node], bool]:
    own = frozenset((*area.lines, *((title,) if title >= 0 else ())))
    return lambda node: is_anothers(flow, node, own, urls)


def _microdata(
    page: Page, area: Area, title: int, known: Knowledge, others: Callable[[Node], bool]
) -> Iterator[tuple[Element, str, str]]:
    """Dates in `itemprop` and `time` that stand in the article's area, but not in the modules of `others`: the element, the
    date's name and value.
    """
    flow = page.flow
    low, high = _span(flow, area, title, known)
    for element, name, value in dated_elements(page.tree, page.told):
        node = flow.node_of(element)
        if low <= node.end and node.start <= high and not others(node):
            yield element, name, value


def _shown(element: Element) -> str:
    """What readers see of an element that dates the page for machines."""
    return normalise(element.text_content())
