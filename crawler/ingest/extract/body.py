"""Where the article stands: the container of its text, and which of its lines are text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.ingest.decoding import Element
from crawler.ingest.extract.parts import boxes, headlines, widened
from crawler.ingest.extract.region import LEAD, SLIGHT, find_container, heads_a_list, shows_something
from crawler.ingest.extract.sense import Sense, named, named_apart, named_aside
from crawler.ingest.flow import Line, Node, counts, listed
from crawler.ingest.places import TEXTUAL, Layout, Path, alike, locate

_TAIL = 14
"""Lines behind the body's container that may still belong to the article: byline, source, files."""

_SIGNED = 2
"""Lines of a signature behind a list of other articles."""
_SIGNATURE = 60
"""Characters from which a line is no signature."""

Ends = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Area:
    """The article on the page: `node` its container (None: none was found), found by `way`.

    `above`, `lines` and `below` are line numbers: the head region (just above the title, and between title and text), the
    text in document order, what stands behind it. `last` is the last line of the article's region. `fit` is the share of the
    page's own text that stands in `lines`.
    """

    node: Node | None
    way: str
    above: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    last: int = 0
    fit: float = 1.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where the body may be known to stand, best first: the operator's choice, the learned layout, the platform's selectors."""

    chosen: Node | None
    layout: Layout
    platform: Sequence[Node] = ()


def find_area(sense: Sense, title: Line | None, places: Places, *, ends: Ends, signed: Ends) -> Area:
    """The article's area. `ends` tells headings at which the article is over, `signed` lines of byline and date."""
    start = title.number + 1 if title else 0
    node, way = _known(sense, start, places, ends)
    if node is None:
        node, way = find_container(sense, title), "general"
    if node is None:
        return Area(None, "none")
    return _lines(sense, title, node, way, ends, signed)


def area_at(sense: Sense, title: Line | None, node: Node, *, ends: Ends, signed: Ends) -> Area:
    """The area with this container, whoever named it."""
    return _lines(sense, title, node, "second-opinion", ends, signed)


def _known(sense: Sense, start: int, places: Places, ends: Ends) -> tuple[Node | None, str]:
    if places.chosen is not None:
        return places.chosen, "selector"
    for path in places.layout.bodies:
        learned = _filled(sense, start, path)
        if learned is not None and _fits(sense, start, learned, ends):
            return widened(sense, learned, start, ends), "template"
    for node in places.platform:
        if node.end > start and _fits(sense, start, node, ends):
            return node, "platform"
    return None, ""


def _filled(sense: Sense, start: int, path: Path) -> Node | None:
    """The place on this page; where it is empty, the one of its look that holds text: rows of layout tables shift.

    A place with a name does not, and a page that offers documents may have no text.
    """
    node = locate(sense.flow.root, (path,))
    if node is None or sense.mass_of(node, start) or node.id or node.classes or sense.offers:
        return node
    return max(alike(sense.flow.root, path), key=lambda other: sense.mass_of(other, start), default=node)


def _fits(sense: Sense, start: int, node: Node, ends: Ends) -> bool:
    """Whether the place holds this page's text: most of what differs, lists of other articles left out.

    A place with hardly any is measured by what stands before a heading of other articles, an empty one must be all there is.
    """
    if node.end < start:
        return False
    inside, end = sense.mass_of(node, start), len(sense.flow.lines)
    if inside < LEAD:
        end = next((line.number for line in sense.flow.lines[node.end :] if ends(line.text)), end)
    others = (n for n in listed(sense.flow) if start <= n < end and not node.holds(n))
    rest = sense.mass(start, end) - inside - sum(sense.weights[n] for n in others)
    if inside == 0:
        return rest < LEAD or (rest < SLIGHT // 2 and shows_something(sense, node, start))
    return inside * 3 >= rest or (rest < SLIGHT and inside >= LEAD)


def _lines(sense: Sense, title: Line | None, node: Node, way: str, ends: Ends, signed: Ends) -> Area:
    start = title.number + 1 if title else node.start
    first = max(node.start, start)
    if title is not None and node.end <= title.number:
        # A headline printed below its text (or a wrong one): the container is the better witness.
        start = first = node.start
    dropped = _dropped(sense, node, first) | boxes(sense, node, first, ends)
    above, lead = _between(sense, node, start, first)
    inner = [number for number in range(first, node.end) if number not in dropped]
    whole, inner = inner, _until_end(sense, inner, ends)
    signatures = _behind_list(sense, whole[len(inner) :], ends)
    dropped = headlines(sense, node, inner) | sense.filed.lines
    inner = [number for number in inner if number not in dropped]
    headline = title.folded if title is not None else ""  # repeated above the text it says nothing of where text stands
    head, inner, foot = _trim(sense, inner, ends, signed, headline, learned=way == "template")
    over = next((order for order, number in enumerate(foot) if ends(sense.flow.lines[number].text)), len(foot))
    foot = foot[:over]
    stop = inner[-1] + 1 if inner else first
    below, last = _behind(sense, title, node, max(stop, first), ends)
    below = [*(number for number in foot if number not in below), *below]
    below = [*below, *(number for number in signatures if number not in below)]
    if title is not None:
        above = [*_over(sense, title), *above]
    lines = [*lead, *inner]
    total = sum(sense.weights) or 1
    fit = sum(sense.weights[number] for number in lines) / total
    return Area(node, way, (*above, *head), tuple(lines), tuple(sorted(below)), last, fit)


def _over(sense: Sense, title: Line) -> list[int]:
    """Up to four lines just above the headline, in its neighbourhood."""
    return [number for number in range(max(0, title.number - 4), title.number) if not sense.aside[number]]


def _between(sense: Sense, node: Node, start: int, first: int) -> tuple[list[int], list[int]]:
    """Lines between headline and container: labels for the head, and the lead if it stands in a place of its own."""
    above, lead = [], []
    for number in range(start, first):
        line = sense.flow.lines[number]
        if number in sense.filed.lines:
            continue
        if sense.furniture[number] or sense.labels[number] or sense.aside[number] or line.linked >= 0.5:
            above.append(number)
        elif len(line.text) >= LEAD or _beside_body(line, node, start):
            lead.append(number)
        else:
            above.append(number)
    if sum(len(sense.flow.lines[number].text) for number in lead) > 3000:
        # That is no lead: the headline stands far away from its text.
        return above, []
    return above, lead


def _beside_body(line: Line, body: Node, start: int) -> bool:
    """Whether a short line shares with the body a container that begins behind the headline: `Đơn vị tính: …` above a table."""
    return any(node.start >= start and node.end >= body.end for node in line.node.chain() if node.holds(body.start))


def _dropped(sense: Sense, body: Node, first: int) -> set[int]:
    """Lines of the body's inner containers that are named apart, or are mostly links at a place named as furniture."""
    found = {number for number in sense.anothers if body.holds(number)}
    total = sense.mass_of(body, first) or 1
    for node in named(sense.flow):
        inside = body.start <= node.start and node.end <= body.end and node.depth > body.depth
        if not inside or node.end <= first or node.start in found:
            continue
        mass = sense.mass_of(node, first)
        if mass >= 0.5 * total:
            continue  # most of the text is not beside it
        if (named_apart(node) and mass < 0.5 * total) or (
            named_aside(node) and mass < 0.3 * total and (sense.linked(node.start, node.end) > 0.3 or node.tag == "nav")
        ):
            found.update(range(node.start, node.end))
    return found


def _until_end(sense: Sense, numbers: list[int], ends: Ends) -> list[int]:
    """The lines before a heading at which the article is over, if what follows it is mostly links."""
    lines = sense.flow.lines
    for order, number in enumerate(numbers):
        if order and ends(lines[number].text) and sense.linked(number + 1, numbers[-1] + 1) > 0.5:
            return numbers[:order]
    return numbers


def _behind_list(sense: Sense, numbers: list[int], ends: Ends) -> list[int]:
    """Short lines right behind the links below a heading of other articles, in the text's own container: who signed may
    stand there. `numbers` begins with the heading.
    """
    lines = sense.flow.lines
    links = 0
    while links + 1 < len(numbers) and lines[numbers[links + 1]].linked >= 0.5:
        links += 1
    found: list[int] = []
    for number in numbers[links + 1 :] if links else ():
        line = lines[number]
        if (
            len(found) == _SIGNED
            or line.linked
            or len(line.text) >= _SIGNATURE
            or ends(line.text)
            or sense.furniture[number]
        ):
            break
        found.append(number)
    return found


def _trim(
    sense: Sense, numbers: list[int], ends: Ends, signed: Ends, headline: str, *, learned: bool
) -> tuple[list[int], list[int], list[int]]:
    """(head, text, foot): known lines, labels and links to other pages are cut from both ends."""
    lines = sense.flow.lines
    start, end = 0, len(numbers)
    texts = [lines[n].node for n in numbers if sense.weights[n] >= LEAD and lines[n].folded != headline]
    homes, looks = {node.parent for node in texts}, {(node.tag, node.classes) for node in texts}

    def furnished(number: int) -> bool:
        line = lines[number]
        if sense.labels[number]:
            return _table_of(line, rows=3) is None
        if sense.furniture[number]:
            if _in_record(sense, line):
                return False
            # As it was learned: what stands where the texts stand, and looks like one, is text that repeats.
            textual = line.node.tag in TEXTUAL or (line.node.tag, line.node.classes) in looks
            home = line.node in homes or (line.node.parent in homes and textual)
            return line.linked >= 0.5 or not home or counts(line) or not learned
        return line.linked >= 0.8 and not sense.files[line.number]

    over = next((order for order, number in enumerate(numbers) if ends(lines[number].text)), end)
    if all(furnished(number) for number in numbers[:over]):
        # Nothing but labels and files stands before a heading of other news or comments: behind it is no text either.
        numbers, end = numbers[:over], over
    while start < end and (furnished(numbers[start]) or (start < 3 and signed(lines[numbers[start]].text))):
        start += 1
    while end > start and furnished(numbers[end - 1]):
        end -= 1
    if (
        end < len(numbers)
        and end - start > 1
        and lines[numbers[end]].linked >= 0.8
        and heads_a_list(lines[numbers[end - 1]])
    ):
        end -= 1
    return numbers[:start], numbers[start:end], numbers[end:]


def _in_record(sense: Sense, line: Line) -> bool:
    """Whether a line that recurs stands in a table with values of this page's own: a zero, the heads of columns, a motto."""
    table = _table_of(line, rows=2)
    if table is None:
        return False
    node = sense.flow.node_of(table)
    return any(not sense.furniture[number] and not sense.labels[number] for number in range(node.start, node.end))


def _table_of(line: Line, *, rows: int) -> Element | None:
    """The data table of which the line is a value: at least so many rows have two filled cells each, and none holds a table."""
    row = line.row
    table = row.getparent() if row is not None else None
    while table is not None and table.tag != "table":
        table = table.getparent()
    if row is None or table is None or table.find(".//table") is not None:
        return None
    filled = sum(sum(bool("".join(cell.itertext()).strip()) for cell in other) >= 2 for other in table.iter("tr"))
    return table if filled >= rows else None


def _behind(sense: Sense, title: Line | None, node: Node, stop: int, ends: Ends) -> tuple[list[int], int]:
    """Lines behind the text that may still be the article's, up to the first related heading, link list or other column."""
    region = _common(title.node, node) if title is not None else node.parent or node
    if region.parent is None or region.tag in ("body", "html"):
        region = node.parent or node
    found: list[int] = []
    linked = 0
    for number in range(stop, region.end):
        line = sense.flow.lines[number]
        # A date line may stand in an element that is named apart: `<footer class="entry-meta">`.
        apart = sense.aside[number] and not node.holds(number) and not sense.labels[number]
        if ends(line.text) or len(found) >= _TAIL or apart or number in sense.anothers:
            break
        if number in sense.filed.lines:
            continue
        linked = linked + 1 if line.linked >= 0.8 and not sense.files[line.number] else 0
        if linked >= 2:
            break
        found.append(number)
    last = found[-1] if found else stop - 1
    return found, max(last, node.end - 1 if not found else last)


def _common(one: Node, other: Node) -> Node:
    chain = one.chain()
    return next((node for node in other.chain() if any(node is step for step in chain)), chain[-1])
