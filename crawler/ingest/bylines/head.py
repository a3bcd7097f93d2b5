"""Head lines that mix byline and date."""

from __future__ import annotations

from crawler.ingest.bylines.labels import read_byline
from crawler.ingest.bylines.names import names_in
from crawler.ingest.bylines.words import CELLS, COUNTS, DATE_PART, PLACE_AND_DAY

_LONGEST_LINE = 200


def split_head(text: str) -> tuple[str, str]:
    """Parts a head line that mixes byline and date: (byline, rest). `Phan Thanh - Thu Huyền 16:42 15/09/2025` ->
    (`Phan Thanh - Thu Huyền`, `16:42 15/09/2025`). Without a byline it is (``, text).
    """
    if len(text) > _LONGEST_LINE:
        return "", text
    cells = CELLS.split(text.strip())
    bylines: list[str] = []
    rest: list[str] = []
    for cell in cells:
        byline, other = _split_cell(cell)
        if byline:
            bylines.append(byline)
        if other:
            rest.append(other)
    if not bylines:
        return "", text
    return " | ".join(bylines), " | ".join(rest)


def _split_cell(cell: str) -> tuple[str, str]:
    date = DATE_PART.search(cell)
    if date is None:
        return (cell, "") if read_byline(cell) is not None else ("", cell)
    tail = COUNTS.match(cell, date.end())
    end = tail.end() if tail else date.end()
    before, behind = cell[: date.start()].strip(" ,;-–("), cell[end:].strip(" ,;-–)")
    if PLACE_AND_DAY.match(cell):
        return "", cell
    for side, other in ((before, behind), (behind, before)):
        if side and not other and (read_byline(side) is not None or names_in(side, right=False)):
            return side, cell[date.start() :].strip(" ,;-–") if side is before else cell[:end].strip(" ,;-–")
    return "", cell
