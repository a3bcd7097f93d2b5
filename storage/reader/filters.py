"""What can be asked of a list of articles, and how it becomes a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, exists, not_, or_

from storage import schema, search
from storage.errors import UsageError
from storage.order import first_key
from storage.reader import units
from storage.reader.units import Served
from storage.records import Kind
from storage.search import BEGINNING, END, Facet, Question
from storage.text import VIETNAM

_article, _attachment = schema.article, schema.attachment
Portals = tuple[Served, ...] | None
"""The portals that are asked for, each for its days; None: all."""

_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?)?")


@dataclass(frozen=True, slots=True)
class Key:
    """A row of a list in the order newest first; the next page begins behind it. `sort_key` alone makes the order."""

    sort_key: int
    id: str = ""


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
        return _midnight(first), _midnight(after)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"no date: {text!r}", cure="Write it as 2024-07-14, 2024-07 or 2024",
            vi=f"“{text}” không phải là ngày: hãy viết 2024-07-14, 2024-07 hoặc 2024",
        ) from error  # fmt: skip


def conditions(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    """All filters as conditions on table `article`, in no order. Raises UsageError for dates that are none."""
    portals = portals_of(connection, filters)
    asked = question(filters, portals)
    wanted = row_conditions(filters, portals)
    if asked is None or not asked.is_of_words:
        return wanted
    return [*wanted, search.condition(connection, asked, _article.c.sort_key)]


def row_conditions(filters: Filters, portals: Portals) -> list[ColumnElement[bool]]:
    """The filters as conditions on table `article`, except what only the index knows. Raises UsageError for bad dates."""
    floor, below = span(filters)
    # A bound that bounds nothing would talk the databases into this order where another one is asked for.
    wanted: list[ColumnElement[bool]] = [_article.c.sort_key >= floor] if filters.since else []
    wanted += [_article.c.sort_key < below] if filters.until else []
    if filters.portal:
        wanted.append(_article.c.portal == filters.portal)
    if portals is not None:
        wanted.append(_served(portals))
    if filters.seen_since:
        wanted.append(_article.c.first_seen >= day_range(filters.seen_since)[0])
    if filters.seen_until:
        wanted.append(_article.c.first_seen < day_range(filters.seen_until)[1])
    if filters.attachments is False:
        own = (_attachment.c.article == _article.c.id) & (_attachment.c.revision == _article.c.revision)
        wanted.append(not_(exists().where(own)))
    if not filters.removed:
        wanted.append(_article.c.removed_at.is_(None))
    if filters.visibility:
        wanted.append(_article.c.visibility == filters.visibility)
    elif not filters.hidden:
        wanted.append(_article.c.visibility.in_(["public", "restricted"]))
    return wanted


def question(filters: Filters, portals: Portals) -> Question | None:
    """What the index is asked; None where the rows of articles alone know. Raises UsageError for bad dates."""
    # `public` nearly all are: the rows say so faster than the index.
    facets: dict[Facet, str] = {"kind": filters.kind, "category": filters.category, "basis": filters.basis,
                                "visibility": filters.visibility if filters.visibility != "public" else ""}  # fmt: skip
    marks: list[tuple[str, ...]] = [(search.mark(facet, value),) for facet, value in facets.items() if value]
    if filters.attachments:
        marks.append((search.FILES,))
    if not filters.words.strip() and not marks and portals is None:
        return None
    query = search.parse(filters.words)
    if filters.words.strip() and not query:
        marks.append(())
    return Question(query, tuple(marks), _names(filters, portals), *span(filters))


def _names(filters: Filters, portals: Portals) -> tuple[str, ...] | None:
    """The portals whose articles are asked for on any day; None: all."""
    if portals is None:
        return (filters.portal,) if filters.portal else None
    return tuple(dict.fromkeys(one.portal for one in portals if filters.portal in ("", one.portal)))


def span(filters: Filters) -> tuple[int, int]:
    """The first sort key that is wanted, and the first one behind. Raises UsageError."""
    floor = first_key(day_range(filters.since)[0]) if filters.since else BEGINNING
    below = first_key(day_range(filters.until)[1]) if filters.until else END
    return floor, below


def portals_of(connection: Connection, filters: Filters) -> Portals:
    """The portals that a ward, a province or a platform stands for; None if none of them is asked for. Raises UsageError."""
    found = units.meaning(connection, ward=filters.ward, province=filters.province, platform=filters.platform)
    return found.portals


def _served(portals: Sequence[Served]) -> ColumnElement[bool]:
    """That an article is of one of these portals, and of the days for which the portal is asked for."""
    always = [one.portal for one in portals if not one.since and not one.until]
    spans: list[ColumnElement[bool]] = [_article.c.portal.in_(always)]
    for one in portals:
        if one.since or one.until:
            floor = first_key(day_range(one.since)[0]) if one.since else BEGINNING
            below = first_key(day_range(one.until)[0]) if one.until else END
            here = (_article.c.portal == one.portal) & (_article.c.sort_key >= floor) & (_article.c.sort_key < below)
            spans.append(here)
    return or_(*spans)


def _midnight(day: date) -> datetime:
    """The beginning of a day in Viet Nam. Raises OverflowError for one that begins before the years of UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    midnight.astimezone(UTC)  # as the databases keep it
    return midnight
