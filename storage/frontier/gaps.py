"""Pages that lists announce as articles, and that showed something else when they were asked: gaps, to be asked again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from storage import schema
from storage.frontier.pages import due_of, not_asked
from storage.frontier.values import Due
from storage.records import PASSING

_page, _capture, _reading, _sighting = schema.page, schema.capture, schema.reading, schema.sighting


def _query() -> Select[Any]:
    here = (_page.c.portal == bindparam("portal")) & (_page.c.purpose == "article") & (_page.c.read_as == "not-article")
    announced = (
        select(_sighting.c.id).where(_sighting.c.portal == bindparam("portal"), _sighting.c.key == _page.c.key).exists()
    )
    same = (_capture.c.portal == bindparam("portal")) & (_capture.c.key == _page.c.key)
    last = select(func.max(_capture.c.entry)).where(same, _capture.c.status == 200).correlate(_page).scalar_subquery()
    times = select(func.count()).where(same).correlate(_page).scalar_subquery()
    return (
        select(_page, times.label("times"))
        .select_from(_page)
        .join(_reading, _reading.c.entry == last)
        .where(here, announced, _page.c.status == 200, not_asked(bindparam("run")), _reading.c.detail.in_(PASSING))
        .where(times <= bindparam("most"))
    )


_GAPS = _query()  # built once: to put a statement together takes longer than to carry it out


def gaps(conn: Connection, portal: str, *, run: int, most: int) -> list[tuple[Due, int]]:
    """The announced pages whose last answer was a notice (maintenance, a block, a login) in an article's place, with how often
    they have answered; none that answered more than `most` times, or was asked in this run."""
    rows = conn.execute(_GAPS, {"portal": portal, "run": run, "most": most})
    return [(due_of(row), row.times) for row in rows]
