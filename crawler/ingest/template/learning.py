"""How a layout is learned from sample pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import compress
from urllib.parse import urldefrag, urljoin

from crawler.ingest.decoding import doc_title, title_parts
from crawler.ingest.flow import Flow, Line, Node, counts, listed, masked
from crawler.ingest.meta import embedded_dates
from crawler.ingest.offers import offers
from crawler.ingest.pages import Page, open_page
from crawler.ingest.places import TEXTUAL, Layout, Path, Step, locate
from crawler.ingest.template.marks import Sample, byline_places, date_places, is_formal, is_name, table_of
from crawler.ingest.template.packing import pack
from crawler.ingest.template.times import claims, clock_places, month_first
from storage.records import Template
from storage.text import fold

_LONG = 60
"""Characters from which a line's text is rarely the same by chance."""
_SHARE = 0.6
"""Share of the samples on which a line recurs before it is furniture; at least two pages."""
_MAIN = 0.7
"""Share of the differing text that a node must hold to be on the way to the body."""
_OWN = 60
"""Characters of differing text from which a page helps to tell text from furniture."""
_PARTED = 2
"""Levels above a page's own place of text at which others may have it in another part."""
_LINK = 0.8
"""Share of links from which a line is one: tags, other articles."""
_FROM_ROOT = ("/", "http://", "https://")
"""What addresses begin with that lead to the same place from each page of a portal."""
SAMPLES = 10
"""Pages that are learned from at most."""


def learn(
    samples: Sequence[tuple[int, str, bytes, str]],
    *,
    portal: str,
    version: int,
    fetched: Mapping[int, datetime] | None = None,
    opened: Mapping[int, Page] | None = None,
) -> Template:
    """The template of a portal from `(entry, url, body, charset)` of up to 10 of its pages, in the order given.

    Works from 3 pages that differ; from fewer it knows nothing and the reader falls back to its general way. The same
    samples give the same template. With `fetched` (by entry) it knows the portal's clocks. `opened` are pages, by entry, that
    somebody has open already.
    """
    kept = samples[:SAMPLES]
    held = opened or {}
    pages = _distinct(
        [
            _sample(url, held.get(entry) or open_page(body, charset), (fetched or {}).get(entry))
            for entry, url, body, charset in kept
        ]
    )
    layout = _layout(pages) if len(pages) >= 2 else Layout(pages=len(pages))
    layout = replace(layout, urls=tuple(url for _, url, _, _ in kept))
    return Template(portal, version, tuple(entry for entry, _, _, _ in kept), pack(layout))


def _sample(url: str, page: Page, fetched_at: datetime | None) -> Sample:
    title = doc_title(page.told)
    parts = frozenset(map(fold, (title, *title_parts(title))))
    return Sample(page.flow, title, parts, fetched_at, embedded_dates(page.tree, page.told, page.meta(url)), url)


def _distinct(pages: Sequence[Sample]) -> list[Sample]:
    """One page of each story: two addresses of one article would make its text look like furniture."""
    common = Counter(key for page in pages for key in _long_keys(page))
    kept: list[Sample] = []
    seen: list[frozenset[str]] = []
    for page in pages:
        own = frozenset(key for key in _long_keys(page) if common[key] < max(len(pages), 2))
        twin = any(own and len(own & other) >= 0.6 * len(own | other) for other in seen)
        if not twin:
            kept.append(page)
            seen.append(own)
    return kept


def _long_keys(page: Sample) -> frozenset[str]:
    return frozenset(line.key for line in page.flow.lines if len(line.text) >= _LONG and line.linked < 0.5)


def _layout(pages: Sequence[Sample]) -> Layout:
    counts = _counts(pages)
    least = max(2, round(_SHARE * len(pages)))
    # A lead also stands on the home page and in its section: of few pages, all must have a long line.
    recurring = {key for key, count in counts.items() if count >= (least if len(key) < _LONG else max(3, least))}
    recurring -= _excerpts(pages)
    files = Counter(href for page in pages for href in _offered(page.flow))
    # Pages of one form (a table issued monthly) differ in their numbers only: what they alone share is not yet furniture.
    telling = [page for page in pages if _tells(page, recurring)]
    if len(telling) < 2:
        return Layout(pages=len(telling))
    if len(telling) < len(pages):
        pages, counts = telling, _counts(telling)
    bodies = _bodies([node for page in pages if (node := _body(page.flow, recurring)) is not None])
    shared = Counter(part for page in pages for part in page.parts)
    called = _called(pages)
    heads = [
        _title(page, recurring, bodies, {part for part in page.parts if shared[part] == 1}, called[page.url])
        for page in pages
    ]
    furniture = _furniture(pages, heads, recurring, counts, bodies)
    furniture -= {line.recurrence for line in heads if line is not None}
    dates = date_places(pages, heads)
    return Layout(
        frozenset(furniture),
        bodies,
        _vote([line.node for line in heads if line is not None]),
        _site(pages),
        len(pages),
        tuple(path for nodes in dates for path in _vote(nodes)[:1]),
        tuple(path for nodes in byline_places(pages, heads) for path in _vote(nodes)[:1]),
        clocks=tuple(path for nodes in clock_places(pages, heads) for path in _vote(nodes)[:1]),
        month_first=month_first(pages),
        claims=claims(pages, dates),
        files=frozenset(href for href, count in files.items() if count >= least),
    )


def _counts(pages: Sequence[Sample]) -> Counter[str]:
    """On how many pages a line recurs."""
    return Counter(key for page in pages for key in {line.recurrence for line in page.flow.lines})


def _offered(flow: Flow) -> set[str]:
    """The documents that a page offers."""
    return {anchor.href for anchor in compress(flow.anchors, flow.of_anchors("offers", None, offers))}


def _excerpts(pages: Sequence[Sample]) -> frozenset[str]:
    """Lines that are the text of one page and stand under its headline in lists on others: they recur and are no furniture."""
    listings, texts = set[str](), Counter[str]()
    for page in pages:
        others = listed(page.flow)
        found = {line.recurrence for line in page.flow.lines if len(line.text) >= _LONG and line.number not in others}
        texts.update(found)
        listings |= {line.recurrence for line in page.flow.lines if line.number in others}
    return frozenset(key for key, count in texts.items() if count == 1 and key in listings)


def _tells(page: Sample, recurring: set[str]) -> bool:
    """Whether a page has text of its own beside its headline."""
    doc = masked(page.title)
    return sum(len(line.text) for line in page.flow.lines if _differs(line, recurring) and line.key not in doc) >= _OWN


def _differs(line: Line, recurring: Iterable[str]) -> bool:
    return line.linked < 0.5 and line.recurrence not in recurring


def _body(flow: Flow, recurring: set[str]) -> Node | None:
    """The deepest node that holds most of the text which differs from page to page."""
    others = listed(flow)
    weights = [len(line.text) if _differs(line, recurring) and line.number not in others else 0 for line in flow.lines]
    if not any(weights):
        return None
    node = flow.root
    while True:
        total = sum(weights[node.start : node.end])
        heavy = [child for child in node.children if sum(weights[child.start : child.end]) >= _MAIN * total]
        if not heavy or heavy[0].tag in ("p", "li", "ul", "ol", "h1", "h2", "h3", "blockquote"):
            return _out_of_rows(node)
        node = heavy[0]


def _out_of_rows(node: Node) -> Node:
    """A table in the middle of the walk is a layout table: stay at a cell or above the table."""
    while node.tag in ("table", "tbody", "tr") and node.parent is not None:
        node = node.parent
    return node


def _bodies(nodes: Sequence[Node]) -> tuple[Path, ...]:
    """Places of the text. Where pages have it in different ones of some neighbours, the place is what holds them all."""
    return _vote([_whole(node, nodes) for node in nodes])


def _whole(node: Node, others: Sequence[Node]) -> Node:
    """The node, or the container just above in another part of which other pages have their text."""
    part = node
    for _ in range(_PARTED):
        if part.parent is None or part.parent.parent is None:
            break
        if any(_beside(part, other) or (other.parent and _beside(part, other.parent)) for other in others):
            return part.parent
        part = part.parent
    return node


def _beside(part: Node, other: Node) -> bool:
    """Whether this part of a page has a neighbour of another name, and that is what the other page's part is called."""
    if part.parent is None or other.parent is None or set(part.classes) & set(other.classes) or part.id != other.id:
        return False
    if not (part.classes and other.classes) or _names(part.parent) != _names(other.parent):
        return False
    step = Step.of(other)
    return any(step.fits(child) and child is not part for child in part.parent.children)


def _names(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple((step.tag, step.id) for step in node.chain())


def _vote(nodes: Sequence[Node]) -> tuple[Path, ...]:
    """Places by the number of pages that have them; each as general as its pages differ. Single votes count only alone.

    The root is no place: every page of every layout has one.
    """
    groups: dict[tuple[tuple[str, str], ...], list[Path]] = defaultdict(list)
    for node in nodes:
        if node.parent is None:
            continue
        path = tuple(Step.of(step) for step in reversed(node.chain()))
        groups[tuple((step.tag, step.id) for step in path)].append(path)
    ranked = sorted(groups.values(), key=lambda paths: (-len(paths), len(paths[0])))
    least = 2 if len(nodes) > 2 else 1
    return tuple(_merged(paths) for paths in ranked if len(paths) >= least)[:3]


def _merged(paths: Sequence[Path]) -> Path:
    merged = []
    for steps in zip(*paths, strict=True):
        first = steps[0]
        classes = tuple(name for name in first.classes if all(name in step.classes for step in steps))
        index = Counter(step.index for step in steps).most_common(1)[0][0]
        merged.append(Step(first.tag, first.id, classes, index))
    return tuple(merged)


def _furniture(
    pages: Sequence[Sample],
    heads: Sequence[Line | None],
    recurring: set[str],
    counts: Mapping[str, int],
    bodies: Sequence[Path],
) -> set[str]:
    """Recurring lines that stand outside the body somewhere, those above the headline in it, and those at its edges."""
    outside: set[str] = set()
    inside: Counter[str] = Counter()
    for page, head in zip(pages, heads, strict=True):
        body = locate(page.flow.root, bodies)
        edges = _edges(page.flow, body, head, recurring) | _above(page.flow, body, head, recurring) if body else set()
        for line in page.flow.lines:
            if line.recurrence in recurring and (body is None or not body.holds(line.number)):
                outside.add(line.recurrence)
        inside.update({line.recurrence for line in page.flow.lines if line.number in edges})
    sure = {key for key, count in inside.items() if count >= max(2, 0.8 * counts[key])}
    return outside | sure


def _above(flow: Flow, body: Node, head: Line | None, recurring: set[str]) -> set[int]:
    """Numbers of recurring lines above the headline in the body: the name of a section. Not where a document begins there."""
    lines = flow.lines[body.start : head.number] if head is not None and body.holds(head.number) else []
    return set() if any(map(is_formal, lines)) else {line.number for line in lines if line.recurrence in recurring}


def _edges(flow: Flow, body: Node, head: Line | None, recurring: set[str]) -> set[int]:
    """Numbers of recurring lines at the head or foot of the body that do not stand where its paragraphs stand.

    The head and foot of a document are text, wherever they stand and however many documents the portal has.
    """
    start = head.number + 1 if head is not None and body.holds(head.number) else body.start
    others = listed(flow)
    lines = [line for line in flow.lines[start : body.end] if line.number not in others]
    homes = Counter[Node]()
    looks = set[tuple[str, tuple[str, ...]]]()
    for line in lines:
        if _differs(line, recurring):
            looks.add((line.node.tag, line.node.classes))
            homes[line.node.parent or line.node] += len(line.text)
    if not homes:
        return set()
    home = homes.most_common(1)[0][0]
    found: set[int] = set()
    for sequence in (lines, lines[::-1]):
        edge = list[Line]()
        for line in sequence:
            if is_formal(line):
                edge = [other for other in edge if not _goes_with(flow, other, line, edge, recurring)]
                break
            at_home = (line.node.parent or line.node) is home or line.node is home
            if line.linked >= _LINK and line.recurrence not in recurring:
                continue
            # What stands where the paragraphs stand is text, unless it counts, is a button, or looks like none of them.
            alike = line.node is home or line.node.tag in TEXTUAL or (line.node.tag, line.node.classes) in looks
            textual = at_home and alike
            if line.recurrence not in recurring or (textual and not counts(line) and line.linked < 0.5):
                break
            edge.append(line)
        found.update(line.number for line in edge)
    return found


def _goes_with(flow: Flow, line: Line, formal: Line, edge: Sequence[Line], recurring: set[str]) -> bool:
    """Whether a line at the body's edge belongs to the formal line next to it: in one table of nothing else, or who signed."""
    table = table_of(flow, formal)
    held = flow.lines[table.start : table.end] if table is not None and table.holds(line.number) else []
    if held and all(other.recurrence in recurring for other in held):
        return True
    return line.number > formal.number and line in edge[-2:] and is_name(line)


def _called(pages: Sequence[Sample]) -> Mapping[str, set[str]]:
    """By address what links on the pages call it, folded: a short headline may stand in a list on every page."""
    found: dict[str, set[str]] = {page.url: set() for page in pages}
    roots: dict[str, dict[str, str]] = defaultdict(dict)
    for page in pages:
        # Links of a menu lead to the same places from all pages.
        everywhere, here = roots[_joined(page.url, "/")], dict[str, str]()
        for line in page.flow.lines:
            for href in line.hrefs if line.linked >= _LINK else ():
                url = everywhere.get(href) or here.get(href)
                if url is None:
                    joined = everywhere if href.startswith(_FROM_ROOT) else here
                    url = joined[href] = _joined(page.url, href)
                if url in found:
                    found[url].add(line.folded)
    return found


def _joined(base: str, href: str) -> str:
    try:
        return urldefrag(urljoin(base, href)).url
    except ValueError:
        return ""


def _title(page: Sample, recurring: set[str], bodies: Sequence[Path], own: set[str], called: set[str]) -> Line | None:
    """The line that is this page's headline: before the text, in the document's title, or else in a heading and differing.

    `own` are the parts of the document's title that no other page has; they may recur but for their numbers, as in
    `Lịch tiếp công dân tuần 12`. `called` is what links call the page.
    """
    flow = page.flow
    body = locate(flow.root, bodies)
    end = body.end if body else len(flow.lines)
    lines = [line for line in flow.lines[:end] if 8 <= len(line.text) <= 300 and line.linked < 0.5]
    named = [line for line in lines if len(line.folded) >= 12 and any(_named(line.folded, part) for part in own)]
    named = named or [line for line in lines if line.folded in called]
    if named:
        return max(named, key=lambda line: (line.folded in own, line.heading > 0, -line.number))
    lines = [line for line in lines if _differs(line, recurring)]
    headed = [line for line in lines if line.heading]
    if headed:
        return min(headed, key=lambda line: (line.heading, line.number))
    first = next(iter(lines), None)
    # Without any of this the first line that differs is the headline, if it does not read like a sentence.
    return first if first is not None and not first.text.endswith((".", ":", ";")) else None


def _named(key: str, part: str) -> bool:
    """Whether a line says what a part of the document's title says, give or take a word."""
    return key in part or (part in key and len(part) >= 0.7 * len(key))


def _site(pages: Sequence[Sample]) -> frozenset[str]:
    """Parts of the document titles that recur: the name of the site, not of the page."""
    parts = Counter(part for page in pages for part in set(title_parts(page.title)))
    return frozenset(masked(part) for part, count in parts.items() if count >= max(2, 0.5 * len(pages)))
