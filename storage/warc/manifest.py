"""`manifest-sha256.txt` beside the WARC files: what each finished file's bytes were, checked by `sha256sum -c`, too.

The database holds the same digests; the manifest is there when the database is not. Lines are only appended, and the last
line about a file holds. Only a redaction takes a line away: what the file was before, what it is now, and why, then stand in a
comment. The end of a file's retention takes its line away, too.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from storage.warc.files import sync_folder, warc_folder

MANIFEST = "manifest-sha256.txt"

_LINE = re.compile(r"^([0-9a-f]{64})  (\S+\.warc\.gz)\n", re.MULTILINE)
_REPLACED = re.compile(r"^# ([0-9a-f]{64}) -> ([0-9a-f]{64})  (\S+\.warc\.gz)  .*\n", re.MULTILINE)


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


def replace_in_manifest(folder: Path, name: str, before: str, after: str, *, why: str) -> None:
    """Write down that a file was replaced, what it was, what it is, and why. In one step."""
    _rewrite(folder, name, [f"# {before} -> {after}  {name}  {' '.join(why.split())}", f"{after}  {name}"])


def expire_in_manifest(folder: Path, name: str) -> None:
    """Write down that a file is there no more, and what it was; nothing when no line tells of it. In one step."""
    sha256 = read_manifest(folder).get(name)
    if sha256:
        _rewrite(folder, name, [f"# {sha256} expired  {name}"])


def _rewrite(folder: Path, name: str, more: list[str]) -> None:
    """Put other lines in the place of those about a file."""
    path = warc_folder(folder) / MANIFEST
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    kept = [line for line in text.splitlines() if line.startswith("#") or not line.endswith(f"  {name}")] + more
    draft = path.with_name(f".{MANIFEST}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in kept))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def replaced(folder: Path) -> dict[tuple[str, str], str]:
    """What became of files that were replaced: by name and digest before, the digest after."""
    try:
        text = (warc_folder(folder) / MANIFEST).read_text("utf-8", "replace")
    except FileNotFoundError:
        return {}
    return {(found[3], found[1]): found[2] for found in _REPLACED.finditer(text)}
