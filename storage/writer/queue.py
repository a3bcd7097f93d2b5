"""What the reading half takes from the archive: captures that wait, what is said of their pages, learned templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Connection, RowMapping, bindparam, func, select, update

from storage import schema
from storage.records import Capture, RecordRef, Sighting, Template

_capture, _sighting = schema.capture, schema.sighting

_ANSWERS = (
    select(
        _capture.c.entry, _capture.c.status, _capture.c.location, func.coalesce(schema.reading.c.verdict, ""),
        _capture.c.fetched_at,
    )
    .join(schema.reading, schema.reading.c.entry == _capture.c.entry, isouter=True)
    .where(_capture.c.portal == bindparam("of_portal"), _capture.c.key == bindparam("of_key"))
    .where(_capture.c.entry < bindparam("before"), _capture.c.origin == "crawl")
    .order_by(_capture.c.entry.desc())
    .limit(bindparam("limit"))
)  # fmt: skip

# Built once: building a statement costs more than SQLite takes to run it.
_UNREAD = (
    select(_capture)
    .where(_capture.c.portal == bindparam("of_portal"), schema.is_set(_capture.c.unread))
    .where(_capture.c.entry > bindparam("after"))
    .order_by(_capture.c.entry)
    .limit(bindparam("limit"))
)
_ENTRIES: BindParameter[Any] = bindparam("entries", expanding=True)
_CAPTURES = select(_capture).where(_capture.c.entry.in_(_ENTRIES)).order_by(_capture.c.entry)
_SAID = ("key", "url", "listing", "source", "position", "anchor", "date_text", "first_seen")
_MENTIONS = (
    select(*(_sighting.c[name] for name in _SAID))
    .where(_sighting.c.portal == bindparam("of_portal"), _sighting.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(_sighting.c.key, _sighting.c.first_seen, _sighting.c.id)
)
_LISTS = select(func.count(_sighting.c.listing.distinct())).where(
    _sighting.c.portal == bindparam("of_portal"), _sighting.c.source == "listing"
)
_PLATFORM = select(schema.portal.c.platform).where(schema.portal.c.id == bindparam("of_portal"))
_address, _article, _revision = schema.article_address, schema.article, schema.revision
_origin = _capture.alias("origin")
_BASES = (
    select(
        _capture.c.entry.label("of"), *_origin.c,
        ((_capture.c.payload_sha256 != "") & (_capture.c.payload_sha256 == _origin.c.payload_sha256)).label("same"),
        func.coalesce(schema.reading.c.strange, False).label("strange"),
        func.coalesce(schema.reading.c.reader, "").label("reader"), func.coalesce(schema.reading.c.ground, "").label("ground"),
    )
    .join(_address, (_address.c.portal == _capture.c.portal) & (_address.c.key == _capture.c.key))
    .join(_article, _article.c.id == _address.c.article)
    .join(_revision, (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision))
    .join(_origin, _origin.c.entry == _revision.c.entry)
    .join(schema.reading, schema.reading.c.entry == _revision.c.entry, isouter=True)
    .where(
        _capture.c.portal == bindparam("of_portal"), _capture.c.entry.in_(_ENTRIES), _origin.c.entry < _capture.c.entry,
        _origin.c.key == _capture.c.key, _capture.c.truncated == "", _capture.c.origin == "crawl",
    )
)  # fmt: skip

NIGHT = timedelta(hours=18)
"""Lists are asked first, so what one visit asks lies within it, and the visit before does not."""

MENU_FROM, MENU_SHARE = 5, 0.8
"""Mentions, and the share of the pages that mention any, from which a page stands in the portal's menu. On 13 portals of a
trial the menu's pages were mentioned by 94 to 100 %, the most recommended article by 63 %."""


def waiting(conn: Connection) -> dict[str, int]:
    """How many unread captures each portal has; portals without any are left out."""
    query = select(_capture.c.portal, func.count()).where(schema.is_set(_capture.c.unread)).group_by(_capture.c.portal)
    return {portal: count for portal, count in conn.execute(query)}


def unread(conn: Connection, portal: str, limit: int, *, after: int = 0) -> list[Capture]:
    """The portal's oldest unread captures after one, in the order of the archive."""
    rows = conn.execute(_UNREAD, {"of_portal": portal, "after": after, "limit": limit})
    return [capture_of(row) for row in rows.mappings()]


def captures(conn: Connection, entries: Iterable[int]) -> list[Capture]:
    """The captures with these entry numbers, in the order of the archive."""
    return [capture_of(row) for row in conn.execute(_CAPTURES, {"entries": list(entries)}).mappings()]


def reread(conn: Connection, portal: str, *, reasons: Sequence[str] = ()) -> int:
    """Put the portal's page captures that were read once back into the queue; returns how many.

    With `reasons` only those whose verdict is one of them.
    """
    read = select(schema.reading.c.entry).where(schema.reading.c.entry == _capture.c.entry)
    if reasons:
        read = read.where(schema.reading.c.verdict.in_(list(reasons)))
    here = (_capture.c.portal == portal) & still_there() & read.exists()
    done = conn.execute(update(_capture).where(here).values(unread=True))
    return done.rowcount


def still_there() -> ColumnElement[bool]:
    """Whether a capture's bytes are kept: files of the series `watch` may have gone (`storage.upkeep.expiry`)."""
    file = schema.warc_file
    return _capture.c.file.not_in(select(file.c.name).where(file.c.state == "expired"))


def sightings(conn: Connection, portal: str, keys: Iterable[str]) -> dict[str, tuple[Sighting, ...]]:
    """Every mention of these pages on listings, feeds and sitemaps, oldest first."""
    found: dict[str, list[Sighting]] = {}
    for key, *mention in conn.execute(_MENTIONS, {"of_portal": portal, "keys": list(keys)}):
        found.setdefault(key, []).append(Sighting(*mention))
    return {key: tuple(rows) for key, rows in found.items()}


def everywhere(conn: Connection, portal: str, listed: Mapping[str, int]) -> frozenset[str]:
    """Those of the pages that nearly every page mentions which mentions any: what a menu leads to, and rarely an article.

    `listed` says how often each is mentioned by pages (source `listing`).
    """
    often = {key: count for key, count in listed.items() if count >= MENU_FROM}
    if not often:
        return frozenset()
    total = conn.execute(_LISTS, {"of_portal": portal}).scalar_one()
    return frozenset(key for key, count in often.items() if count >= MENU_SHARE * total)


def platform(conn: Connection, portal: str) -> str:
    """The portal's platform as the crawl recognised it, or nothing."""
    return conn.execute(_PLATFORM, {"of_portal": portal}).scalar() or ""


def template(conn: Connection, portal: str) -> Template | None:
    """The portal's newest template, or None while nothing was learned."""
    table = schema.template
    query = select(table).where(table.c.portal == portal).order_by(table.c.version.desc()).limit(1)
    row = conn.execute(query).mappings().first()
    return Template(portal, row["version"], tuple(row["learned_from"]), row["body"]) if row else None


def put_template(conn: Connection, learned: Template, *, now: datetime) -> None:
    """Keep a newly learned template; older versions stay."""
    conn.execute(
        schema.template.insert().values(
            portal=learned.portal,
            version=learned.version,
            learned_from=list(learned.learned_from),
            learned_at=now,
            body=dict(learned.body),
        )
    )


class Base(NamedTuple):
    """The older capture of a page on which the current state of its article rests: whether it is the `same` byte for byte, and
    of its reading the reader, the ground, and whether no template knew the layout (`strange`)."""

    capture: Capture
    same: bool
    strange: bool
    reader: str
    ground: str


def bases(conn: Connection, portal: str, entries: Iterable[int]) -> dict[int, Base]:
    """On what the articles rest whose own pages these captures show again."""
    rows = conn.execute(_BASES, {"of_portal": portal, "entries": list(entries)}).mappings()
    return {
        row["of"]: Base(capture_of(row), bool(row["same"]), bool(row["strange"]), row["reader"], row["ground"])
        for row in rows
    }


class Answered(NamedTuple):
    """An answer of a page: the number of its capture, its status and `location`, its verdict (empty when nobody read it), and
    when it came."""

    entry: int
    status: int
    location: str
    verdict: str
    at: datetime


def answers(conn: Connection, portal: str, key: str, *, before: int, limit: int) -> list[Answered]:
    """A page's last answers to us before a capture, the newest first."""
    here = {"of_portal": portal, "of_key": key, "before": before, "limit": limit}
    return [Answered(*row) for row in conn.execute(_ANSWERS, here)]


def awake(conn: Connection, portal: str, at: datetime) -> bool:
    """Whether the portal's lists showed anything in the night of `at`; yes also where no list was ever seen.

    A portal that shows the same notice at every address is silent, and says nothing about a single page.
    """
    table = schema.sighting
    ours = (table.c.portal == portal) & (table.c.first_seen <= at)
    tonight = select(table.c.id).where(ours, table.c.last_seen >= at - NIGHT).limit(1)
    return (
        conn.execute(tonight).first() is not None
        or conn.execute(select(table.c.id).where(ours).limit(1)).first() is None
    )


def another(conn: Connection, article: str, capture: Capture) -> Capture | None:
    """The last answer before `capture` that another page of the article gave, if that page is not absent itself; of several
    the one that was known first."""
    address, page = schema.article_address, schema.page
    same = (page.c.portal == address.c.portal) & (page.c.key == address.c.key)
    here = (_capture.c.portal == address.c.portal) & (_capture.c.key == address.c.key)
    others = (address.c.article == article) & (address.c.key != capture.key) & (page.c.negatives == 0)
    query = select(_capture).join(address, here).join(page, same).where(others, _capture.c.entry < capture.entry)
    query = query.where(_capture.c.origin == "crawl", _capture.c.status == 200)
    order = (address.c.first_seen, address.c.key, _capture.c.entry.desc())
    row = conn.execute(query.order_by(*order).limit(1)).mappings().first()
    return capture_of(row) if row else None


def capture_of(row: RowMapping | dict[str, Any]) -> Capture:
    """A row of `capture` as its value."""
    return Capture(
        entry=row["entry"],
        portal=row["portal"],
        url=row["url"],
        purpose=row["purpose"],
        fetched_at=row["fetched_at"],
        status=row["status"],
        record=RecordRef(row["series"], row["file"], row["offset"], row["length"]),
        media_type=row["media_type"],
        charset=row["charset"],
        location=row["location"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        payload_sha256=row["payload_sha256"],
        size=row["size"],
        truncated=row["truncated"],
        server=row["server"],
        origin=row["origin"],
        key=row["key"],
        tls=row["tls"] or "",
    )
