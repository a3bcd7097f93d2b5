"""A national night: what it costs to visit all portals of the country once, most of whose pages are known.

    python -m bench.night [--portals 3321]

The portals are those of `bench.wards`, served by a process of its own. The first night fills the archive; the second one, on
which each portal has one or two new articles and all others are asked again, is measured: processor minutes of all processes of
`phuongchi crawl` (fetching, WARC, links, reading, dates, search index, clusters, the watch over all portals), by kind of
process, and the most memory that they had together.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

BEGIN = datetime.fromisoformat("2026-11-02T22:00:00+07:00")
"""When the first night begins."""

BAR_MINUTES, BAR_MEMORY = 15.0, 1024
"""Processor minutes and MiB that the night of 3,321 portals may take."""

COUNTRY = 3_321

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Watched:
    """Processes of one command: kind and processor seconds of each, as last seen, and the most MiB they had together."""

    seen: dict[int, tuple[str, float]] = field(default_factory=dict)
    most: float = 0.0

    def look(self, root: int) -> None:
        """See how the process `root` and those below it stand."""
        memory = 0.0
        for process in tree(root):
            with contextlib.suppress(OSError, ValueError, IndexError):
                folder = Path(f"/proc/{process}")
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if fields[0] not in "ZX":
                    self.seen[process] = (kind_of(process), (int(fields[11]) + int(fields[12])) / _TICKS)
                memory += own(process)
        self.most = max(self.most, memory)

    def by_kind(self) -> dict[str, float]:
        """Processor seconds of each kind of process."""
        found: dict[str, float] = defaultdict(float)
        for kind, seconds in self.seen.values():
            found[kind] += seconds
        return found


def kind_of(process: int) -> str:
    """What a process is, by its name: `crawl`, `read`, `fork` (they are copies of it), or the supervisor of them."""
    name = Path(f"/proc/{process}/comm").read_text().strip()
    return name.partition("-")[2] if name.startswith("phuongchi-") else "supervisor"


def own(process: int) -> float:
    """MiB of a process; what it shares with others (copies do) counts as a part of it for each."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for process in found:
        with contextlib.suppress(OSError, ValueError):
            for task in Path(f"/proc/{process}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


@contextlib.contextmanager
def served(count: int) -> Iterator[tuple[list[str], subprocess.Popen[str]]]:
    """The portals in a child process; yields their addresses, and the process that takes the number of each night."""
    command = [sys.executable, "-m", "bench.wards", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stdin
        yield server.stdout.readline().split(), server
        server.stdin.close()


def crawl(folder: Path, night: int) -> tuple[float, float, Watched]:
    """One night over an archive; processor and wall seconds, and what was seen of the processes meanwhile."""
    before, start, watched = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), Watched()
    now = BEGIN + timedelta(days=night - 1)
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PHUONGCHI_NOW": now.isoformat()}
    command = [sys.executable, "-m", "phuongchi", "-C", str(folder), "crawl"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr
        drained = threading.Thread(target=process.stderr.read)
        drained.start()
        while process.poll() is None:
            watched.look(process.pid)
            time.sleep(0.5)
        drained.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start, watched


def prepare(folder: Path, urls: Sequence[str]) -> None:
    """A new archive of these portals."""
    command = [sys.executable, "-m", "phuongchi", "init", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "portals.toml").write_text("".join(f'[[portal]]\nurl = "{url}"\n' for url in urls), encoding="utf-8")
    with (folder / "phuongchi.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[fetch]\ndelay = 0\n")


def counted(folder: Path) -> tuple[int, int, int]:
    """Answers, articles and visits that came to their end, in an archive."""
    with contextlib.closing(sqlite3.connect(folder / "phuongchi.db")) as database:
        questions = ("capture", "article", "visit WHERE state = 'done'")
        captures, articles, visits = (
            database.execute(f"SELECT count(*) FROM {rows}").fetchone()[0] for rows in questions
        )
    return captures, articles, visits


def main() -> None:
    """Two nights; print what each cost, and what the second one would have cost with all portals of the country."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portals", type=int, default=COUNTRY)
    count, cpu = parser.parse_args().portals, 0.0
    with tempfile.TemporaryDirectory() as place, served(count) as (urls, server):
        assert server.stdin
        folder, before = Path(place) / "archive", (0, 0, 0)
        prepare(folder, urls)
        for night in (1, 2):
            print(night, file=server.stdin, flush=True)
            cpu, wall, watched = crawl(folder, night)
            now = counted(folder)
            asked, articles, visits = (after - earlier for after, earlier in zip(now, before, strict=True))
            before = now
            print(f"night {night}: {visits} of {count} visits, {asked} answers, {articles} new articles, {wall:.0f} s")
            print(
                f"  processor: {cpu / 60:.2f} min, {1000 * cpu / asked:.1f} ms an answer, {1000 * cpu / count:.0f} a portal"
            )
            shares = ", ".join(f"{kind} {seconds / 60:.2f}" for kind, seconds in sorted(watched.by_kind().items()))
            print(f"  minutes by process: {shares}; memory of all together: {watched.most:.0f} MiB", flush=True)
    scaled = cpu / 60 * COUNTRY / count
    print(f"{COUNTRY} portals at this cost: {scaled:.1f} processor minutes (bar {BAR_MINUTES:.0f}; {BAR_MEMORY} MiB)")


if __name__ == "__main__":
    main()
