"""What a run saw of its portals, counted once it was read: what the lists showed, what became of it, what pages said instead.

The numbers are explained at `storage.observations.Observation`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, select, true

from storage import schema
from storage.engine import Database
from storage.records import PASSING

_page, _sighting, _article = schema.page, schema.sighting, schema.article
_capture, _reading, _visit, _run = schema.capture, schema.reading, schema.visit, schema.run

TELLING = (*PASSING, "soft-404")
"""What pages are read as that says something of their portal."""

ANOTHER_LAYOUT = "another-layout"
"""What a page is read as that waits until the portal's new layout is learned."""

_WORDS = 4
"""Words from which a line of a list is a headline."""

_HEADLINES = 300
_SMALL = 40_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run saw of one portal: numbers by name, the newest headlines that its lists showed, and
    those of them that were `fresh`."""

    counts: Mapping[str, int] = field(default_factory=dict)
    headlines: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()


def seen(db: Database, run: int) -> dict[str, Seen]:
    """What a run saw of each portal whose visit was begun."""
    counts: dict[str, Counter[str]] = {}
    with db.read() as conn:
        began = conn.execute(select(_run.c.started_at).where(_run.c.id == run)).scalar()
        if began is None:
            return {}
        visited = select(_visit.c.portal).where(_visit.c.run == run, _visit.c.started_at.is_not(None))
        portals = list(conn.execute(visited).scalars())
    headlines = {}
    for portal in portals:
        with db.read() as conn:
            counts[portal] = _listed(conn, portal, began)
            headlines[portal] = _headlines(conn, portal, began)
            counts[portal].update(_home(conn, portal))
            counts[portal]["created"] = _created(conn, portal, began)
    with db.read() as conn:
        for portal, numbers in _read(conn, run).items():
            if portal in counts:
                counts[portal].update(numbers)
    return {
        portal: Seen(
            dict(counts[portal]),
            tuple(headlines[portal]),
            tuple(line for line, first in headlines[portal].items() if first >= began),
        )
        for portal in portals
    }


def _count(of: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((of, 1), else_=0)), 0)


# What is asked for each portal is built once: to put a statement together takes longer than to carry it out.
_OF, _SINCE = bindparam("portal", type_=_page.c.portal.type), bindparam("since", type_=_page.c.first_seen.type)
_SHOWN = select(_sighting.c.key).where(_sighting.c.portal == _OF, _sighting.c.last_seen >= _SINCE).distinct()
_FRESH = _page.c.first_seen >= _SINCE
_BARREN = and_(_FRESH, _page.c.read_as == "not-article", _page.c.status == 200)
_LISTED = select(func.count(), _count(_FRESH), _count(_BARREN)).where(
    _page.c.portal == _OF, _page.c.purpose == "article", _page.c.key.in_(_SHOWN)
)
_LINES = (
    select(_sighting.c.anchor, _sighting.c.first_seen)
    .where(_sighting.c.portal == _OF, _sighting.c.last_seen >= _SINCE, _sighting.c.source != "sitemap")
    .where(_sighting.c.anchor != "")
    .order_by(_sighting.c.first_seen.desc())
    .limit(8 * _HEADLINES)
)
_IS_HOME = (_page.c.portal == _OF) & (_page.c.depth == 0) & (_page.c.purpose == "listing") & (_page.c.paging == 0)
_HOME = (
    select(_reading.c.detail)
    .join(_capture, _capture.c.entry == _reading.c.entry)
    .join(_page, and_(_IS_HOME, _page.c.key == _capture.c.key, _page.c.payload_sha256 == _capture.c.payload_sha256))
    .where(_capture.c.portal == _OF, _page.c.payload_sha256 != "")
    .order_by(_capture.c.entry.desc())
    .limit(1)
)
_CREATED = select(func.count()).where(_article.c.portal == _OF, _article.c.first_seen >= _SINCE)


def _listed(conn: Connection, portal: str, began: datetime) -> Counter[str]:
    """Pages of articles that lists showed since then, and what became of those that are new."""
    listed, announced, unread = conn.execute(_LISTED, {"portal": portal, "since": began}).one()
    return Counter(listed=int(listed), announced=int(announced), barren=int(unread))


def headlines_since(db: Database, portal: str, since: datetime) -> tuple[str, ...]:
    """The newest headlines that the portal's lists showed since then."""
    with db.read() as conn:
        return tuple(_headlines(conn, portal, since))


def _headlines(conn: Connection, portal: str, began: datetime) -> dict[str, datetime]:
    """What lists showed since then, with when it was first seen."""
    lines: dict[str, datetime] = {}
    for anchor, first in conn.execute(_LINES, {"portal": portal, "since": began}):
        if len(anchor.split()) >= _WORDS and len(lines) < _HEADLINES:
            lines[anchor] = min(first, lines.get(anchor, first))
    return lines


def _home(conn: Connection, portal: str) -> Counter[str]:
    """What the home page was read as, the last time that its bytes changed."""
    reason = conn.execute(_HOME, {"portal": portal}).scalar()
    return Counter({f"home.{reason}": 1}) if reason in TELLING else Counter()


def _created(conn: Connection, portal: str, began: datetime) -> int:
    return int(conn.execute(_CREATED, {"portal": portal, "since": began}).scalar_one())


def _read(conn: Connection, run: int) -> Mapping[str, Counter[str]]:
    """How many pages of each portal this run's answers were read, as what, and how many addresses gave one small page."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    before = (
        select(_capture.c.entry)
        .where(_capture.c.run < run)
        .order_by(_capture.c.entry.desc())
        .limit(1)
        .scalar_subquery()
    )
    mine = (_capture.c.entry > func.coalesce(before, 0)) & (_capture.c.run == run)
    strange = func.sum(case((_reading.c.strange == true(), 1), else_=0))
    kept = func.sum(case((_reading.c.verdict.in_(("unchanged", "revised")), 1), else_=0))
    readings = (
        select(_capture.c.portal, _reading.c.detail, func.count(), strange, kept)
        .join(_reading, _reading.c.entry == _capture.c.entry)
        .where(mine, _capture.c.status == 200)
        .group_by(_capture.c.portal, _reading.c.detail)
    )
    for portal, detail, number, odd, known in conn.execute(readings):
        found[portal]["read"] += number
        found[portal]["strange"] += int(odd or 0)
        if detail == ANOTHER_LAYOUT:
            found[portal]["waiting"] += number
        found[portal]["kept"] += int(known or 0)
        if detail in TELLING:
            found[portal][f"said.{detail}"] += number
    addresses = func.count(func.distinct(_capture.c.key))
    alike = (
        select(_capture.c.portal, addresses.label("addresses"))
        .where(mine, _capture.c.status == 200, _capture.c.size < _SMALL, _capture.c.purpose != "attachment")
        .where(_capture.c.payload_sha256 != "", _capture.c.media_type.contains("html"))
        .group_by(_capture.c.portal, _capture.c.payload_sha256)
        .having(addresses >= 3)
    )
    for portal, number in conn.execute(alike):
        found[portal]["same"] = max(found[portal]["same"], number)
    return found
