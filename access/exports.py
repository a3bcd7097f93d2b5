"""Articles on their way out: an object a line, in slices, into a file that is there whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from access.shape import Article, shaped
from storage import reader
from storage.engine import Database
from storage.errors import StorageFull, UsageError
from storage.reader import Filters, Key

SLICE = 200
"""Articles that are read in one transaction: well under 200 ms."""

EVERYTHING = Filters(hidden=True)
"""All articles: removed ones with `removed_at`, withheld and redacted ones as tombstones without text."""


def articles(db: Database, filters: Filters = EVERYTHING, *, size: int = SLICE) -> Iterator[Article]:
    """The articles that are asked for as objects of the export, newest first.

    Read slice by slice, each in a transaction of its own: what is stored meanwhile may be in it or not, nothing is there
    twice. Raises UsageError for dates that are none.
    """
    after: Key | None = None
    while True:
        keys = reader.newest_first(db, filters, after=after, limit=size)
        for state in reader.states(db, [key.id for key in keys]):
            yield shaped(state)
        if len(keys) < size:
            return
        after = keys[-1]


def export_jsonl(db: Database, filters: Filters, out: Path | IO[str]) -> int:
    """Write the articles that are asked for as JSON lines to a file or stream; returns how many.

    A file is replaced at the end, in one step: whoever reads it sees the old one or the whole new one. Raises StorageFull when
    it cannot be written.
    """
    if isinstance(out, Path):
        with replacing(out) as file:
            return _write_lines(db, filters, file)
    return _write_lines(db, filters, out)


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of `path` when the block ends without an exception, and is gone otherwise.

    Raises UsageError when its folder is not there, StorageFull when it cannot be written.
    """
    path = path.absolute()
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", cure="Make it, or name another file")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", cure="Name a file")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_lines(db: Database, filters: Filters, out: IO[str]) -> int:
    count = 0
    for article in articles(db, filters):
        out.write(json.dumps(article, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> StorageFull:
    return StorageFull(f"cannot write {path}: {error.strerror or error}", cure="Free space or choose another file")
