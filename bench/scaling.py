"""What ten years take: disk by series, database, index and processor time for 300, 3,321 and 10,000 portals.

    python -m bench.scaling [--archive FOLDER] [--articles 1.25] [--kb 60] [--requests 20] [--on-one-server 126] …

Measures how many bytes the rows of each table and the records of each series take, in an archive that is crawled for it (40
portals of `bench.wards`, four nights) or in yours (`--archive`, SQLite), and multiplies: articles by the nights, answers by the
rules after which pages are asked again. What it takes for granted are its options (`Assumed`), printed above the table.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.night import crawl, prepare, served

COUNTRIES, YEARS = (300, 3_321, 10_000), (1, 3, 5, 10)

HEADINGS = (
    "portals", "years", "articles, M", "answers, M", "`keep`, GB", "files, GB", "`watch`, GB", "SQLite, GB", "PostgreSQL, GB",
    "of it the index", "CPU minutes a night", "hours, fullest server", "hours, all portals",
)  # fmt: skip

RECHECKS, LATER = 5, 0.1
"""How often an article is asked again in its first year (after 1, 7, 30, 180 and 365 days), and in each year after it."""

SEARCHED = {"sqlite": 19_000, "postgresql": 15_000}
"""Bytes that an article, its revision and their place in the index take at 1,000,029 articles of 4.4 KB (`bench.search`)."""

INDEX = {"sqlite": 10_000, "postgresql": 10_800}
"""Of these the index alone."""

OF_TEXT = {
    "article",
    "revision",
    "article_search_data",
    "article_search_idx",
    "article_search_words",
    "article_search_config",
}
"""Tables that `SEARCHED` stands for."""

OF_AN_ANSWER = {"capture", "reading", "sighting", "failure"}
OF_A_VISIT = {"visit", "portal_state"}
OF_A_PORTAL = {"portal", "template", "pattern", "standing", "lease", "server", "slot", "unit", "portal_unit", "alert"}
"""What makes rows of a table; those of all others come with articles."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a country is like: articles that a portal publishes a night, KiB of a page, requests of a visit in the first year,
    files that an article names and KiB of each, seconds between two requests to a server, portals on the fullest server,
    milliseconds of processor time an answer (`bench.night`), portals asked at a time."""

    articles: float
    kb: float
    requests: float
    files: float
    file_kb: float
    delay: float
    on_one_server: int
    ms: float
    active: int


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes of the rows that come with an article (without text and index), an answer, a visit and a portal; packed bytes of an
    article's first capture, of a list and of a recheck, as shares of the page's size."""

    article: float
    answer: float
    visit: float
    portal: float
    page: float
    listed: float
    recheck: float


@dataclass(frozen=True, slots=True)
class Decade:
    """A country after so many years: numbers, bytes, and what a night then takes (processor minutes, hours by the clock)."""

    portals: int
    years: int
    articles: float
    answers: float
    keep: float
    files: float
    watch: float
    sqlite: float
    postgresql: float
    index: float
    minutes: float
    server_hours: float
    night_hours: float


def measure(folder: Path) -> Bytes:
    """What an archive's rows and records take. Raises sqlite3.OperationalError where SQLite has no dbstat."""
    with closing(sqlite3.connect(folder / "phuongchi.db")) as database:
        taken = _tables(database)
        [articles] = database.execute("SELECT count(*) FROM article").fetchone()
        [answers] = database.execute("SELECT count(*) FROM capture").fetchone()
        [visits] = database.execute("SELECT count(*) FROM visit").fetchone()
        [portals] = database.execute("SELECT count(*) FROM portal").fetchone()
        packed = dict(_packed(database))
    other = sum(size for table, size in taken.items() if table not in OF_TEXT | OF_AN_ANSWER | OF_A_VISIT | OF_A_PORTAL)
    return Bytes(
        article=other / articles,
        answer=sum(taken[table] for table in OF_AN_ANSWER) / answers,
        visit=sum(taken[table] for table in OF_A_VISIT) / visits,
        portal=sum(taken[table] for table in OF_A_PORTAL) / portals,
        page=packed["keep", "article"],
        listed=packed["watch", "listing"],
        recheck=packed["watch", "article"],
    )


def _tables(database: sqlite3.Connection) -> Mapping[str, int]:
    """Bytes of each table with its indexes."""
    taken: dict[str, int] = defaultdict(int)
    tables = dict(database.execute("SELECT name, tbl_name FROM sqlite_master"))
    for name, size in database.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
        taken[tables.get(name, name)] += size
    return taken


def _packed(database: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], float]]:
    """Packed bytes of a record as a share of an article's page, by series and purpose; 304 and what came again count."""
    [page] = database.execute("SELECT avg(size) FROM capture WHERE series = 'keep' AND purpose = 'article'").fetchone()
    rows = database.execute("SELECT series, purpose, avg(length) FROM capture GROUP BY series, purpose")
    for series, purpose, length in rows:
        yield (series, purpose), length / page


def project(cost: Bytes, assumed: Assumed, portals: int, years: int) -> Decade:
    """A country after so many years of nights."""
    nights = 365 * years
    a_night = portals * assumed.articles
    articles = a_night * nights
    lists = portals * max(0.0, assumed.requests - assumed.articles * (1 + RECHECKS))
    again = a_night * (RECHECKS + LATER * (years - 1))
    rechecks = a_night * nights * (RECHECKS + LATER * (years - 1) / 2)
    answers = lists * nights + articles + rechecks
    evidence = cost.article * articles + cost.answer * answers + cost.visit * portals * nights + cost.portal * portals
    page, requests = assumed.kb * 1024, lists + a_night + again
    return Decade(
        portals, years, articles, answers,
        keep=articles * cost.page * page,
        files=articles * assumed.files * assumed.file_kb * 1024,
        watch=(lists * nights * cost.listed + rechecks * cost.recheck) * page,
        sqlite=evidence + articles * SEARCHED["sqlite"],
        postgresql=evidence + articles * SEARCHED["postgresql"],
        index=articles * INDEX["sqlite"],
        minutes=requests * assumed.ms / 60_000,
        server_hours=requests / portals * min(portals, assumed.on_one_server) * assumed.delay / 3600,
        night_hours=requests * assumed.delay / assumed.active / 3600,
    )  # fmt: skip


def _crawled(place: str, portals: int = 40, nights: int = 4) -> Path:
    """An archive of so many wards after so many nights."""
    folder = Path(place) / "archive"
    with served(portals) as (urls, server):
        assert server.stdin
        prepare(folder, urls)
        for night in range(1, nights + 1):
            print(night, file=server.stdin, flush=True)
            crawl(folder, night)
    return folder


def _assumed() -> tuple[Assumed, Path | None]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--articles", type=float, default=1.25)
    parser.add_argument("--kb", type=float, default=60)
    parser.add_argument("--requests", type=float, default=20)
    parser.add_argument("--files", type=float, default=0.3)
    parser.add_argument("--file-kb", type=float, default=700)
    parser.add_argument("--delay", type=float, default=2.5)
    parser.add_argument("--on-one-server", type=int, default=126)
    parser.add_argument("--ms", type=float, default=12.5)
    parser.add_argument("--active", type=int, default=16)
    options = vars(parser.parse_args())
    archive = options.pop("archive")
    return Assumed(**options), archive


def main() -> None:
    """Measure, multiply, print the table."""
    assumed, archive = _assumed()
    if archive:
        cost = measure(archive)
    else:
        with tempfile.TemporaryDirectory() as place:
            cost = measure(_crawled(place))
    print(assumed, cost, sep="\n")
    print("| " + " | ".join(HEADINGS) + " |\n|" + "--:|" * len(HEADINGS))
    for portals in COUNTRIES:
        for years in YEARS:
            print("| " + " | ".join(_row(project(cost, assumed, portals, years))) + " |")


def _row(decade: Decade) -> Iterator[str]:
    yield from (f"{decade.portals:,}", str(decade.years), f"{decade.articles / 1e6:.1f}", f"{decade.answers / 1e6:.0f}")
    sizes = (decade.keep, decade.files, decade.watch, decade.sqlite, decade.postgresql, decade.index)
    yield from (f"{size / 1e9:,.0f}" for size in sizes)
    yield f"{decade.minutes:.0f}"
    yield from (f"{hours:.1f}" for hours in (decade.server_hours, decade.night_hours))


if __name__ == "__main__":
    main()
