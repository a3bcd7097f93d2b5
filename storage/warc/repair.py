"""Closes the files that a killed process left open, without what it was in the middle of writing.

A torn record makes every record after it unreadable, and the usual tools do not notice one at the end. So nothing is ever
appended to a dead run's file: its whole records are kept, the tail goes into a file of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from storage import points
from storage.faults import full_disk
from storage.warc.files import OPEN, sync_folder, warc_folder
from storage.warc.manifest import note_in_manifest
from storage.warc.members import whole_member
from storage.warc.writer import finish

TORN = ".torn"


@dataclass(frozen=True, slots=True)
class Repair:
    """A file that was closed: its final name, size in bytes and hex SHA-256, and how many bytes of a torn tail were cut.

    A file that held no whole record is gone: its size is 0 and it has no digest.
    """

    name: str
    bytes: int
    sha256: str
    cut: int = 0


def repair(folder: Path, *, unclosed: Iterable[str] = ()) -> list[Repair]:
    """Close every `.open` file whose writer is dead, in the order of their names; living writers are left alone.

    A torn tail is saved beside it as `.torn`. `unclosed` are names of files that the database believes open: those that were
    finished before their row could be written are returned too. Raises StorageFull.
    """
    place = warc_folder(folder)
    done: list[Repair] = []
    try:
        for path in sorted(place.glob("*.warc.gz" + OPEN)):
            closed = _close(place, path)
            if closed is not None:
                done.append(closed)
        closed_now = {item.name for item in done}
        finished = [name for name in sorted(set(unclosed) - closed_now) if (place / name).is_file()]
        done += [_noted(place, name) for name in finished]
    except OSError as error:
        raise full_disk(error, str(place)) or error from error
    return done


def is_written(folder: Path, name: str) -> bool:
    """Whether a living process is writing the file."""
    try:
        descriptor = os.open(warc_folder(folder) / (name + OPEN), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def file_digest(folder: Path, name: str) -> tuple[int, str]:
    """Size in bytes and hex SHA-256 of a finished file. Raises FileNotFoundError."""
    with (warc_folder(folder) / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def whole_end(descriptor: int) -> int:
    """Where the last whole record of a file ends, in bytes."""
    end = 0
    while True:
        position = end

        def read(count: int) -> bytes:
            nonlocal position
            data = os.pread(descriptor, count, position)
            position += len(data)
            return data

        length = whole_member(read)
        if not length:
            return end
        end += length


def _noted(folder: Path, name: str) -> Repair:
    """A file that was finished, but of which its writer could not tell anybody."""
    size, sha256 = file_digest(folder, name)
    note_in_manifest(folder, name, sha256)
    return Repair(name, size, sha256)


def _close(folder: Path, path: Path) -> Repair | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None  # its writer has just finished it
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        name, size, end = path.name.removesuffix(OPEN), os.fstat(descriptor).st_size, whole_end(descriptor)
        if end < size:
            _save_tail(path.with_name(name + TORN), os.pread(descriptor, size - end, end))
            sync_folder(folder)
            points.reached("warc.cut")
            os.ftruncate(descriptor, end)
        if not end:
            path.unlink()
            sync_folder(folder)
            return Repair(name, 0, "", size)
        return Repair(name, *finish(folder, name, descriptor), cut=size - end)
    finally:
        os.close(descriptor)


def _save_tail(path: Path, tail: bytes) -> None:
    """Keep the torn bytes, durable before they are cut off; written again if a first try was interrupted."""
    with suppress(FileNotFoundError):
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o440)
    with os.fdopen(descriptor, "wb") as file:
        file.write(tail)
        file.flush()
        os.fsync(file.fileno())
