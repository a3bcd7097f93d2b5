"""What can be asked of a list of articles, and how it becomes a condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, exists, literal, not_, select, tuple_

from storage import schema, search
from storage.errors import UsageError
from storage.records import Kind
from storage.text import VIETNAM, fold

_article, _portal = schema.article, schema.portal
_revision, _attachment = schema.revision, schema.attachment
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?)?")


@dataclass(frozen=True, slots=True)
class Key:
    """The last row seen of a list in the order newest first; the next page begins behind it."""

    sort_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles are wanted. Empty fields ask for nothing.

    `words` is a query of `storage.search`. `since` and `until` are days, months or years (`2024`, `2024-07`, `2024-07-14`) in
    Viet Nam, both included; they ask for the printed date, or where there is none for the day it was first seen;
    `seen_since` and `seen_until` only for the day it was first seen. `portal` is an id. `ward` and `province` are names or
    codes of units, of today or of the past: today's ward has the portals of those it was made of (`storage.reader.units`).
    `platform`, `kind` and `basis` are words of the archive; `category` is the portal's own, accents and case do not count.
    `attachments` asks for articles with files, or without. `removed` says whether articles that are gone from their portal
    are shown; withheld and redacted ones only with `hidden`, or where `visibility` names theirs.
    """

    words: str = ""
    since: str = ""
    until: str = ""
    portal: str = ""
    ward: str = ""
    province: str = ""
    kind: Kind | str = ""
    removed: bool = True
    hidden: bool = False
    seen_since: str = ""
    seen_until: str = ""
    platform: str = ""
    category: str = ""
    basis: str = ""
    attachments: bool | None = None
    visibility: str = ""


def day_range(text: str) -> tuple[datetime, datetime]:
    """The first instant of a day, month or year in Viet Nam and the first one after it. Raises UsageError."""
    found = _DAY.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(text)
        year, month, day = (int(found[name]) if found[name] else 0 for name in ("year", "month", "day"))
        first = date(year, month or 1, day or 1)
        if day:
            after = first + timedelta(days=1)
        elif month:
            after = date(year + month // 12, month % 12 + 1, 1)
        else:
            after = date(year + 1, 1, 1)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"no date: {text!r}", cure="Write it as 2024-07-14, 2024-07 or 2024") from error
    return _midnight(first), _midnight(after)


def conditions(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on table `article`. Raises UsageError for dates that are none."""
    wanted: list[ColumnElement[bool]] = []
    if filters.words.strip():
        wanted.append(search.match(filters.words, connection.dialect.name))
    if filters.since:
        wanted.append(_article.c.sort_at >= day_range(filters.since)[0])
    if filters.until:
        wanted.append(_article.c.sort_at < day_range(filters.until)[1])
    if filters.portal:
        wanted.append(_article.c.portal == filters.portal)
    if filters.ward or filters.province:
        wanted.append(_article.c.portal.in_(_portals_of(connection, filters)))
    if filters.kind:
        wanted.append(_article.c.kind == filters.kind)
    if not filters.removed:
        wanted.append(_article.c.removed_at.is_(None))
    if filters.visibility:
        wanted.append(_article.c.visibility == filters.visibility)
    elif not filters.hidden:
        wanted.append(_article.c.visibility.in_(["public", "restricted"]))
    return wanted + _details(connection, filters)


def _details(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.seen_since:
        wanted.append(_article.c.first_seen >= day_range(filters.seen_since)[0])
    if filters.seen_until:
        wanted.append(_article.c.first_seen < day_range(filters.seen_until)[1])
    if filters.platform:
        wanted.append(_article.c.portal.in_(select(_portal.c.id).where(_portal.c.platform == filters.platform)))
    if filters.category:
        wanted.append(_article.c.category.in_(_spellings(connection, filters.category)))
    if filters.basis:
        current = (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision)
        wanted.append(exists().where(current, _revision.c.published_basis == filters.basis))
    if filters.attachments is not None:
        own = (_attachment.c.article == _article.c.id) & (_attachment.c.revision == _article.c.revision)
        offers = exists().where(own)
        wanted.append(offers if filters.attachments else not_(offers))
    return wanted


def _spellings(connection: Connection, category: str) -> list[str]:
    """A category as the portals write it: SQL cannot fold, and there are a few thousand of them at most."""
    return [
        name
        for name in connection.execute(select(_article.c.category).distinct()).scalars()
        if fold(name) == fold(category)
    ]


def behind(key: Key) -> ColumnElement[bool]:
    """The rows that come after `key` in the order newest first."""
    instant = literal(key.sort_at, schema.Instant())
    return tuple_(_article.c.sort_at, _article.c.id) < tuple_(instant, literal(key.id))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def _portals_of(connection: Connection, filters: Filters) -> list[str]:
    """The portals whose names hold all the words; a few thousand rows at most, compared here because SQL cannot fold."""
    units = {
        row.code: row
        for row in connection.execute(select(schema.unit.c.code, schema.unit.c.name, schema.unit.c.province))
    }
    found = []
    columns = (_portal.c.id, _portal.c.name, _portal.c.unit, _portal.c.province)
    for row in connection.execute(select(*columns)):
        unit = units.get(row.unit)
        ward = " ".join((row.name, row.unit, unit.name if unit else ""))
        province = " ".join((row.province, unit.province if unit else ""))
        if _holds(ward, filters.ward) and _holds(province, filters.province):
            found.append(row.id)
    return found


def _holds(name: str, wanted: str) -> bool:
    words = f" {' '.join(search.cut(name))} "
    return not wanted.strip() or f" {' '.join(search.cut(wanted))} " in words
