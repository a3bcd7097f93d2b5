"""The whole of extraction: bytes in, `Extracted` out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.ingest.blocks import Block
from crawler.ingest.decoding import Element, parse
from crawler.ingest.extract.assemble import Piece, assemble
from crawler.ingest.extract.body import Area, Places, area_at, find_area, headlines
from crawler.ingest.extract.files import base_of, read_attachments, read_images
from crawler.ingest.extract.items import Items, find_items, is_headline
from crawler.ingest.extract.meta import Meta, read_meta
from crawler.ingest.extract.second import second_opinion
from crawler.ingest.extract.sense import Predicate, Sense, sense
from crawler.ingest.extract.title import Headline, Hints, find_title
from crawler.ingest.flow import Anchor, Flow, Line, Node, masked
from crawler.ingest.places import Layout, locate
from crawler.ingest.walk import read_flow
from crawler.links.patterns import page_key
from storage.records import Attachment, Image
from storage.text import fold

_MUCH, _LITTLE = 800, 0.2
_HOME = frozenset(("trang chu", "home", "trang nhat", "trang chinh"))


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


@dataclass(frozen=True, slots=True)
class Shape:
    """What the page looks like as a whole, for the judgement whether it is one article.

    Counts: `headlines` links of headline length in the page's own part (furniture left out), `listed` those in the text's
    area, `dated` date lines outside the head, `own` characters of the page's own text, `text` those of the area, `pictures`
    in it.
    `fields` are kinds of form fields outside furniture. `way` says how the body was found, `first` holds the first own lines;
    `leads_away` says that the headline, or one right below it, is a link to another page.
    """

    headlines: int = 0
    listed: int = 0
    dated: int = 0
    own: int = 0
    text: int = 0
    pictures: int = 0
    fields: tuple[str, ...] = ()
    way: str = "none"
    fit: float = 1.0
    first: tuple[str, ...] = ()
    items: Items = field(default_factory=Items)
    leads_away: bool = False


@dataclass(frozen=True, slots=True)
class Extracted:
    """One page, read but not judged. `title_sure` is 0..1, `title_on_page` whether the title was found as a line.

    `head` are the lines just above the headline and between headline and text, `blocks` the text (the lead first), `below`
    what stands behind it. `microdata` are `(itemprop or time, value)` of the article's area.
    """

    title: str
    title_sure: float
    title_on_page: bool
    head: tuple[Block, ...]
    blocks: tuple[Block, ...]
    below: tuple[Block, ...]
    lead: str
    category: str
    attachments: tuple[Attachment, ...]
    images: tuple[Image, ...]
    meta: Meta
    microdata: tuple[tuple[str, str], ...]
    chosen_dates: tuple[str, ...]
    shape: Shape


def extract(body: bytes, *, url: str, charset: str, known: Knowledge) -> Extracted:
    """Read one page. Never fails on markup: a page in which nothing is found gives empty fields."""
    return extract_tree(parse(body, charset), url=url, known=known)


def extract_tree(tree: Element, *, url: str, known: Knowledge) -> Extracted:
    """As `extract`, of a page that is already parsed."""
    meta = read_meta(tree, url)
    flow = read_flow(tree)
    felt = sense(flow, known.layout, noise=known.noise, dated=known.dated)
    headline = find_title(felt, _hints(tree, flow, meta, known), noise=known.noise, dated=known.dated)
    platform = [node for node in _nodes(tree, flow, known.platform.get("body", ()))]
    chosen = next(_nodes(tree, flow, _own(known, "body")), None)
    area = find_area(felt, headline.line, Places(chosen, known.layout, platform), ends=known.ends, signed=known.signed)
    if _doubtful(area, felt):
        area = _reconsidered(tree, felt, headline, area, known)
    return _extracted(tree, flow, felt, headline, area, meta, url, known)


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
    tree: Element, flow: Flow, felt: Sense, headline: Headline, area: Area, meta: Meta, url: str, known: Knowledge
) -> Extracted:
    title_line = headline.line.number if headline.line else -1
    pieces = _without_title(assemble(flow, area.lines), headline.text)
    pieces = _without_repeated_lead(pieces)
    # Head lines stay as they are printed: a joined date and view count would be neither.
    head = [Piece(flow.lines[number].text, "paragraph", [flow.lines[number]]).block() for number in area.above]
    if headline.rest:
        head.append(Block(headline.rest))
    return Extracted(
        title=headline.text,
        title_sure=headline.sure,
        title_on_page=headline.line is not None,
        head=tuple(head),
        blocks=tuple(piece.block() for piece in pieces),
        below=tuple(piece.block() for piece in assemble(flow, area.below)),
        lead=_lead(flow, area, pieces),
        category=_category(felt, flow, area, headline, meta, known),
        attachments=read_attachments(felt, area, title_line, base_of(tree, url)),
        images=read_images(felt, area, pieces, title_line, base_of(tree, url)),
        meta=meta,
        microdata=tuple(_microdata(tree, flow, area, title_line)),
        chosen_dates=tuple(_chosen_dates(tree, flow, area, title_line, known)),
        shape=_shape(felt, area, headline.line, url, known),
    )


# Selectors and hints


def _own(known: Knowledge, name: str) -> tuple[str, ...]:
    selector = known.selectors.get(name, "")
    return (selector,) if selector else ()


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath | None:
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return None


def _elements(tree: Element, selectors: Sequence[str]) -> Iterator[Element]:
    for selector in selectors:
        path = _compiled(selector)
        if path is not None:
            yield from path(tree)


def _nodes(tree: Element, flow: Flow, selectors: Sequence[str]) -> Iterator[Node]:
    for element in _elements(tree, selectors):
        node = flow.node_of(element)
        if node.end > node.start:
            yield node


def _hints(tree: Element, flow: Flow, meta: Meta, known: Knowledge) -> Hints:
    selected = next(_nodes(tree, flow, _own(known, "title")), None)
    learned = locate(flow.root, known.layout.titles)
    if learned is None:
        learned = next(_nodes(tree, flow, known.platform.get("title", ())), None)
    names = {masked(name) for name in (*known.site, meta.site_name) if name}
    return Hints(known.anchors, meta, frozenset(names | known.layout.site), learned, selected)


def _chosen_dates(tree: Element, flow: Flow, area: Area, title: int, known: Knowledge) -> Iterator[str]:
    """Lines that selectors name as the date: the portal's own anywhere, the platform's only round headline and text."""
    for node in _nodes(tree, flow, _own(known, "date")):
        yield from (line.text for line in flow.lines[node.start : node.end][:3])
    low, high = _span(flow, area, title)
    for node in _nodes(tree, flow, tuple(known.platform.get("date", ()))):
        if low <= node.start and node.end <= high + 1 and node.end - node.start <= 3:
            yield from (line.text for line in flow.lines[node.start : node.end])


def _span(flow: Flow, area: Area, title: int) -> tuple[int, int]:
    """First and last line that are near enough to headline and text to speak of them."""
    if area.node is None:
        return 0, len(flow.lines)
    low = max(0, min(title - 6, area.node.start)) if title >= 0 else area.node.start
    return low, max(area.last + 4, area.node.end)


# Text


def _without_title(pieces: list[Piece], title: str) -> list[Piece]:
    """The headline repeated at the head of the text goes; further down it may be a sentence of its own."""
    key = fold(title).rstrip(" .")
    return [
        piece for number, piece in enumerate(pieces) if number > 3 or not key or fold(piece.text).rstrip(" .") != key
    ]


def _without_repeated_lead(pieces: list[Piece]) -> list[Piece]:
    """A lead that the text repeats as its first paragraph appears once."""
    texts = [fold(piece.text).strip(" .") for piece in pieces[:6]]
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


def _category(felt: Sense, flow: Flow, area: Area, headline: Headline, meta: Meta, known: Knowledge) -> str:
    """The section the page names: its claim, the label just above the headline, or the last step of the breadcrumb."""
    if meta.section:
        return meta.section
    if headline.line is None:
        return ""
    title = headline.line.number
    steps = _breadcrumb(flow, felt, title, headline.text)
    label = _label_above(felt, flow, title, known)
    return label or (steps[-1] if steps else "")


def _label_above(felt: Sense, flow: Flow, title: int, known: Knowledge) -> str:
    """A short label directly above the headline, in the headline's own container or one above."""
    if not title:
        return ""
    line, above = flow.lines[title], flow.lines[title - 1]
    near = line.node.parent is not None and (line.node.parent.holds(above.number) or _second(line).holds(above.number))
    if not near or len(above.text) > 60 or known.dated(above.text) or known.noise(above.text) or above.folded in _HOME:
        return ""
    sole = felt.aside[above.number] or any(mark in above.text for mark in ("»", "›", ">", "|"))
    before = flow.lines[title - 2] if title >= 2 else None
    crowd = (
        before is not None and above.linked > 0.5 and before.linked > 0.5 and before.node.parent is above.node.parent
    )
    return "" if sole or crowd else above.text


def _second(line: Line) -> Node:
    parent = line.node.parent or line.node
    return parent.parent if parent.parent is not None and parent.parent.tag != "body" else parent


def _breadcrumb(flow: Flow, felt: Sense, title: int, headline: str) -> list[str]:
    """Steps of the path from the home page to this page, without home and the page itself."""
    key = fold(headline)
    homes = [anchor for anchor in flow.anchors if anchor.at < title and fold(anchor.text).strip(" »›>/") in _HOME]
    for home in reversed(homes):
        trail = _trail(flow, home.at)
        if 1 <= len(trail) <= 5 and trail[0] is home:
            steps = [anchor.text.strip("»›>/ ") for anchor in trail[1:]]
            return [
                step for step in steps if step and fold(step) != key and not key.startswith(fold(step).rstrip(". "))
            ]
    return []


def _trail(flow: Flow, line: int) -> list[Anchor]:
    """The links that stand in one row with line `line`: its own line, or the short container that holds nothing else."""
    node = flow.lines[line].node
    while node.parent is not None and node.parent.end - node.parent.start <= 6 and node.parent.tag != "body":
        node = node.parent
    return [anchor for anchor in flow.anchors if node.start <= anchor.at < node.end and anchor.text]


def _microdata(tree: Element, flow: Flow, area: Area, title: int) -> Iterator[tuple[str, str]]:
    """Dates in `itemprop` and `time` that stand in the article's area: related items carry them as well."""
    low, high = _span(flow, area, title)
    for element in tree.iter("time", "meta", "span", "div", "p", "abbr", "li"):
        name = element.get("itemprop") or ""
        if element.tag == "time":
            kind = name or f"time {element.get('class') or ''}".strip()
        elif name.lower() in ("datepublished", "datemodified", "datecreated", "uploaddate"):
            kind = name
        else:
            continue
        node = flow.node_of(element)
        value = element.get("content") or element.get("datetime") or element.text_content()
        if value.strip() and low <= node.end and node.start <= high:
            yield kind, value.strip()


# Shape


def _shape(felt: Sense, area: Area, title_line: Line | None, url: str, known: Knowledge) -> Shape:
    flow = felt.flow
    elsewhere = title_line is not None and is_headline(title_line) and not _to_itself(title_line, url)
    title = title_line.number if title_line is not None else -1
    own = [line.number for line in flow.lines if not felt.furniture[line.number] and not felt.aside[line.number]]
    inside = set(area.lines)
    start, end = (title, area.last) if area.node else (0, len(flow.lines))
    dated = [n for n in own if felt.labels[n] and known.dated(flow.lines[n].text) and n > title + 6]
    pictures = [p for p in flow.pictures if area.node is not None and min(start, area.node.start) <= p.at <= end + 1]
    return Shape(
        headlines=len(headlines(flow, own)),
        listed=len(headlines(flow, [n for n in own if n in inside])),
        dated=len(dated),
        own=felt.sums[-1],
        text=sum(felt.weights[n] for n in area.lines),
        pictures=len(pictures),
        fields=tuple(kind for kind, node in flow.fields if area.node is not None and _within(node, area.node)),
        way=area.way,
        fit=area.fit,
        first=tuple(flow.lines[n].text for n in own[:12]),
        items=find_items(felt, -1 if elsewhere else title, ends=known.ends),
        leads_away=elsewhere or _leads_away(felt, own, area, title),
    )


def _to_itself(line: Line, url: str) -> bool:
    return any(page_key(urljoin(url, href)) == page_key(url) for href in line.hrefs if href)


def _leads_away(felt: Sense, own: Sequence[int], area: Area, title: int) -> bool:
    """Whether the first thing below the headline is another headline, before any text."""
    if title < 0:
        return False
    first = area.lines[0] if area.lines else title
    for number in sorted({*(number for number in own if number > title), *range(title + 1, first)})[:6]:
        if is_headline(felt.flow.lines[number]) and not felt.labels[number]:
            return True
        if felt.weights[number] >= 40:
            return False
    return False


def _within(node: Node, other: Node) -> bool:
    return any(step is other for step in node.chain())
