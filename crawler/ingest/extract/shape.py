"""What a page looks like as a whole, for the judgement whether it is one article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from crawler.ingest.extract.body import Area
from crawler.ingest.extract.items import Items, find_items, headlines, is_headline
from crawler.ingest.extract.knowledge import Knowledge
from crawler.ingest.extract.sense import Sense
from crawler.ingest.flow import Line, Node
from crawler.links.patterns import page_key


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


def read_shape(felt: Sense, area: Area, title_line: Line | None, url: str, known: Knowledge) -> Shape:
    """The shape of the page at `url`, of which the headline and the article's area are known."""
    flow = felt.flow
    elsewhere = title_line is not None and is_headline(felt, title_line) and not _to_itself(title_line, url)
    title = title_line.number if title_line is not None else -1
    own = [line.number for line in flow.lines if not felt.furniture[line.number] and not felt.aside[line.number]]
    inside, heads = set(area.lines), headlines(felt)
    start, end = (title, area.last) if area.node else (0, len(flow.lines))
    dated = [n for n in own if felt.labels[n] and known.dated(flow.lines[n].text) and n > title + 6]
    pictures = [p for p in flow.pictures if area.node is not None and min(start, area.node.start) <= p.at <= end + 1]
    return Shape(
        headlines=sum(map(heads.__getitem__, own)),
        listed=sum(heads[n] for n in own if n in inside),
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
    """Whether the first thing below the headline is another headline, before any text or file."""
    if title < 0:
        return False
    inside = set(area.lines)
    first = area.lines[0] if area.lines else title
    shown = min((offer.at for offer in felt.offers if offer.embed and offer.at > title), default=len(felt.flow.lines))
    # Files may stand in a box that is named as one beside the article; where there is no text they are what it shows.
    filed = () if area.lines else felt.filed.lines
    for number in sorted({*(n for n in (*own, *filed) if n > title), *range(title + 1, first)})[:6]:
        line = felt.flow.lines[number]
        if number >= shown:
            return False
        if is_headline(felt, line) and not felt.labels[number]:
            return True
        # A sentence that stands in each issue of a series weighs nothing and is text.
        if felt.weights[number] >= 40 or felt.files[number] or (number in inside and len(line.text) >= 40):
            return False
    return False


def _within(node: Node, other: Node) -> bool:
    return any(step is other for step in node.chain())
