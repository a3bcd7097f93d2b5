"""Lines of the article's area to paragraphs, rows and captions, as a person would copy them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.ingest.blocks import Block, BlockKind
from crawler.ingest.decoding import Element
from crawler.ingest.flow import Flow, Line, Node, Picture
from storage.text import fold

_LISTED = re.compile(
    r"^(?:[-–—+*•●▪◦·✓➢❖]\s*\S|\d{1,2}(?:\.\d{1,2})*\s*[.)/]\s*\S|[a-zđ]\s*[.)]\s+\S|[IVX]{1,4}\s*[.)]\s*\S|\(\d{1,2}\))"
)
_DASHED = re.compile(r"^[-–—+*•●▪◦]\s*\S")
_SENTENCE_END = re.compile(r"[.:;!?…][\"”'’)\]]*$|\./\.?$")
_OPENED = re.compile(r"[,\-–]$")
_CAPTION_LABEL = re.compile(
    r"^(?:hình ảnh|ảnh minh họa|ảnh minh hoạ|hình minh họa|ảnh|hình|photo|image)\s*(?:\d{1,2}\s*)?[:.]\s*\S",
    re.IGNORECASE,
)
_SCENE = re.compile(r"^(?:toàn cảnh|quang cảnh|khung cảnh)\b", re.IGNORECASE)
_NAME = re.compile(r"^(?:ảnh|photo|hình ảnh|hình)\s*:\s*(?:[A-ZĐÀ-Ỹ][\w.]*+\s*+(?:[-–,&]\s*+)?){1,5}$")
_AUTHOR_CLASS = frozenset(
    (
        "author",
        "authors",
        "byline",
        "article-author",
        "post-author",
        "news-author",
        "entry-author",
        "tac-gia",
        "tacgia",
        "but-danh",
        "butdanh",
    )
)
_CAPTION_CLASS = re.compile(
    r"(?:^|[-_.#])(?:caption|captions|pcaption|figcaption|wp-caption-text|chu-?thich|image-?(?:desc|note|caption)|img-?(?:desc|note|caption)"
    r"|photo-?(?:desc|caption)|imgcaption|expnoedit)(?=$|[-_.#>\d])",
    re.IGNORECASE,
)
_CELL_LONG = 200
_FRAMES = 4
"""Levels above a line at which a `figcaption` is its own."""


@dataclass(slots=True)
class Piece:
    """A paragraph in the making: its text, kind and the lines it is made of."""

    text: str
    kind: BlockKind
    lines: list[Line]

    @property
    def first(self) -> Line:
        """The line that begins it."""
        return self.lines[0]

    @property
    def folded(self) -> str:
        """The text without case and marks."""
        alone = len(self.lines) == 1 and self.text == self.first.text
        return self.first.folded if alone else fold(self.text)

    def share(self, name: str) -> float:
        """Share of the piece's characters that are `linked`, `bold` or `italic`."""
        if len(self.lines) == 1:  # as nearly every piece has
            [line] = self.lines
            return float(getattr(line, name) * len(line.text) / len(line.text)) if line.text else 0.0
        total = sum(len(line.text) for line in self.lines)
        return float(sum(getattr(line, name) * len(line.text) for line in self.lines) / total) if total else 0.0

    def block(self) -> Block:
        """The piece as the value that the stages pass on."""
        line = self.first
        emphasis = line.align == "center" or self.share("bold") > 0.95 or self.share("italic") > 0.95
        return Block(
            text=self.text,
            kind=self.kind,
            right=line.align in ("right", "end") or _is_signature(line),
            emphasis=emphasis,
            after_image=line.after_image,
            linked=round(self.share("linked"), 3),
        )


def _is_signature(line: Line) -> bool:
    """Whether markup names the line as who wrote the text: `<p class="author">`."""
    return not _AUTHOR_CLASS.isdisjoint((*line.node.classes, *line.mark.split(".")))


def assemble(flow: Flow, numbers: Sequence[int]) -> list[Piece]:
    """The pieces of these lines, in document order: broken lines joined, cells joined to rows, captions told apart."""
    lines = [flow.lines[number] for number in numbers]
    pictures = {picture.at: picture for picture in flow.pictures}
    pieces = list(_rows(_paragraphs(lines), _data_rows(flow, lines)))
    return _captions(pieces, pictures)


def _paragraphs(lines: Iterable[Line]) -> list[Piece]:
    pieces: list[Piece] = []
    for line in lines:
        last = pieces[-1] if pieces else None
        if last is not None and _continues(last, line):
            last.lines.append(line)
        else:
            pieces.append(Piece(line.text, _kind(line), [line]))
    for piece in pieces:
        piece.text = " ".join(line.text for line in piece.lines)
    return pieces


def _kind(line: Line) -> BlockKind:
    if line.heading:
        return "heading"
    return "item" if line.item else "paragraph"


def _continues(piece: Piece, line: Line) -> bool:
    """Whether a line is the rest of the paragraph that one `<br>` cut.

    Inside `p` one `<br>` is a turn of line, unless list marks or the look say otherwise; directly in a `div` or a cell it often
    stands for a paragraph, so there it joins only what is visibly unfinished.
    """
    before = piece.lines[-1]
    if line.node is not before.node or line.breaks != 1 or line.number != before.number + 1 or line.after_image:
        return False
    if line.heading:
        return True
    if _DASHED.match(line.text) and (_LISTED.match(before.text) or before.text.endswith((":", ";", "."))):
        return False
    if _LISTED.match(line.text) and _LISTED.match(piece.first.text):
        return False
    if (before.bold > 0.95) != (line.bold > 0.95) and line.node.tag != "p" and len(before.text) > 8:
        return False
    if line.node.tag in ("p", "li", "td", "th", "h5", "h6", "figcaption", "caption"):
        return line.node.tag != "td" or not _ended(before.text) or len(before.text) < _CELL_LONG
    return not _ended(before.text) or line.text[:1].islower()


def _ended(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None


# Tables


def _data_rows(flow: Flow, lines: Sequence[Line]) -> set[Element]:
    """Rows of data tables: at least two filled cells that hold no running text and no table of their own."""
    rows: dict[Element, dict[Element, list[Line]]] = {}
    for line in lines:
        if line.row is not None:
            rows.setdefault(line.row, {}).setdefault(line.cell, []).append(line)
    tables: dict[Element, list[Element]] = {}
    for row in rows:
        tables.setdefault(_table(row), []).append(row)
    found: set[Element] = set()
    for table, members in tables.items():
        if table is None or table.find(".//table") is not None:
            continue
        wide = [row for row in members if len(rows[row]) >= 2]
        if wide and not any(_running(cell) for row in wide for cell in rows[row].values()):
            pictured = {
                id(cell)
                for row in members
                for cell in rows[row]
                if cell is not None and cell.find(".//img") is not None
            }
            if not pictured and not _pictures(table):
                found.update(members)
    return found


def _table(row: Element) -> Element | None:
    while row is not None and row.tag != "table":
        row = row.getparent()
    return row


def _pictures(table: Element) -> bool:
    return table.find(".//img") is not None


def _running(cell: Sequence[Line]) -> bool:
    """Whether a cell holds an article's paragraphs rather than a value."""
    own = [line for line in cell if line.breaks == 0]
    return len(own) >= 3 and sum(len(line.text) for line in cell) > 3 * _CELL_LONG


def _rows(pieces: Sequence[Piece], data: set[Element]) -> Iterable[Piece]:
    """Pieces with the cells of each data row joined by ` | `."""
    row: Element | None = None
    cells: list[tuple[Element, list[Piece]]] = []
    for piece in pieces:
        own = piece.first.row if piece.first.row in data else None
        if row is not None and own is not row:
            yield _row(cells)
            cells = []
        row = own
        if own is None:
            yield piece
        elif cells and cells[-1][0] is piece.first.cell:
            cells[-1][1].append(piece)
        else:
            cells.append((piece.first.cell, [piece]))
    if cells:
        yield _row(cells)


def _row(cells: Sequence[tuple[Element, list[Piece]]]) -> Piece:
    texts = [" ".join(piece.text for piece in pieces) for _, pieces in cells]
    return Piece(" | ".join(texts), "row", [line for _, pieces in cells for piece in pieces for line in piece.lines])


# Captions


def _captions(pieces: Sequence[Piece], pictures: Mapping[int, Picture]) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and last.kind == "caption" and _rest_of_caption(last, piece):
            last.text = f"{last.text} {piece.text}"
            last.lines.extend(piece.lines)
            continue
        if piece.kind in ("paragraph", "item", "row") and _is_caption(piece, pictures.get(piece.first.number)):
            piece.kind = "caption"
        found.append(piece)
    return found


def _is_caption(piece: Piece, picture: Picture | None) -> bool:
    """Whether the piece says what a picture shows. `picture` is the last one right before it, if there is one."""
    line, text = piece.first, piece.text
    if _in_figcaption(line.node) or _named_caption(line.node.place.rpartition(">")[2]):
        return True
    if line.mark and _named_caption(line.mark.rpartition(">")[2]):
        return True
    if len(text) > 400 or _NAME.match(text):
        return False
    labelled = _CAPTION_LABEL.match(text) is not None
    if not line.after_image:
        # `Ảnh: V.C` is a credit; a label with a sentence behind it is not.
        return (labelled and 30 <= len(text) <= 250) or (
            len(text) <= 300 and _under_picture(line) and not _listed(text)
        )
    if picture is not None and fold(text) in (fold(picture.alt), fold(picture.title)):
        return True
    if labelled or (_SCENE.match(text) and len(text) <= 250):
        return True
    if _listed(text) or line.align in ("right", "end") or (picture is not None and _beside_in_row(picture, line)):
        return False
    return _looks_like_caption(piece)


def _in_figcaption(node: Node | None) -> bool:
    for _ in range(_FRAMES):
        if node is None:
            return False
        if node.tag == "figcaption":
            return True
        node = node.parent
    return False


@lru_cache(maxsize=1024)
def _named_caption(step: str) -> bool:
    return _CAPTION_CLASS.search(step) is not None


def _listed(text: str) -> bool:
    return _LISTED.match(text) is not None


def _looks_like_caption(piece: Piece) -> bool:
    line, text = piece.first, piece.text
    if (len(text) <= 250 and _framed(line)) or (len(text) <= 300 and _photo_table(line)):
        return True
    if line.align == "center" or (line.beside_image and piece.share("bold") > 0.9):
        return not (text.isupper() and len(text) < 40)
    if piece.share("italic") > 0.9:
        # A lead in italics below the first picture is a sentence or two; captions are shorter, or have no full stop.
        return line.beside_image or len(text) <= 200 or not text.endswith(".")
    return line.beside_image and len(text) <= 160 and not text.endswith((".", ":", ";"))


def _under_picture(line: Line) -> bool:
    """Whether the cell above the line's cell holds a picture and no text."""
    above = line.row.getprevious() if line.row is not None else None
    if above is None or line.cell is None or line.cell.getparent() is not line.row:
        return False
    column = line.row.index(line.cell)
    if above.tag != "tr" or len(above) != len(line.row):
        return False
    return above[column].find(".//img") is not None and not "".join(above[column].itertext()).strip()


def _beside_in_row(picture: Picture, line: Line) -> bool:
    """Whether picture and text stand in two cells of one row: a text beside a picture, not under it."""
    for node in picture.node.chain():
        if node.tag in ("td", "th"):
            return line.cell is not None and line.cell is not node.element and node.element.getparent() is line.row
    return False


def _framed(line: Line) -> bool:
    """Whether a container of its own holds one picture and this text in an element of its own, and nothing else."""
    for node in line.node.chain()[1:3]:
        if node.end - node.start != 1 or node.tag in ("td", "body"):
            return False
        if node.element.find(".//img") is not None:
            return True
    return False


def _photo_table(line: Line) -> bool:
    """Whether the line's table shows pictures with text under them and nothing else."""
    table = _table(line.row) if line.row is not None else None
    if table is None or table.find(".//img") is None or table.find(".//table") is not None:
        return False
    letters = sum(len(text.strip()) for text in table.itertext())
    return letters <= 250 * len(table.findall(".//img"))


def _rest_of_caption(caption: Piece, piece: Piece) -> bool:
    """A caption over two lines: the second begins in lower case and stands in the same place or look."""
    line = piece.first
    if line.after_image or not piece.text[:1].islower() or len(piece.text) > 250 or _ended(caption.text):
        return False
    return line.align == caption.first.align and abs(piece.share("italic") - caption.share("italic")) < 0.2
