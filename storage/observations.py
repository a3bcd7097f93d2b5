"""What the archive saw of each portal, as far as it tells how the portal stands: visits, failures, days with news.

What is known only shortly after a visit is counted then (`storage.seen`) and kept with the visit's counts; the rest
stands in the tables anyway.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from storage import schema
from storage.engine import Database
from storage.order import first_key
from storage.text import VIETNAM

_visit, _failure, _article, _run = schema.visit, schema.failure, schema.article, schema.run


@dataclass(frozen=True, slots=True)
class Observation:
    """What one visit of a portal brought.

    `state`, `cause`, `detail` and `counts` are the visit's; `failures` counts by class what failed in it; `away` is where the
    home page redirected to when it led off the portal. In `counts`, beside what the crawl counted: `listed` pages of articles
    that lists showed (`usual`: what they mostly show), `announced` those of them that were new, `created` articles that were
    new, `barren` announced pages that were read as no article, `read` pages read, `kept` articles that were read again as such,
    `strange` pages of a layout that no template knows, `waiting` those that wait for it to be learned, `same` addresses that
    gave one and the same page, `headlines` of the lists (the newest), `foreign` those that are no Vietnamese
    (`usual.foreign`: what percentage mostly is), `promoted` those that advertise gambling, `farewell` a new one that tells of
    the portal's end, `said.X` pages that were read as X (maintenance, …), `home.X` the home page; `owed.*` is what was
    announced since the last article that could be read, `ever.*` how much was announced, and barren, lately.
    """

    portal: str
    run: int
    at: datetime
    ended: datetime | None
    state: str
    cause: str = ""
    detail: str = ""
    deep: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    away: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """On which days a portal had news: the articles' dates, else when they were first seen. `last` is the last sign of life."""

    days: tuple[date, ...] = ()
    last: datetime | None = None


def observations(db: Database, *, visits: int = 14, before: int | None = None) -> dict[str, tuple[Observation, ...]]:
    """The last visits of each portal that were begun, the oldest first; at most `visits` each, none of later runs than
    `before`."""
    begun = _visit.c.started_at.is_not(None) & _run.c.kind.in_(("night", "hand"))
    if before is not None:
        begun &= _visit.c.run <= before
    order = func.row_number().over(partition_by=_visit.c.portal, order_by=_visit.c.run.desc()).label("back")
    ranked = select(_visit, order).join(_run, _run.c.id == _visit.c.run).where(begun).subquery()
    query = select(ranked).where(ranked.c.back <= visits).order_by(ranked.c.portal, ranked.c.run)
    with db.read() as conn:
        rows = conn.execute(query).mappings().all()
        runs = {row["run"] for row in rows}
        failures, away = _failures(conn, runs), _away(conn, runs)
    found: dict[str, list[Observation]] = defaultdict(list)
    for row in rows:
        key = (row["run"], row["portal"])
        found[row["portal"]].append(Observation(
            portal=row["portal"], run=row["run"], at=row["started_at"], ended=row["ended_at"], state=row["state"],
            cause=row["cause"], detail=row["detail"], deep=row["deep"], counts=dict(row["counts"]),
            failures=failures.get(key, {}), away=away.get(key, ""),
        ))  # fmt: skip
    return {portal: tuple(rows) for portal, rows in found.items()}


def news(db: Database, *, since: datetime) -> dict[str, News]:
    """On which days since then each portal had news, and its last sign of life.

    An article that appears shortly after the date it bears is a sign of life when it appears; one of a backfill is none.
    """
    days: dict[str, set[date]] = defaultdict(set)
    last: dict[str, datetime] = {}
    query = select(_article.c.portal, _article.c.sort_at, _article.c.first_seen)
    query = query.where(_article.c.sort_key >= first_key(since))
    with db.read() as conn:
        for portal, published, seen in conn.execute(query):
            alive = min(published, seen)
            days[portal].add(alive.astimezone(VIETNAM).date())
            if (seen - published).days < _FRESH:
                alive = seen if (seen - published).days > 0 else alive
            last[portal] = max(alive, last.get(portal, alive))
    return {portal: News(tuple(sorted(found)), last[portal]) for portal, found in days.items()}


_FRESH = 30
"""Days after the date that it bears within which an article that appears was just put on line."""


def _failures(conn: Connection, runs: Iterable[int]) -> Mapping[tuple[int, str], Mapping[str, int]]:
    name = _failure.c["class"]
    query = select(_failure.c.run, _failure.c.portal, name, func.count()).where(_failure.c.run.in_(list(runs)))
    found: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for run, portal, failure, count in conn.execute(query.group_by(_failure.c.run, _failure.c.portal, name)):
        found[run, portal][failure] = count
    return found


def _away(conn: Connection, runs: Iterable[int]) -> dict[tuple[int, str], str]:
    """Where home pages led that led off their portals."""
    portal = schema.portal
    query = (
        select(_failure.c.run, _failure.c.portal, _failure.c.url, _failure.c.detail, portal.c.url.label("home"))
        .join(portal, portal.c.id == _failure.c.portal)
        .where(_failure.c.run.in_(list(runs)), _failure.c["class"] == "redirect.offsite")
    )
    return {
        (row.run, row.portal): row.detail.partition(": ")[0] if "://" in row.detail else row.detail
        for row in conn.execute(query)
        if _bare(row.url) == _bare(row.home)
    }


def _bare(url: str) -> str:
    """An address without scheme, `www.` and final slash."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/").lower()
