"""Pages that a portal's own lists announce as articles, with what became of each: the ground of completeness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from storage import schema
from storage.engine import Database
from storage.records import PASSING

_page, _sighting, _article, _address = schema.page, schema.sighting, schema.article, schema.article_address
_capture, _reading = schema.capture, schema.reading

_SLICE = 2_000
_OWN = and_(_address.c.portal == _page.c.portal, _address.c.key == _page.c.key)
_DATED = func.length(func.coalesce(_article.c.published_at, "")) >= 7


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page that a list, feed or sitemap announces as an article, or that was read as one.

    `month` as the article's date or the list's line says; `dated`: a line with a date announces it, `fed`: a feed does.
    `stored`: the archive has its article, at this or another address. `status`, `attempts`, `negatives`, `read_as` are the
    frontier's; `asked`: some run asked for it; `passing`: its last reading saw a notice in its place.
    """

    portal: str
    key: str
    url: str
    month: str
    dated: bool
    fed: bool
    stored: bool
    asked: bool
    status: int | None
    attempts: int
    negatives: int
    read_as: str
    passing: bool
    first_seen: datetime


def listed(db: Database, portal: str, *, settled: bool = True) -> Iterator[ListedPage]:
    """The listed pages of one portal, in the order in which they were found; without those of `dated` unless `settled`."""
    after = 0
    while True:
        with db.read() as conn:
            rows = _slice(conn, portal, after, [] if settled else [~_DATED])
        for row in rows:
            yield _page_of(row)
        if len(rows) < _SLICE:
            return
        after = rows[-1].id


def dated(db: Database, portal: str) -> dict[tuple[str, str], int]:
    """How many listed pages of one portal the archive has as articles that say their month, by portal and month. Most pages are
    such, and of them there is nothing to tell one by one.
    """
    mentioned = select(_sighting.c.id).where(_sighting.c.portal == portal, _sighting.c.key == _page.c.key).exists()
    month = func.substr(_article.c.published_at, 1, 7)
    query = (
        select(month, func.count())
        .select_from(_page)
        .join(_address, _OWN)
        .join(_article, _article.c.id == _address.c.article)
        .where(_page.c.portal == portal, _page.c.purpose == "article", _DATED, mentioned)
        .group_by(month)
    )
    with db.read() as conn:
        return {(portal, name): number for name, number in conn.execute(query)}


def _slice(conn: Connection, portal: str, after: int, wanted: Sequence[ColumnElement[bool]]) -> list[Any]:
    """The next pages with what lists say of them, what they were read as, and the date of their article."""
    mention = (
        select(
            _sighting.c.key,
            func.max(case((_sighting.c.source == "sitemap", ""), else_=_sighting.c.date_text)).label("date_text"),
            func.max(case((_sighting.c.source == "feed", 1), else_=0)).label("fed"),
        )
        .where(_sighting.c.portal == portal)
        .group_by(_sighting.c.key)
        .subquery()
    )
    last = (
        select(func.max(_capture.c.entry))
        .where(_capture.c.portal == portal, _capture.c.key == _page.c.key)
        .correlate(_page)
    )
    query = (
        select(
            _page.c.id, _page.c.portal, _page.c.key, _page.c.url, _page.c.run, _page.c.status, _page.c.attempts,
            _page.c.negatives, _page.c.read_as, _page.c.first_seen, mention.c.date_text, mention.c.fed,
            _article.c.published_at, _reading.c.detail, _address.c.article,
        )
        .select_from(_page)
        .join(mention, mention.c.key == _page.c.key)
        .join(_address, _OWN, isouter=True)
        .join(_article, _article.c.id == _address.c.article, isouter=True)
        .join(_reading, _reading.c.entry == last.scalar_subquery(), isouter=True)
        .where(_page.c.portal == portal, _page.c.purpose == "article", _page.c.id > after, *wanted)
        .order_by(_page.c.id)
        .limit(_SLICE)
    )  # fmt: skip
    return list(conn.execute(query).all())


def _page_of(row: Any) -> ListedPage:
    return ListedPage(
        portal=row.portal, key=row.key, url=row.url,
        month=row.published_at[:7] if len(row.published_at or "") >= 7 else month_of(row.date_text or ""),
        dated=bool(row.date_text), fed=bool(row.fed), stored=row.article is not None or row.read_as in ("article", "copy"),
        asked=row.run is not None, status=row.status, attempts=row.attempts, negatives=row.negatives, read_as=row.read_as,
        passing=row.detail in PASSING, first_seen=row.first_seen,
    )  # fmt: skip


_DAY_FIRST = re.compile(r"\b\d{1,2}[-/.](\d{1,2})[-/.](\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})-(\d{2})\b")


def month_of(text: str) -> str:
    """The month that a list's line names as its date; empty if it names none."""
    if match := _YEAR_FIRST.search(text):
        year, month = match.groups()
    elif match := _DAY_FIRST.search(text):
        month, year = match.groups()
    else:
        try:
            day = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return ""
        year, month = str(day.year), str(day.month)
    return f"{year}-{int(month):02}" if 1 <= int(month) <= 12 else ""
