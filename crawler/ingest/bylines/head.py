"""Head lines that mix byline and date."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from crawler.ingest.bylines.labels import read_byline
from crawler.ingest.bylines.names import names_in
from crawler.ingest.bylines.words import PLACE_AND_DAY
from crawler.ingest.stamps import beside_dates, read_dates

_LONGEST_LINE = 200
_EDGE = " ,;-–|•·()"


def split_head(text: str) -> tuple[str, str]:
    """Parts a head line that mixes byline and date: (byline, rest). `Phan Thanh - Thu Huyền 16:42 15/09/2025` ->
    (`Phan Thanh - Thu Huyền`, `16:42 15/09/2025`). Without a byline it is (``, text).
    """
    return ("", text) if len(text) > _LONGEST_LINE else _split(text)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, str]:
    cells = beside_dates(text)
    crowd = Counter(cell.group for cell in cells)
    dated = bool(cells and read_dates(text))
    rest, bylines, floor = list[str](), list[str](), 0
    for cell in cells:
        said = text[cell.start : cell.end]
        # A bare name counts beside a date, not in a sentence round one, nor as the place at which a document was signed.
        bare = dated and crowd[cell.group] == 1 and not PLACE_AND_DAY.match(text[cell.start :])
        if read_byline(said) is not None or (bare and names_in(said, right=False)):
            bylines.append(said)
            rest.append(text[floor : cell.start].strip(_EDGE))
            floor = cell.end
    if not bylines:
        return "", text
    rest.append(text[floor:].strip(_EDGE))
    return " | ".join(bylines), " | ".join(filter(None, rest))
