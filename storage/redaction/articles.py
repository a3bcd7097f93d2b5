"""Articles that may not be read: in part, as a whole, or for now. Rows of the database, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from storage import schema
from storage.engine import Database, next_numbers
from storage.order import sort_key
from storage.records import Dates, EventKind, Reading
from storage.redaction.readings import veiled_reading
from storage.redaction.veil import Rule, Veil
from storage.text import sha256_text
from storage.writer import words
from storage.writer.articles import publish
from storage.writer.restriction import PUBLIC, RESTRICTED, unhidden
from storage.writer.values import reading_of, revision_columns, sort_instant, twin_digest

REDACTED: Final = "redacted"
WITHHELD: Final = "withheld"

_article, _revision, _event = schema.article, schema.revision, schema.event
_attachment, _image, _address, _page = schema.attachment, schema.image, schema.article_address, schema.page
_SLICE = 100


def states(db: Database, portal: str = "") -> Iterator[tuple[str, str, list[tuple[int, Reading]]]]:
    """Every article that can be read, with its portal and all its states as readings; some hundred in a transaction."""
    after = 0
    while True:
        with db.read() as conn:
            query = select(_article.c.number, _article.c.id, _article.c.portal).where(
                _article.c.number > after, _article.c.visibility != REDACTED
            )
            query = query.where(_article.c.portal == portal) if portal else query
            rows = conn.execute(query.order_by(_article.c.number).limit(_SLICE)).all()
            found = readings(conn, [row.id for row in rows])
        for row in rows:
            yield row.id, row.portal, found.get(row.id, [])
        if len(rows) < _SLICE:
            return
        after = rows[-1].number


def readings(conn: Connection, articles: Sequence[str]) -> dict[str, list[tuple[int, Reading]]]:
    """All states of some articles, the oldest first."""
    parts = [
        conn.execute(
            select(table).where(table.c.article.in_(articles)).order_by(table.c.article, table.c.position)
        ).mappings().all()
        for table in (_attachment, _image)
    ]  # fmt: skip
    found: dict[str, list[tuple[int, Reading]]] = {}
    query = select(_revision, _article.c.identity).join(_article, _article.c.id == _revision.c.article)
    for row in conn.execute(query.where(_article.c.id.in_(articles)).order_by(_revision.c.number)).mappings():
        mine = [
            [dict(part) for part in table if (part["article"], part["revision"]) == (row["article"], row["number"])]
            for table in parts
        ]
        state = reading_of(dict(row), mine[0], mine[1], row["identity"])
        found.setdefault(row["article"], []).append((row["number"], state))
    return found


def hidden(db: Database, veil: Veil) -> list[str]:
    """The articles that say something veiled in any of their states."""
    return [
        article
        for article, portal, found in states(db)
        if any(veiled_reading(veil.of(portal), reading) is not reading for _, reading in found)
    ]


def mask(conn: Connection, veil: Veil, article: str, *, now: datetime) -> None:
    """Mark what is veiled in all states of an article, and tell so in the change feed."""
    current, first_seen, portal = conn.execute(
        select(_article.c.revision, _article.c.first_seen, _article.c.portal).where(_article.c.id == article)
    ).one()
    mine = veil.of(portal)
    with words.kept(conn, [article]):
        for number, reading in readings(conn, [article])[article]:
            masked = replace(veiled_reading(mine, reading), article=True)
            _restate(conn, article, number, masked)
            if number == current:
                _show(conn, article, masked, first_seen)
    _forget_digests(conn, article)
    publish(conn, [(REDACTED, article, now)])


def _restate(conn: Connection, article: str, number: int, reading: Reading) -> None:
    here = (_revision.c.article == article) & (_revision.c.number == number)
    conn.execute(update(_revision).where(here).values(**revision_columns(reading)))
    rows: list[tuple[Table, int, dict[str, str]]] = [
        *((_attachment, place, {"name": item.name}) for place, item in enumerate(reading.attachments)),
        *((_image, place, {"caption": item.caption, "alt": item.alt}) for place, item in enumerate(reading.images)),
    ]
    for table, place, values in rows:
        row = (table.c.article == article) & (table.c.revision == number) & (table.c.position == place)
        conn.execute(update(table).where(row).values(**values))


def _show(conn: Connection, article: str, reading: Reading, first_seen: datetime) -> None:
    columns = revision_columns(reading)
    order = sort_instant(columns["published_at"], first_seen)
    number = conn.execute(select(_article.c.number).where(_article.c.id == article)).scalar_one()
    values = {
        "title": reading.title, "lead": reading.lead, "category": reading.category, "kind": reading.kind,
        "published_at": columns["published_at"], "sort_at": order, "sort_key": sort_key(order, number),
        "text_sha256": columns["text_sha256"], "twin_sha256": twin_digest(reading),
    }  # fmt: skip
    conn.execute(update(_article).where(_article.c.id == article).values(**values))


def _forget_digests(conn: Connection, article: str) -> None:
    """Take the digests of former states out of the feed: who knows all of a text but a number could try all numbers."""
    conn.execute(update(_event).where(_event.c.article == article).values(digest=""))


# --- whole articles -------------------------------------------------------------------------------------------------


def facts(conn: Connection, article: str) -> dict[str, Any]:
    """What stays of an article that is redacted: id, addresses, when it was seen, which captures showed it."""
    row = conn.execute(select(_article).where(_article.c.id == article)).mappings().one()
    addresses = conn.execute(select(_address).where(_address.c.article == article).order_by(_address.c.key)).mappings()
    entries = select(_revision.c.entry).where(_revision.c.article == article).order_by(_revision.c.number)
    return {
        "id": row["id"], "portal": row["portal"], "identity": row["identity"], "url": row["url"],
        "first_seen": row["first_seen"].isoformat(), "last_seen": row["last_seen"].isoformat(),
        "entries": list(conn.execute(entries).scalars()),
        "addresses": [
            {"key": one["key"], "url": one["url"], "first_seen": one["first_seen"].isoformat(),
             "last_seen": one["last_seen"].isoformat()}
            for one in addresses
        ],
        "files": _own_files(conn, article, row["portal"]),
    }  # fmt: skip


def _own_files(conn: Connection, article: str, portal: str) -> list[str]:
    """The keys of files that this article offers and no other of its portal."""
    mine = select(_attachment.c.key).where(_attachment.c.article == article, _attachment.c.key != "")
    keys = set(conn.execute(mine).scalars())
    others = (
        select(_attachment.c.key)
        .join(_article, _article.c.id == _attachment.c.article)
        .where(_article.c.portal == portal, _article.c.id != article, _article.c.visibility != REDACTED)
    )
    shared = set(conn.execute(others.where(_attachment.c.key.in_(keys))).scalars()) if keys else set()
    return sorted(keys - shared)


def bury(conn: Connection, rule: Rule, *, now: datetime) -> bool:
    """Leave nothing of an article but a tombstone, made anew if nobody knows the article; False if it stands already."""
    known = rule.article
    state = conn.execute(select(_article.c.visibility, _article.c.revision).where(_article.c.id == known["id"])).first()
    entry = None if state else _some_capture(conn, known)
    if (state is None and entry is None) or (state is not None and state.visibility == REDACTED):
        return False
    blank = Reading(article=True, reader="", identity=known["identity"], dates=Dates())
    if state is None:
        assert entry is not None
        _make(conn, known, entry, blank)
        revision = 1
    else:
        revision = state.revision
    with words.kept(conn, [known["id"]]):
        for table in (_attachment, _image):
            conn.execute(delete(table).where(table.c.article == known["id"]))
        conn.execute(delete(_revision).where(_revision.c.article == known["id"], _revision.c.number != revision))
        _restate(conn, known["id"], revision, blank)
        _show(conn, known["id"], blank, datetime.fromisoformat(known["first_seen"]))
        own = {"visibility": REDACTED, "twin_sha256": sha256_text(known["id"])}
        conn.execute(update(_article).where(_article.c.id == known["id"]).values(**own))
    _forget_pages(conn, rule)
    _forget_digests(conn, known["id"])
    decide(conn, known["id"], REDACTED, rule.reason, at=datetime.fromisoformat(rule.at))
    publish(conn, [(REDACTED, known["id"], now)])
    return True


def _some_capture(conn: Connection, known: Mapping[str, Any]) -> int | None:
    """A capture that the tombstone can stand for: one of the article's, or any answer of its pages."""
    capture = schema.capture
    here = (capture.c.portal == known["portal"]) & capture.c.key.in_([one["key"] for one in known["addresses"]])
    wanted = capture.c.entry.in_(known["entries"]) | here
    found: int | None = conn.execute(select(func.min(capture.c.entry)).where(wanted)).scalar()
    return found


def _make(conn: Connection, known: Mapping[str, Any], entry: int, blank: Reading) -> None:
    """The row of an article that the captures tell nothing of any more."""
    (number,) = next_numbers(conn, "article")
    first, last = (datetime.fromisoformat(known[name]) for name in ("first_seen", "last_seen"))
    columns = revision_columns(blank)
    row = {"id": known["id"], "number": number, "portal": known["portal"], "identity": known["identity"]}
    conn.execute(
        insert(_article).values(
            **row, url=known["url"], revision=1, kind="article", title="", sort_at=first, first_seen=first, last_seen=last,
            text_sha256=columns["text_sha256"], twin_sha256="",
        )
    )  # fmt: skip
    conn.execute(
        insert(_revision).values(article=known["id"], number=1, entry=entry, seen_at=first, changed=[], **columns)
    )
    for address in known["addresses"]:
        same = (_address.c.portal == known["portal"]) & (_address.c.key == address["key"])
        conn.execute(delete(_address).where(same))
        seen = {name: datetime.fromisoformat(address[name]) for name in ("first_seen", "last_seen")}
        values = {"portal": known["portal"], "key": address["key"], "url": address["url"], "article": known["id"]}
        conn.execute(insert(_address).values(**values, **seen))
    words.add(conn, known["id"])


def _forget_pages(conn: Connection, rule: Rule) -> None:
    """Never ask for the article's pages and files again, and let no list say what they are called."""
    keys, portal = list(rule.keys), rule.article["portal"]
    here = (_page.c.portal == portal) & _page.c.key.in_(keys)
    conn.execute(update(_page).where(here).values(due_at=None, read_as=REDACTED))
    sighting, capture, text = schema.sighting, schema.capture, schema.file_text
    conn.execute(delete(sighting).where(sighting.c.portal == portal, sighting.c.key.in_(keys)))
    files = select(capture.c.entry).where(capture.c.portal == portal, capture.c.key.in_(keys))
    empty = {"text": "", "text_sha256": sha256_text("")}
    conn.execute(update(text).where(text.c.entry.in_(files)).values(**empty))
    conn.execute(update(capture).where(capture.c.entry.in_(files)).values(unread=False))


def decide(conn: Connection, article: str, kind: EventKind, reason: str, *, at: datetime) -> None:
    """Write down why an article is hidden or shown."""
    conn.execute(insert(schema.decision).values(article=article, kind=kind, reason=reason, at=at))


def set_visible(conn: Connection, article: str, visible: bool, reason: str, *, at: datetime, now: datetime) -> bool:
    """Hide an article, or show it again, and tell so in the feed; False when it is so already, or redacted, or unknown."""
    before = (WITHHELD,) if visible else (PUBLIC, RESTRICTED)
    here = (_article.c.id == article) & _article.c.visibility.in_(before)
    after = unhidden(conn, article) if visible else WITHHELD
    if conn.execute(select(_article.c.id).where(here)).first() is None:
        return False
    with words.kept(conn, [article]):
        conn.execute(update(_article).where(here).values(visibility=after))
    kind: EventKind = "released" if visible else "withheld"
    decide(conn, article, kind, reason, at=at)
    publish(conn, [(kind, article, now)])
    return True
