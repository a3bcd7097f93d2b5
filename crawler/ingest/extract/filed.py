"""Lines that offer files and say nothing else: links to documents, and the labels, sizes and tables round them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Anchor, Flow, Line, Node
from crawler.ingest.offers import heads_files, is_file_name, is_label, is_wordless, may_offer, offers, speaks_of_files
from storage.text import fold

_MAY_HEAD = re.compile(r"kèm|tệp|tập tin|tải|file|tài liệu", re.IGNORECASE)
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
_PER_FILE = 4
"""Lines of a box of files for each file: its number, name, size and date."""


def find_offers(flow: Flow, recurring: frozenset[str]) -> list[Anchor]:
    """What offers a document and does not stand on page after page.

    In a line that begins with a heading above files, and in lines of links below one, a link offers one whatever it is called.
    """
    heads = _below_heads(flow)
    return [
        anchor
        for anchor in flow.anchors
        if (offers(anchor) or (anchor.at in heads and may_offer(anchor))) and anchor.href.strip() not in recurring
    ]


def _below_heads(flow: Flow) -> set[int]:
    found: set[int] = set()
    for line in flow.lines:
        if len(line.text) > _NAME or line.linked > 0.9 or not _MAY_HEAD.search(line.text):
            continue
        label, colon, rest = line.folded.partition(":")
        if not heads_files(label + colon):
            continue
        found.add(line.number)
        for below in flow.lines[line.number + 1 :] if not rest else ():
            if below.linked < 0.5 or len(below.text) > _NAME or not _under(below.node, line.node):
                break
            found.add(below.number)
    return found


def _under(node: Node, head: Node) -> bool:
    """Whether a line stands in the box that a heading stands in, or in one of its own beside the heading."""
    box = head.parent or head
    return any(step is box for step in node.chain()) and box.parent is not None


@dataclass(slots=True)
class Filed:
    """Lines that only offer files (`lines`), and by line the words beside its link that name the document (`names`)."""

    lines: set[int] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)


def file_lines(flow: Flow, found: Sequence[Anchor]) -> Filed:
    """The lines of a page on which only files are offered, by links (or frames) that do."""
    filed = Filed()
    if not found:
        return filed
    texts = _texts(flow, found)
    for number, said in texts.items():
        _line(flow.lines[number], said, filed)
    tables = (_table(flow.lines[number]) for number in texts)
    for table in dict.fromkeys(table for table in tables if table is not None):
        _table_lines(flow, table, texts, filed)
    for number in sorted({*texts, *(anchor.at for anchor in found)}):
        _around(flow, number, texts, filed)
    return filed


def _texts(flow: Flow, found: Sequence[Anchor]) -> dict[int, list[str]]:
    """What the links to files say, by line; a link may run over several lines."""
    texts: dict[int, list[str]] = defaultdict(list)
    for anchor in found:
        if anchor.embed or anchor.at >= len(flow.lines):
            continue
        text = anchor.text
        texts[anchor.at].append(text)
        for line in flow.lines[anchor.at + 1 :]:
            if anchor.href not in line.hrefs or line.text not in text:
                break
            texts[line.number].append(line.text)
    return texts


def _line(line: Line, said: Sequence[str], filed: Filed) -> None:
    rest = line.text
    for text in sorted(said, key=len, reverse=True):
        rest = "" if rest in text else rest.replace(text, " ", 1)
    rest = " ".join(rest.split()).strip(" :;,.|-–")
    if is_wordless(fold(rest)):
        filed.lines.add(line.number)
    elif is_file_name(rest):
        filed.lines.add(line.number)
        filed.names[line.number] = rest


# Tables


def _table(line: Line) -> Element | None:
    """The table of which the line is a value, if it holds no other."""
    table = line.row
    while table is not None and table.tag != "table":
        table = table.getparent()
    return table if table is not None and table.find(".//table") is None else None


def _table_lines(flow: Flow, table: Element, texts: Mapping[int, list[str]], filed: Filed) -> None:
    """Rows of a file with its number, size and date go; of a table of nothing but files its names and heads go as well."""
    node = flow.node_of(table)
    rows: dict[Element, list[Line]] = defaultdict(list)
    for line in flow.lines[node.start : node.end]:
        rows[line.row].append(line)
    data = [lines for lines in rows.values() if len({id(line.cell) for line in lines}) >= 2]
    offering = [lines for lines in data if any(line.number in texts for line in lines)]
    heads = [lines for lines in rows.values() if not any(line.number in texts for line in lines)]
    names = [[line for line in lines if not _goes(line, filed) and line.number not in texts] for lines in offering]
    headed = any(speaks_of_files(line.folded) for lines in heads for line in lines)
    only_files = all(_is_head(lines) for lines in heads) and all(
        len(row) <= (1 if headed else 0) and all(len(line.text) <= _NAME for line in row) for row in names
    )
    for lines, named in zip(offering, names, strict=True):
        for line in lines:
            if not named or only_files or is_label(line.folded):
                filed.lines.add(line.number)
            if line.number in texts and len(named) == 1:
                filed.names.setdefault(line.number, named[0].text)
    if offering:
        filed.lines.update(line.number for lines in heads for line in lines if only_files or is_label(line.folded))


def _goes(line: Line, filed: Filed) -> bool:
    return line.number in filed.lines or _MARK.fullmatch(line.text) is not None or is_label(line.folded)


def _is_head(lines: Sequence[Line]) -> bool:
    return all(len(line.text) <= 40 and (_HEADS.fullmatch(line.folded) or is_wordless(line.folded)) for line in lines)


# Boxes


def _around(flow: Flow, number: int, texts: Mapping[int, list[str]], filed: Filed) -> None:
    """Labels and file names right above and below a file go with it, and all of a box below a heading above files."""
    above = _labels(flow.lines[max(0, number - _NEAR) : number][::-1])
    below = _labels(flow.lines[number + (number in texts) : number + _NEAR])
    filed.lines.update(line.number for line in (*above, *below))
    if number not in texts:
        return
    boxes = (node for node in flow.lines[number].node.chain()[:_LEVELS] if node.start < number)
    box = next((node for node in boxes if heads_files(flow.lines[node.start].folded)), None)
    inner = flow.lines[box.start : box.end] if box is not None else []
    files = sum(line.number in texts for line in inner)
    if len(inner) <= 1 + _PER_FILE * files and all(len(line.text) <= _NAME for line in inner):
        filed.lines.update(line.number for line in inner)


def _labels(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        if not (is_label(line.folded) or (is_file_name(line.text) and line.linked < 0.5)):
            return
        yield line
