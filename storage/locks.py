"""File locks that the kernel frees when their holder dies, whatever the clock says.

`flock` belongs to an open file, so two threads of a process exclude each other like two processes do. Not for network file
systems.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockBusy(Exception):
    """Somebody else held the lock for as long as we were willing to wait."""


@contextmanager
def file_lock(path: Path, *, patience: float) -> Iterator[int]:
    """Hold the exclusive lock on `path` (made if missing) and yield its file descriptor.

    Waits in the kernel's queue for up to `patience` seconds, then raises LockBusy. Raises OSError when the file cannot be
    opened for writing.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        if not _try_lock(descriptor):
            if patience <= 0:
                raise LockBusy(str(path))
            waiter = _Waiter(descriptor)
            descriptor = -1  # the waiter owns it until it hands it back
            descriptor = waiter.wait(patience)
        yield descriptor
    finally:
        if descriptor >= 0:
            os.close(descriptor)  # closing frees the lock


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


class _Waiter:
    """Waits for a lock in a thread of its own, because `flock` knows no time limit and polling would be unfair."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._guard = threading.Lock()
        self._done = threading.Event()
        self._given_up = False
        threading.Thread(target=self._block, name="file-lock", daemon=True).start()

    def wait(self, patience: float) -> int:
        self._done.wait(patience)
        with self._guard:
            if self._done.is_set():
                return self._descriptor
            self._given_up = True
        raise LockBusy

    def _block(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._guard:
            if self._given_up:
                os.close(self._descriptor)
            else:
                self._done.set()
