"""What is asked of a portal's articles, addresses and pages before a verdict: each question for many keys at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, case, exists, func, not_, select

from storage import schema
from storage.records import Reading
from storage.writer.values import reading_of

_article, _revision, _address, _page = schema.article, schema.revision, schema.article_address, schema.page
_capture = schema.capture

TITLED = 20
"""Articles of one title that are answered together, the newest: a portal may have thousands that are called "Thông báo"."""


@dataclass(frozen=True, slots=True)
class Address:
    """A page that showed an article. `met`: it was we who met it there, and not only others."""

    key: str
    article: str
    url: str
    first_seen: datetime
    last_seen: datetime
    met: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """An article without what it says: the columns that have these names."""

    id: str
    number: int
    url: str
    visibility: str
    first_seen: datetime
    last_seen: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class State:
    """An article's current state: its number, the capture it rests on and when that was fetched, and what was read in it."""

    article: str
    revision: int
    entry: int
    seen_at: datetime
    reading: Reading


@dataclass(frozen=True, slots=True)
class Titled:
    """An article with some title: its id, its number, where it is cited and when it was published."""

    id: str
    number: int
    url: str
    published_at: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the fetching half knows it: the columns that have these names."""

    id: int
    key: str
    purpose: str
    shape: str
    read_as: str
    negatives: int


def _of_portal(query: Select[Any], table: Any, column: Any) -> Select[Any]:
    """The query for those of a portal whose column is one of several values."""
    return query.where(table.c.portal == bindparam("portal"), column.in_(bindparam("some", expanding=True)))


# Built once: building a statement costs more than SQLite takes to run it.
_AT = _of_portal(
    select(*(_address.c[name] for name in ("key", "article", "url", "first_seen", "last_seen"))),
    _address,
    _address.c.key,
)
_IDENTICAL = _of_portal(select(_article.c.identity, _article.c.id), _article, _article.c.identity)
_TWINS = _of_portal(select(_article.c.twin_sha256, _article.c.id), _article, _article.c.twin_sha256).order_by(
    _article.c.number.desc()
)
_OF_TITLED = [_article.c[name] for name in Titled.__dataclass_fields__]
_RANK = func.row_number().over(partition_by=_article.c.title, order_by=_article.c.number.desc())
_RANKED = _of_portal(select(_article.c.title, *_OF_TITLED, _RANK.label("rank")), _article, _article.c.title).subquery()
_TITLED = (
    select(*(column for column in _RANKED.c if column.name != "rank"))
    .where(_RANKED.c.rank <= TITLED)
    .order_by(_RANKED.c.number.desc())
)
_PAGES = _of_portal(select(*(_page.c[name] for name in Page.__dataclass_fields__)), _page, _page.c.key)
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_STANDINGS = select(*(_article.c[name] for name in Standing.__dataclass_fields__)).where(_article.c.id.in_(_SOME))
_MET = exists().where(
    _capture.c.portal == _address.c.portal, _capture.c.key == _address.c.key, _capture.c.origin == "crawl"
)
_OF_ARTICLES = select(
    *(_address.c[name] for name in ("key", "article", "url", "first_seen", "last_seen")), _MET.label("met")
).where(_address.c.article.in_(_SOME))
_STATES = (
    select(_revision, _article.c.identity)
    .join(_article, (_article.c.id == _revision.c.article) & (_article.c.revision == _revision.c.number))
    .where(_article.c.id.in_(_SOME))
)
_LAST = select(_revision.c.article, func.max(_revision.c.number)).where(_revision.c.article.in_(_SOME))
_LAST = _LAST.group_by(_revision.c.article)
_PARTS = [
    select(table)
    .join(_article, (_article.c.id == table.c.article) & (_article.c.revision == table.c.revision))
    .where(_article.c.id.in_(_SOME))
    .order_by(table.c.article, table.c.position)
    for table in (schema.attachment, schema.image)
]


def at(conn: Connection, portal: str, keys: Collection[str]) -> Mapping[str, Address]:
    """The addresses of articles among some pages, by key; `met` is not asked for."""
    return {row.key: Address(*row) for row in conn.execute(_AT, {"portal": portal, "some": list(keys)})}


def identical(conn: Connection, portal: str, identities: Collection[str]) -> Mapping[str, str]:
    """The ids of the articles with some identities."""
    rows = conn.execute(_IDENTICAL, {"portal": portal, "some": list(identities)})
    return {identity: article for identity, article in rows}


def twins(conn: Connection, portal: str, digests: Collection[str]) -> Mapping[str, str]:
    """The ids of the first articles with some titles and texts, by `values.twin_digest`."""
    rows = conn.execute(_TWINS, {"portal": portal, "some": list(digests)})
    return {digest: article for digest, article in rows}


def titled(conn: Connection, portal: str, titles: Collection[str]) -> Mapping[str, list[Titled]]:
    """The articles with exactly one of some titles, the newest first, `TITLED` of each at most."""
    found = defaultdict[str, list[Titled]](list)
    for title, *row in conn.execute(_TITLED, {"portal": portal, "some": list(titles)}):
        found[title].append(Titled(*row))
    return found


def titled_elsewhere(
    conn: Connection, portal: str, title: str, *, here: Sequence[str], day: str, limit: int
) -> list[Titled]:
    """The articles with exactly this title that are cited by none of these beginnings of addresses (in small letters), those
    that were published on the day before the others, then the newest first.
    """
    url = func.lower(_article.c.url)
    same_day = func.substr(_article.c.published_at, 1, 10) == day
    query = (
        select(*_OF_TITLED)
        .where(_article.c.portal == portal, _article.c.title == title)
        .where(*(not_(url.startswith(beginning, autoescape=True)) for beginning in here))
        .order_by(case((same_day, 0), else_=1), _article.c.number.desc())
        .limit(limit)
    )
    return [Titled(*row) for row in conn.execute(query)]


def pages(conn: Connection, portal: str, keys: Collection[str]) -> Mapping[str, Page]:
    """Some of the portal's pages, by key."""
    return {row.key: Page(*row) for row in conn.execute(_PAGES, {"portal": portal, "some": list(keys)})}


def standings(conn: Connection, articles: Collection[str]) -> Mapping[str, Standing]:
    """Some articles, by id."""
    return {row.id: Standing(*row) for row in conn.execute(_STANDINGS, {"some": list(articles)})}


def addresses(conn: Connection, articles: Collection[str]) -> Mapping[str, dict[str, Address]]:
    """The addresses of some articles, by id and key; one whose pages all show other stories has none."""
    found: dict[str, dict[str, Address]] = {article: {} for article in articles}
    for key, article, *rest in conn.execute(_OF_ARTICLES, {"some": list(articles)}):
        found[article][key] = Address(key, article, *rest)
    return found


def states(conn: Connection, articles: Collection[str]) -> Mapping[str, State]:
    """The current states of some articles, by id."""
    some = {"some": list(articles)}
    parts: list[dict[str, list[dict[str, Any]]]] = []
    for query in _PARTS:
        of_each = defaultdict[str, list[dict[str, Any]]](list)
        for part in conn.execute(query, some).mappings():
            of_each[part["article"]].append(dict(part))
        parts.append(of_each)
    found = {}
    for row in conn.execute(_STATES, some).mappings():
        article = row["article"]
        reading = reading_of(dict(row), parts[0].get(article, ()), parts[1].get(article, ()), row["identity"])
        found[article] = State(article, row["number"], row["entry"], row["seen_at"], reading)
    return found


def last_numbers(conn: Connection, articles: Collection[str]) -> Mapping[str, int]:
    """The highest numbers of some articles' states, by id."""
    return {article: number for article, number in conn.execute(_LAST, {"some": list(articles)})}
