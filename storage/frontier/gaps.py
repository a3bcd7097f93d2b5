"""Pages that lists announce as articles, and that showed something else when they were asked: gaps, to be asked again."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from storage import schema
from storage.frontier.pages import due_of, not_asked
from storage.frontier.values import Due
from storage.reader.listed import PASSING

_page, _capture, _reading, _sighting = schema.page, schema.capture, schema.reading, schema.sighting


def gaps(conn: Connection, portal: str, *, run: int, most: int) -> list[tuple[Due, int]]:
    """The announced pages whose last answer was a notice (maintenance, a block, a login) in an article's place, with how often
    they have answered; none that answered more than `most` times, or was asked in this run."""
    here = (_page.c.portal == portal) & (_page.c.purpose == "article") & (_page.c.read_as == "not-article")
    announced = select(_sighting.c.id).where(_sighting.c.portal == portal, _sighting.c.key == _page.c.key).exists()
    same = (_capture.c.portal == portal) & (_capture.c.key == _page.c.key)
    last = select(func.max(_capture.c.entry)).where(same, _capture.c.status == 200).correlate(_page).scalar_subquery()
    times = select(func.count()).where(same).correlate(_page).scalar_subquery()
    query = (
        select(_page, times.label("times"))
        .select_from(_page)
        .join(_reading, _reading.c.entry == last)
        .where(here, announced, _page.c.status == 200, not_asked(run), _reading.c.detail.in_(PASSING), times <= most)
    )
    return [(due_of(row), row.times) for row in conn.execute(query)]
