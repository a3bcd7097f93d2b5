"""Portals in a process of their own, and what the program costs that visits them: shared by the benches of whole nights."""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NIGHTS = ("2026-11-02T22:00:00+07:00", "2026-11-03T22:00:00+07:00")
"""When the two nights of growing portals begin."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that came to its end: seconds of wall and processor time, its children's too, and what it said."""

    wall: float
    cpu: float
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One night of one side: pages read (answers of status 200 with a body), all answers where they are counted, what was
    stored as articles, seconds of wall and processor time."""

    pages: int
    answers: int
    articles: int
    wall: float
    cpu: float

    @property
    def a_page(self) -> float:
        """Milliseconds of processor time a page."""
        return 1000 * self.cpu / max(self.pages, 1)


@contextlib.contextmanager
def served(*what: str) -> Iterator[tuple[list[str], Callable[[int], None]]]:
    """The portals of `bench.serve WHAT` in a child process; yields their addresses, and what begins a night there."""
    command = [sys.executable, "-m", "bench.serve", *what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stdin
        told = server.stdin
        yield server.stdout.readline().split(), lambda night: print(night, file=told, flush=True)
        told.close()


def timed(command: Sequence[str], folder: Path, now: str = "", path: Path | None = None) -> Ran:
    """A command run to its end in `folder`, at the simulated time `now`, with the modules of `path` (those of this folder)."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    simulated = {"PHUONGCHI_NOW": now} if now else {}
    environment = os.environ | {"PYTHONPATH": str(path or Path.cwd())} | simulated
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(time.perf_counter() - start, cpu, done.stdout, done.stderr)


def prepare(folder: Path, urls: Sequence[str]) -> None:
    """A new archive of these portals, without a pause between requests."""
    subprocess.run([sys.executable, "-m", "phuongchi", "init", str(folder)], check=True, capture_output=True)
    (folder / "portals.toml").write_text("".join(f'[[portal]]\nurl = "{url}"\n' for url in urls), encoding="utf-8")
    with (folder / "phuongchi.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[fetch]\ndelay = 0\n")


def crawl(folder: Path, now: str = "") -> Measured:
    """One `phuongchi crawl` over an archive on SQLite, and what came of it."""
    before = counted(folder)
    ran = timed([sys.executable, "-m", "phuongchi", "-C", str(folder), "crawl"], folder, now)
    pages, answers, articles = (after - earlier for after, earlier in zip(counted(folder), before, strict=True))
    return Measured(pages, answers, articles, ran.wall, ran.cpu)


def counted(folder: Path) -> tuple[int, int, int]:
    """Pages, answers of any status, and articles of an archive on SQLite."""
    with contextlib.closing(sqlite3.connect(folder / "phuongchi.db")) as database:
        rows = ("capture WHERE status = 200 AND size > 0", "capture", "article")
        pages, answers, articles = (database.execute(f"SELECT count(*) FROM {row}").fetchone()[0] for row in rows)
    return pages, answers, articles
