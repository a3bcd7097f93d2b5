"""What the answers to a search have in common: how many of them a ward, a portal, a province, a kind, a year, a story has.

Counted over the newest answers only: to count all of a common word would read a tenth of the archive for one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from storage import schema
from storage.engine import Database
from storage.reader.articles import newest_first
from storage.reader.filters import Filters
from storage.reader.units.portals import About, units_of
from storage.text import VIETNAM

COUNTED = 1_000
"""Answers that are counted at most."""

_MOST = 30  # portals whose wards are looked up

_article, _portal, _cluster = schema.article, schema.portal, schema.cluster


@dataclass(frozen=True, slots=True)
class Facets:
    """Numbers of answers by portal (id), province, kind and month (`2024-07`, in Vietnam), over the newest `counted` ones.

    `all` says that there are no more. `wards` are units that the most frequent portals stood for on an answer's day, by code
    (`16708`, `16708@2004-01-01`), `clusters` stories of which several answers tell, by id. `names` has the words for
    portals, wards and clusters; a cluster goes by the title of one of its answers.
    """

    counted: int
    all: bool
    portals: Mapping[str, int]
    names: Mapping[str, str]
    provinces: Mapping[str, int]
    kinds: Mapping[str, int]
    months: Mapping[str, int]
    wards: Mapping[str, int]
    clusters: Mapping[str, int]


def facets(db: Database, filters: Filters) -> Facets:
    """Count the newest answers. Raises UsageError for dates that are none."""
    keys = [key.sort_key for key in newest_first(db, filters, limit=COUNTED + 1)]
    with db.read() as connection:
        rows = [_answer(row) for row in connection.execute(_query().where(_article.c.sort_key.in_(keys[:COUNTED])))]
        wards, titles = _wards(connection, rows)
    stories, told = _stories(rows)
    return Facets(
        len(rows), len(keys) <= COUNTED,
        portals=_tally(row.about.id for row in rows),
        names={row.about.id: row.about.name or row.about.id for row in rows} | titles | told,
        provinces=_tally(row.about.province for row in rows if row.about.province),
        kinds=_tally(row.kind for row in rows),
        months=dict(sorted(Counter(row.day[:7] for row in rows).items())),
        wards=wards, clusters=stories,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Answer:
    about: About
    kind: str
    day: str
    title: str
    cluster: str | None


def _query() -> Select[Any]:
    columns: tuple[Any, ...] = (_article.c.portal, _portal.c.name, _portal.c.unit, _portal.c.province)
    columns += (_article.c.kind, _article.c.sort_at, _article.c.title, _cluster.c.id)
    query = select(*columns).join(_portal, _portal.c.id == _article.c.portal)
    query = query.join(_cluster, _cluster.c.article == _article.c.id, isouter=True)
    return query.where(_article.c.visibility == "public")


def _answer(row: Any) -> _Answer:
    portal, name, unit, province, kind, sort_at, title, cluster = row
    day = sort_at.astimezone(VIETNAM).isoformat()[:10]
    return _Answer(About(portal, name, unit, province, ""), kind, day, title, cluster)


def _wards(connection: Connection, rows: Sequence[_Answer]) -> tuple[dict[str, int], dict[str, str]]:
    """The wards of answers, with their titles: what each portal stood for on the day of the answer."""
    portals = {row.about.id: row.about for row in rows}
    often = [portals[name] for name, _ in Counter(row.about.id for row in rows).most_common(_MOST)]
    units = units_of(connection, often)
    titles, found = dict[str, str](), list[str]()
    for row in rows:
        for unit, served in units.get(row.about.id, ()):
            if served.since <= row.day and (not served.until or row.day < served.until):
                name = f"{unit.code}@{unit.since}" if unit.since and unit.until else unit.code
                titles[name] = unit.title
                found.append(name)
    return _tally(found), titles


def _stories(rows: Iterable[_Answer]) -> tuple[dict[str, int], dict[str, str]]:
    """The clusters that several answers belong to, the most told first, and a title of each."""
    titles = {row.cluster: row.title for row in rows if row.cluster}
    several = {
        name: number for name, number in _tally(row.cluster for row in rows if row.cluster).items() if number > 1
    }
    return several, {name: titles[name] for name in several}


def _tally(values: Iterable[str]) -> dict[str, int]:
    """Values with their numbers, the most frequent first."""
    return dict(Counter(values).most_common())
