"""What of a page its reading was taken from: by this a page that changed elsewhere is told (`crawler.ingest.ground`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from crawler.ingest.decoding import Element
from crawler.ingest.extract.body import Area
from crawler.ingest.extract.knowledge import Knowledge
from crawler.ingest.extract.sense import Sense
from crawler.ingest.flow import Line, listed
from crawler.ingest.ground import Footing
from crawler.ingest.offers import target
from crawler.ingest.stamps import is_date_line, is_side_line, names_time
from storage.records import Attachment

_DIGIT = re.compile(r"\d")
_LINKED = 0.8
"""Share of links up to which a line behind a text may be its byline."""

_NAME = 40
"""Characters of a linked line that may be a name."""


def find_footing(
    sense: Sense, area: Area, title: int, base: str, known: Knowledge,
    *, files: Iterable[Attachment], named: Iterable[Element], chosen: Iterable[Line], clocks: Collection[int],
) -> Footing:  # fmt: skip
    """Where the article stands, with its headline in line `title` (-1: in none). `files` are its attachments, `named` elements
    that date it, `chosen` lines that are known to date or sign it, `clocks` lines that show the time of the fetch.
    """
    lines = sense.flow.lines
    held, shown = _offered(sense, base, files)
    text = {*area.lines, *held, *((title,) if title >= 0 else ())}
    if not text:
        return Footing()
    others, own = listed(sense.flow), {line.number for line in chosen}
    first, last = min(text), max(text)
    around = [n for n in (*area.above, *area.below) if n not in clocks and n not in others and _may_tell(lines[n])]
    around = [n for n in {*around, *own} - text if not first < n < last or _has_digits(lines[n])]
    near = {n for n in around if names_time(lines[n].text) or _accompanies(lines[n], known)}
    near |= {n for n in text if _counts(lines[n]) and lines[n].row is None and known.noise(lines[n].text)}
    near |= {*_leading(sense, area), *(n for n in range(first, last) if n not in text and _counts(lines[n]))}
    near -= {title, *held}
    return Footing(
        text=tuple(sorted(text - near or text)),
        beside=tuple(sorted(set(around) - near)),
        near=tuple(sorted(near)),
        named=(*named, *shown),
    )


def _may_tell(line: Line) -> bool:
    """Whether a line near the article may date or sign it: a link's words do so only where they are few, or name a time."""
    return line.linked < _LINKED or len(line.text) <= _NAME or names_time(line.text)


def _accompanies(line: Line, known: Knowledge) -> bool:
    """Whether a line only counts, or is furniture: it names nobody."""
    return is_side_line(line.text) or known.noise(line.text)


def _counts(line: Line) -> bool:
    """Whether a line has a number, and none of a day."""
    return _has_digits(line) and not names_time(line.text)


def _has_digits(line: Line) -> bool:
    return _DIGIT.search(line.text) is not None


def _leading(sense: Sense, area: Area) -> Iterable[int]:
    """The lines before the text's first that only accompany a date: `1.723` under an eye."""
    for number in sorted((*area.above, *area.lines)):
        text = sense.flow.lines[number].text
        if is_side_line(text):
            yield number
        elif number in area.lines and not is_date_line(text):
            return


def _offered(sense: Sense, base: str, files: Iterable[Attachment]) -> tuple[list[int], list[Element]]:
    """The lines in which the article's files are linked, and the blocks of frames that show some behind the last line."""
    addresses = {file.url for file in files}
    offers = [offer for offer in sense.offers if target(offer, base) in addresses] if addresses else []
    held = [offer.at for offer in offers if offer.at < len(sense.flow.lines)]
    return held, [offer.node.element for offer in offers if offer.embed]
