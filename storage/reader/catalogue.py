"""The portals as rows, page by page, and how much is kept of one: without counting what all of them hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import FromClause, RowMapping, Select, false, func, select, true

from storage import schema
from storage.engine import Database
from storage.text import fold

_portal, _state, _article, _page = schema.portal, schema.portal_state, schema.article, schema.page
_capture = schema.capture
_FACTS = ("id", "url", "name", "unit", "province", "platform", "enabled", "retired", "added_at")

_ARTICLES, _CAPTURES = 1_000, 10_000
"""How many articles (or pages) and captures of a portal take some hundredths of a second to count."""


@dataclass(frozen=True, slots=True)
class PortalRow:
    """A portal, and the state it was found to be in last (empty: in none yet)."""

    id: str
    url: str
    name: str
    unit: str
    province: str
    platform: str
    enabled: bool
    retired: bool
    added_at: datetime
    state: str = ""
    cause: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a portal and may be shown; `removed` ones are among `articles`."""

    articles: int
    removed: int
    newest: datetime | None


def portals(db: Database, *, name: str = "", state: str = "", after: str = "", limit: int = 100) -> list[PortalRow]:
    """Portals behind one of them, by id; with `name` those whose name, province or address holds its words (without accents,
    in any order), with `state` those that are in it.
    """
    query = _query().where(_portal.c.id > after).order_by(_portal.c.id)
    if state:
        query = query.where(_state.c.state == state)
    words = fold(name).split()
    with db.read() as connection:
        if not words:
            return [_row(row) for row in connection.execute(query.limit(limit)).mappings()]
        named = (
            row for row in connection.execute(query).mappings()
            if all(word in fold(f"{row['name']} {row['province']} {row['url']}") for word in words)
        )  # fmt: skip
        return [_row(row) for row in islice(named, limit)]


def by_state(db: Database) -> dict[str, int]:
    """How many portals that are visited are in each state, the most first; empty: in none yet."""
    state = func.coalesce(_state.c.state, "").label("state")
    query = select(state, func.count().label("number")).select_from(_standing())
    query = query.where(_portal.c.enabled == true(), _portal.c.retired == false()).group_by(state)
    with db.read() as connection:
        found = connection.execute(query).all()
    return {name: number for name, number in sorted(found, key=lambda row: (-row.number, row.state))}


def in_states(db: Database, states: Collection[str], *, limit: int) -> list[PortalRow]:
    """Portals that are in one of these states, of each so many by id, in the order of the states."""
    query = select(*_COLUMNS).select_from(_standing()).where(_state.c.state.in_(states)).order_by(_portal.c.id)
    found: dict[str, list[PortalRow]] = {state: [] for state in states}
    with db.read() as connection:
        for row in connection.execute(query).mappings():
            if len(found[row["state"]]) < limit:
                found[row["state"]].append(_row(row))
    return [one for some in found.values() for one in some]


def portal(db: Database, name: str) -> PortalRow | None:
    """The portal of this id; None if there is none."""
    with db.read() as connection:
        row = connection.execute(_query().where(_portal.c.id == name)).mappings().one_or_none()
    return _row(row) if row else None


def kept(db: Database, name: str) -> Kept:
    """How much is kept of one portal."""
    counts = select(func.count(), func.count(_article.c.removed_at), func.max(_article.c.sort_at))
    with db.read() as connection:
        query = counts.where(_article.c.portal == name, _article.c.visibility == "public")
        return Kept(*connection.execute(query).one())


def is_large(db: Database, portal: str) -> bool:
    """Whether so much is kept of a portal that to count it takes longer than a visitor should wait."""
    many = {_article: _ARTICLES, _page: _ARTICLES, _capture: _CAPTURES}
    behind = (select(one.c.portal).where(one.c.portal == portal).offset(most).limit(1) for one, most in many.items())
    with db.read() as connection:
        return any(connection.execute(query).first() for query in behind)


_COLUMNS = (*(_portal.c[name] for name in _FACTS), _state.c.state, _state.c.cause, _state.c.since)


def _query() -> Select[Any]:
    """Some portals, each with its last state, which is looked up for it."""
    last = select(func.max(_state.c.id)).where(_state.c.portal == _portal.c.id).correlate(_portal).scalar_subquery()
    return select(*_COLUMNS).join(_state, _state.c.id == last, isouter=True)


def _standing() -> FromClause:
    """All portals, each with its last state: of so many PostgreSQL finds the last ones together in a third of the time."""
    last = select(_state.c.portal, func.max(_state.c.id).label("id")).group_by(_state.c.portal).subquery()
    own = _portal.join(last, last.c.portal == _portal.c.id, isouter=True)
    return own.join(_state, _state.c.id == last.c.id, isouter=True)


def _row(row: RowMapping) -> PortalRow:
    values = {name: row[name] for name in (*_FACTS, "since")}
    return PortalRow(**values, state=row["state"] or "", cause=row["cause"] or "")
