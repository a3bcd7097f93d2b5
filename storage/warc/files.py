"""Where WARC files stand and what they are called while they are written."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from storage.records import Series

OPEN = ".open"
"""What follows the name of a file that is being written."""

_NAME = re.compile(r".*-(?P<at>\d{8}T\d{6})-(?P<run>\d+)-\d+-(?P<series>keep|watch)(?:-\d+)?\.warc\.gz")


def begun(name: str) -> tuple[datetime, int, Series] | None:
    """When a file was begun, by which run and in which series, as its name says; None for the name of a stranger."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    at = datetime.strptime(found["at"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return at, int(found["run"]), "watch" if found["series"] == "watch" else "keep"


def warc_folder(folder: Path) -> Path:
    """The folder of the WARC files: `warc` in an archive's folder, or that folder itself if it was given."""
    return folder if folder.name == "warc" else folder / "warc"


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
