"""Where exports go: a file or folder is there whole or not at all; a pipe or device is written as it is."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from storage import points
from storage.errors import StorageFull, UsageError

MARK = ".phuongchi-export"
"""Lies in every folder that an export made: no other folder is ever replaced."""

_AT_FDCWD, _EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """A file that takes the place of `path` when the block ends without an exception, and is gone otherwise.

    What a killed process left of one goes, too: the lock on it tells it from one that somebody is writing.
    Of a symbolic link the file it leads to is replaced, and the link stays. Raises UsageError when its folder is not there,
    StorageFull when it cannot be written.
    """
    path = _target(path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder", cure="Name a file")
    try:
        descriptor, name = tempfile.mkstemp(prefix=_draft_prefix(path), dir=path.parent)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        raise unwritable(path, error) from error
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
        raise unwritable(path, error) from error
    finally:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)


@contextmanager
def drafting_folder(path: Path) -> Iterator[Path]:
    """As `drafting`, for a folder: it takes the place of `path`, which is not there, empty, or made by an earlier export.

    Raises UsageError when `path` is a file or holds other things.
    """
    path = _target(path)
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file", cure="Name a folder")
    if path.is_dir() and not (path / MARK).exists() and any(path.iterdir()):
        raise UsageError(f"{path} holds other files", cure="Name a new folder")
    try:
        temporary = Path(tempfile.mkdtemp(prefix=_draft_prefix(path), dir=path.parent))
        descriptor = os.open(temporary / MARK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        _drop_drafts(path, but=temporary)
        yield temporary
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o777 & ~_umask())
        _sync_all(descriptor)  # thousands of small files: one call instead of one each
        points.reached("export.written")
        _exchange(temporary, path)
        _sync_folder(path.parent)
        points.reached("export.replaced")
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        os.close(descriptor)
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def through(path: Path) -> Iterator[IO[bytes]]:
    """A stream into the pipe or device that is at `path`.

    Raises StorageFull when it cannot be written, BrokenPipeError when its reader has gone.
    """
    try:
        with path.open("wb") as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error


def stands_for_more(path: Path) -> bool:
    """Whether there is something at `path` that is neither a file nor a folder: a device, a pipe, a socket."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def unwritable(path: Path, error: OSError) -> StorageFull:
    """What to say when `path` cannot be written."""
    return StorageFull(f"cannot write {path}: {error.strerror or error}", cure="Free space or choose another file")


def _draft_prefix(path: Path) -> str:
    return f".{path.name}.draft-"


def _drop_drafts(path: Path, *, but: Path) -> None:
    """Remove what killed processes left of exports to `path`."""
    prefix = _draft_prefix(path)
    for draft in path.parent.iterdir():
        if not draft.name.startswith(prefix) or draft == but:
            continue
        with suppress(OSError), (draft / MARK if draft.is_dir() else draft).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # locked: somebody writes it at this moment
            if draft.is_dir():
                shutil.rmtree(draft)
            else:
                draft.unlink()


def _exchange(draft: Path, path: Path) -> None:
    """Let a folder take the place of another in one step; where the system cannot, in two that a kill may come between."""
    if not path.exists():
        draft.rename(path)
        return
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename and not rename(_AT_FDCWD, os.fsencode(draft), _AT_FDCWD, os.fsencode(path), _EXCHANGE):
        return
    old = Path(tempfile.mkdtemp(prefix=_draft_prefix(path), dir=path.parent))
    path.rename(old)
    draft.rename(path)
    shutil.rmtree(old)


def _target(path: Path) -> Path:
    """What writing to `path` would change, whether it is there already or not. Raises UsageError."""
    try:
        found = path.resolve()
    except (OSError, RuntimeError):
        found = path.absolute()
    if found.is_symlink():
        raise UsageError(f"{path} is a link that leads back to itself", cure="Name another file")
    if not found.parent.is_dir():
        raise UsageError(f"there is no folder {found.parent}", cure="Make it, or name another file")
    return found


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_all(descriptor: int) -> None:
    """Make everything durable on the file system that a descriptor lies on."""
    sync = getattr(ctypes.CDLL(None), "syncfs", None)
    if sync is None or sync(descriptor):
        os.sync()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
