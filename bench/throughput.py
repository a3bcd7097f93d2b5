"""Pages per second and processor time per page of the whole job, beside the plain way, in one run.

    python -m bench.throughput [--rounds 3] [--copies 5] [--sites hanoi,hue,…] [--proven SEED]

Serves the sample portals in a process of its own, crawls them with `phuongchi crawl` (fetch, WARC, links, reading, dates, SQL,
search index, change feed) and with `bench.plain`, in turn, and prints the medians and their ratio. A page is a response
with a body; both sides' processor time is that of all their processes. Figures of different runs do not compare.

`--proven` measures portals whose template is known: those of `bench.growing` (14 layouts, pages of 30 to 150 KB) are visited on
one night, and the second night, on which most of their articles are new, counts. The plain way has one night only.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NIGHTS = ("2026-11-02T22:00:00+07:00", "2026-11-03T22:00:00+07:00")
"""When the two nights of `--proven` begin."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one side: responses asked for, articles stored, seconds of wall and processor time."""

    pages: int
    articles: int
    wall: float
    cpu: float


@contextlib.contextmanager
def served(*what: str) -> Iterator[tuple[list[str], Callable[[int], None]]]:
    """The portals of `bench.serve WHAT` in a child process; yields their addresses, and what begins a night there."""
    command = [sys.executable, "-m", "bench.serve", *what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stdin
        told = server.stdin
        yield server.stdout.readline().split(), lambda night: print(night, file=told, flush=True)
        told.close()


def timed(command: Sequence[str], folder: Path, now: str = "") -> tuple[float, float]:
    """Wall and processor seconds of a command and all its children, run to its end in `folder`, at the simulated time `now`."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    simulated = {"PHUONGCHI_NOW": now} if now else {}
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())} | simulated
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def ours(urls: Sequence[str], folder: Path, begin: Callable[[int], None] | None = None) -> Measured:
    """`phuongchi crawl` on a new archive; with `begin`, its second night alone."""
    command = [sys.executable, "-m", "phuongchi", "-C", str(folder)]
    subprocess.run([*command[:-2], "init", str(folder)], check=True, capture_output=True)
    (folder / "portals.toml").write_text("".join(f'[[portal]]\nurl = "{url}"\n' for url in urls), encoding="utf-8")
    with (folder / "phuongchi.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[fetch]\ndelay = 0\n")
    before = (0, 0)
    if begin is not None:
        begin(1)
        timed([*command, "crawl"], folder, NIGHTS[0])
        before = counted(folder)
        begin(2)
    wall, cpu = timed([*command, "crawl"], folder, NIGHTS[1] if begin else "")
    pages, articles = counted(folder)
    return Measured(pages - before[0], articles - before[1], wall, cpu)


def counted(folder: Path) -> tuple[int, int]:
    """Captures and articles of an archive."""
    with contextlib.closing(sqlite3.connect(folder / "phuongchi.db")) as database:
        [pages] = database.execute("SELECT count(*) FROM capture").fetchone()
        [articles] = database.execute("SELECT count(*) FROM article").fetchone()
    return pages, articles


def plain(urls: Sequence[str], folder: Path, pages: int) -> Measured:
    """The plain way over the same portals, stopped at the same number of pages."""
    code = f"import bench.plain as p; p.main('plain.db', {list(urls)!r}, {pages})"
    wall, cpu = timed([sys.executable, "-c", code], folder)
    with contextlib.closing(sqlite3.connect(folder / "plain.db")) as database:
        [articles] = database.execute("SELECT count(*) FROM article").fetchone()
    return Measured(pages, articles, wall, cpu)


def main() -> None:
    """Measure in turn, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=5, help="how often each sample portal is served")
    parser.add_argument(
        "--proven", type=int, metavar="SEED", help="the second night of the growing portals of this seed"
    )
    parser.add_argument("--sites", default="", help="names of sample portals, with commas; all of them without it")
    options = parser.parse_args()
    rounds: list[tuple[Measured, Measured]] = []
    names = [name for name in options.sites.split(",") if name]
    what = ["growing", str(options.proven)] if options.proven is not None else [str(options.copies), *names]
    with served(*what) as (urls, begin):
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
                mine = ours(urls, Path(first), begin if options.proven is not None else None)
                rounds.append((mine, plain(urls, Path(second), mine.pages)))
    print(f"{len(urls)} portals, {rounds[0][0].pages} pages, {options.rounds} rounds, {os.cpu_count()} cores; medians")
    print(f"{'':10} {'pages/s':>8} {'CPU ms/page':>12} {'items':>6}")
    for name, side in (("phuongchi", 0), ("plain", 1)):
        runs = [pair[side] for pair in rounds]
        speed = statistics.median(run.pages / run.wall for run in runs)
        cost = statistics.median(1000 * run.cpu / run.pages for run in runs)
        print(f"{name:10} {speed:8.1f} {cost:12.1f} {runs[-1].articles:6}")
    ratio = statistics.median((theirs.cpu / theirs.pages) / (mine.cpu / mine.pages) for mine, theirs in rounds)
    print(f"plain costs {ratio:.2f} times the processor time a page")


if __name__ == "__main__":
    main()
