"""A crowd at the door: parallel searches while a crawl writes. Does anybody get an error, and is the writer kept waiting?

    python -m bench.crowd --articles 20000 --people 200 --seconds 20 [--url postgresql://…]

The server is `phuongchi serve` in its own process; the writer, another one, stores an article a transaction, as fast as it can,
first alone and then beside the crowd; the crowd is this process. All share the machine: look at the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import urllib3
from sqlalchemy import update

from bench import library
from phuongchi.archive import initialise
from phuongchi.clock import Clock
from storage import schema
from storage.engine import connect

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def main() -> None:
    """Fill, serve, write alone, write beside the crowd; print what each of them met."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=20_000)
    options.add_argument("--people", type=int, default=200)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--url", default="", help="an empty PostgreSQL database instead of SQLite")
    options.add_argument("--write", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.write:
        write(given.write, given.seconds)
        return
    with tempfile.TemporaryDirectory(prefix="phuongchi-crowd-") as place:
        folder = Path(place) / "kho"
        values = {"database": given.url} if given.url else {}
        archive = initialise(folder, clock=Clock(NOW, 0.0, simulated=True), values=values)
        db = connect(archive.config.database)
        library.fill(db, given.articles)
        with db.write() as connection:  # what comes is counted on from there
            for name, value in (("entry", 1), ("article", given.articles)):
                connection.execute(update(schema.counter).where(schema.counter.c.name == name).values(value=value))
        db.close()
        measure(folder, archive.config.database, given.people, given.seconds)


def measure(folder: Path, url: str, people: int, seconds: float) -> None:
    """Serve an archive that is filled, and let them all in."""
    server = subprocess.Popen(
        [sys.executable, "-m", "phuongchi", "-C", str(folder), "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    try:
        base = server.stderr.readline().strip().rstrip("/")
        alone = writing(url, seconds)
        said("writer alone", json.loads(alone.communicate()[0]))
        beside = writing(url, seconds)
        statuses, waits = crowd(base, people, seconds)
        said("writer beside the crowd", json.loads(beside.communicate()[0]))
        print(f"answers: {dict(statuses)}, {sum(statuses.values()) / seconds:.0f} a second")
        said("answers that were given (200)", waits)
    finally:
        server.terminate()
        server.wait()


def crowd(base: str, people: int, seconds: float) -> tuple[Counter[str], list[float]]:
    """What so many people get who search again and again; a refusal counts by its status and Retry-After."""
    statuses: Counter[str] = Counter()
    waits: list[float] = []
    until, lock = time.monotonic() + seconds, threading.Lock()
    words = [title.split() for title in {one.title for one in library.write(500)}]
    pool = urllib3.PoolManager(maxsize=people, timeout=60.0, retries=False)

    def person(number: int) -> None:
        rng = Random(number)
        while time.monotonic() < until:
            some = rng.choice(words)
            query = {"q": " ".join(rng.sample(some, min(2, len(some)))), "fields": "title,url"}
            began = time.monotonic()
            answer = pool.request("GET", f"{base}/api/v1/articles?{urlencode(query)}")
            took = time.monotonic() - began
            with lock:
                if answer.status == 200:
                    waits.append(took)
                later = answer.headers.get("Retry-After")
                statuses[str(answer.status) + (f", Retry-After {later}" if later else "")] += 1

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses, waits


def writing(url: str, seconds: float) -> subprocess.Popen[str]:
    """The writer as a process of its own."""
    command = [sys.executable, "-m", "bench.crowd", "--write", url, "--seconds", str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def write(url: str, seconds: float) -> None:
    """Store articles, one a transaction, and print how long each took, in seconds."""
    from tests.builders import make_reading, put_article

    db = connect(url)
    took, until, stamp = [], time.monotonic() + seconds, f"{os.getpid()}"
    number = 0
    while time.monotonic() < until:
        number += 1
        began = time.monotonic()
        put_article(db, make_reading(f"Tin mới {stamp} {number}"), fetched_at=NOW + timedelta(seconds=number))
        took.append(time.monotonic() - began)
    db.close()
    print(json.dumps(took))


def said(what: str, seconds: Sequence[float]) -> None:
    """One line about some times."""
    some = sorted(seconds)
    at = [some[min(len(some) - 1, int(len(some) * share))] * 1000 for share in (0.5, 0.95, 0.99)]
    print(f"{what}: {len(some)}; ms p50 {at[0]:.0f}, p95 {at[1]:.0f}, p99 {at[2]:.0f}, most {some[-1] * 1000:.0f}")


if __name__ == "__main__":
    main()
