"""Lines that offer files and say nothing else: links to documents, and the labels, sizes and tables round them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Anchor, Flow, Line, Node
from crawler.ingest.offers import (
    heads_files,
    is_file_name,
    is_label,
    is_wordless,
    may_head_files,
    may_offer,
    may_open_files,
    offers,
    opens_files,
    speaks_of_files,
)
from storage.text import fold

_MAY_HEAD = ("kèm", "tệp", "tập tin", "tải", "file", "tài liệu")
_MAY_HEAD_FOLDED = ("kem", "tep", "tap tin", "tai", "file")
_HEADS = re.compile(
    r"(?:stt|tt|#|so tt|so thu tu|ten(?: \w+){0,3}|ngay(?: (?:dang|tai|cap nhat|tao|thang))?|ghi chu|thao tac|hanh dong|mo ta"
    r"|kieu|loai|dinh dang|nguoi dang|chuc nang|xem|tai|van ban|noi dung|trang thai|lan tai)[.:]?"
)
"""Heads of the columns of a table of files, beside those that are labels of files."""
_MARK = re.compile(r"[\W\d_]*")
"""A number, a date, a hyphen: nothing with letters."""
_NAME = 300
"""Characters of the longest name of a document, and of the longest line with a heading above files."""
_NEAR = 3
"""Lines of labels above or below a file."""
_LEVELS = 6
"""Levels of elements between a file and the box that holds it with a heading."""
_LARGEST = 100
"""Lines of the largest box of files that is looked through for each of them."""
_OVER, _MOST = 5, 10
"""Lines over which a link runs, and links in a line, that are looked at."""
_PER_FILE = 4
"""Lines of a box of files for each file: its number, name, size and date."""


def find_offers(flow: Flow, recurring: frozenset[str]) -> list[Anchor]:
    """What offers a document and does not stand on page after page.

    In a line that begins with a heading above files, and in lines of links below one, a link offers one whatever it is called.
    """
    heads = _below_heads(flow)
    return [
        anchor
        for anchor, offering in zip(flow.anchors, flow.of_anchors("offers", None, offers), strict=True)
        if (offering or (anchor.at in heads and may_offer(anchor))) and anchor.href.strip() not in recurring
    ]


def _below_heads(flow: Flow) -> set[int]:
    found: set[int] = set()
    for line, heads in zip(flow.lines, flow.of_lines("heads files", None, _opens), strict=True):
        if not heads:
            continue
        found.add(line.number)
        for below in flow.lines[line.number + 1 :] if heads_files(line.folded) else ():
            if below.linked < 0.5 or len(below.text) > _NAME or not _under(below.node, line.node):
                break
            found.add(below.number)
    return found


def _opens(line: Line) -> bool:
    if len(line.text) > _NAME or line.linked > 0.9:
        return False
    folded = line.folded
    # Most lines have none of these words: folded they say so without being made small.
    if not any(map(folded.__contains__, _MAY_HEAD_FOLDED)) or not may_open_files(folded):
        return False
    lower = line.text.lower()
    return any(word in lower for word in _MAY_HEAD) and opens_files(folded)


def _under(node: Node, head: Node) -> bool:
    """Whether a line stands in the box that a heading stands in, or in one of its own beside the heading."""
    box = head.parent or head
    return any(step is box for step in node.chain()) and box.parent is not None


@dataclass(slots=True)
class Filed:
    """Lines that only offer files (`lines`); by the `id` of a link, the words beside it that name the document (`names`)."""

    lines: set[int] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)


def file_lines(flow: Flow, found: Sequence[Anchor]) -> Filed:
    """The lines of a page on which only files are offered, by links (or frames) that do."""
    filed = Filed()
    if not found:
        return filed
    links = _links(flow, found)
    for number, anchors in links.items():
        _line(flow.lines[number], anchors, filed)
    rows = _rows(flow, found)
    for table in dict.fromkeys(table for row in rows if (table := _table(row)) is not None):
        _table_lines(flow, table, rows, filed)
    for number in sorted({*links, *(anchor.at for anchor in found)}):
        _around(flow, number, links, filed)
    filed.lines.update(_heads_of_nothing_else(flow, links, filed))
    return filed


def _links(flow: Flow, found: Sequence[Anchor]) -> dict[int, list[Anchor]]:
    """The links to files by line; one may run over several lines."""
    links: dict[int, list[Anchor]] = defaultdict(list)
    for anchor in found:
        if anchor.embed or anchor.at >= len(flow.lines):
            continue
        links[anchor.at].append(anchor)
        for line in flow.lines[anchor.at + 1 : anchor.at + _OVER]:
            if anchor.href not in line.hrefs:
                break
            links[line.number].append(anchor)
    return links


def _line(line: Line, anchors: Sequence[Anchor], filed: Filed) -> None:
    rest = line.text
    for text in sorted((anchor.text for anchor in anchors[:_MOST]), key=len, reverse=True):
        rest = "" if rest in text else rest.replace(text, " ", 1)
    rest = " ".join(rest.split()).strip(" :;,.|-–")
    if is_wordless(fold(rest)):
        filed.lines.add(line.number)
    elif is_file_name(rest):
        filed.lines.add(line.number)
        filed.names.update((id(anchor), rest) for anchor in anchors)


# Tables


def _rows(flow: Flow, found: Sequence[Anchor]) -> dict[Element, list[Anchor]]:
    """The files by the innermost row of a table that offers them."""
    rows: dict[Element, list[Anchor]] = defaultdict(list)
    for anchor in found:
        row = next((node.element for node in anchor.node.chain() if node.tag == "tr"), None)
        if row is not None:
            rows[row].append(anchor)
    return rows


def _table(row: Element) -> Element | None:
    """The table of a row, if it holds no other."""
    table = row
    while table is not None and table.tag != "table":
        table = table.getparent()
    return table if table is not None and table.find(".//table") is None else None


def _table_lines(flow: Flow, table: Element, offering: Mapping[Element, list[Anchor]], filed: Filed) -> None:
    """Rows of a file with its number, size and date go; of a table of nothing but files its names and heads go as well."""
    node = flow.node_of(table)
    rows: dict[Element, list[Line]] = defaultdict(list)
    for line in flow.lines[node.start : node.end]:
        rows[line.row].append(line)
    heads = [line for row, lines in rows.items() if row not in offering for line in lines]
    names = {
        row: [line for line in lines if not _goes(line, filed)]
        for row, lines in rows.items()
        if row in offering and sum(cell.tag in ("td", "th") for cell in row) >= 2
    }
    named = any(speaks_of_files(line.folded) for line in heads)
    only_files = all(map(_is_head, heads)) and all(
        len(lines) <= named and all(len(line.text) <= _NAME for line in lines) for lines in names.values()
    )
    for row, lines in names.items():
        if not lines or only_files:
            filed.lines.update(line.number for line in rows[row])
        if len(lines) == 1:
            filed.names.update((id(anchor), lines[0].text) for anchor in offering[row])
    if names:
        labels = (line for lines in rows.values() for line in lines if is_label(line.folded))
        filed.lines.update(line.number for line in labels)
        filed.lines.update(line.number for line in heads if only_files)


def _goes(line: Line, filed: Filed) -> bool:
    return line.number in filed.lines or _MARK.fullmatch(line.text) is not None or is_label(line.folded)


def _is_head(line: Line) -> bool:
    return len(line.text) <= 40 and (_HEADS.fullmatch(line.folded) is not None or is_wordless(line.folded))


# Boxes


def _around(flow: Flow, number: int, links: Mapping[int, list[Anchor]], filed: Filed) -> None:
    """Labels and file names right above and below a file go with it, and all of a box below a heading above files."""
    above = _labels(flow.lines[max(0, number - _NEAR) : number][::-1])
    below = _labels(flow.lines[number + (number in links) : number + _NEAR])
    filed.lines.update(line.number for line in (*above, *below))
    if number not in links:
        return
    boxes = (node for node in flow.lines[number].node.chain()[:_LEVELS] if node.start < number)
    box = next((node for node in boxes if heads_files(flow.lines[node.start].folded)), None)
    inner = flow.lines[box.start : box.end] if box is not None and box.end - box.start <= _LARGEST else []
    files = sum(line.number in links for line in inner)
    if len(inner) <= 1 + _PER_FILE * files and all(len(line.text) <= _NAME for line in inner):
        filed.lines.update(line.number for line in inner)


def _heads_of_nothing_else(flow: Flow, links: Mapping[int, list[Anchor]], filed: Filed) -> Iterator[int]:
    """Headings such as `Nội dung liên quan` that begin a box of nothing but files."""
    for number in links:
        for box in flow.lines[number].node.chain()[:_LEVELS]:
            if (
                box.start == number
                or box.end - box.start > _LARGEST
                or not may_head_files(flow.lines[box.start].folded)
            ):
                continue
            if all(other in links or other in filed.lines for other in range(box.start + 1, box.end)):
                yield box.start


def _labels(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        if not (is_label(line.folded) or (is_file_name(line.text) and line.linked < 0.5)):
            return
        yield line
