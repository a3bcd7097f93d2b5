"""What a reader and a crawl batch take of the memory, from their first page to their last.

    python -m bench.memory reader [--pages 20000] [--portals 14] [--seed 5]     one reader, ever more pages: does it grow?
    python -m bench.memory batch [--portals 128]                   one crawl of so many portals at a time, 16 of them active

Resident memory of each process as the kernel has it, in MiB. The pages are those of `bench.growing` (14 layouts, 30 to 150 KB),
each with a number of its own in its text; the batch visits copies of the sample portals.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bench.growing import Growing
from bench.night import kind_of, tree
from bench.running import counted, served
from bench.worlds.design import FLAVOURS
from crawler.links.patterns import page_key
from phuongchi.demo.world import sample_sites
from phuongchi.errands import ReadJob
from phuongchi.wire import pack
from storage import schema
from storage.engine import Database, connect, create, next_numbers
from storage.records import Capture
from storage.warc import Exchange, WarcWriter
from tests.builders import make_portal, put_capture, put_portal

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SLICE = 500
SAMPLES = len(sample_sites(None))
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Measure one of the two, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("reader", "batch"))
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--portals", type=int, help="14 for a reader, 128 for a batch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="phuongchi-memory-") as room:
        if options.what == "reader":
            _reader(Path(room), options.pages, options.portals or len(FLAVOURS), options.seed)
        else:
            _batch(Path(room), options.portals or 128)


def _reader(folder: Path, pages: int, portals: int, seed: int) -> None:
    """Fill an archive, have one child read it portal by portal, note its memory at every twentieth of the pages."""
    url = f"sqlite:///{folder}/phuongchi.db"
    create(url, now=NOW)
    db = connect(url)
    each, layouts = -(-pages // portals), list(FLAVOURS)
    sites = [Growing(layouts[number % len(layouts)], seed + number // len(layouts)) for number in range(portals)]
    jobs = [filled(db, folder, site, each, f"{site.name}-{number}") for number, site in enumerate(sites)]
    db.close()
    print(f"{each * len(sites):,} pages of {len(sites)} portals; MiB of one reader", flush=True)
    command = [sys.executable, "-P", "-m", "phuongchi.children", "read", str(os.getpid())]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PHUONGCHI_NOW": (NOW + timedelta(days=1)).isoformat()}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdin and child.stdout
        read, verdicts = 0, dict[str, int]()
        for job in jobs:
            print(json.dumps(pack(job)), file=child.stdin, flush=True)
            for line in child.stdout:
                event = json.loads(line)
                read += event.get("event") == "capture"
                if event.get("event") == "capture" and read % max(each * len(sites) // 20, 1) == 0:
                    print(f"{read:>9,}{_resident(child.pid):8.0f}", flush=True)
                if event.get("event") == "read":
                    for name, count in event["verdicts"].items():
                        verdicts[name] = verdicts.get(name, 0) + count
                    break
        print(f"highest {_highest(child.pid):.0f} MiB; {verdicts}")
        child.stdin.close()


def filled(db: Database, folder: Path, site: Growing, count: int, name: str = "") -> ReadJob:
    """A portal with so many captures that nobody has read, each an article of the site with a number in its text."""
    portal = make_portal(f"https://{(name or site.name).replace('_', '-')}.gov.vn/")
    writer = WarcWriter(folder, series="keep", run=1, archive="bench", software="bench", opened_at=NOW)
    pages = [(site.address(story), site.reply(site.address(story), {}, night=2, hit=1).body) for story in site.stories]
    with db.write() as connection:
        put_portal(connection, portal)
    for start in range(0, count, SLICE):
        numbers = range(start, min(start + SLICE, count))
        with db.write() as connection:
            entries = next_numbers(connection, "entry", len(numbers))
            for number, entry in zip(numbers, entries, strict=True):
                path, body = pages[number % len(pages)]
                url = f"{portal.url.rstrip('/')}{path}{'&' if '?' in path else '?'}so={number}"
                body = body.replace(b"</p>", f" Số {number}, {number * 7919 % 10007} hộ.</p>".encode())
                body = body.replace(b"</h1>", f" lần {number}</h1>".encode())
                _put(connection, writer, portal.id, url, body, entry, NOW + timedelta(seconds=number))
    writer.close()
    return ReadJob(f"sqlite:///{folder}/phuongchi.db", folder, portal, True)


def _put(
    connection: Connection, writer: WarcWriter, portal: str, url: str, body: bytes, entry: int, at: datetime
) -> None:
    exchange = Exchange(
        url=url, method="GET", request_head=(), status=200, reason="", fetched_at=at, body=body,
        response_head=(("Content-Type", "text/html; charset=utf-8"),),
    )  # fmt: skip
    key = page_key(url, "")
    capture = Capture(
        entry=entry, portal=portal, url=url, purpose="article", fetched_at=at, status=200, media_type="text/html",
        record=writer.write(exchange, entry=entry, metadata={}), charset="utf-8", key=key, location="",
        payload_sha256=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip
    put_capture(connection, capture, key=key, unread=True)
    row = {"portal": portal, "key": key, "url": url, "purpose": "article", "first_seen": at}
    connection.execute(schema.page.insert().values(**row))


@dataclass(slots=True)
class _Peak:
    """The most that one kind of process took, and all of one moment together."""

    most: dict[str, float]
    together: float = 0.0


def _batch(folder: Path, portals: int) -> None:
    """One crawl with a single child for all portals; the memory of each of its processes, looked at ten times a second."""
    command = [sys.executable, "-m", "phuongchi"]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PHUONGCHI_NOW": NOW.isoformat()}
    subprocess.run([*command, "init", str(folder / "kho")], check=True, capture_output=True, env=environment)
    with served(str(-(-portals // SAMPLES))) as (urls, _):
        rows = "".join(f'[[portal]]\nurl = "{url}"\n' for url in urls[:portals])
        (folder / "kho" / "portals.toml").write_text(rows, encoding="utf-8")
        with (folder / "kho" / "phuongchi.toml").open("a", encoding="utf-8") as file:
            file.write(
                "fetch.delay = 0\nfetch.processes = 1\nfetch.batch = 128\nfetch.active = 16\nread.processes = 1\n"
            )
        crawl = [*command, "-C", str(folder / "kho"), "crawl"]
        with (
            subprocess.Popen(
                crawl, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            ) as run,
            _watched(run.pid) as peak,
        ):
            said = run.communicate()[1]
    if run.returncode:
        raise SystemExit(said)
    pages, _, articles = counted(folder / "kho")
    print(f"{len(urls[:portals])} portals, {pages} pages, {articles} articles; highest MiB of a process")
    for name, most in sorted(peak.most.items()):
        print(f"{name:10}{most:8.0f}")
    print(f"{'together':10}{peak.together:8.0f}")


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[_Peak]:
    peak, over = _Peak({}), threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            now = {name: _resident(one) for one, name in _family(pid)}
            for name, size in now.items():
                peak.most[name] = max(peak.most.get(name, 0.0), size)
            peak.together = max(peak.together, sum(now.values()))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _family(pid: int) -> Iterator[tuple[int, str]]:
    """A run's process and its children, by what they do."""
    yield pid, "parent"
    for process in tree(pid):
        with contextlib.suppress(OSError):
            if (kind := kind_of(process)) in ("crawl", "read"):
                yield process, kind


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20
    return 0.0


def _highest(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
