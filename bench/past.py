"""The past of an archive of up to a million articles: articles with texts and search index (`bench.library`), and behind each
what years of nights leave: captures, pages, mentions, addresses, readings, events, sketches and their buckets (`bench.bulk`).

WARC files are not behind it: a night asks its own portals only, and reads nothing of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby, islice
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from bench import bulk, library
from storage import schema
from storage.engine import Database, upsert

THEN = datetime(2026, 11, 1, tzinfo=UTC)
"""When all of it was asked for the last time."""

SLICE = 2_000
"""Articles whose past is written in one transaction."""

FILE = 20_000
"""Captures to a WARC file: some 500 MiB of packed pages."""

OWN = 50
"""Of so many states one names its own capture: all would write the table anew, but with none PostgreSQL would plan as if no
state were of a later capture than the first, and search all captures for those of a portal."""

_Rows = dict[Table, list[dict[str, Any]]]


def fill(db: Database, count: int, *, seed: int = 1, told: int = 1) -> None:
    """Write an archive of `count` articles and their past into an empty database, or the past of those that are there.

    `told` is how often each text is told (`bench.again`): a million then take a third of the time, and have fewer words."""
    if not _last(db):
        library.fill(db, count, seed=seed, told=told)
    count = _last(db)
    rng, models, full, fingerprints = Random(seed), bulk.models(seed), Counter[int](), list[tuple[int, int]]()
    with db.write() as connection:
        files = [{"name": f"past-{number}", "series": "keep", "state": "closed", "opened_at": THEN, "run": 1}
                 for number in range(count // FILE + 1)]  # fmt: skip
        connection.execute(insert(schema.warc_file), files)
    for some in _articles(db):
        rows: _Rows = {}
        for article in some:
            _past(rows, *article)
            sketch = bulk.told_again(rng, article[0], rng.choice(models), 1, full, fingerprints)[1]
            rows.setdefault(schema.sketch, []).append(
                {"number": article[0], "article": article[1], "state": sketch[2], "signature": sketch[3],
                 "marks": sketch[4], "stale": False}
            )  # fmt: skip
        with db.write() as connection:
            _put(connection, rows)
            own = [{"this": article, "capture": number + 1} for number, article, _ in some if number % OWN == 0]
            _own_captures(connection, own)
    _put_fingerprints(db, fingerprints)
    with db.write() as connection:
        _counted(connection, count)
        connection.exec_driver_sql("ANALYZE")


def _last(db: Database) -> int:
    with db.read() as connection:
        return connection.execute(select(func.max(schema.article.c.number))).scalar() or 0


def buckets(db: Database) -> tuple[int, int, int]:
    """How many buckets of fingerprints there are, the most that one holds, and how many hold half of that or more."""
    table = schema.fingerprint
    sizes = select(func.count().label("size")).select_from(table).group_by(table.c.bucket).subquery()
    with db.read() as connection:
        number, most = connection.execute(select(func.count(), func.max(sizes.c.size))).one()
        hot = connection.execute(select(func.count()).where(sizes.c.size * 2 >= (most or 0))).scalar_one()
    return number, most or 0, hot


def _articles(db: Database) -> Iterator[Sequence[tuple[int, str, str]]]:
    table, last = schema.article, 0
    columns = (table.c.number, table.c.id, table.c.portal)
    while True:
        with db.read() as connection:
            found = connection.execute(
                select(*columns).where(table.c.number > last).order_by(table.c.number).limit(SLICE)
            ).all()
        if not found:
            return
        yield [(row[0], row[1], row[2]) for row in found]
        last = found[-1][0]


def _past(rows: _Rows, number: int, article: str, portal: str) -> None:
    """What one article left behind itself. Its capture has the entry number after its own: 1 is the library's."""
    entry, at = number + 1, {"first_seen": THEN, "last_seen": THEN}
    key, digest = f"{portal}/{number}.html", f"{number:064x}"  # those that are told again have their original's address
    url = f"https://{key}"
    here = {"portal": portal, "key": key, "url": url}
    some: dict[Table, dict[str, Any]] = {
        schema.capture: {
            **here, "entry": entry, "run": 1, "purpose": "article", "fetched_at": THEN, "status": 200, "size": 60_000,
            "media_type": "text/html", "payload_sha256": digest, "series": "keep", "file": f"past-{number // FILE}",
            "offset": number % FILE * 12_000, "length": 11_000,
        },
        schema.page: {
            **here, **at, "purpose": "article", "shape": "/#.html", "depth": 2, "priority": 5, "status": 200, "run": 1,
            "payload_sha256": digest, "read_as": "article", "due_at": THEN.replace(year=2027),
        },
        schema.sighting: {
            **here, **at, "listing": f"{portal}/tin-tuc", "source": "listing", "position": number % 20,
            "anchor": f"Tin số {number}", "date_text": "01/11/2026",
        },
        schema.article_address: {"portal": portal, "key": key, "article": article, "url": url, **at},
        schema.reading: {"entry": entry, "reader": "1/0", "verdict": "new", "article": article, "at": THEN},
        schema.event: {"seq": number, "kind": "created", "article": article, "at": THEN, "digest": digest},
    }  # fmt: skip
    for table, row in some.items():
        rows.setdefault(table, []).append(row)


def _own_captures(connection: Connection, articles: list[dict[str, Any]]) -> None:
    revision = schema.revision
    here = (revision.c.article == bindparam("this")) & (revision.c.number == 1)
    if articles:
        connection.execute(update(revision).where(here).values(entry=bindparam("capture")), articles)


def _put_fingerprints(db: Database, found: list[tuple[int, int]]) -> None:
    found.sort()  # in the order of the key: so is a bulk load of rows that came at random
    once = (pair for pair, _ in groupby(found))
    while some := [{"bucket": bucket, "number": number} for bucket, number in islice(once, 100_000)]:
        with db.write() as connection:
            _put(connection, {schema.fingerprint: some})


def _put(connection: Connection, rows: _Rows) -> None:
    """Rows by the thousand; PostgreSQL takes them with COPY, and does not look up what they refer to."""
    if connection.dialect.name != "postgresql":
        for table, some in rows.items():
            connection.execute(insert(table), some)
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    driver: Any = connection.connection.driver_connection
    for table, some in rows.items():
        columns = [column for column in table.columns if column.name in some[0] or column.default is not None]
        default = {column.name: getattr(column.default, "arg", None) for column in columns}
        names = ", ".join(f'"{column.name}"' for column in columns)
        with driver.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in some:
                copy.write_row([row.get(name, value) for name, value in default.items()])


def _counted(connection: Connection, count: int) -> None:
    """What comes is counted on from there, and those who follow the change feed have dealt with all of it."""
    counter = schema.counter
    for name, value in (("entry", count + 1), ("article", count), ("event", count)):
        new = upsert(connection, counter).values(name=name, value=0)
        connection.execute(new.on_conflict_do_nothing())
        connection.execute(update(counter).where(counter.c.name == name).values(value=value))
    for name in ("clusters", "keep"):
        connection.execute(insert(schema.follower).values(name=name, seq=count))
