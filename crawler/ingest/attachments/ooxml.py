"""DOCX and XLSX: the words in their XML parts, read as a stream that never becomes a tree.

Only the parts with text are unpacked, each up to a limit, whatever the package says of their sizes. Document types and with
them entities are refused: the format knows none.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from crawler.ingest.attachments.text import MOST_CHARACTERS, Enough, Lines
from storage.records import AttachmentText

MOST_XML = 64 * 1024 * 1024
"""Bytes of one unpacked part that are read. A page of text takes some 10 kB of them."""

_CHUNK = 64 * 1024
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what the format allows; others may ask for any amount of memory
_DOCUMENT = re.compile(r"word/document\d*\.xml", re.IGNORECASE)
_NOTES = re.compile(r"word/(?:foot|end)notes\.xml", re.IGNORECASE)
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml", re.IGNORECASE)
_STRINGS = "xl/sharedstrings.xml"
_ENCRYPTED = 1
_CELL = 32_767  # characters that a cell may hold


class _Refused(Exception):
    """A part that no program of good will has written."""


def read_package(body: bytes) -> AttachmentText:
    """The text of a DOCX or XLSX; other packages (ZIP, PPTX, ODT) are `unsupported`."""
    lines = Lines()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = {info.filename.lower(): info for info in package.infolist()}
            if any(info.flag_bits & _ENCRYPTED for info in parts.values()):
                return AttachmentText(flag="encrypted")
            if any(map(_DOCUMENT.fullmatch, parts)):
                _read_document(package, parts, lines)
            elif any(map(_SHEET.fullmatch, parts)):
                _read_workbook(package, parts, lines)
            else:
                return AttachmentText(flag="unsupported")
    except Enough:
        return AttachmentText(lines.text(), flag="too-large")
    except (_Refused, zipfile.BadZipFile, zlib.error, etree.LxmlError, EOFError, OSError, ValueError,
            NotImplementedError):  # fmt: skip
        return AttachmentText(lines.text(), flag="damaged")
    text = lines.text()
    return AttachmentText(text, flag="garbled" if lines.garbled else "" if text else "no-text-layer")


def _read_document(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], lines: Lines) -> None:
    for wanted in (_DOCUMENT, _NOTES):
        for name in sorted(filter(wanted.fullmatch, parts)):
            _parse(package, parts[name], _Words(lines.add))
            lines.end_page()


def _read_workbook(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], lines: Lines) -> None:
    strings: list[str] = []
    if _STRINGS in parts:
        _parse(package, parts[_STRINGS], _Strings(strings))
    sheets = [(int(found[1]), name) for name in parts if (found := _SHEET.fullmatch(name))]
    for _, name in sorted(sheets):
        _parse(package, parts[name], _Cells(lines.add, strings))
        lines.end_page()


def _parse(package: zipfile.ZipFile, part: zipfile.ZipInfo, target: _Target) -> None:
    """Hand a part's elements to `target`. Raises Enough past the limit, _Refused, and what zipfile, zlib and lxml raise."""
    if part.compress_type not in _PACKED:
        raise _Refused(f"packed with method {part.compress_type}")
    parser = etree.XMLParser(target=target, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    read = 0
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > MOST_XML:
                raise Enough
            parser.feed(chunk)
    parser.close()


class _Target:
    """What lxml calls, with tags stripped of their namespace."""

    def start(self, tag: str, attributes: Any) -> None:
        self.begin(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> None:
        self.finish(tag.rpartition("}")[2])

    def data(self, text: str) -> None:
        """Text; where it stands is known from the elements around it."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _Refused("a document type")

    def close(self) -> None:
        """Called at the end."""

    def begin(self, tag: str, attributes: Any) -> None:
        """An element opens."""

    def finish(self, tag: str) -> None:
        """An element is complete."""


class _Words(_Target):
    """Paragraphs and table rows of a DOCX; what was deleted, or stands there twice for old programs, is left out."""

    _SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}  # noqa: RUF012 - never changed
    _OUT = frozenset(("Fallback", "moveFrom", "del"))

    def __init__(self, add: Callable[[str], None]) -> None:
        self._add = add
        self._out = 0
        self._in_text = False
        self._paragraphs: list[list[str]] = []  # open ones: a text box stands inside of another
        self._rows: list[list[list[str]]] = []  # open table rows, of cells, of paragraphs

    def begin(self, tag: str, attributes: Any) -> None:
        if tag in self._OUT:
            self._out += 1
        elif tag == "p":
            self._paragraphs.append([])
        elif tag == "tr":
            self._rows.append([])
        elif tag == "tc" and self._rows:
            self._rows[-1].append([])
        elif tag == "t":
            self._in_text = True
        elif tag in self._SIGNS and self._paragraphs and not self._out:
            self._paragraphs[-1].append(self._SIGNS[tag])

    def data(self, text: str) -> None:
        if self._in_text and self._paragraphs and not self._out:
            self._paragraphs[-1].append(text)

    def finish(self, tag: str) -> None:
        if tag in self._OUT:
            self._out -= 1
        elif tag == "t":
            self._in_text = False
        elif tag == "p" and self._paragraphs:
            self._say("".join(self._paragraphs.pop()))
        elif tag == "tr" and self._rows:
            self._say(_row(" ".join(cell) for cell in self._rows.pop()))

    def _say(self, text: str) -> None:
        if not text.strip():
            return
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(text)
        else:
            for line in text.split("\n"):
                self._add(line)


class _Strings(_Target):
    """The strings of an XLSX that its cells point at, without readings (`rPh`) of Asian scripts."""

    def __init__(self, strings: list[str]) -> None:
        self._strings, self._parts = strings, list[str]()
        self._in_text = self._in_reading = False

    def begin(self, tag: str, attributes: Any) -> None:
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._in_reading = True
        self._in_text = tag == "t" and not self._in_reading

    def data(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)

    def finish(self, tag: str) -> None:
        self._in_text = False
        if tag == "rPh":
            self._in_reading = False
        elif tag == "si":
            self._strings.append("".join(self._parts))


class _Cells(_Target):
    """The rows of a sheet: values as they are stored, without number formats."""

    def __init__(self, add: Callable[[str], None], strings: list[str]) -> None:
        self._add, self._shared = add, strings
        self._row: list[str] = []
        self._length = 0
        self._value: list[str] = []
        self._kind = ""
        self._in_value = False

    def begin(self, tag: str, attributes: Any) -> None:
        if tag == "c":
            self._kind, self._value = attributes.get("t", ""), []
        self._in_value = tag in ("v", "t")

    def data(self, text: str) -> None:
        if self._in_value:
            self._value.append(text)

    def finish(self, tag: str) -> None:
        self._in_value = False
        if tag == "c":
            value = "".join(self._value).strip()
            if self._kind == "s":
                number = int(value) if value.isdigit() else -1
                value = self._shared[number] if 0 <= number < len(self._shared) else ""
            self._row.append(value[:_CELL])
            self._length += len(self._row[-1])
            if self._length > MOST_CHARACTERS:  # many cells may point at one long string
                self._end_row()
        elif tag == "row":
            self._end_row()

    def _end_row(self) -> None:
        self._add(_row(self._row))
        self._row, self._length = [], 0


def _row(cells: Iterable[str]) -> str:
    return " | ".join(cell for cell in (" ".join(cell.split()) for cell in cells) if cell)
