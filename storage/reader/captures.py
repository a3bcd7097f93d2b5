"""Captures: what came from an address and when, and whether it may be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, RowMapping, func, literal, or_, select, text, tuple_

from storage import schema
from storage.engine import Database
from storage.records import RecordRef
from storage.silent import unshown

_capture, _portal, _article, _address = schema.capture, schema.portal, schema.article, schema.article_address
_attachment, _sighting = schema.attachment, schema.sighting
_FACTS = (
    "entry", "portal", "key", "url", "purpose", "fetched_at", "status", "media_type", "charset", "location",
    "payload_sha256", "size", "truncated", "origin",
)  # fmt: skip
_PLACE = ("series", "file", "offset", "length")
_AT_ONCE = 300
_STARTS = ("http://", "https://", "http://www.", "https://www.")
_HIDDEN = text("article.visibility <> 'public'")  # not bound: only so the databases see which index is meant

Keys = Mapping[str, str]
"""The key of one address by platform; the empty name is for all platforms that are not named."""


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """One capture: what was asked, what came, where its bytes stand. Fields as in `storage.records.Capture`."""

    entry: int
    portal: str
    key: str
    url: str
    purpose: str
    fetched_at: datetime
    status: int
    media_type: str
    charset: str
    location: str
    payload_sha256: str
    size: int
    truncated: str
    origin: str
    tls: str
    record: RecordRef


def capture(db: Database, entry: int) -> CaptureLine | None:
    """The capture of this entry number; None if there is none."""
    found = _read(db, _capture.c.entry == entry, limit=1)
    return found[0] if found else None


def captures(db: Database, *, portal: str = "", after: int = 0, limit: int = 100) -> list[CaptureLine]:
    """Captures in the order in which they entered the archive; those of one portal by address, then in that order.

    `after` is the entry number of the last one seen.
    """
    if not portal:
        return _read(db, _capture.c.entry > after, order=(_capture.c.entry,), limit=limit)
    wanted = _capture.c.portal == portal
    if after:
        last = select(_capture.c.key).where(_capture.c.entry == after).scalar_subquery()
        wanted &= tuple_(_capture.c.key, _capture.c.entry) > tuple_(last, literal(after))
    return _read(db, wanted, order=(_capture.c.key, _capture.c.entry), limit=limit)


def captures_at(db: Database, keys: Keys, *, limit: int = 10_000) -> list[CaptureLine]:
    """The captures of one address, in the order of time: on the portals of its host, else on any."""
    with db.read() as connection:
        for pairs in places(connection, keys):
            here = _read_query().where(tuple_(_capture.c.portal, _capture.c.key).in_(pairs))
            query = here.order_by(_capture.c.fetched_at, _capture.c.entry).limit(limit)
            if found := [_line(row) for row in connection.execute(query).mappings()]:
                return found
    return []


@dataclass(frozen=True, slots=True)
class Under:
    """Addresses that begin alike: those of a `host` (with `subdomains` also of all below it) whose path begins with `path`,
    captured since an instant and before another one."""

    host: str
    path: str = "/"
    subdomains: bool = False
    since: datetime | None = None
    until: datetime | None = None


def captures_under(db: Database, under: Under, *, limit: int = 10_000) -> list[CaptureLine]:
    """The captures of such addresses by portal, address and time; case in paths does not count.

    With subdomains all captures of the portals that are on these hosts: some of their pages may lie on others.
    """
    with db.read() as connection:
        here = _portals_on(connection, under)
        query = _read_query().where(_capture.c.portal.in_(here))
        if not under.subdomains:
            forms = [f"{start}{under.host}{under.path}".lower() for start in _STARTS]
            query = query.where(or_(*(func.lower(_capture.c.url).startswith(form, autoescape=True) for form in forms)))
        query = query.where(_capture.c.fetched_at >= under.since) if under.since else query
        query = query.where(_capture.c.fetched_at < under.until) if under.until else query
        query = query.order_by(_capture.c.portal, _capture.c.key, _capture.c.entry).limit(limit)
        return [_line(row) for row in connection.execute(query).mappings()]


def _portals_on(connection: Connection, under: Under) -> list[str]:
    """The portals that are on the host, or on one below it."""
    found = []
    for name, url, row in connection.execute(select(_portal.c.id, _portal.c.url, _portal.c.row)):
        hosts = {
            host_of(url),
            name.partition("~")[0],
            *(str(one).lower().removeprefix("www.") for one in row.get("hosts", ())),
        }
        if under.host in hosts or (under.subdomains and any(host.endswith(f".{under.host}") for host in hosts)):
            found.append(name)
    return found


def places(connection: Connection, keys: Keys) -> Iterator[list[tuple[str, str]]]:
    """Where an address may be known: portals with the key that it has by the rule of each, some at a time.

    The portals of its host come first; nearly always there is no need to look further. Pairs are named one by one because
    a join would make the databases read all captures.
    """
    host = keys[""].partition("/")[0]
    near, far = list[tuple[str, str]](), list[tuple[str, str]]()
    for name, url, platform in connection.execute(select(_portal.c.id, _portal.c.url, _portal.c.platform)):
        owns = host in (host_of(url), name.partition("~")[0])
        (near if owns else far).append((name, keys.get(platform, keys[""])))
    for some in (near, far):
        for start in range(0, len(some), _AT_ONCE):
            yield some[start : start + _AT_ONCE]


def host_of(url: str) -> str:
    """The host and port of an address, without `www.`."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def platforms(db: Database) -> list[str]:
    """The platforms of the archive's portals, and the empty name."""
    with db.read() as connection:
        return sorted({"", *connection.execute(select(_portal.c.platform).distinct()).scalars()})


def hidden_captures(db: Database, some: Collection[CaptureLine]) -> set[int]:
    """Those of some captures, by entry, that may not be shown: they hold what is restricted, withheld or redacted.

    Pages of such an article, files that only such articles offer, and lists that announced one.
    """
    with db.read() as connection:
        hidden = set[tuple[str, str]]()
        for portal in {one.portal for one in some}:
            keys = sorted({one.key for one in some if one.portal == portal})
            for start in range(0, len(keys), _AT_ONCE):
                hidden |= {(portal, key) for key in _hidden(connection, portal, keys[start : start + _AT_ONCE])}
    return {one.entry for one in some if (one.portal, one.key) in hidden}


def withheld_titles(db: Database, portal: str) -> list[str]:
    """The titles that withheld articles of a portal have or had."""
    revision = schema.revision
    query = select(revision.c.title).join(_article, _article.c.id == revision.c.article).where(
        _article.c.portal == portal, _HIDDEN, _article.c.visibility == "withheld"
    )  # fmt: skip
    with db.read() as connection:
        return sorted(set(connection.execute(query).scalars()))


def _hidden(connection: Connection, portal: str, keys: Sequence[str]) -> set[str]:
    pages = select(_address.c.key).join(_article, _article.c.id == _address.c.article).where(
        _address.c.portal == portal, _address.c.key.in_(keys), _HIDDEN
    )  # fmt: skip
    offers = select(_attachment.c.key).join(_article, _article.c.id == _attachment.c.article).where(
        _attachment.c.key.in_(keys), _article.c.portal == portal
    )  # fmt: skip
    found = set(connection.execute(pages).scalars())
    files = set(connection.execute(offers.where(_HIDDEN)).scalars())
    files -= set(connection.execute(offers.where(_article.c.visibility == "public")).scalars())
    asked = {key for _, key in unshown(connection, {(portal, key) for key in keys})}
    return found | files | asked | _announcing(connection, portal, keys)


def _announcing(connection: Connection, portal: str, keys: Sequence[str]) -> set[str]:
    """Those of some pages that announced a hidden article of their portal: they repeat its title and lead."""
    hidden = select(_address.c.key).join(_article, _article.c.id == _address.c.article).where(
        _article.c.portal == portal, _HIDDEN
    )  # fmt: skip
    announced = connection.execute(hidden).scalars().all()
    found = set[str]()
    for start in range(0, len(announced), _AT_ONCE):
        query = select(_sighting.c.listing).where(
            _sighting.c.portal == portal, _sighting.c.key.in_(announced[start : start + _AT_ONCE]),
            _sighting.c.listing.in_(keys),
        )  # fmt: skip
        found |= set(connection.execute(query).scalars())
    return found


def _read_query() -> Any:
    return select(*(_capture.c[name] for name in (*_FACTS, "tls", *_PLACE)))


def _read(
    db: Database, wanted: ColumnElement[bool], *, order: Sequence[ColumnElement[Any]] = (), limit: int
) -> list[CaptureLine]:
    with db.read() as connection:
        query = _read_query().where(wanted).order_by(*order).limit(limit)
        return [_line(row) for row in connection.execute(query).mappings()]


def _line(row: RowMapping) -> CaptureLine:
    record = RecordRef(*(row[name] for name in _PLACE))
    return CaptureLine(**{name: row[name] for name in _FACTS}, tls=row["tls"] or "", record=record)
