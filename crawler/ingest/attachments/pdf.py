"""PDF: the text layer, page by page, through PDFium.

PDFium is native code that was hardened against hostile files for a browser; what it cannot bear (gigabytes behind a few
bytes, forms that draw themselves) ends the process, and its supervisor says `parse-limit` or `parse-crash`.
"""

from __future__ import annotations

from typing import Any

import pypdfium2
from pypdfium2 import raw

from crawler.ingest.attachments.text import Enough, Lines
from storage.records import AttachmentText, FileFlag

MOST_PAGES = 5_000
"""Pages that are read: what PDFium reads in some 15 seconds."""

_LINE_END_HYPHEN = ("\ufffe", "\x02")  # how PDFium marks one; Vietnamese words are not divided, so it is a real hyphen
_BLANK = 20
"""Letters under which a page has no text: a page number, a stamp."""

_STROKES = 50
"""Lines and curves on a page without text that are letters turned into outlines, or a drawing."""

_STAMPED = 200
"""Letters that may stand on a page beside the picture of it: a signature's line, a scanner's mark."""


def read_pdf(body: bytes) -> AttachmentText:
    """The text of a PDF; an owner's password (no printing) does not keep anybody from reading it."""
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        return AttachmentText(flag="encrypted" if locked else "damaged")
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: Any) -> AttachmentText:
    lines, pages = Lines(), len(document)
    blank = damaged = 0
    try:
        for number in range(min(pages, MOST_PAGES)):
            try:
                text, scanned = _page(document, number)
            except pypdfium2.PdfiumError:
                damaged += 1
                continue
            blank += scanned
            for line in text.splitlines():
                lines.add(line)
            lines.end_page()
    except Enough:
        return AttachmentText(lines.text(), pages, "too-large")
    text = lines.text()
    return AttachmentText(text, pages, _flag(pages, bool(text), blank=blank, damaged=damaged, garbled=lines.garbled))


def _flag(pages: int, any_text: bool, *, blank: int, damaged: int, garbled: int) -> FileFlag:
    if damaged or not pages:
        return "damaged"
    if pages > MOST_PAGES:
        return "too-large"
    if garbled and garbled * 2 >= pages - blank:
        return "garbled"
    if blank == pages or not any_text:
        return "no-text-layer"
    return "partly-scanned" if blank else ""


def _page(document: Any, number: int) -> tuple[str, bool]:
    """A page's text, and whether it is only a picture of one. Raises PdfiumError."""
    page = document[number]
    try:
        layer = page.get_textpage()
        try:
            text = layer.get_text_range()
        finally:
            layer.close()
        for mark in _LINE_END_HYPHEN:
            text = text.replace(mark, "-")
        letters = sum(char.isalpha() for char in text)
        return text, letters < _STAMPED and _is_picture(page, letters)
    finally:
        page.close()


def _is_picture(page: Any, letters: int) -> bool:
    """Whether one picture covers half of the page, or what stands there instead of words is drawn, stroke by stroke."""
    width, height = page.get_size()
    strokes = 0
    for item in page.get_objects(max_depth=2):
        strokes += item.type == raw.FPDF_PAGEOBJ_PATH
        if strokes > _STROKES and letters < _BLANK:
            return True
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            if (right - left) * (top - bottom) * 2 >= width * height:
                return True
    return False
