"""Pages of the frontier: seeded at a visit's start, handed out in their order, and what is remembered of portal and server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, bindparam, func, or_, select, update
from sqlalchemy.sql.dml import ReturningInsert

from storage import schema
from storage.engine import Database, Fence, upsert_on
from storage.frontier.values import Due, Facts, NewPage, ServerNote
from storage.records import Page

_page, _portal, _pattern, _server, _sighting = (
    schema.page,
    schema.portal,
    schema.pattern,
    schema.server,
    schema.sighting,
)


def begin(
    db: Database,
    fence: Fence,
    portal: str,
    seeds: Sequence[NewPage],
    *,
    run: int,
    horizon: datetime,
    young: tuple[datetime, datetime] | None = None,
    put_off: Mapping[int, datetime] | None = None,
    left_over: tuple[int, int] | None = None,
    full: bool = False,
) -> None:
    """Make a portal ready for a visit: seeds are in the frontier, known lists are due, with `full` every known page is
    (of files those that came before).

    A seed that is known keeps its row, but is a list again whatever it was taken for since: a home page that once was
    read as an article must not wait a month. `young` names pages that were put off as unknown and proved to be
    articles: first seen after its first instant, due after its second; they are due now. `put_off` gives pages another
    date, by id. `left_over` are two priorities: articles with the first that earlier visits found and never asked get the
    second. Pages asked in this run already (a resumed one) stay asked.
    """
    with db.write(fence, portals=(portal,)) as conn:
        if left_over is not None:
            fresh, behind = left_over
            conn.execute(_STEP_BEHIND, {"of_portal": portal, "fresh": fresh, "behind": behind, "since": horizon})
        insert_pages(conn, portal, seeds, parent="", first_seen=horizon, due_at=horizon)
        _ask_lists(conn, portal, seeds, run, horizon)
        if full:
            conn.execute(_ASK_ALL, {"of_portal": portal, "of_run": run, "horizon": horizon})
        if young is not None:
            since, later = young
            values = {"of_portal": portal, "of_run": run, "since": since, "later": later, "horizon": horizon}
            conn.execute(_ASK_YOUNG, values)
        if put_off:
            dates = [{"page": page, "of_run": run, "date": due_at} for page, due_at in put_off.items()]
            conn.execute(_PUT_OFF, dates)


def _ask_lists(conn: Connection, portal: str, seeds: Sequence[NewPage], run: int, horizon: datetime) -> None:
    """Home pages are lists whatever they were taken for since; known lists are due, but for what fails night after night."""
    homes = [seed.key for seed in seeds if seed.purpose == "listing"]
    first = min((seed.priority for seed in seeds), default=0)
    conn.execute(_ASK_HOMES, {"of_portal": portal, "homes": homes, "horizon": horizon, "first": first})
    conn.execute(_ASK_LISTS, {"of_portal": portal, "of_run": run, "horizon": horizon})


def not_asked(run: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition that a page was not asked in this run yet."""
    return or_(_page.c.run.is_(None), _page.c.run != run)


# Built once, these and those below: to put a statement together takes longer than to carry it out.
_OURS = _page.c.portal == bindparam("of_portal")
_ELSEWHERE = not_asked(bindparam("of_run"))
_HORIZON = bindparam("horizon", type_=_page.c.due_at.type)
# Articles that earlier visits found and never asked wait for what this one brings.
_STEP_BEHIND = (
    update(_page)
    .where(_OURS, _page.c.priority == bindparam("fresh"), _page.c.status.is_(None), _page.c.purpose == "article")
    .where(_page.c.first_seen < bindparam("since"))
    .values(priority=bindparam("behind", type_=_page.c.priority.type))
)
_ASK_ALL = (
    update(_page)
    .where(_OURS, (_page.c.purpose != "attachment") | _page.c.status.is_not(None), _ELSEWHERE)
    .values(due_at=_HORIZON)
)
_ASK_YOUNG = (
    update(_page)
    .where(_OURS, _page.c.purpose == "article", _page.c.read_as == "article", _ELSEWHERE)
    .where(_page.c.first_seen >= bindparam("since"), _page.c.due_at > bindparam("later"))
    .values(due_at=_HORIZON)
)
_PUT_OFF = (
    update(_page)
    .where(_page.c.id == bindparam("page"), _ELSEWHERE)
    .values(due_at=bindparam("date", type_=_page.c.due_at.type))
)
_ASK_HOMES = (
    update(_page)
    .where(_OURS, _page.c.key.in_(bindparam("homes", expanding=True)))
    .values(due_at=_HORIZON, purpose="listing", priority=bindparam("first", type_=_page.c.priority.type), paging=0)
)
_ASK_LISTS = (
    update(_page)
    .where(_OURS, _page.c.purpose.in_(("listing", "feed", "sitemap")), _page.c.paging == 0, _page.c.status == 200)
    # later than now though it never failed: the clock went back since, and it is due all the same
    .where(_page.c.due_at > _HORIZON, _page.c.attempts == 0, _ELSEWHERE)
    .values(due_at=_HORIZON)
)


_FACTS = select(
    _portal.c.platform, _portal.c.server, _portal.c.deep_at, _portal.c.backfilled, _portal.c.backfill_to
).where(_portal.c.id == bindparam("portal"))
_ANY_PAGE = select(_page.c.id).where(_page.c.portal == bindparam("portal")).limit(1)
_PATTERNS = select(_pattern.c.shape, _pattern.c.articles, _pattern.c.others).where(
    _pattern.c.portal == bindparam("portal")
)


def facts(conn: Connection, portal: str) -> Facts:
    """What the database knows of a portal for its plan. Cheap enough for every 25 pages."""
    which = {"portal": portal}
    row = conn.execute(_FACTS, which).first()
    begun = conn.execute(_ANY_PAGE, which).first() is not None
    patterns = {shape: (articles, others) for shape, articles, others in conn.execute(_PATTERNS, which).all()}
    if row is None:
        return Facts(patterns, begun=begun)
    return Facts(patterns, row.platform, row.server, row.deep_at, row.backfilled, row.backfill_to, begun)


def _due_where(kind: ColumnElement[bool]) -> Select[Any]:
    of_portal = (_page.c.portal == bindparam("portal")) & kind & (_page.c.due_at <= bindparam("horizon"))
    fresh = or_(_page.c.run.is_(None), _page.c.run != bindparam("run"))
    ordered = select(_page).where(of_portal, fresh).order_by(_page.c.priority, _page.c.depth, _page.c.id)
    return ordered.limit(bindparam("most"))


_PAGES_DUE = _due_where(_page.c.purpose != "attachment")
_FILES_DUE = _due_where(_page.c.purpose == "attachment")


def due(
    conn: Connection,
    portal: str,
    *,
    run: int,
    horizon: datetime,
    limit: int,
    skip: Collection[int] = (),
    attachments: bool = False,
) -> list[Due]:
    """The next pages of a portal in the order they should be asked, at most `limit`, none of `skip` (being asked now).

    Attachments are asked for by themselves.
    """
    values = {"portal": portal, "horizon": horizon, "run": run, "most": limit + len(skip)}
    rows = conn.execute(_FILES_DUE if attachments else _PAGES_DUE, values).all()
    return [due_of(row) for row in [row for row in rows if row.id not in skip][:limit]]


_MISJUDGED = (
    select(_page)
    .where(_OURS, _page.c.read_as.in_(("not-article", "copy")), _page.c.purpose.in_(("article", "unknown")))
    .where(_page.c.status == 200, _ELSEWHERE)
    .where(
        (_page.c.due_at <= _HORIZON)
        | (_page.c.read_as == "not-article")
        & (_page.c.purpose == "article")
        & (_page.c.last_seen > bindparam("since", type_=_page.c.last_seen.type))
    )
)
_MISSING = select(_page).where(
    _OURS, _page.c.read_as == "article", _page.c.negatives > 0, _page.c.attempts == 0, _ELSEWHERE
)


def misjudged(conn: Connection, portal: str, *, run: int, horizon: datetime, since: datetime) -> list[Due]:
    """The pages that answered, were not asked in this run, and have been read as no article of their own: the due ones, and
    those that were taken for articles when they answered after `since`."""
    rows = conn.execute(_MISJUDGED, {"of_portal": portal, "of_run": run, "horizon": horizon, "since": since})
    return [due_of(row) for row in rows.all()]


def missing(conn: Connection, portal: str, *, run: int) -> list[Due]:
    """The articles' pages whose last answers were negative, as the reading half counts them, and that were not asked in this
    run."""
    return [due_of(row) for row in conn.execute(_MISSING, {"of_portal": portal, "of_run": run})]


def adopt(
    db: Database, fence: Fence, portal: str, page: NewPage, *, parent: str, at: datetime, due_at: datetime
) -> Due:
    """The row of a page that a redirect led to, made if nobody knew it."""
    with db.write(fence, portals=(portal,)) as conn:
        insert_pages(conn, portal, [page], parent=parent, first_seen=at, due_at=due_at)
        row = conn.execute(select(_page).where(_page.c.portal == portal, _page.c.key == page.key)).one()
        return due_of(row)


def known(conn: Connection, portal: str, key: str) -> Due | None:
    """The row of a page, None if nobody has heard of it."""
    row = conn.execute(select(_page).where(_page.c.portal == portal, _page.c.key == key)).one_or_none()
    return due_of(row) if row is not None else None


_SETTLED = select(_page.c.key).where(
    _page.c.portal == bindparam("portal"),
    _page.c.key.in_(bindparam("keys", expanding=True)),
    _page.c.status.is_not(None) | _page.c.purpose.in_(("article", "attachment")),
)


def known_keys(conn: Connection, portal: str, keys: Iterable[str]) -> list[str]:
    """Those of these keys whose pages were asked before, or wait as what they surely are: a further mention adds nothing."""
    wanted, found = list(keys), list[str]()
    for start in range(0, len(wanted), CHUNK):
        found += conn.execute(_SETTLED, {"portal": portal, "keys": wanted[start : start + CHUNK]}).scalars().all()
    return found


_capture, _file = schema.capture, schema.warc_file
_ROBOTS = (
    select(_capture)
    .join(_file, (_file.c.name == _capture.c.file) & (_file.c.state != "expired"))
    .where(
        _capture.c.portal == bindparam("portal"), _capture.c.key == bindparam("key"), _capture.c.purpose == "robots",
        or_(_capture.c.status.between(200, 299), _capture.c.status.between(400, 499)),
        _capture.c.status.not_in((408, 429)), _capture.c.truncated == "", _capture.c.fetched_at > bindparam("since"),
    )
    .order_by(_capture.c.entry.desc())
    .limit(1)
)  # fmt: skip


def robots_copy(conn: Connection, portal: str, key: str, *, since: datetime) -> Row[Any] | None:
    """The newest whole robots.txt with this key that a portal gave after `since`, or its word that there is none (4xx but 429):
    a row of `capture`."""
    return conn.execute(_ROBOTS, {"portal": portal, "key": key, "since": since}).first()


_SAID = (
    select(_sighting.c.key, _sighting.c.listing, _sighting.c.source, _sighting.c.anchor, _sighting.c.date_text)
    .where(_sighting.c.portal == bindparam("portal"), _sighting.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(_sighting.c.id)
)


def mentions_of(conn: Connection, portal: str, keys: Iterable[str]) -> dict[str, tuple[dict[str, str], ...]]:
    """What lists say of these pages, at most five lines each: it goes into the WARC beside an article's answer, because the
    list itself may be gone when the article's date is asked for."""
    wanted = list(keys)
    lines: dict[str, tuple[dict[str, str], ...]] = {}
    said = conn.execute(_SAID, {"portal": portal, "keys": wanted}).all() if wanted else ()
    for key, listing, source, anchor, date_text in said:
        if len(lines.get(key, ())) < 5:
            line = {"listing": listing, "source": source, "anchor": anchor, "date_text": date_text}
            lines[key] = (*lines.get(key, ()), line)
    return lines


def aim(db: Database, fence: Fence, portal: str, to: datetime, *, parts: int, horizon: datetime) -> None:
    """From now on the portal's backfill goes back to `to`. Where an earlier walk ended, this one goes on: at the parts of
    lists (their priority is `parts`) that were met then and never asked."""
    met = (_page.c.paging > 0) & (_page.c.priority == parts) & _page.c.status.is_(None) & _page.c.due_at.is_(None)
    with db.write(fence, portals=(portal,)) as conn:
        conn.execute(update(_portal).where(_portal.c.id == portal).values(backfill_to=to, backfilled=False))
        conn.execute(update(_page).where(_page.c.portal == portal, met).values(due_at=horizon))


_WALKED = update(_portal).where(_portal.c.id == bindparam("of_portal"))


def walked(db: Database, fence: Fence, portal: str, *, now: datetime) -> None:
    """Note that a deep pass over the portal's lists came to its end."""
    with db.write(fence, portals=(portal,)) as conn:
        conn.execute(_WALKED, {"of_portal": portal, "deep_at": now, "backfilled": True})


def answered(conn: Connection, portal: str, *, run: int) -> int:
    """How many of the portal's pages have answered in this run."""
    began = select(schema.run.c.started_at).where(schema.run.c.id == run).scalar_subquery()
    mine = (_page.c.portal == portal) & (_page.c.run == run) & (_page.c.last_seen >= began) & (_page.c.status < 400)
    return conn.execute(select(func.count()).where(mine)).scalar_one()


_NOTES = select(_server).where(_server.c.address.in_(bindparam("addresses", expanding=True)))


def server_notes(conn: Connection, addresses: Iterable[str]) -> dict[str, ServerNote]:
    """What earlier runs learned of these servers."""
    rows = conn.execute(_NOTES, {"addresses": list(addresses)})
    return {row.address: ServerNote(row.next_at, row.delay, row.failures) for row in rows}


def leave_server(db: Database, fence: Fence, address: str, note: ServerNote) -> None:
    """Remember what a server asked for, for the runs to come."""
    values = {"next_at": note.next_at, "delay": note.delay, "failures": note.failures}
    with db.write(fence) as conn:
        found = conn.execute(update(_server).where(_server.c.address == address).values(**values))
        if not found.rowcount:
            conn.execute(_server.insert().values(address=address, **values))


# --- shared with commit ---------------------------------------------------------------------------------------------


def insert_pages(
    conn: Connection,
    portal: str,
    pages: Iterable[NewPage],
    *,
    parent: str,
    first_seen: datetime,
    due_at: datetime | None,
) -> int:
    """Add pages that are not known yet; those that are stay as they are. Returns how many were added."""
    rows = [
        {
            "portal": portal,
            "key": page.key,
            "url": page.url,
            "purpose": page.purpose,
            "shape": page.shape,
            "depth": page.depth,
            "priority": page.priority,
            "paging": page.paging,
            "parent": parent,
            "due_at": due_at,
            "first_seen": first_seen,
        }
        for page in pages
    ]
    added, statement = 0, _inserted(conn.dialect.name)
    for start in range(0, len(rows), CHUNK):
        added += len(conn.execute(statement, rows[start : start + CHUNK]).all())
    return added


@cache
def _inserted(dialect: str) -> ReturningInsert[tuple[int]]:
    new = upsert_on(dialect, _page).on_conflict_do_nothing(index_elements=["portal", "key"])
    return new.returning(_page.c.id)


CHUNK = 400
"""Keys per statement: far below the limits on bound parameters of both databases."""


def due_of(row: Row[Any]) -> Due:
    """A row of `page` as its value."""
    page = Page(
        id=row.id,
        portal=row.portal,
        key=row.key,
        url=row.url,
        purpose=row.purpose,
        depth=row.depth,
        priority=row.priority,
        due_at=row.due_at,
        run=row.run,
        attempts=row.attempts,
        etag=row.etag,
        last_modified=row.last_modified,
        payload_sha256=row.payload_sha256,
    )
    return Due(page, row.shape, row.paging, row.first_seen, row.status, row.negatives, row.read_as, row.last_seen)
