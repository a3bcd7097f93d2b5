"""One transaction for the answers of some seconds: captures, pages, what they mention, failures.

The bytes are durable before it begins, so a row never points at nothing; a kill before its end leaves the pages unasked and
the records without rows, which `repair` and the next answer make good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, func, insert, or_, select, update

from storage import points, schema
from storage.engine import Database, Fence, upsert
from storage.frontier.pages import CHUNK, insert_pages, not_asked
from storage.frontier.values import Committed, Discovery, Group, Mention, Outcome, Stored, WarcFile
from storage.records import Failure, Purpose
from storage.text import normalise
from storage.warc.files import begun

_page, _sighting, _capture = schema.page, schema.sighting, schema.capture

SELF_MOVING = 5
"""So many changed lines of a list are always taken as edits of their pages; more only if most of the list stood still.
A sitemap that gives every page today's date, or a list of visitor counters, edits nothing."""

Item = TypeVar("Item")

_RANK: Mapping[Purpose, int] = {
    "unknown": 0,
    "other": 0,
    "attachment": 1,
    "listing": 2,
    "sitemap": 3,
    "feed": 3,
    "article": 4,
}


def commit(db: Database, fence: Fence, run: int, group: Group) -> Committed:
    """Store a group whole or not at all. Raises Held when the lease was lost, DatabaseError, StorageFull."""
    done = Committed()
    with db.write(fence, portals=_portals(db, group)) as conn:
        for file in group.files:
            put_file(conn, run, file)
        _put_captures(conn, run, group.captures)
        points.reached("fetch.captures")
        _put_outcomes(conn, run, group.outcomes)
        points.reached("fetch.outcomes")
        for discovery in group.discoveries:
            _discover(conn, run, discovery, done)
        points.reached("fetch.links")
        _put_failures(conn, run, group.failures)
        for column, learned in (("server", group.servers), ("platform", group.platforms)):
            for portal, value in learned.items():
                conn.execute(update(schema.portal).where(schema.portal.c.id == portal).values({column: value}))
    return done


def _portals(db: Database, group: Group) -> set[str]:
    """The portals that a group is about, where they matter: writers of SQLite come one after another anyway."""
    if db.dialect == "sqlite":
        return set()
    named = {item.capture.portal for item in group.captures} | {item.portal for item in group.discoveries}
    asked = select(_page.c.portal).where(_page.c.id.in_([outcome.page for outcome in group.outcomes])).distinct()
    with db.read() as conn:
        return named | {*group.servers, *group.platforms} | set(conn.execute(asked).scalars())


def put_file(conn: Connection, run: int, file: WarcFile) -> None:
    """Write or bring up to date the row of a WARC file."""
    values: dict[str, Any] = {"state": "closed" if file.closed_at else "open", "bytes": file.size, "sha256": file.sha256,
                              "closed_at": file.closed_at}  # fmt: skip
    statement = upsert(conn, schema.warc_file).values(
        name=file.name, series=file.series, run=run, opened_at=file.opened_at, **values
    )
    conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def close_files(db: Database, fence: Fence, closed: Iterable[tuple[str, int, str]], *, now: datetime) -> None:
    """Write down files that were closed for a dead run: name, size and digest; one without a digest is gone.

    One that was begun, but of which no transaction told yet, gets its row now.
    """
    table = schema.warc_file
    with db.write(fence) as conn:
        for name, size, sha256 in closed:
            if not sha256:
                conn.execute(delete(table).where(table.c.name == name))
                continue
            values = {"state": "closed", "bytes": size, "sha256": sha256, "closed_at": now}
            known = conn.execute(update(table).where(table.c.name == name).values(**values))
            if not known.rowcount and (found := begun(name)):
                opened_at, run, series = found
                conn.execute(insert(table).values(name=name, series=series, run=run, opened_at=opened_at, **values))


def open_files(conn: Connection) -> list[str]:
    """Names of the files that were not closed yet, as far as the database knows."""
    return list(conn.execute(select(schema.warc_file.c.name).where(schema.warc_file.c.state == "open")).scalars())


def unlisted(conn: Connection, names: Iterable[str]) -> list[str]:
    """Those of these files that a run of this archive has begun, and of which no row tells."""
    known = set(conn.execute(select(schema.warc_file.c.name)).scalars())
    ours = set(conn.execute(select(schema.run.c.id)).scalars())
    return [name for name in names if name not in known and (found := begun(name)) and found[1] in ours]


def _put_captures(conn: Connection, run: int, captures: Iterable[Stored]) -> None:
    rows = [
        {
            "entry": item.capture.entry,
            "portal": item.capture.portal,
            "key": item.key,
            "url": item.capture.url,
            "run": run,
            "purpose": item.capture.purpose,
            "fetched_at": item.capture.fetched_at,
            "status": item.capture.status,
            "media_type": item.capture.media_type[:128],
            "charset": item.capture.charset[:64],
            "location": item.capture.location,
            "etag": item.capture.etag,
            "last_modified": item.capture.last_modified,
            "payload_sha256": item.capture.payload_sha256,
            "size": item.capture.size,
            "truncated": item.capture.truncated,
            "server": item.capture.server,
            "tls": item.capture.tls or None,
            "origin": item.capture.origin,
            "series": item.capture.record.series,
            "file": item.capture.record.file,
            "offset": item.capture.record.offset,
            "length": item.capture.record.length,
            "unread": item.unread,
        }
        for item in captures
    ]
    if rows:
        conn.execute(insert(_capture), rows)


def _value(name: str) -> BindParameter[Any]:
    """The parameter of a column's new value."""
    return bindparam(f"new_{name}", type_=_page.c[name].type)


_ALWAYS = ("run", "due_at", "attempts", "negatives")
_PERHAPS = ("url", "purpose", "priority", "status", "etag", "last_modified", "payload_sha256", "last_seen")
# Built once: to put a statement together takes longer than to carry it out.
_OUTCOME = (
    update(_page)
    .where(_page.c.id == bindparam("page"))
    .values({name: _value(name) for name in _ALWAYS})
    .values({name: func.coalesce(_value(name), _page.c[name]) for name in _PERHAPS})
)


def _put_outcomes(conn: Connection, run: int, outcomes: Iterable[Outcome]) -> None:
    rows = [
        {
            "page": one.page,
            "new_run": run,
            "new_due_at": one.due_at,
            "new_attempts": one.attempts,
            "new_negatives": one.negatives,
            "new_url": one.url or None,
            "new_purpose": one.purpose,
            "new_priority": one.priority,
            "new_status": one.status,
            "new_etag": one.etag,
            "new_last_modified": one.last_modified,
            "new_payload_sha256": one.payload_sha256 or None,
            "new_last_seen": one.at if one.answered else None,
        }
        for one in outcomes
    ]
    if rows:
        conn.execute(_OUTCOME, rows)


def _put_failures(conn: Connection, run: int, failures: Iterable[Failure]) -> None:
    rows = [
        {"run": run, "portal": item.portal, "url": item.url, "class": item.failure, "detail": item.detail[:1000],
         "attempts": item.attempts, "at": item.at}
        for item in failures
    ]  # fmt: skip
    if rows:
        conn.execute(insert(schema.failure), rows)


# --- what an answer mentioned ---------------------------------------------------------------------------------------


def _discover(conn: Connection, run: int, found: Discovery, done: Committed) -> None:
    mentions = _one_each(found.mentions)
    known = _known_pages(conn, found.portal, mentions)
    mentions = {key: item for key, item in mentions.items() if key not in known or known[key].read_as != "redacted"}
    parts = sorted((item for item in mentions.values() if item.page.paging), key=lambda item: item.position)
    others = [item for item in mentions.values() if not item.page.paging]
    fresh = [item.page for item in others if item.page.key not in known]
    added = insert_pages(
        conn, found.portal, fresh, parent=found.key, first_seen=found.seen_at, due_at=found.horizon
    )  # fmt: skip
    done.count(done.new_pages, found.portal, added)
    _promote(conn, found, others, known, done)
    if found.source:
        _sight(conn, run, found, [item for item in mentions.values() if item.sighted], done)
    _walk(conn, run, found, parts, known, news=_has_news(others, known, found), done=done)


def _one_each(mentions: Iterable[Mention]) -> dict[str, Mention]:
    """One mention per page: the surest purpose, the first place, the first words that say anything."""
    best: dict[str, Mention] = {}
    for item in mentions:
        before = best.get(item.page.key)
        if before is None:
            best[item.page.key] = item
            continue
        surer = _RANK.get(item.page.purpose, 0) > _RANK.get(before.page.purpose, 0)
        best[item.page.key] = replace(
            before,
            page=item.page if surer else before.page,
            anchor=before.anchor or item.anchor,
            date_text=before.date_text or item.date_text,
            sighted=before.sighted or item.sighted,
        )
    return best


_KNOWN = select(*(_page.c[name] for name in ("id", "key", "purpose", "run", "first_seen", "status", "read_as"))).where(
    _page.c.portal == bindparam("portal"), _page.c.key.in_(bindparam("keys", expanding=True))
)


def _known_pages(conn: Connection, portal: str, keys: Iterable[str]) -> dict[str, Row[Any]]:
    known: dict[str, Row[Any]] = {}
    for chunk in _chunks(list(keys)):
        rows = conn.execute(_KNOWN, {"portal": portal, "keys": chunk})
        known.update({row.key: row for row in rows.all()})
    return known


_PROMOTED = update(_page).where(_page.c.id == bindparam("page"))


def _promote(
    conn: Connection, found: Discovery, mentions: Iterable[Mention], known: Mapping[str, Row[Any]], done: Committed
) -> None:
    """A page that was not asked yet takes a surer purpose when a later mention knows better."""
    for item in mentions:
        row = known.get(item.page.key)
        if row is None or row.status is not None or _RANK.get(item.page.purpose, 0) <= _RANK.get(row.purpose, 0):
            continue
        page = item.page
        values = {"purpose": page.purpose, "priority": page.priority, "shape": page.shape, "paging": 0}
        conn.execute(_PROMOTED, {"page": row.id, **values, "due_at": found.horizon})
        done.count(done.released, found.portal, 1)


def _has_news(mentions: Iterable[Mention], known: Mapping[str, Row[Any]], found: Discovery) -> bool:
    """Whether a list shows a page that nobody knew before this visit; of a chained one whether it shows nothing else."""
    news = [
        (row := known.get(item.page.key)) is None or row.first_seen >= found.horizon
        for item in mentions
        if item.page.purpose == "article" or (item.page.purpose == "unknown" and not found.chained)
    ]
    return all(news) and bool(news) if found.chained else any(news)


_RELEASED = (
    update(_page)
    .where(_page.c.id.in_(bindparam("ids", expanding=True)))
    .where(or_(_page.c.due_at.is_(None), _page.c.due_at > _value("due_at")))
    .values(due_at=_value("due_at"))
)


def _walk(
    conn: Connection, run: int, found: Discovery, parts: list[Mention], known: Mapping[str, Row[Any]], *, news: bool,
    done: Committed,
) -> None:  # fmt: skip
    """Decide which further parts of a listing are asked in this visit; new ones that are not wait without a date."""
    free = [item for item in parts if (row := known.get(item.page.key)) is None or row.run != run]
    if found.walk == "all":
        go = free
    elif found.walk == "unasked":
        go = [item for item in free if (row := known.get(item.page.key)) is None or row.status is None or news]
    elif found.walk == "news" and news:
        go = free[:1]
    else:
        go = []
    chosen = {item.page.key for item in go}
    for due_at, wanted in ((found.horizon, True), (None, False)):
        pages = [item.page for item in parts if item.page.key not in known and (item.page.key in chosen) is wanted]
        added = insert_pages(conn, found.portal, pages, parent=found.key, first_seen=found.seen_at, due_at=due_at)
        done.count(done.released, found.portal, added if wanted else 0)
    ids = [known[key].id for key in chosen if key in known]
    for chunk in _chunks(ids):
        released = conn.execute(_RELEASED, {"ids": chunk, "new_due_at": found.horizon})
        done.count(done.released, found.portal, released.rowcount)


_SIGHTED = select(_sighting.c.id, _sighting.c.key, _sighting.c.anchor, _sighting.c.date_text).where(
    _sighting.c.portal == bindparam("portal"), _sighting.c.listing == bindparam("listing"),
    _sighting.c.key.in_(bindparam("keys", expanding=True)),
)  # fmt: skip
_SEEN_AGAIN = (
    update(_sighting)
    .where(_sighting.c.id.in_(bindparam("ids", expanding=True)))
    .values(last_seen=bindparam("at", type_=_sighting.c.last_seen.type))
)
_SEEN_CHANGED = update(_sighting).where(_sighting.c.id == bindparam("sighting"))


def _sight(conn: Connection, run: int, found: Discovery, mentions: list[Mention], done: Committed) -> None:
    """Write down the mentions of a list, and ask pages again whose line changed since it was last seen."""
    before: dict[str, Row[Any]] = {}
    for chunk in _chunks([item.page.key for item in mentions]):
        rows = conn.execute(_SIGHTED, {"portal": found.portal, "listing": found.key, "keys": chunk})
        before.update({row.key: row for row in rows.all()})
    fresh, changed, same = [], [], []
    for item in mentions:
        line = (normalise(item.anchor), normalise(item.date_text))
        row = before.get(item.page.key)
        if row is None:
            fresh.append({
                "portal": found.portal, "key": item.page.key, "listing": found.key, "url": item.page.url,
                "source": found.source, "position": item.position, "anchor": line[0], "date_text": line[1],
                "first_seen": found.seen_at, "last_seen": found.seen_at,
            })  # fmt: skip
        elif (row.anchor, row.date_text) != line:
            changed.append(item.page.key)
            conn.execute(_SEEN_CHANGED, {
                "sighting": row.id, "anchor": line[0], "date_text": line[1], "position": item.position,
                "last_seen": found.seen_at,
            })  # fmt: skip
        else:
            same.append(row.id)
    if fresh:
        conn.execute(insert(_sighting), fresh)
    for chunk in _chunks(same):
        conn.execute(_SEEN_AGAIN, {"ids": chunk, "at": found.seen_at})
    done.count(done.sightings, found.portal, len(fresh) + len(changed))
    if changed and (len(changed) <= SELF_MOVING or len(changed) * 2 < len(before)):
        _ask_again(conn, run, found, changed, done)


_ASKED_AGAIN = (
    update(_page)
    .where(_page.c.portal == bindparam("of_portal"), _page.c.key.in_(bindparam("keys", expanding=True)))
    .where(_page.c.status.is_not(None), _page.c.purpose.in_(("article", "unknown")), not_asked(bindparam("of_run")))
    .values(due_at=_value("due_at"))
)


def _ask_again(conn: Connection, run: int, found: Discovery, keys: list[str], done: Committed) -> None:
    """Pages that answered before and whose line on a list changed are due now, whatever their schedule says."""
    for chunk in _chunks(keys):
        values = {"of_portal": found.portal, "keys": chunk, "of_run": run, "new_due_at": found.horizon}
        done.count(done.released, found.portal, conn.execute(_ASKED_AGAIN, values).rowcount)


def _chunks(items: list[Item]) -> Iterable[list[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
