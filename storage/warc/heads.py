"""The header of a record without its body: what kind it is, and what its payload's digest was."""

from __future__ import annotations

import zlib
from pathlib import Path

from storage.records import RecordRef
from storage.warc.members import parse_head
from storage.warc.reader import read_bytes

_ENOUGH = 8192  # compressed bytes in which a header ends, with any address of reasonable length
_MOSTLY = 1024  # bytes in which nearly all end: to unpack more takes as long as all else


def head_of(folder: Path, ref: RecordRef) -> dict[str, str]:
    """The fields of the WARC header at `ref` by lower-case name; empty if there is none. Raises FixityError for a lost file."""
    packed = read_bytes(folder, RecordRef(ref.series, ref.file, ref.offset, min(ref.length, _ENOUGH)))
    unpacking = zlib.decompressobj(wbits=31)
    try:
        data = unpacking.decompress(packed, _MOSTLY)
        if b"\r\n\r\n" not in data:
            data += unpacking.decompress(unpacking.unconsumed_tail, 4 * _ENOUGH)
    except zlib.error:
        return {}
    head, end, _ = data.partition(b"\r\n\r\n")
    return parse_head(head) if end and head.startswith(b"WARC/1.") else {}
