"""Files that an article offers, and its pictures."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from crawler.ingest.decoding import Telling
from crawler.ingest.extract.assemble import Piece
from crawler.ingest.extract.body import Area
from crawler.ingest.extract.items import is_headline
from crawler.ingest.extract.region import LEAD
from crawler.ingest.extract.sense import Predicate, Sense, named_aside
from crawler.ingest.flow import Anchor, Node
from crawler.ingest.offers import is_file_name, is_label, may_head_files, opens_files, target
from crawler.links.keys import ask_form
from storage.records import Attachment, Image
from storage.text import fold, normalise

_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}
_EXTENSION = re.compile(r"\.(" + "|".join(_TYPES) + r")(?=$|[/?#&])", re.IGNORECASE)
_LINK = 0.9
"""Share of links from which a line is nothing but headlines."""
_BOX = 12
"""Lines without a file behind which no more are looked for where text and page share no smaller container."""
_LEVELS = 6
"""Levels from a frame up to what holds the headline's container as well."""
_HEADING = 60
"""Characters of the longest heading of a box."""


def base_of(told: Telling, url: str) -> str:
    """What the page's relative addresses are relative to: its `<base href>`, else its own address."""
    for href in [base.get("href") for base in told["base"] if base.get("href") is not None][:1]:
        with contextlib.suppress(ValueError):
            return str(urljoin(url, href.strip()))
    return url


def read_attachments(
    sense: Sense, area: Area, title: int, url: str, *, ends: Predicate, noise: Predicate
) -> tuple[Attachment, ...]:
    """Documents linked or shown between headline and text or behind them, in document order, each address once; `url` is the
    page's base, `noise` tells known furniture lines.
    """
    if area.node is None or not sense.offers:
        return ()
    start, _ = _range(area, title)
    behind = _behind(area, title)
    stop, home = _stop(sense, area, title, behind, ends)
    found: dict[str, Attachment] = {}
    for anchor in sense.offers:
        if not start <= anchor.at < stop + anchor.embed and not (anchor.at == title and not anchor.embed):
            continue
        within = anchor.at < behind or (anchor.embed and anchor.at == behind)
        if _apart(sense, anchor, area) if within else _foreign(sense, anchor, behind, noise):
            continue
        if anchor.embed and anchor.at == stop and not within and not _beside(anchor, home, near=not area.lines):
            continue
        address = target(anchor, url)
        if not address:
            continue
        name = _name(anchor, address, sense.filed.names.get(id(anchor), ""))
        kept = found.get(address)
        if kept is None or (_tells(name) and not _tells(kept.name)):
            found[address] = Attachment(address, name, _media_type(address))
    return tuple(found.values())


def _range(area: Area, title: int) -> tuple[int, int]:
    node = area.node
    assert node is not None
    start = title + 1 if 0 <= title < node.end else node.start
    return start, max(node.end, area.last + 1)


def _behind(area: Area, title: int) -> int:
    """The line behind the text; behind the headline if there is no text."""
    assert area.node is not None
    return (
        area.lines[-1] + 1
        if area.lines
        else max(title + 1, area.node.start)
        if title < area.node.end
        else area.node.start
    )


def _stop(sense: Sense, area: Area, title: int, behind: int, ends: Predicate) -> tuple[int, Node]:
    """The line before which the article's files end, and the container of headline and text.

    There furniture and short lines may stand between text and files, but no other text, no heading of other news and no link to
    another article; behind it only labels.
    """
    home, lines = _home(sense, area, title), sense.flow.lines
    end = home.end if home.parent is not None and home.tag != "body" else max(behind, area.node.end if area.node else 0)
    file = behind
    for number in range(behind, len(lines)):
        line = lines[number]
        between = sense.furniture[number] or sense.aside[number]
        if number in sense.anothers or (ends(line.text) and number not in sense.filed.lines):
            return number, home
        if sense.files[number] or number in sense.filed.lines:
            file = number
        elif number < end:
            other = is_headline(sense, line) and not between and not _before_file(sense, area, number)
            if sense.weights[number] >= LEAD or other:
                return number, home
        elif between or not sense.labels[number] or number - file > _BOX:
            return number, home
    return len(lines), home


def _before_file(sense: Sense, area: Area, number: int) -> bool:
    """Whether links to other articles stand between text and a file, in the text's own container."""
    lines, node = sense.flow.lines, area.node
    while node is not None and node.holds(number) and lines[number].linked >= _LINK and not sense.files[number]:
        if not lines[number].hrefs or not all(map(sense.kin, lines[number].hrefs)):
            return False
        number += 1
        if any(offer.at == number for offer in sense.offers):
            return True
    return False


def _home(sense: Sense, area: Area, title: int) -> Node:
    """The smallest container of headline and text."""
    assert area.node is not None
    own = sense.flow.lines[title].node.chain() if title >= 0 else []
    return next((node for node in area.node.chain() if any(node is step for step in own)), area.node)


def _apart(sense: Sense, anchor: Anchor, area: Area) -> bool:
    """Whether something between headline and text stands in a box beside the article."""
    if anchor.embed or (area.lines and area.lines[0] <= anchor.at) or anchor.at >= len(sense.flow.lines):
        return False
    assert area.node is not None
    return (sense.furniture[anchor.at] or sense.aside[anchor.at]) and not area.node.holds(anchor.at)


def _foreign(sense: Sense, anchor: Anchor, behind: int, noise: Predicate) -> bool:
    """Whether a file behind the text stands below a heading that recurs and does not speak of the article's files."""
    if anchor.at >= len(sense.flow.lines):
        return anchor.embed and any(named_aside(node) for node in anchor.node.chain())
    number = anchor.at
    while number > behind and (number - 1 in sense.filed.lines or sense.files[number - 1]):
        number -= 1
    head = number - 1
    first = sense.flow.lines[number].folded
    if number in sense.filed.lines and (is_label(first) or opens_files(first) or may_head_files(first)):
        return False
    if head < behind or not any(node.start == head for node in anchor.node.chain()):
        # A container of the text may be named as one beside it: elementor-widget.
        return sense.aside[anchor.at] and not anchor.embed and not (behind and sense.aside[behind - 1])
    line = sense.flow.lines[head]
    recurs = sense.furniture[head] or sense.aside[head]
    return recurs and len(line.text) <= _HEADING and line.linked < 0.5 and not noise(line.text)


def _beside(anchor: Anchor, home: Node, *, near: bool) -> bool:
    """Whether a frame stands in the container of headline and text, or (`near`) close beside it."""
    chain = anchor.node.chain()
    return any(node is home for node in chain) or (near and any(node is home.parent for node in chain[:_LEVELS]))


def _name(anchor: Anchor, address: str, beside: str) -> str:
    """What the document is called: by its link, else by the words beside it, else as it is stored."""
    label = anchor.text or normalise(anchor.hint)
    if label and _tells(label):
        return label
    if beside:
        return beside
    parts = urlsplit(address)
    stored = (*reversed(parts.path.split("/")), *(value for _, value in parse_qsl(parts.query)))
    for segment in stored:
        if _EXTENSION.search(segment):
            return normalise(unquote(segment).rpartition("/")[2])
    return label or normalise(unquote(parts.path.rsplit("/", 1)[-1])) or address


def _tells(name: str) -> bool:
    """Whether a name says which document it is, as a button's does not."""
    return is_file_name(name) or not is_label(fold(name))


def _media_type(address: str) -> str:
    found = _EXTENSION.search(address)
    return _TYPES[found.group(1).lower()] if found else ""


def read_images(sense: Sense, area: Area, pieces: Sequence[Piece], title: int, url: str) -> tuple[Image, ...]:
    """Pictures of the article with the caption printed under them, in document order, each address once."""
    if area.node is None:
        return ()
    captions = {line.number: piece for piece in pieces if piece.kind == "caption" for line in piece.lines[:1]}
    start, end = _range(area, title)
    end = min(end, (area.lines[-1] + 1) if area.lines else end)
    found: dict[str, Image] = {}
    for picture in sense.flow.pictures:
        if not start <= picture.at <= end:
            continue
        if picture.at == end and not _near(sense, picture.at, area):
            continue
        try:
            address = urljoin(url, picture.src.strip())
            address = ask_form(address, address)
        except ValueError:
            continue
        piece = captions.get(picture.at)
        found.setdefault(address, Image(address, piece.text if piece else "", picture.alt))
    return tuple(found.values())


def _near(sense: Sense, at: int, area: Area) -> bool:
    return area.node is not None and area.node.start <= at <= area.node.end
