"""`manifest-sha256.txt` beside the WARC files: what each finished file's bytes were, checked by `sha256sum -c`, too.

The database holds the same digests; the manifest is there when the database is not. Lines are only appended, and the last
line about a file holds.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from storage.warc.files import sync_folder, warc_folder

MANIFEST = "manifest-sha256.txt"

_LINE = re.compile(r"([0-9a-f]{64})  (\S+\.warc\.gz)\n")


def read_manifest(folder: Path) -> dict[str, str]:
    """The hex SHA-256 of each file by name. A line that a crash cut off does not count."""
    try:
        text = (warc_folder(folder) / MANIFEST).read_text("utf-8", "replace")
    except FileNotFoundError:
        return {}
    return {found[2]: found[1] for found in _LINE.finditer(text)}


def note_in_manifest(folder: Path, name: str, sha256: str) -> None:
    """Write down what a file is from now on, durably; nothing when that stands there already."""
    if read_manifest(folder).get(name) == sha256:
        return
    path = warc_folder(folder) / MANIFEST
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        end = os.fstat(descriptor).st_size
        torn = b"\n" if end and os.pread(descriptor, 1, end - 1) != b"\n" else b""
        os.write(descriptor, torn + f"{sha256}  {name}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        sync_folder(path.parent)
