"""Where WARC files stand and what they are called while they are written."""

from __future__ import annotations

import os
from pathlib import Path

OPEN = ".open"
"""What follows the name of a file that is being written."""


def warc_folder(folder: Path) -> Path:
    """The folder of the WARC files: `warc` in an archive's folder, or that folder itself if it was given."""
    return folder if folder.name == "warc" else folder / "warc"


def open_for_reading(folder: Path, name: str) -> int:
    """A file descriptor of a WARC file, finished or still written. Raises FileNotFoundError."""
    base = warc_folder(folder) / name
    for path in (base, base.with_name(name + OPEN)):
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
    return os.open(base, os.O_RDONLY | os.O_CLOEXEC)  # it was renamed between the two looks


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_data(descriptor: int) -> None:
    """Make a file's bytes durable."""
    getattr(os, "fdatasync", os.fsync)(descriptor)  # macOS has no fdatasync
