"""Files of articles beside their pages: bytes from the archive, text from the pure stage, rows by the writer.

One file at a time, each stored before the next is opened, so that a file on which the reader dies costs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from crawler.ingest.attachments import VERSION, read_attachment
from crawler.ingest.driver.desk import Counts, Desk
from crawler.ingest.marks import asks_not_to_be_kept
from storage import points, runs
from storage.engine import Transaction
from storage.errors import Away, FixityError
from storage.records import UNSHOWN, AttachmentText, Capture, FileFlag, Verdict
from storage.redaction.readings import veiled_file
from storage.redaction.records import text_left
from storage.warc import read_payload
from storage.writer import articles, files, notes

LEASE = 600.0
"""Seconds of real time for which a reader keeps a portal after each file."""

_CAUGHT: tuple[FileFlag, ...] = ("parse-limit", "parse-crash")


def is_file(capture: Capture) -> bool:
    """Whether a capture is a file for its text, and no page: it was asked as one, or came as one."""
    if capture.status not in (200, 203):
        return False
    named = capture.media_type
    return capture.purpose == "attachment" or not (
        not named or any(kind in named for kind in ("html", "json")) or named.startswith("text/")
    )


def read_files(desk: Desk, captures: Iterable[Capture], counts: Counts) -> None:
    """Read files that wait, one after another, and store their texts. Raises Held when the lease was lost."""
    for capture in captures:
        desk.progress(capture)
        try:
            _read_file(desk, capture, counts)
        except Away:
            counts.leave(capture)
        if desk.fence is not None:
            runs.renew(desk.db, desk.fence, ttl=LEASE)


def _read_file(desk: Desk, capture: Capture, counts: Counts) -> None:
    """Read a file; asked once more by the same version, only one that a reader died of is tried again."""
    with desk.db.read() as conn:
        known = files.text(conn, capture.entry)
    if known and known[1] == VERSION and known[0].flag not in _CAUGHT:
        found: AttachmentText | None = known[0]
    else:
        found = _read(desk, capture)
    points.reached("file.read")
    with desk.db.write(desk.fence) as conn:
        counts.add(store(conn, desk, capture, found))


def store(conn: Transaction, desk: Desk, capture: Capture, found: AttachmentText | None) -> Verdict:
    """Store what was read of a file, and note that it was read; without it that its bytes are damaged."""
    if found is None:
        verdict = Verdict("failed", detail="fixity")
        notes.write(conn, [notes.note(capture, VERSION, verdict, confidence=0.0, at=desk.now())])
        return verdict
    verdict = Verdict("failed" if found.flag in _CAUGHT else "attachment", detail=found.flag)
    happened = files.keep(conn, capture, found, reader=VERSION)
    notes.write(conn, [notes.note(capture, VERSION, verdict, confidence=1.0, at=desk.now())])
    articles.publish(conn, [(kind, article, desk.now()) for kind, article in happened])
    return verdict


def caught(reason: str) -> AttachmentText:
    """What is kept of a file on which a reader had to be killed."""
    return AttachmentText(flag="parse-limit" if reason == "parse-limit" else "parse-crash")


def _read(desk: Desk, capture: Capture) -> AttachmentText | None:
    try:
        payload = read_payload(desk.folder, capture.record)
    except (FixityError, FileNotFoundError):
        return None
    if not capture.size and (left := text_left(payload.head, payload.body)):  # whoever forges the header sends a body
        return veiled_file(desk.veil, AttachmentText(text=left.text, pages=left.pages))
    if asks_not_to_be_kept((value for name, value in payload.head if name.lower() == "x-robots-tag"), {}):
        return AttachmentText(flag=UNSHOWN)
    name = unquote(urlsplit(capture.url).path.rpartition("/")[2])
    found = veiled_file(desk.veil, read_attachment(payload.body, media_type=capture.media_type, name=name))
    if cut := capture.truncated or payload.truncated:
        return replace(found, flag="damaged" if cut == "coding" else "too-large")
    return found
