"""What of an old `watch` file the archive still rests on: without it a database made anew would tell another story.

States of articles and what a template was learned from; each answer that said a page is gone or has moved, and the first
behind it that showed the page again; and what made an article restricted or free. Everything else in it said the same once
more, or is a list whose mentions stand with the articles they date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from storage import schema
from storage.records import RecordRef
from storage.writer.keeping import Change

GONE, MOVED, SHOWN = (404, 410), (301, 302, 303, 307, 308), (200, 203, 304)
_DECIDED = ("withheld", "released")

_capture, _reading, _address, _event = schema.capture, schema.reading, schema.article_address, schema.event


def needed(conn: Connection, file: str) -> list[Change]:
    """The captures of a file that others rest on, in the order of the archive."""
    entries = {*_shown(conn, file), *_learned_from(conn, file), *_turns(conn, file), *_last_words(conn, file)}
    columns = (_capture.c[name] for name in ("entry", "portal", "series", "file", "offset", "length"))
    query = select(*columns).where(_capture.c.file == file).order_by(_capture.c.entry)
    return [Change(entry, portal, RecordRef(*ref)) for entry, portal, *ref in conn.execute(query) if entry in entries]


def _shown(conn: Connection, file: str) -> Iterator[int]:
    for table in (schema.revision, schema.attachment):
        query = select(table.c.entry).join(_capture, _capture.c.entry == table.c.entry)
        yield from conn.execute(query.where(_capture.c.file == file)).scalars()


def _learned_from(conn: Connection, file: str) -> Iterator[int]:
    here = select(_capture.c.portal).where(_capture.c.file == file)
    table = schema.template
    for entries in conn.execute(select(table.c.learned_from).where(table.c.portal.in_(here))).scalars():
        yield from entries


def _turns(conn: Connection, file: str) -> Iterator[int]:
    """Answers of articles' pages that say another thing than the one before, and all that say that a page is gone."""
    mine = (
        select(_capture.c.portal, _capture.c.key)
        .distinct()
        .join(_address, _is_address())
        .where(_capture.c.file == file)
    )
    pages = mine.subquery()
    here = and_(_capture.c.portal == pages.c.portal, _capture.c.key == pages.c.key)
    query = select(_capture.c.portal, _capture.c.key).distinct().join(pages, here)
    query = query.join(_reading, _reading.c.entry == _capture.c.entry, isouter=True)
    unlike = or_(_capture.c.status.in_((*GONE, *MOVED)), _reading.c.verdict == "absent")
    for portal, key in conn.execute(query.where(unlike)).all():
        yield from turns(_answers(conn, portal, key))


def turns(answers: Sequence[tuple[int, int, str]]) -> Iterator[int]:
    """The entries among a page's answers (entry, status, verdict; the oldest first) on which rests where it stands."""
    before = ""
    for entry, status, verdict in answers:
        gone = verdict == "absent" or status in GONE
        now = "gone" if gone else "moved" if status in MOVED else "shown" if status in SHOWN else ""
        if gone or (now and before and now != before):
            yield entry
        before = now or before


def _answers(conn: Connection, portal: str, key: str) -> Sequence[tuple[int, int, str]]:
    query = select(_capture.c.entry, _capture.c.status, _reading.c.verdict)
    query = query.join(_reading, _reading.c.entry == _capture.c.entry, isouter=True)
    here = (_capture.c.portal == portal) & (_capture.c.key == key)
    rows = conn.execute(query.where(here).order_by(_capture.c.entry))
    return [(entry, status, verdict or "") for entry, status, verdict in rows]


def _last_words(conn: Connection, file: str) -> Iterator[int]:
    """The last answer of each page of an article that was hidden or shown again: it may be the page that asked for it."""
    decided = select(_event.c.article).where(_event.c.kind.in_(_DECIDED))
    last = (
        select(func.max(_capture.c.entry))
        .join(_address, _is_address())
        .where(_address.c.article.in_(decided), _capture.c.status.in_(SHOWN))
        .group_by(_capture.c.portal, _capture.c.key)
    )
    yield from conn.execute(
        select(_capture.c.entry).where(_capture.c.entry.in_(last), _capture.c.file == file)
    ).scalars()


def _is_address() -> Any:
    return and_(_address.c.portal == _capture.c.portal, _address.c.key == _capture.c.key)
