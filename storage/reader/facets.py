"""What the answers to a search have in common: how many of them a ward, a portal, a province, a kind, a year, a story has.

Counted over the newest answers only: to count all of a common word would read a tenth of the archive for one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from storage import schema
from storage.engine import Database
from storage.reader.articles import newest_first
from storage.reader.filters import Filters
from storage.reader.units.portals import About, units_of
from storage.text import VIETNAM

COUNTED = 1_000
"""Answers that are counted at most."""

_MOST = 30  # portals whose wards are looked up, and stories that are named

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
    columns = (_article.c.id, _article.c.portal, _article.c.kind, _article.c.sort_at, _article.c.title,
               _portal.c.name, _portal.c.province, _portal.c.unit)  # fmt: skip
    keys = [key.sort_key for key in newest_first(db, filters, limit=COUNTED + 1)]
    query = select(*columns).join(_portal, _portal.c.id == _article.c.portal).where(_article.c.visibility == "public")
    with db.read() as connection:
        rows = connection.execute(query.where(_article.c.sort_key.in_(keys[:COUNTED]))).all()
        wards, titles = _wards(connection, rows)
        clusters = _clusters(connection, keys[:COUNTED])
    told = {row.id: row.title for row in rows}
    return Facets(
        len(rows), len(keys) <= COUNTED,
        portals=_tally(row.portal for row in rows),
        names={row.portal: row.name or row.portal for row in rows} | titles
              | {name: told[some[0]] for name, some in clusters.items()},
        provinces=_tally(row.province for row in rows if row.province),
        kinds=_tally(row.kind for row in rows),
        months=dict(sorted(Counter(f"{row.sort_at.astimezone(VIETNAM):%Y-%m}" for row in rows).items())),
        wards=wards, clusters={name: len(some) for name, some in clusters.items()},
    )  # fmt: skip


def _wards(connection: Connection, rows: Sequence[Any]) -> tuple[dict[str, int], dict[str, str]]:
    """The wards of answers, with their titles: what each portal stood for on the day of the answer."""
    first = {row.portal: row for row in rows}
    often = [first[name] for name, _ in Counter(row.portal for row in rows).most_common(_MOST)]
    portals = [About(row.portal, row.name, row.unit, row.province, "") for row in often]
    units = units_of(connection, portals)
    titles, found = dict[str, str](), list[str]()
    for row in rows:
        day = f"{row.sort_at.astimezone(VIETNAM):%Y-%m-%d}"
        for unit, served in units.get(row.portal, ()):
            if served.since <= day and (not served.until or day < served.until):
                name = f"{unit.code}@{unit.since}" if unit.since and unit.until else unit.code
                titles[name] = unit.title
                found.append(name)
    return _tally(found), titles


def _clusters(connection: Connection, keys: Sequence[int]) -> dict[str, list[str]]:
    """Stories with several articles among these, the most told first, each with the articles."""
    query = (
        select(_cluster.c.id, _cluster.c.article)
        .join(_article, _article.c.id == _cluster.c.article)
        .where(_article.c.sort_key.in_(keys), _article.c.visibility == "public")
        .order_by(_article.c.sort_key)
    )
    stories: dict[str, list[str]] = {}
    for name, article in connection.execute(query):
        stories.setdefault(name, []).append(article)
    several = sorted((item for item in stories.items() if len(item[1]) > 1), key=lambda item: -len(item[1]))
    return dict(several[:_MOST])


def _tally(values: Iterable[str]) -> dict[str, int]:
    """Values with their numbers, the most frequent first."""
    return dict(Counter(values).most_common())
