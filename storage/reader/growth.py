"""How large an archive is, and how its articles spread over time: from counters and one index, not from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, true

from storage import schema
from storage.engine import Database
from storage.order import first_key, second_of
from storage.overview import warc_files
from storage.text import VIETNAM

_article, _counter, _portal = schema.article, schema.counter, schema.portal
_MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. `captures` and `events` are the last numbers given out; `years` or months, whatever `by_time` says."""

    articles: int
    removed: int
    portals: int
    captures: int
    events: int
    warc_files: int
    warc_bytes: int
    by_time: dict[str, int]


def ever(db: Database) -> int:
    """How many articles ever entered the archive, from one row."""
    with db.read() as connection:
        return connection.execute(select(_counter.c.value).where(_counter.c.name == "article")).scalar() or 0


def size(db: Database) -> Size:
    """Count the archive. Takes some tenths of a second for a million articles: keep it for a while."""
    files, stored = warc_files(db)
    with db.read() as connection:
        counters = {name: value for name, value in connection.execute(select(_counter.c.name, _counter.c.value))}
        removed = select(func.count()).where(_article.c.removed_at.is_not(None))
        portals = select(func.count()).where(_portal.c.enabled == true())
        by_time = dict(_by_time(connection))
        return Size(
            articles=sum(by_time.values()), removed=connection.execute(removed).scalar_one(),
            portals=connection.execute(portals).scalar_one(), captures=counters.get("entry", 0),
            events=counters.get("event", 0), warc_files=files, warc_bytes=stored, by_time=by_time,
        )  # fmt: skip


def _by_time(connection: Connection) -> Iterator[tuple[str, int]]:
    """Articles by month of publication (where it is unknown, of being first seen), by year where there are many months."""
    key = _article.c.sort_key
    first, last = connection.execute(select(func.min(key), func.max(key))).one()
    if first is None:
        return
    since, until = second_of(first).astimezone(VIETNAM), second_of(last).astimezone(VIETNAM)
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    step = 12 if months > _MOST_MONTHS else 1
    at = datetime(since.year, 1 if step == 12 else since.month, 1, tzinfo=VIETNAM)
    while at <= until:
        number = at.year * 12 + at.month - 1 + step
        after = datetime(number // 12, number % 12 + 1, 1, tzinfo=VIETNAM)
        count = select(func.count()).where(key >= first_key(at), key < first_key(after))
        yield f"{at:%Y}" if step == 12 else f"{at:%Y-%m}", connection.execute(count).scalar_one()
        at = after
