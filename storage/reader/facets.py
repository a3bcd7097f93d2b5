"""What the answers to a search have in common: how many of them a ward, a portal, a province, a kind, a year, a story has.

Counted over the newest answers only: to count all of a common word would read a tenth of the archive for one page. Of each
answer no more is read than is counted, and of stories the titles of those alone that most answers tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from storage import schema
from storage.engine import Database
from storage.order import day_of
from storage.reader.among import among
from storage.reader.filters import Key
from storage.reader.units.portals import About, all_portals, units_of
from storage.text import VIETNAM

COUNTED = 1_000
"""Answers that are counted at most."""

_MOST = 30  # stories that are named
_EAST = VIETNAM.utcoffset(None)

_article, _portal, _cluster = schema.article, schema.portal, schema.cluster


@dataclass(frozen=True, slots=True)
class Facets:
    """Numbers of answers by portal (id), province, kind and month (`2024-07`, in Vietnam), over the newest `counted` ones.

    `all` says that there are no more. `wards` are units that their portals stood for on an answer's day, by code
    (`16708`, `16708@2004-01-01`), `clusters` the stories that most answers tell, by id. `names` has the words for
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


class _Answer(NamedTuple):  # a thousand are made for a page
    key: int
    portal: str
    kind: str
    cluster: str | None
    day: str


def facets(db: Database, newest: Sequence[Key]) -> Facets:
    """Count the first `COUNTED` of the newest answers; more of them say that there are more."""
    with db.read() as connection:
        rows = _answers(connection, newest[:COUNTED])
        often = Counter(row.portal for row in rows)
        portals = {one.id: one for one in all_portals(connection, often)}
        wards, titles = _wards(connection, rows, list(portals.values()))
        stories = Counter(row.cluster for row in rows if row.cluster)
        several = {name: number for name, number in stories.most_common(_MOST) if number > 1}
        told = _titles(connection, {row.cluster: row.key for row in rows if row.cluster in several})
    return Facets(
        len(rows), len(newest) <= COUNTED,
        portals=dict(often.most_common()),
        names={one.id: one.name or one.id for one in portals.values()} | titles | told,
        provinces=_tally(portals[row.portal].province for row in rows if portals[row.portal].province),
        kinds=_tally(row.kind for row in rows),
        months=dict(sorted(Counter(row.day[:7] for row in rows).items())),
        wards=wards, clusters=several,
    )  # fmt: skip


def _answers(connection: Connection, newest: Sequence[Key]) -> list[_Answer]:
    """What is counted of each answer that everybody may see."""
    columns = (_article.c.sort_key, _article.c.portal, _article.c.kind, _cluster.c.id)
    query = select(*columns).join(_cluster, _cluster.c.article == _article.c.id, isouter=True)
    wanted = among(connection, _article.c.sort_key, [one.sort_key for one in newest])
    rows = connection.execute(query.where(wanted, _article.c.visibility == "public")).all()
    return [_Answer(key, portal, kind, story, day_of(key, _EAST)) for key, portal, kind, story in rows]


def _wards(
    connection: Connection, rows: Sequence[_Answer], portals: Sequence[About]
) -> tuple[dict[str, int], dict[str, str]]:
    """The wards of answers, with their titles: what their portals stood for on the day of the answer."""
    units = units_of(connection, portals)
    titles, found = dict[str, str](), list[str]()
    for row in rows:
        for unit, served in units.get(row.portal, ()):
            if served.since <= row.day and (not served.until or row.day < served.until):
                name = f"{unit.code}@{unit.since}" if unit.since and unit.until else unit.code
                titles[name] = unit.title
                found.append(name)
    return _tally(found), titles


def _titles(connection: Connection, stories: Mapping[str, int]) -> dict[str, str]:
    """A title of each of these stories: that of the answer whose key is given."""
    query = select(_article.c.sort_key, _article.c.title).where(_article.c.sort_key.in_(list(stories.values())))
    titles = {key: title for key, title in connection.execute(query)}
    return {name: titles[key] for name, key in stories.items() if key in titles}


def _tally(values: Iterable[str]) -> dict[str, int]:
    """Values with their numbers, the most frequent first."""
    return dict(Counter(values).most_common())
