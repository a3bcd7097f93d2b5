"""Pages per second and processor time per page of the whole job, beside the plain way, in one run.

    python -m bench.throughput [--rounds 3] [--copies 5] [--sites hanoi,hue,…]

Serves the sample portals in a process of its own, crawls them with `phuongchi crawl` (fetch, WARC, links, reading, dates, SQL,
search index, change feed) and with `bench.plain`, in turn, and prints the medians and their ratio. A page is a response
with a body; both sides' processor time is that of all their processes. Figures of different runs do not compare.
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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one side: responses asked for, articles stored, seconds of wall and processor time."""

    pages: int
    articles: int
    wall: float
    cpu: float


@contextlib.contextmanager
def served(copies: int, names: Sequence[str]) -> Iterator[list[str]]:
    """The sample portals, several times over, in a child process; yields their addresses."""
    command = [sys.executable, "-m", "bench.serve", str(copies), *names]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stdin
        yield server.stdout.readline().split()
        server.stdin.close()


def timed(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Wall and processor seconds of a command and all its children, run to its end in `folder`."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def ours(urls: Sequence[str], folder: Path) -> Measured:
    """`phuongchi crawl` on a new archive."""
    command = [sys.executable, "-m", "phuongchi", "-C", str(folder)]
    subprocess.run([*command[:-2], "init", str(folder)], check=True, capture_output=True)
    (folder / "portals.toml").write_text("".join(f'[[portal]]\nurl = "{url}"\n' for url in urls), encoding="utf-8")
    with (folder / "phuongchi.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[fetch]\ndelay = 0\n")
    wall, cpu = timed([*command, "crawl"], folder)
    with contextlib.closing(sqlite3.connect(folder / "phuongchi.db")) as database:
        [pages] = database.execute("SELECT count(*) FROM capture").fetchone()
        [articles] = database.execute("SELECT count(*) FROM article").fetchone()
    return Measured(pages, articles, wall, cpu)


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
    parser.add_argument("--sites", default="", help="names of sample portals, with commas; all of them without it")
    options = parser.parse_args()
    rounds: list[tuple[Measured, Measured]] = []
    with served(options.copies, [name for name in options.sites.split(",") if name]) as urls:
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
                mine = ours(urls, Path(first))
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
