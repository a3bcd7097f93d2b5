"""Articles on their way out: an object a line, in slices, into a file that is there whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from access.shape import Article, shaped, without_personal_data
from storage import points, reader
from storage.engine import Database
from storage.errors import StorageFull, UsageError
from storage.reader import Filters, Key

SLICE = 200
"""Articles that are read in one transaction: well under 200 ms."""

EVERYTHING = Filters(hidden=True)
"""All articles: removed ones with `removed_at`, withheld and redacted ones as tombstones without text."""


def articles(
    db: Database, filters: Filters = EVERYTHING, *, size: int = SLICE, personal: bool = True
) -> Iterator[Article]:
    """The articles that are asked for as objects of the export, newest first; without `personal` data if asked so.

    Read slice by slice, each in a transaction of its own: what is stored meanwhile may be in it or not, nothing is there
    twice. Raises UsageError for dates that are none.
    """
    after: Key | None = None
    while True:
        keys = reader.newest_first(db, filters, after=after, limit=size)
        for state in reader.states(db, [key.id for key in keys]):
            yield shaped(state) if personal else without_personal_data(shaped(state))
        if len(keys) < size:
            return
        after = keys[-1]


def export_jsonl(db: Database, filters: Filters, out: Path | IO[str], *, personal: bool = True) -> int:
    """Write the articles that are asked for as JSON lines to a file or stream; returns how many.

    A file is replaced at the end, in one step: whoever reads it sees the old one or the whole new one. A pipe or a device is
    written as it is. Raises StorageFull when it cannot be written.
    """
    if isinstance(out, Path):
        with through(out) if _stands_for_more(out) else replacing(out) as file:
            return _write_lines(db, filters, file, personal=personal)
    return _write_lines(db, filters, out, personal=personal)


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of `path`; see `drafting`."""
    with drafting(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        yield file


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """A file that takes the place of `path` when the block ends without an exception, and is gone otherwise.

    What a killed process left of one goes, too: the lock on it tells it from one that somebody is writing.
    Of a symbolic link the file it leads to is replaced, and the link stays. Raises UsageError when its folder is not there,
    StorageFull when it cannot be written.
    """
    path = _target(path)
    try:
        descriptor, name = tempfile.mkstemp(prefix=_draft_prefix(path), dir=path.parent)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        raise _unwritable(path, error) from error
    temporary = Path(name)
    try:
        _drop_drafts(path, but=temporary)
        yield temporary
        os.fsync(descriptor)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        points.reached("export.written")
        temporary.replace(path)
        _sync_folder(path.parent)
        points.reached("export.replaced")
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)


def _draft_prefix(path: Path) -> str:
    return f".{path.name}.draft-"


def _drop_drafts(path: Path, *, but: Path) -> None:
    """Remove what killed processes left of exports to `path`."""
    prefix = _draft_prefix(path)
    for draft in path.parent.iterdir():
        if not draft.name.startswith(prefix) or draft == but:
            continue
        with suppress(OSError), draft.open("rb") as file:  # locked: somebody writes it at this moment
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink()


@contextmanager
def through(path: Path) -> Iterator[IO[str]]:
    """A text stream into the pipe or device that is at `path`.

    Raises StorageFull when it cannot be written, BrokenPipeError when its reader has gone.
    """
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _stands_for_more(path: Path) -> bool:
    """Whether there is something at `path` that is neither a file nor a folder: a device, a pipe, a socket."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _target(path: Path) -> Path:
    """The file that writing to `path` would change, whether it is there already or not. Raises UsageError."""
    try:
        found = path.resolve()
    except (OSError, RuntimeError):
        found = path.absolute()
    if found.is_symlink():
        raise UsageError(f"{path} is a link that leads back to itself", cure="Name another file")
    if not found.parent.is_dir():
        raise UsageError(f"there is no folder {found.parent}", cure="Make it, or name another file")
    if found.is_dir():
        raise UsageError(f"{found} is a folder", cure="Name a file")
    return found


def _write_lines(db: Database, filters: Filters, out: IO[str], *, personal: bool) -> int:
    count = 0
    for article in articles(db, filters, personal=personal):
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
