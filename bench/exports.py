"""How fast an archive is exported, and in how much memory: each format in a process of its own, at two sizes.

    python -m bench.exports [--articles 100000] [--into FOLDER]
    python -m bench.exports --database URL [--files a.jsonl a.parquet]      of an archive that is there

Memory is flat when the larger archive takes no more of it than the smaller one, apart from 17 bytes an article. `choose` is the
one transaction that reads the ids (of processor time), `slice` those that read a hundred articles each (median, longest).
`--into` keeps the databases for the next run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from access import exports
from access.exports import Maker, Order
from access.exports import order as ordering
from bench.library import fill
from storage import engine

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KINDS = (("jsonl", "a.jsonl"), ("jsonl", "a.jsonl.gz"), ("csv", "a.csv"), ("parquet", "a.parquet"), ("txt", "a"))


def main() -> None:
    """Make the archives, export them, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--into", type=Path)
    parser.add_argument(
        "--export", nargs=3, metavar=("FORMAT", "DATABASE", "OUT"), help="one export, for a process of its own"
    )
    parser.add_argument("--database", default="", help="an archive that is there")
    parser.add_argument("--files", nargs="*", default=[name for _, name in KINDS], help="which of them are made")
    given = parser.parse_args()
    if given.export:
        print(json.dumps(measured(*given.export)))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = given.into or Path(place)
        folder.mkdir(exist_ok=True)
        print(
            "| export | articles | a second | a second of processor time | MB | memory, MB | choose, ms | slice, ms |"
        )
        print("|---|---|---|---|---|---|---|---|")
        counts = (given.articles // 10, given.articles)
        for url in [given.database] if given.database else (archive(folder, count) for count in counts):
            for kind, name in KINDS:
                if name in given.files:
                    with tempfile.TemporaryDirectory(dir=place) as out:
                        print(line(name, child(kind, url, Path(out) / name)), flush=True)


def archive(folder: Path, count: int) -> str:
    """The URL of an archive of so many articles, made unless it is there."""
    path = folder / f"articles-{count}.db"
    url = f"sqlite:///{path}"
    if not path.exists():
        engine.create(url, now=NOW)
        db = engine.connect(url)
        fill(db, count)
        db.close()
    engine.upgrade(url)
    return url


def child(kind: str, url: str, out: Path) -> dict[str, Any]:
    """One export in a process of its own."""
    command = [sys.executable, "-m", "bench.exports", "--export", kind, url, str(out)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(kind: str, url: str, out: str) -> dict[str, Any]:
    """Export, and say how it went."""
    db, slices = engine.connect(url, readonly=True), list[float]()
    began = time.process_time()
    ordering.choose(db, Order())
    chosen = time.process_time() - began
    read = ordering.reader.states

    def timed(*arguments: Any, **more: Any) -> Any:
        start = time.perf_counter()
        try:
            return read(*arguments, **more)
        finally:
            slices.append(time.perf_counter() - start)

    ordering.reader.states = timed  # type: ignore[assignment]
    began, cpu = time.perf_counter(), time.process_time()
    made = exports.make(db, Order(), kind, Path(out), Maker("bench", NOW))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    db.close()
    manifest = json.loads(Path(f"{out}.manifest.json").read_text("utf-8"))
    return {
        "articles": made.articles, "seconds": seconds, "cpu": cpu, "bytes": manifest["bytes"], "chosen": chosen,
        "slice": median(slices), "longest": max(slices),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }  # fmt: skip


def line(kind: str, one: dict[str, Any]) -> str:
    """A row of the table."""
    pace, work = (f"{one['articles'] / one[name]:.0f}" for name in ("seconds", "cpu"))
    size, memory = (f"{one[name] / 1e6:.0f}" for name in ("bytes", "memory"))
    chosen, half, longest = (f"{one[name] * 1e3:.0f}" for name in ("chosen", "slice", "longest"))
    return f"| {kind} | {one['articles']} | {pace} | {work} | {size} | {memory} | {chosen} | {half}, {longest} |"


if __name__ == "__main__":
    main()
