"""What reading a page costs a processor, stage by stage, where a portal's template is known; and reading stored captures again.

    python -m bench.reading [--pages 60] [--seed 5]

The portals are those of `bench.growing` (14 layouts, 30 to 150 KB a page), each with `--pages` articles. The first 20 of each
are read beforehand: from them its template is learned. Then the others are read, and at last all captures again, in this
process as a reader does it. Milliseconds of the processor; a stage has its own time, without that of the stages inside.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from bench.growing import growing_sites
from bench.memory import NOW, filled
from crawler.ingest import driver
from phuongchi.children import GARBAGE
from phuongchi.errands import ReadJob
from storage import schema
from storage.engine import Database, connect, create
from storage.writer import queue

LEARNED = 20
"""Articles of each portal that are read before the measurement."""

_DRIVER, _READ, _PAGE = "crawler.ingest.driver", "crawler.ingest.read", "crawler.ingest.extract.page"
_OPEN = "crawler.ingest.pages"
STAGES: Sequence[tuple[str, Sequence[str]]] = (
    ("bytes from the archive", (f"{_DRIVER}.reading.opened", f"{_DRIVER}.learning.opened", f"{_DRIVER}.baselines.opened")),
    ("open: tree and lines", (f"{_DRIVER}.memory.open_page",)),
    ("template: weights, headline", (f"{_OPEN}.read_meta", f"{_PAGE}.sense", f"{_PAGE}.find_title", f"{_PAGE}.set_apart")),
    ("body: text, files, section", (f"{_READ}._extract", f"{_READ}._beheaded", f"{_READ}._footed")),
    ("byline", (f"{_READ}._sign", f"{_READ}._with_head")),
    ("date", (f"{_READ}._evidence", f"{_READ}.decide_dates")),
    ("identity, judgement", (f"{_READ}._case", f"{_READ}.judge", f"{_READ}._article")),
    ("second reader, of a sample", (f"{_DRIVER}.memory.disagree",)),
    ("store: verdicts, rows, index", (f"{_DRIVER}.reading.read_slice",)),
)  # fmt: skip
"""The rows of the table, and the functions, as their callers name them, whose time they count."""
REST = "queue, templates, waiting rows"


class Watch:
    """Processor time by stage: the time of a function counts for its own stage, not for that from which it is called."""

    def __init__(self) -> None:
        self.spent = defaultdict[str, float](float)
        self._stack, self._since = [REST], time.process_time()

    def start(self) -> None:
        """Begin anew, with nothing spent."""
        self.spent.clear()
        self._since = time.process_time()

    def over(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted for the stage."""

        def timed(*values: Any, **named: Any) -> Any:
            self._turn()
            self._stack.append(name)
            try:
                return act(*values, **named)
            finally:
                self._turn()
                self._stack.pop()

        return timed

    def _turn(self) -> None:
        now = time.process_time()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now

    def stop(self) -> None:
        """Count what has passed since the last stage."""
        self._turn()


def watched() -> Watch:
    """A watch that counts the stages of this process from now on."""
    watch = Watch()
    for name, places in STAGES:
        for place in places:
            module, _, function = place.rpartition(".")
            found = importlib.import_module(module)
            setattr(found, function, watch.over(name, getattr(found, function)))
    return watch


def read(db: Database, jobs: Sequence[ReadJob], memory: driver.Memory) -> int:
    """Read what waits of all portals; returns how many captures were read."""
    at = NOW + timedelta(days=1)
    desks = (driver.Desk(db, job.folder, job.portal, None, lambda: at, memory=memory) for job in jobs)
    return sum(driver.read_portal(desk, at_end=True).read for desk in desks)


def hold_back(db: Database, jobs: Sequence[ReadJob], *, unread: bool) -> None:
    """Keep all but the first captures of each portal from being read, or let them wait again."""
    capture = schema.capture
    for job in jobs:
        with db.write(portals=[job.portal.id]) as connection:
            mine = queue.unread(connection, job.portal.id, LEARNED)
            last = mine[-1].entry if mine else 0
            later = (capture.c.portal == job.portal.id) & (capture.c.entry > last)
            seen = schema.reading.c.entry == capture.c.entry
            never = ~schema.reading.select().where(seen).exists()
            connection.execute(update(capture).where(later, never).values(unread=unread))


def main() -> None:
    """Measure, print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="phuongchi-reading-") as room:
        folder = Path(room)
        create(f"sqlite:///{folder}/phuongchi.db", now=NOW)
        db = connect(f"sqlite:///{folder}/phuongchi.db")
        try:
            _measure(db, [filled(db, folder, site, options.pages) for site in growing_sites(options.seed)])
        finally:
            db.close()


def _measure(db: Database, jobs: Sequence[ReadJob]) -> None:
    gc.freeze()
    gc.set_threshold(GARBAGE)
    watch, memory = watched(), driver.Memory()
    hold_back(db, jobs, unread=False)
    learned = read(db, jobs, memory)
    hold_back(db, jobs, unread=True)
    watch.start()
    proven = read(db, jobs, memory)
    watch.stop()
    first = dict(watch.spent)
    for job in jobs:
        with db.write(portals=[job.portal.id]) as connection:
            queue.reread(connection, job.portal.id)
    watch.start()
    again = read(db, jobs, driver.Memory())
    watch.stop()
    print(f"{len(jobs)} portals, {learned} pages to learn from; CPU ms a page\n")
    print(f"| | proven ({proven} pages) | again ({again}) |\n|---|---|---|")
    for name in (*(name for name, _ in STAGES), REST):
        print(f"| {name} | {1000 * first.get(name, 0) / proven:.2f} | {1000 * watch.spent[name] / again:.2f} |")
    totals = sum(first.values()) / proven, sum(watch.spent.values()) / again
    print(f"| all | {1000 * totals[0]:.2f} | {1000 * totals[1]:.2f} |")
    print(f"| pages a second and core | {1 / totals[0]:.0f} | {1 / totals[1]:.0f} |")


if __name__ == "__main__":
    main()
