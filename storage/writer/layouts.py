"""What a portal's layouts were learned from, and which pages fit none of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, insert, select, true, update

from storage import schema
from storage.records import Capture, Template
from storage.writer.queue import capture_of, still_there

CAUSE = "layout-changed"
"""What the alert and the visit's count of a night are called on which a portal's pages came in another layout."""

PAGES = ("article", "unknown", "listing", "other")
"""Purposes of what may be a page of a layout."""

_capture, _reading, _template, _visit = schema.capture, schema.reading, schema.template, schema.visit
_SHOWN = ("new", "revised", "unchanged", "copy")

# Built once, as in `rows`.
_TEMPLATES = (
    select(_template)
    .where(_template.c.portal == bindparam("of_portal"))
    .order_by(_template.c.version.desc())
    .limit(bindparam("limit"))
)
_RECENT = (
    select(func.coalesce(_reading.c.strange, False))
    .join(_capture, _capture.c.entry == _reading.c.entry)
    .where(_capture.c.portal == bindparam("of_portal"), _capture.c.entry > bindparam("after"), _capture.c.status == 200)
    .where(_reading.c.verdict.in_(_SHOWN) | (_reading.c.strange == true()))
    .order_by(_capture.c.entry.desc())
    .limit(bindparam("limit"))
)


def templates(conn: Connection, portal: str, limit: int) -> tuple[Template, ...]:
    """The portal's newest templates, the last one first."""
    rows = conn.execute(_TEMPLATES, {"of_portal": portal, "limit": limit}).mappings()
    return tuple(Template(portal, row["version"], tuple(row["learned_from"]), row["body"]) for row in rows)


def read_with(conn: Connection, portal: str, reader: str) -> Template | None:
    """The template that a reader of this name (`extractor.template`) used, the newest one if the name does not tell."""
    version = reader.rpartition(".")[2]
    for template in templates(conn, portal, 1000):
        if not version.isdigit() or template.version == int(version):
            return template
    return None


def learnable(conn: Connection, portal: str, limit: int, *, since: int = 0) -> list[Capture]:
    """The first `limit` captures of different pages from entry `since` on that came as whole HTML pages, in archive order,
    without those on which reading failed.

    What a template is learned from: a fixed set, so that what was learned does not depend on the moment.
    """
    first = (
        select(func.min(_capture.c.entry))
        .where(
            _capture.c.portal == portal,
            _capture.c.entry >= since,
            _capture.c.status == 200,
            _capture.c.truncated == "",
            _capture.c.purpose.in_(PAGES),
            still_there(),
            ~exists().where(_reading.c.entry == _capture.c.entry, _reading.c.verdict == "failed"),
        )
        .group_by(_capture.c.key)
    )
    query = select(_capture).where(_capture.c.entry.in_(first)).order_by(_capture.c.entry).limit(limit)
    return [capture_of(row) for row in conn.execute(query).mappings()]


def waits(conn: Connection, entries: Iterable[int]) -> bool:
    """Whether one of these captures waits to be read."""
    here = _capture.c.entry.in_(list(entries)) & (_capture.c.unread == true())
    return conn.execute(select(_capture.c.entry).where(here).limit(1)).first() is not None


def strange(conn: Connection, portal: str, *, after: int, limit: int) -> list[Capture]:
    """The portal's first captures behind entry `after` that were read and whose layout no template knew."""
    query = (
        select(_capture)
        .join(_reading, _reading.c.entry == _capture.c.entry)
        .where(_capture.c.portal == portal, _capture.c.entry > after, _reading.c.strange == true())
    )
    return [capture_of(row) for row in conn.execute(query.order_by(_capture.c.entry).limit(limit)).mappings()]


def recent(conn: Connection, portal: str, *, after: int, limit: int) -> list[bool]:
    """Of the portal's last readings of articles behind entry `after`, whether each was strange; the newest first."""
    here = {"of_portal": portal, "after": after, "limit": limit}
    return [bool(found) for found in conn.execute(_RECENT, here).scalars()]


def reopen(conn: Connection, portal: str, *, after: int, since: int, before: int = 0) -> None:
    """Pages that were read as articles, or that no template knew, wait to be read again from entry `since` on, and so many of
    the portal's `before` it; none that are not behind entry `after`.
    """
    shown = _reading.c.verdict.in_(_SHOWN) | (_reading.c.strange == true())
    read = select(_reading.c.entry).where(_reading.c.entry == _capture.c.entry, shown).exists()
    here = (_capture.c.portal == portal) & (_capture.c.entry > after) & (_capture.c.status == 200)
    entry = _capture.c.entry
    last = select(entry).where(here, entry < since, read).order_by(entry.desc()).limit(before)
    first = min([since, *conn.execute(last).scalars()])
    conn.execute(update(_capture).where(here, entry >= first, still_there(), read).values(unread=True))


def report(conn: Connection, learned: Template, before: Template, *, now: datetime) -> bool:
    """Note that the portal changed its layout, unless both layouts were met in one run: then it has two of them.

    An alert that is closed already, because the new layout was learned, and a count of the night's visit.
    """
    old, new = _run(conn, before.learned_from[-1]), _run(conn, learned.learned_from[0])
    if new is not None and old == new:
        return False
    detail = f"template {learned.version} learned from {len(learned.learned_from)} captures"
    alert = {"portal": learned.portal, "cause": CAUSE, "opened_at": now, "closed_at": now, "detail": detail}
    conn.execute(insert(schema.alert).values(**alert))
    visit = (_visit.c.run == new) & (_visit.c.portal == learned.portal)
    counts = conn.execute(select(_visit.c.counts).where(visit).with_for_update()).scalar()
    if counts is not None:
        conn.execute(update(_visit).where(visit).values(counts={**counts, CAUSE: counts.get(CAUSE, 0) + 1}))
    return True


def _run(conn: Connection, entry: int) -> int | None:
    return conn.execute(select(_capture.c.run).where(_capture.c.entry == entry)).scalar()
