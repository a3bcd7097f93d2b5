"""Finished WARC files carried to `warc.remote` beside a run, and by hand: in a thread that nobody waits for when told to stop.

What it was in the middle of is lost without harm: the local file stays until its shelf has it whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from phuongchi.archive import Archive
from storage.errors import PhuongChiError

if TYPE_CHECKING:
    from storage.engine import Database, Fence
    from storage.upkeep.shelving import Shelved

PAUSE = 30.0
"""Seconds between two looks for files that were finished, while a run goes on."""

LAST = 900.0
"""Seconds that a run waits at its end for files to be carried away; what is left goes with the next one."""

_LOOK = 0.2
_busy = threading.Lock()
_log = logging.getLogger(__name__)


def put_away(
    archive: Archive, db: Database, fence: Fence, *, stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda name: None, read_only: bool = False,
) -> Shelved | None:  # fmt: skip
    """Put what is finished (with `read_only`: and read) on the shelf now; None while another thread does so.

    Without `warc.remote` nothing goes anywhere, and what was brought back from a shelf of before is taken from there.
    Raises Away, FixityError, UsageError, Held, StorageFull.
    """
    from storage.upkeep import shelving

    warc = archive.config.warc
    if not warc.remote:
        shelving.keep_here(archive.folder)
        return shelving.NOTHING
    if not _busy.acquire(blocking=False):
        return None
    try:
        done = shelving.put_away(
            db, fence, archive.folder, warc.remote, options=warc.remote_file, stopping=stopping, progress=progress,
            read_only=read_only,
        )  # fmt: skip
    finally:
        _busy.release()
    for name in done.damaged:
        _log.warning("%s is not what was written and stays here: phuongchi verify --all", name)
    return done


@contextlib.asynccontextmanager
async def beside(archive: Archive, db: Database, fence: Fence, *, stopping: Callable[[], bool]) -> AsyncIterator[None]:
    """Carry files away while the block runs, and what it finished behind it. A shelf that is away ends no run:
    captures whose readers need an older record from it wait for the next one.

    What is not read yet stays here for readers, of this run or the next one.
    """
    if not archive.config.warc.remote:
        yield
        return
    porter = _Porter(archive, db, fence, stopping)
    watch = asyncio.create_task(porter.watch())
    try:
        yield
    except BaseException:
        porter.left = True
        raise
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    await porter.last()


class _Porter:
    """One thread at a time that carries files. Once `left` is set nobody waits for it, and it drops nothing more."""

    def __init__(self, archive: Archive, db: Database, fence: Fence, stopping: Callable[[], bool]) -> None:
        self._archive, self._db, self._fence, self._stopping = archive, db, fence, stopping
        self._thread: threading.Thread | None = None
        self._said = ""
        self.left = False

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(PAUSE)
            self._begin()

    async def last(self) -> None:
        """Wait for what is under way, then for all that is left; for `LAST` seconds, and not when told to stop."""
        until = time.monotonic() + LAST
        for begin in (False, True):
            if begin and not self._stopping():
                self._begin()
            while self._thread is not None and self._thread.is_alive():
                if self._stopping() or time.monotonic() > until:
                    self.left = True
                    return
                await asyncio.sleep(_LOOK)

    def _begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._carry, name="shelf", daemon=True)
            self._thread.start()

    def _carry(self) -> None:
        try:
            put_away(
                self._archive, self._db, self._fence, stopping=lambda: self.left or self._stopping(), read_only=True
            )
        except PhuongChiError as error:
            if str(error) != self._said and not self.left:
                self._said = str(error)
                _log.warning("WARC files stay here for now: %s", error)
