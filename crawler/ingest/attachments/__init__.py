"""What files say: the text layers of PDF, DOCX and XLSX, by what their bytes are and not by what they are called.

Files come from anywhere and may be made to harm. What is unpacked is bounded here; the reader's limits of time and memory
(`phuongchi.runners.reading`) bound the rest, so call this only where they hold. OCR is not done: a scan is flagged.
"""

from __future__ import annotations

import re

from crawler.ingest.attachments.ooxml import read_package
from storage.records import AttachmentText

VERSION = "files/2"
"""Version of this stage. It changes when the same file would be read differently."""

_PDF_HEAD = 1024  # bytes in which `%PDF-` must come; mail gateways and scanners write some before it
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream that Office wraps a protected DOCX or XLSX in
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|script)\b", re.IGNORECASE)
_READABLE = ("pdf", "docx", "xlsx", "wordprocessingml", "spreadsheetml")


def read_attachment(body: bytes, *, media_type: str, name: str) -> AttachmentText:
    """The text of one file. Never raises for what is in it: what cannot be read is flagged."""
    if b"%PDF-" in body[:_PDF_HEAD]:
        from crawler.ingest.attachments.pdf import read_pdf  # PDFium is loaded where a PDF comes

        return read_pdf(body)
    if body.startswith(b"PK\x03\x04"):
        return read_package(body)
    if body.startswith(_OLE):
        return AttachmentText(flag="encrypted" if _ENCRYPTED in body else "unsupported")
    if _PAGE.search(body[:_PDF_HEAD]):
        return AttachmentText(flag="not-a-document")
    claimed = f"{media_type} {name.rpartition('.')[2]}".lower()
    if not body or any(kind in claimed for kind in _READABLE):
        return AttachmentText(flag="damaged")
    return AttachmentText(flag="unsupported")
