"""Verdicts as rows: articles, their addresses, revisions and events, in the caller's transaction.

Stores what was decided; decides nothing. Every function takes a connection inside a write transaction, so that one page's
verdict is wholly there or wholly absent.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, delete, func, not_, or_, select, update

from storage import points, schema
from storage.engine import next_numbers
from storage.order import sort_key
from storage.records import Capture, EventKind, Reading, Verdict
from storage.writer import files, words
from storage.writer.values import reading_of, revision_columns, sort_instant, twin_digest

_article = schema.article
_revision = schema.revision
_address = schema.article_address

# Statements of each page's verdict are built once: building one costs more than SQLite takes to run it.
_WITH_KEYS = select(_address.c.key, _address.c.article).where(
    _address.c.portal == bindparam("of_portal"), _address.c.key.in_(bindparam("of_keys", expanding=True))
)
_WITH_IDENTITY = select(_article.c.id).where(
    _article.c.portal == bindparam("of_portal"), _article.c.identity == bindparam("of_identity")
)
_CURRENT = (
    select(
        _revision,
        _article.c.identity,
        _article.c.number.label("row"),
        _article.c.url.label("cited"),
        _article.c.removed_at,
        _article.c.last_seen,
    )
    .join(_article, (_article.c.id == _revision.c.article) & (_article.c.revision == _revision.c.number))
    .where(_article.c.id == bindparam("of_article"))
)
_PARTS = [
    select(table)
    .where(table.c.article == bindparam("of_article"), table.c.revision == bindparam("of_revision"))
    .order_by(table.c.position)
    for table in (schema.attachment, schema.image)
]
_TWIN = (
    select(_article.c.id)
    .where(_article.c.portal == bindparam("of_portal"), _article.c.twin_sha256 == bindparam("of_digest"))
    .order_by(_article.c.number)
    .limit(1)
)
_TITLED = (
    select(_article.c.id)
    .where(_article.c.portal == bindparam("of_portal"), _article.c.title == bindparam("of_title"))
    .order_by(_article.c.number.desc())
    .limit(bindparam("of_limit"))
)
_MET = (
    select(func.min(schema.capture.c.entry))
    .where(
        schema.capture.c.portal == _address.c.portal, schema.capture.c.key == _address.c.key,
        schema.capture.c.origin == "crawl",
    )
    .scalar_subquery()
)  # fmt: skip
_ADDRESSES = (
    select(_address.c.key, _address.c.url)
    .where(_address.c.article == bindparam("of_article"))
    .order_by(case((_MET.is_(None), 1), else_=0), _address.c.first_seen, _address.c.key)
)
_AT = bindparam("of_at", type_=_address.c.first_seen.type)
_ADDRESS_SEEN = (
    update(_address)
    .where(_address.c.portal == bindparam("of_portal"), _address.c.key == bindparam("of_key"))
    .values(
        first_seen=case((_address.c.first_seen > _AT, _AT), else_=_address.c.first_seen),
        last_seen=case((_address.c.last_seen < _AT, _AT), else_=_address.c.last_seen),
    )
)
_NEW_ADDRESS = _address.insert()
_NEW = _article.insert()
_NEW_REVISION = _revision.insert()
_LAST_REVISION = select(func.max(_revision.c.number)).where(_revision.c.article == bindparam("of_article"))
_VISIBILITY = select(_article.c.visibility).where(_article.c.id == bindparam("of_article"))
_PORTAL = select(_article.c.portal).where(_article.c.id == bindparam("of_article"))
_SEEN = update(_article).where(_article.c.id == bindparam("of_article"), _article.c.last_seen < bindparam("of_at"))
_RETURNED = update(_article).where(_article.c.id == bindparam("of_article"), _article.c.removed_at < bindparam("of_at"))

_ELSEWHERE = 20
"""Articles of one title that are compared with one page: each costs four queries."""

KeyOf = Callable[[str], str]
"""From an address to the key of its page in the portal: the rule is the fetching half's, so the caller brings it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it stands: its current state, which capture that state rests on, and the `url` it is cited by.

    `seen_at` is when that capture was fetched, `last_seen` when the article was met last.
    """

    id: str
    number: int
    url: str
    revision: int
    entry: int
    removed_at: datetime | None
    reading: Reading
    seen_at: datetime
    last_seen: datetime


def article_id(portal: str, identity: str) -> str:
    """`a` and 16 base32 digits of SHA-256 over portal and identity: the same captures give the same id for ever."""
    found = hashlib.sha256(f"{portal}\n{identity}".encode()).digest()
    return "a" + base64.b32encode(found)[:16].decode().lower()


def find(conn: Connection, portal: str, keys: Sequence[str], identity: str = "") -> Stored | None:
    """The article that has one of these page keys as address, else the one with this identity."""
    rows = conn.execute(_WITH_KEYS, {"of_portal": portal, "of_keys": list(keys)}) if keys else ()
    by_key = {key: article for key, article in rows}
    found = next((by_key[key] for key in keys if key in by_key), None)
    if found is None and identity:
        found = conn.execute(_WITH_IDENTITY, {"of_portal": portal, "of_identity": identity}).scalar()
    return load(conn, found) if found else None


def find_twin(conn: Connection, portal: str, reading: Reading) -> str:
    """The id of the portal's article with the same title and text, or nothing."""
    return conn.execute(_TWIN, {"of_portal": portal, "of_digest": twin_digest(reading)}).scalar() or ""


def find_titled(conn: Connection, portal: str, title: str, limit: int = 5) -> list[Stored]:
    """The portal's newest articles with exactly this title, a few at most."""
    found = conn.execute(_TITLED, {"of_portal": portal, "of_title": title, "of_limit": limit}).scalars().all()
    return [load(conn, article) for article in found]


def find_cited_elsewhere(conn: Connection, portal: str, prefixes: Sequence[str], title: str, day: str) -> list[Stored]:
    """The portal's articles with this title that are cited by none of these beginnings of addresses, those of the day first."""
    if conn.execute(_TITLED, {"of_portal": portal, "of_title": title, "of_limit": 1}).first() is None:
        return []  # nearly always
    here = or_(*(_article.c.url.startswith(prefix, autoescape=True) for prefix in prefixes))
    same_day = func.substr(_article.c.published_at, 1, 10) == day
    query = (
        select(_article.c.id)
        .where(_article.c.portal == portal, _article.c.title == title, not_(here))
        .order_by(case((same_day, 0), else_=1), _article.c.number.desc())
        .limit(_ELSEWHERE)
    )
    return [load(conn, article) for article in conn.execute(query).scalars().all()]


def is_redacted(conn: Connection, article: str) -> bool:
    """Whether nothing of an article may be read any more: no capture tells anything of it then."""
    return conn.execute(_VISIBILITY, {"of_article": article}).scalar() == "redacted"


def of_portal(conn: Connection, portal: str, *, after: str, limit: int) -> list[str]:
    """Ids of the portal's articles behind `after`, in their order."""
    query = select(_article.c.id).where(_article.c.portal == portal, _article.c.id > after)
    return list(conn.execute(query.order_by(_article.c.id).limit(limit)).scalars())


def has_identity(conn: Connection, portal: str, identity: str) -> bool:
    """Whether an article of the portal has this identity."""
    return conn.execute(_WITH_IDENTITY, {"of_portal": portal, "of_identity": identity}).first() is not None


def load(conn: Connection, article: str) -> Stored:
    """One article's current state. Raises KeyError for an id that is not there."""
    row = conn.execute(_CURRENT, {"of_article": article}).mappings().first()
    if row is None:
        raise KeyError(article)
    reading = _reading(conn, row, row["identity"])
    place = (row["row"], row["cited"], row["number"], row["entry"], row["removed_at"])
    return Stored(article, *place, reading, row["seen_at"], row["last_seen"])


def reading_at(conn: Connection, article: str, number: int) -> Reading:
    """What was read in one of an article's states. Raises KeyError for one that is not there."""
    query = select(_revision, _article.c.identity).join(_article, _article.c.id == _revision.c.article)
    row = conn.execute(query.where(_revision.c.article == article, _revision.c.number == number)).mappings().first()
    if row is None:
        raise KeyError(article, number)
    return _reading(conn, row, row["identity"])


def _reading(conn: Connection, row: RowMapping, identity: str) -> Reading:
    here = {"of_article": row["article"], "of_revision": row["number"]}
    parts = [conn.execute(query, here).mappings().all() for query in _PARTS]
    return reading_of(dict(row), [dict(a) for a in parts[0]], [dict(i) for i in parts[1]], identity)


def create(conn: Connection, capture: Capture, key_of: KeyOf, reading: Reading, *, url: str, number: int) -> str:
    """A new article with its first revision and address, to be cited by `url`; returns its id.

    `number` comes from the counter `article`; gaps do not matter.
    """
    article = article_id(capture.portal, reading.identity)
    row = {
        "id": article,
        "number": number,
        "portal": capture.portal,
        "identity": reading.identity,
        "url": url,
        "revision": 1,
        "first_seen": capture.fetched_at,
        "last_seen": capture.fetched_at,
    }
    conn.execute(_NEW, {**row, **_current(reading, capture.fetched_at)})
    points.reached("store.article")
    put_revision(conn, article, capture, reading, key_of, changed=())
    add_address(conn, capture, article)
    words.add(conn, article)
    return article


def revise(
    conn: Connection, stored: Stored, capture: Capture, key_of: KeyOf, reading: Reading, verdict: Verdict
) -> None:
    """A new revision of a known article becomes its current state."""
    with words.kept(conn, [stored.id]):
        number = put_revision(conn, stored.id, capture, reading, key_of, changed=verdict.changed)
        points.reached("store.current")
        _set_current(conn, stored, reading, revision=number)


def reextract(conn: Connection, stored: Stored, key_of: KeyOf, reading: Reading) -> None:
    """The current revision as another reader version reads its capture; its number stays."""
    with words.kept(conn, [stored.id]):
        restate(conn, stored.id, stored.revision, key_of, reading)
        _set_current(conn, stored, reading, revision=stored.revision)


def restate(conn: Connection, article: str, number: int, key_of: KeyOf, reading: Reading) -> None:
    """One of an article's states as another reader version reads its capture."""
    where = (_revision.c.article == article) & (_revision.c.number == number)
    conn.execute(update(_revision).where(where).values(**revision_columns(reading)))
    for table in (schema.attachment, schema.image):
        conn.execute(delete(table).where(table.c.article == article, table.c.revision == number))
    _put_parts(conn, article, number, key_of, reading)


def add_address(conn: Connection, capture: Capture, article: str) -> None:
    """Note that the article was seen at this address. An address belongs to one article for ever."""
    at = capture.fetched_at
    same = {"of_portal": capture.portal, "of_key": capture.key, "of_at": at}
    if not conn.execute(_ADDRESS_SEEN, same).rowcount:
        row = {"portal": capture.portal, "key": capture.key, "article": article, "url": capture.url}
        conn.execute(_NEW_ADDRESS, {**row, "first_seen": at, "last_seen": at})


def detach(conn: Connection, portal: str, key: str) -> None:
    """The page at `key` shows another story now: it is no address of its article any more."""
    conn.execute(delete(_address).where(_address.c.portal == portal, _address.c.key == key))


def move(conn: Connection, article: str, url: str) -> None:
    """The article is cited by this address from now on; those it had stay with it."""
    conn.execute(update(_article).where(_article.c.id == article).values(url=url))


def seen(conn: Connection, article: str, at: datetime) -> None:
    """The article was met again at `at`; one that was removed before then has returned."""
    conn.execute(_SEEN, {"of_article": article, "of_at": at, "last_seen": at})
    conn.execute(_RETURNED, {"of_article": article, "of_at": at, "removed_at": None})


def remove(conn: Connection, article: str, at: datetime) -> None:
    """The article is gone from its portal since `at`, the first negative answer. Its text stays."""
    conn.execute(update(_article).where(_article.c.id == article).values(removed_at=at))
    points.reached("store.removed")


def addresses(conn: Connection, article: str) -> list[tuple[str, str]]:
    """Keys and addresses of all pages that showed an article, the one that showed it to us first before the others.

    Those that only others have met come last: such a page may be gone for long, and decides nothing.
    """
    return [(key, url) for key, url in conn.execute(_ADDRESSES, {"of_article": article})]


def publish(conn: Connection, events: Sequence[tuple[EventKind, str, datetime]]) -> None:
    """Append events to the change feed. The last statements of a transaction: its counter row is what writers wait for."""
    if not events:
        return
    ids = {article for _, article, _ in events}
    current = (_article.c.id == _revision.c.article) & (_article.c.revision == _revision.c.number)
    rows = conn.execute(
        select(_article.c.id, _revision.c.digest).join(_revision, current).where(_article.c.id.in_(ids))
    )
    digests = {article: digest for article, digest in rows}
    numbers = next_numbers(conn, "event", len(events))
    points.reached("feed.numbered")
    conn.execute(
        schema.event.insert(),
        [
            {"seq": seq, "kind": kind, "article": article, "at": at, "digest": digests[article]}
            for seq, (kind, article, at) in zip(numbers, events, strict=True)
        ],
    )
    points.reached("feed.appended")


def _current(reading: Reading, first_seen: datetime) -> dict[str, Any]:
    """The columns of `article` that repeat its current state for lists and sorting."""
    columns = revision_columns(reading)
    return {
        "kind": reading.kind,
        "title": reading.title,
        "lead": reading.lead,
        "category": reading.category,
        "published_at": columns["published_at"],
        "sort_at": sort_instant(columns["published_at"], first_seen),
        "text_sha256": columns["text_sha256"],
        "twin_sha256": twin_digest(reading),
    }


def _set_current(conn: Connection, stored: Stored, reading: Reading, *, revision: int) -> None:
    first_seen = conn.execute(select(_article.c.first_seen).where(_article.c.id == stored.id)).scalar_one()
    values = _current(reading, first_seen) | {"revision": revision}
    values["sort_key"] = sort_key(values["sort_at"], stored.number)
    conn.execute(update(_article).where(_article.c.id == stored.id).values(**values))


def put_revision(
    conn: Connection,
    article: str,
    capture: Capture,
    reading: Reading,
    key_of: KeyOf,
    *,
    changed: Sequence[str],
) -> int:  # fmt: skip
    """One more state of an article, not yet its current one; returns its number."""
    number = (conn.execute(_LAST_REVISION, {"of_article": article}).scalar() or 0) + 1
    row = {"article": article, "number": number, "entry": capture.entry, "seen_at": capture.fetched_at}
    conn.execute(_NEW_REVISION, {**row, "changed": list(changed), **revision_columns(reading)})
    points.reached("store.revision")
    _put_parts(conn, article, number, key_of, reading)
    return number


def _put_parts(conn: Connection, article: str, revision: int, key_of: KeyOf, reading: Reading) -> None:
    """The revision's attachments and images, in the order of the page."""
    offered = [
        {"position": n, "url": item.url, "key": files.fitting(key_of(item.url)), "name": item.name,
         "media_type": item.media_type}
        for n, item in enumerate(reading.attachments)
    ]  # fmt: skip
    pictures = [
        {"position": n, "url": item.url, "caption": item.caption, "alt": item.alt}
        for n, item in enumerate(reading.images)
    ]
    for table, rows in ((schema.attachment, offered), (schema.image, pictures)):
        if rows:
            conn.execute(table.insert(), [{"article": article, "revision": revision, **row} for row in rows])
    if offered:
        portal = conn.execute(_PORTAL, {"of_article": article}).scalar_one()
        files.show_newest(conn, portal, article, revision)
