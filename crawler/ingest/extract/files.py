"""Files that an article offers, and its pictures."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from urllib.parse import unquote, urljoin, urlsplit

from crawler.ingest.decoding import Element
from crawler.ingest.extract.assemble import Piece
from crawler.ingest.extract.body import Area
from crawler.ingest.extract.offers import target
from crawler.ingest.extract.sense import Predicate, Sense
from crawler.ingest.flow import Anchor
from crawler.links.keys import ask_form
from storage.records import Attachment, Image
from storage.text import normalise

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
_BOX = 12
"""Lines of a box of files."""
_EMPTY_LABEL = re.compile(
    r"^(?:tải (?:về|xuống|file)|download|xem(?: tại đây| trước| file| chi tiết)?|tại đây|tải tại đây|file đính kèm|tệp đính kèm"
    r"|xem/tải về|mở|open|view|pdf|word|excel)\.?$",
    re.IGNORECASE,
)


def base_of(tree: Element, url: str) -> str:
    """What the page's relative addresses are relative to: its `<base href>`, else its own address."""
    for href in tree.xpath("//base/@href")[:1]:
        with contextlib.suppress(ValueError):
            return str(urljoin(url, href.strip()))
    return url


def read_attachments(sense: Sense, area: Area, title: int, url: str, *, ends: Predicate) -> tuple[Attachment, ...]:
    """Documents linked or shown in the article's area, or in a box of files right behind it, in document order, each
    address once; `url` is the page's base.
    """
    if area.node is None:
        return ()
    start, end = _range(area, title)
    end = _with_box(sense, area, title, end, ends)
    found: dict[str, Attachment] = {}
    for anchor in sense.flow.anchors:
        if not start <= anchor.at <= end or _foreign(sense, anchor, area):
            continue
        address = target(anchor, url)
        if not address:
            continue
        name = _name(anchor, address)
        kept = found.get(address)
        if kept is None or (_EMPTY_LABEL.match(kept.name) and not _EMPTY_LABEL.match(name)):
            found[address] = Attachment(address, name, _media_type(address))
    return tuple(found.values())


def _range(area: Area, title: int) -> tuple[int, int]:
    node = area.node
    assert node is not None
    start = title + 1 if 0 <= title < node.end else node.start
    return start, max(node.end, area.last + 1)


def _with_box(sense: Sense, area: Area, title: int, end: int, ends: Predicate) -> int:
    """The end of the region with a box of files that follows it: files, their labels and buttons.

    In the container that the article shares with its headline furniture may stand between.
    """
    found, home = end, _home(sense, area, title)
    lines = sense.flow.lines
    for number in range(end, min(end + _BOX, len(lines))):
        between = sense.furniture[number] or sense.aside[number]
        if ends(lines[number].text) or (between and number >= home):
            break
        if sense.files[number] and not between:
            found = number
        elif not (between or sense.labels[number] or _names_files(sense, number)):
            break
    return found


def _home(sense: Sense, area: Area, title: int) -> int:
    """The line at which the container of headline and text ends; 0 if that is the whole page."""
    assert area.node is not None
    own = sense.flow.lines[title].node.chain() if title >= 0 else []
    shared = next((node for node in area.node.chain() if any(node is step for step in own)), None)
    return shared.end if shared is not None and shared.tag != "body" else 0


def _names_files(sense: Sense, number: int) -> bool:
    """Whether a line ends in a colon right before a file."""
    text = sense.flow.lines[number].text
    return text.endswith(":") and len(text) <= 40 and any(sense.files[number + 1 : number + 2])


def _foreign(sense: Sense, anchor: Anchor, area: Area) -> bool:
    """Whether the link stands in furniture: a banner's PDF on every page is no attachment."""
    if anchor.at >= len(sense.flow.lines) or anchor.embed:
        return False
    line = sense.flow.lines[anchor.at]
    inside = (bool(area.lines) and area.lines[0] <= anchor.at <= area.lines[-1]) or _follows(sense, anchor.at, area)
    return (sense.furniture[anchor.at] and not inside) or (sense.aside[anchor.at] and not inside and line.linked > 0.5)


def _follows(sense: Sense, at: int, area: Area) -> bool:
    """Whether the line stands right behind the text, in its container, with nothing but lines of files between."""
    if area.node is None or not area.lines or not area.lines[-1] < at < area.node.end:
        return False
    return all(sense.files[area.lines[-1] + 1 : at + 1])


def _name(anchor: Anchor, address: str) -> str:
    label = anchor.text or normalise(anchor.hint)
    if label and not _EMPTY_LABEL.match(label):
        return label
    parts = urlsplit(address)
    for segment in reversed(parts.path.split("/")):
        if _EXTENSION.search(segment):
            return normalise(unquote(segment))
    return label or normalise(unquote(parts.path.rsplit("/", 1)[-1])) or address


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
