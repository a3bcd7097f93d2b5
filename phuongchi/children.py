"""Where child processes begin: `python -P -m phuongchi.children crawl|read|job PARENT`.

Work comes in on stdin as JSON lines, events go out on stdout as JSON lines, everything else on stderr. A child ends at once
when its parent is gone, so that a new run never meets the writers of a dead one.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from phuongchi import logs
from phuongchi.clock import Clock
from phuongchi.ending import finish
from phuongchi.errands import LEASE, CommandJob, ReadJob
from phuongchi.wire import unpack
from storage import points
from storage.errors import PhuongChiError

_SET_PARENT_DEATH_SIGNAL, _SET_NAME = 1, 15

GARBAGE = 100_000
"""Things made until a reader looks for garbage: a page has thousands of lines and blocks, none of which is any."""

TORN = 10_000
"""The same of a crawl. Answers go by themselves; what is left of some that broke off or failed stays until somebody looks."""


def main(arguments: list[str]) -> int:
    """Run the child that `arguments` name (`crawl`, `read` or `job`, and the parent's process id); returns its exit code."""
    kind, parent = arguments
    die_with(int(parent))
    lines = _Lines(sys.stdin)
    emit = _emitter()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger().addHandler(logs.ToParent(emit))
    try:
        return {"crawl": crawl, "read": read, "job": job}[kind](lines, emit)
    except PhuongChiError as error:
        emit({"event": "error", "kind": type(error).__name__, "code": error.exit_code, "message": str(error)})
        return error.exit_code


def crawl(lines: _Lines, emit: Callable[[Mapping[str, Any]], None]) -> int:
    """Run the one batch that comes in."""
    from crawler.fetch.batch import Batch
    from crawler.fetch.run import crawl_batch

    gc.freeze()
    gc.set_threshold(TORN)
    line = lines.next()
    if line is not None:
        batch = unpack(Batch, line)
        logs.portal.set(batch.portals[0].id if len(batch.portals) == 1 else "")
        crawl_batch(batch, now=Clock.read(os.environ).now, report=emit)
    return 0


def read(lines: _Lines, emit: Callable[[Mapping[str, Any]], None]) -> int:
    """Read portal after portal, as they come in."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    now = Clock.read(os.environ).now
    from crawler.ingest import driver
    from storage import engine, runs

    gc.freeze()  # the modules stay for good: looking through them for garbage costs a sixth of reading
    gc.set_threshold(GARBAGE)  # pages go by themselves (`Flow`); what is looked through is what is still needed
    db: engine.Database | None = None
    memory = driver.Memory()
    while (line := lines.next()) is not None:
        job = unpack(ReadJob, line)
        logs.portal.set(job.portal.id)
        db = db or engine.connect(job.database)
        fence = runs.take_portal(db, job.portal.id, ttl=LEASE)
        verdicts: dict[str, int] = {}
        if fence is not None:
            points.reached("lease.taken")
            try:
                desk = driver.Desk(
                    db, job.folder, job.portal, fence, now,
                    progress=lambda capture: emit({"event": "capture", "entry": capture.entry}), memory=memory,
                )  # fmt: skip
                verdicts = dict(driver.read_portal(desk, at_end=job.at_end).verdicts)
            finally:
                runs.release(db, fence)
        emit({"event": "read", "portal": job.portal.id, "verdicts": verdicts, "busy": fence is None})
    return 0


def job(lines: _Lines, emit: Callable[[Mapping[str, Any]], None]) -> int:
    """Run the one command that comes in, as at a terminal; SIGTERM ends it like SIGINT."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from phuongchi import cli

    line = lines.next()
    return 0 if line is None else cli.run(list(unpack(CommandJob, line).arguments))


def die_with(parent: int) -> None:
    """End this process when `parent` ends: by the kernel on Linux, everywhere else by the end of stdin."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(9)


def be_called(name: str) -> None:
    """Show this name, 15 bytes at most, in lists of processes: copies have one command line. On Linux only."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_NAME, name.encode())


class _Lines:
    """The lines of stdin, read in a thread: its end means that the parent has no more work, or is gone."""

    def __init__(self, stream: TextIO) -> None:
        self._lines: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._parent = os.getppid()
        threading.Thread(target=self._read, args=(stream,), name="stdin", daemon=True).start()

    def next(self) -> Any:
        """The next line's value; None at the end."""
        return self._lines.get()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            self._lines.put(json.loads(line))
        if os.getppid() != self._parent:
            os._exit(9)
        self._lines.put(None)


def _emitter() -> Callable[[Mapping[str, Any]], None]:
    """A function that writes one event; what anybody prints goes to stderr from now on."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8")
    sys.stdout = sys.stderr
    guard = threading.Lock()

    def emit(event: Mapping[str, Any]) -> None:
        with guard:
            out.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")

    return emit


if __name__ == "__main__":
    be_called(f"phuongchi-{sys.argv[1]}")
    finish(main(sys.argv[1:]))
