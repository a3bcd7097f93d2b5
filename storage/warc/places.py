"""Where the bytes of a WARC file are: in the archive's folder, where it was written, or on a shelf that took it over.

`shelves.json` beside the files names the shelves, as git's `alternates` do: every process finds them by the folder alone. The
file here counts before the one on a shelf; it is dropped only when a shelf has it, so nobody finds it nowhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from storage.errors import FixityError
from storage.faults import full_disk
from storage.locks import LockBusy, file_lock
from storage.warc.files import OPEN, sync_folder, warc_folder
from storage.warc.manifest import read_manifest
from storage.warc.shelves import Shelf, shelf_at

SHELVES = "shelves.json"
MOVING = ".moving.lock"

AHEAD = 8 * 1024 * 1024
"""Bytes that are asked for at a time of a file on a shelf that is read in its order."""


class Opened(Protocol):
    """A file that is open for reading; closed by `close` or at the end of a `with` block."""

    def read(self, length: int, offset: int) -> bytes:
        """Up to `length` bytes from `offset` on; fewer only at the file's end. Raises Away, FileNotFoundError."""

    def close(self) -> None:
        """Read no more."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Closing:
    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Here(_Closing):
    """A file of this machine, by its descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self, length: int, offset: int) -> bytes:
        """See `Opened`."""
        return os.pread(self._descriptor, length, offset)

    def close(self) -> None:
        """See `Opened`."""
        os.close(self._descriptor)


class There(_Closing):
    """A file on a shelf. Who reads on where the last read ended gets more than was asked for, for the next time."""

    def __init__(self, shelf: Shelf, name: str, size: int) -> None:
        self._shelf, self._name, self.size = shelf, name, size
        self._start, self._held, self._next, self._anew = 0, b"", -1, False

    def read(self, length: int, offset: int) -> bytes:
        """See `Opened`."""
        if offset + length > self.size and not self._anew:  # the size may be that of before it was masked
            self._anew, self.size = True, self._shelf.size(self._name, anew=True) or self.size
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        if not self._start <= offset <= end <= self._start + len(self._held):
            until = min(max(end, offset + AHEAD), self.size) if offset == self._next else end
            self._start, self._held = offset, self._shelf.read(self._name, offset, until)
        self._next = end
        return self._held[offset - self._start : end - self._start]


def opened(folder: Path, name: str) -> Opened:
    """A WARC file open for reading: finished or still written, here or on a shelf. Raises FileNotFoundError, Away."""
    base = warc_folder(folder) / name
    for path in (base, base.with_name(name + OPEN)):
        try:
            return Here(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        except FileNotFoundError:
            continue
    for shelf in shelves_of(folder):
        size = shelf.size(name)
        if size is not None:
            return There(shelf, name, size)
    return Here(os.open(base, os.O_RDONLY | os.O_CLOEXEC))  # it was renamed between the two looks


def is_here(folder: Path, name: str) -> bool:
    """Whether a WARC file stands in the archive's own folder, finished or still written."""
    base = warc_folder(folder) / name
    return base.exists() or base.with_name(name + OPEN).exists() or base.exists()  # renamed between the looks


def chunks(file: Opened, size: int = AHEAD) -> Iterator[bytes]:
    """A file's bytes from its first to its last, in pieces of `size`."""
    offset = 0
    while chunk := file.read(size, offset):
        yield chunk
        offset += len(chunk)


def finished(folder: Path) -> list[str]:
    """The names of all finished files, here and on shelves. Raises Away."""
    names = {path.name for path in warc_folder(folder).glob("*.warc.gz")}
    return sorted(names.union(*(shelf.names() for shelf in shelves_of(folder))))


def shelves_of(folder: Path) -> list[Shelf]:
    """The shelves of an archive, the one that takes new files first."""
    place = warc_folder(folder)
    return [shelf_at(one["url"], place.parent / one["options"] if one["options"] else None) for one in _noted(folder)]


def note_shelf(folder: Path, url: str, options: str = "") -> None:
    """Write down, durably, that files may stand on a shelf; `options` is its file, relative to the archive's folder."""
    mine = {"url": url, "options": options}
    lines = [mine, *(one for one in _noted(folder) if one["url"] != url)]
    if lines == _noted(folder):
        return
    path = warc_folder(folder) / SHELVES
    draft = path.with_name(f".{SHELVES}.new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(lines, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def brought_back(folder: Path, name: str) -> Path:
    """A finished file in the archive's folder, fetched from its shelf if it is not there.

    Raises FileNotFoundError, FixityError when what came is not what the manifest says, StorageFull, Away.
    """
    path = warc_folder(folder) / name
    if path.exists():
        return path
    draft, digest = path.with_name(f".{name}.back"), hashlib.sha256()
    with opened(folder, name) as source:
        try:
            draft.unlink(missing_ok=True)  # one that was killed may have left it, and nobody may write into it
            with draft.open("wb") as file:
                for chunk in chunks(source):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if read_manifest(folder).get(name, digest.hexdigest()) != digest.hexdigest():
                raise FixityError(f"the shelf's {name} is not what was written", cure="Restore the file from a backup")
            draft.chmod(0o440)
            draft.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise full_disk(error, str(draft)) or error from error
        finally:
            draft.unlink(missing_ok=True)
    return path


@contextmanager
def moving(folder: Path, *, patience: float = 0.0) -> Iterator[bool]:
    """Be the only one who drops finished files here or writes them anew, on this machine; False: another one is.

    Whoever masks a file waits for up to `patience` seconds; whoever drops one that a shelf has steps aside, and comes again.
    """
    with ExitStack() as held:
        try:
            held.enter_context(file_lock(warc_folder(folder).parent / MOVING, patience=patience))
        except LockBusy:
            yield False
            return
        yield True


def remove(folder: Path, name: str) -> None:
    """Take a finished file away, here and from all shelves. Raises Away; `sync_folder` is left to the caller."""
    for shelf in shelves_of(folder):
        shelf.remove(name)
    (warc_folder(folder) / name).unlink(missing_ok=True)


def _noted(folder: Path) -> list[dict[str, str]]:
    try:
        text = (warc_folder(folder) / SHELVES).read_text("utf-8")
    except FileNotFoundError:
        return []
    return [{"url": str(one["url"]), "options": str(one["options"])} for one in json.loads(text)]
