"""What the answers to a search have in common: how many of them a portal, a province, a kind, a year has.

Counted over the newest answers only: to count all of a common word would read a tenth of the archive for one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from storage import schema
from storage.engine import Database
from storage.reader.articles import newest_first
from storage.reader.filters import Filters
from storage.text import VIETNAM

COUNTED = 1_000
"""Answers that are counted at most."""

_article, _portal = schema.article, schema.portal


@dataclass(frozen=True, slots=True)
class Facets:
    """Numbers of answers by portal (id), province, kind and month (`2024-07`, in Vietnam), over the newest `counted` ones.

    `all` says that there are no more; `names` are those of the portals.
    """

    counted: int
    all: bool
    portals: Mapping[str, int]
    names: Mapping[str, str]
    provinces: Mapping[str, int]
    kinds: Mapping[str, int]
    months: Mapping[str, int]


def facets(db: Database, filters: Filters) -> Facets:
    """Count the newest answers. Raises UsageError for dates that are none."""
    columns = (_article.c.portal, _article.c.kind, _article.c.sort_at, _portal.c.name, _portal.c.province)
    keys = [key.sort_key for key in newest_first(db, filters, limit=COUNTED + 1)]
    query = select(*columns).join(_portal, _portal.c.id == _article.c.portal)
    with db.read() as connection:
        rows = connection.execute(query.where(_article.c.sort_key.in_(keys[:COUNTED]))).all()
    return Facets(
        len(rows), len(keys) <= COUNTED,
        portals=_tally(row.portal for row in rows),
        names={row.portal: row.name or row.portal for row in rows},
        provinces=_tally(row.province for row in rows if row.province),
        kinds=_tally(row.kind for row in rows),
        months=dict(sorted(Counter(f"{row.sort_at.astimezone(VIETNAM):%Y-%m}" for row in rows).items())),
    )  # fmt: skip


def _tally(values: Iterable[str]) -> dict[str, int]:
    """Values with their numbers, the most frequent first."""
    return dict(Counter(values).most_common())
