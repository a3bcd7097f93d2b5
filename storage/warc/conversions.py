"""What was made of an answer: a page as a browser drew it, in a `conversion` record that refers to the answer's own.

WARC 1.1 has two types for what is no answer of a server. A `resource` is something that was got otherwise, and tools that
replay archives take it for the page of that address and time: it would stand before the true answer. A `conversion` is
another version of a record's content that archiving made, which is what this is; they pass over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from storage.records import RecordRef
from storage.warc.members import note_block
from storage.warc.reader import read_record
from storage.warc.writer import WarcWriter, _member, _record_id, _target


def write_conversion(
    folder: Path,
    writer: WarcWriter,
    body: bytes,
    *,
    url: str,
    of: RecordRef,
    at: datetime,
    entry: int,
    metadata: Mapping[str, object],
) -> RecordRef:
    """Append a page, in UTF-8, that was made at `at` from the answer at `of`, with a `metadata` record as answers have it.

    Not durable before the writer's `sync`. Raises StorageFull, and FixityError when that answer is not there.
    """
    answer, own, target = read_record(folder, of).head.get("warc-record-id", ""), _record_id(), _target(url)
    head = {"WARC-Target-URI": target, "WARC-Refers-To": answer, "Content-Type": "text/html; charset=utf-8"}
    made = _member("conversion", own, at, head, body)
    if target != url:
        metadata = {"target": url, **metadata}
    about = {"WARC-Target-URI": target, "WARC-Concurrent-To": own, "Content-Type": "application/warc-fields"}
    note = _member("metadata", _record_id(), at, about, note_block({"entry": entry, **metadata}))
    return writer.append(made + note, length=len(made))
