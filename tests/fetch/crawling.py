"""An archive and crawls over it, each crawl in a child process as in real life."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.engine import RowMapping

from crawler.fetch.frontier import Frontier
from crawler.fetch.run import Batch, FetchSettings, crawl_batch, repair
from storage import runs, schema
from storage.engine import Fence, connect
from storage.errors import PhuongChiError
from storage.records import Portal, portal_id
from tests.copies import Copies

NIGHT = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
FAST = FetchSettings(user_agent="PhuongChi/test (+https://example.org; a@example.org)", delay=0.0, timeout=5.0,
                     retry_delays=(0.05, 0.05))  # fmt: skip

LOADED_LATE = ("crawler.settings", "crawler.fetch.answers", "crawler.links.heads", "spiders.portal", "encodings.idna")
"""What a crawl loads once it runs."""


@dataclass
class Archive:
    """An archive in a temporary folder and the crawls over it."""

    url: str
    folder: Path
    settings: FetchSettings = FAST
    events: list[dict[str, Any]] = field(default_factory=list)

    def crawl(self, *portals: str | Portal, at: datetime = NIGHT, kill: Callable[[Mapping[str, Any]], int] | None = None,
              **options: Any) -> int:  # fmt: skip
        """One run in a child process; returns its exit code (negative: the signal). `kill` may name a signal at an event."""
        rows = [one if isinstance(one, Portal) else Portal(id=portal_id(one), url=one) for one in portals]
        db = connect(self.url)
        try:
            with runs.hold(db, self.folder) as fence:
                runs.sync_portals(db, rows, now=at)
                repair(db, self.folder, fence, now=at)
                run = runs.begin_run(db, fence, kind="hand", portals=[row.id for row in rows], now=at)
                code = self._child(self._batch(run.id, fence, rows, at, options), at, kill)
                if code == 0:
                    runs.end_run(db, fence, run.id, state="done", exit_code=0, now=at)
        finally:
            db.close()
        return code

    def _batch(self, run: int, fence: Fence, rows: list[Portal], at: datetime, options: Mapping[str, Any]) -> Batch:
        batch = Batch(database=self.url, folder=self.folder, archive="testarchive", run=run, fence=fence,
                      portals=tuple(rows), settings=self.settings, started_at=at)  # fmt: skip
        return replace(batch, **options)

    def _child(self, batch: Batch, at: datetime, kill: Callable[[Mapping[str, Any]], int] | None) -> int:
        process = _copies().start(os.environ)
        with process:
            process.stdin.write(pickle.dumps((batch, at)))
            process.stdin.close()
            self.events = []
            for line in process.stdout:
                event = json.loads(line)
                self.events.append(event)
                if kill is not None and (number := kill(event)):
                    process.send_signal(number)
                    if number == signal.SIGKILL:
                        break
            self.stderr = process.stderr.read().decode()
            code = process.wait()
        if code not in (0, -signal.SIGKILL, 9):
            sys.stderr.write(self.stderr)
        return code

    def rows(self, query: Any) -> list[RowMapping]:
        """The rows of a query: SQL text or a statement."""
        db = connect(self.url, readonly=True)
        try:
            with db.read() as conn:
                return list(conn.execute(text(query) if isinstance(query, str) else query).mappings())
        finally:
            db.close()

    def do(self, *statements: str) -> None:
        """Change rows, as readers would have."""
        db = connect(self.url)
        try:
            with db.write() as conn:
                for statement in statements:
                    conn.exec_driver_sql(statement)
        finally:
            db.close()

    def captures(self, **where: Any) -> list[RowMapping]:
        table = schema.capture
        query = select(table).order_by(table.c.entry)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return self.rows(query)

    def visit(self, url: str) -> RowMapping:
        """The last visit of the portal at `url`."""
        table = schema.visit
        query = select(table).where(table.c.portal == portal_id(url)).order_by(table.c.run.desc()).limit(1)
        [row] = self.rows(query)
        return row

    def failures(self) -> list[tuple[str, str]]:
        return [(row["class"], row["url"]) for row in self.rows(select(schema.failure).order_by(schema.failure.c.id))]


@cache
def _copies() -> Copies:
    """The server of this test process that crawls are copied from."""
    made = Copies("tests.fetch.crawling", *LOADED_LATE, options=("-W", "error"))
    atexit.register(made.close)
    return made


def break_down(owner: type, name: str, *, after: int) -> None:
    """Let a method fail for good after so many calls, as a slip in it would."""
    method, calls = getattr(owner, name), count(1)

    def broken(*arguments: Any, **options: Any) -> Any:
        if next(calls) > after:
            raise AttributeError(f"{owner.__name__}.{name} is broken")
        return method(*arguments, **options)

    setattr(owner, name, broken)


class Busy:
    """How long the crawl's loop worked without a break, at most: seconds of its thread's CPU, which other programs cannot add to."""

    def __init__(self) -> None:
        self.longest = self._before = 0.0

    def begin(self) -> None:
        """Called inside the loop."""
        self._before = time.thread_time()
        self._tick()

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest, self._before = max(self.longest, now - self._before), now
        asyncio.get_event_loop().call_later(0.02, self._tick)


def main() -> int:
    batch, at = pickle.load(sys.stdin.buffer)
    origin = datetime.now(UTC)

    if "TEST_FILE_LIMIT" in os.environ:
        limit = int(os.environ["TEST_FILE_LIMIT"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    if "TEST_BROKEN" in os.environ:
        name, _, after = os.environ["TEST_BROKEN"].partition(":")
        break_down(Frontier, name, after=int(after or 4))

    def report(event: Mapping[str, Any]) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    busy = Busy()

    def heard(event: Mapping[str, Any]) -> None:
        report(event)
        if event["event"] == "start":
            busy.begin()

    try:
        crawl_batch(batch, now=lambda: at + (datetime.now(UTC) - origin), report=heard)
    except PhuongChiError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    peak = _peak_mib()
    report({"event": "cost", "peak_mib": peak, "longest": busy.longest, "cpu": time.process_time()})
    return 0


def _peak_mib() -> float:
    """The most memory that this program held. `ru_maxrss` would count what the process held that became it."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
