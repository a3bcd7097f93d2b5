"""How portals stand, as the night's watch decided it: their states with history, and the alerts that are open.

`monitoring` decides, this writes down. A row of `portal_state` is added only when the state changes; an alert is opened once
and closed with the time of recovery.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from storage import schema
from storage.engine import Database, Fence

_state, _alert, _visit = schema.portal_state, schema.alert, schema.visit


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of a portal as it was written down: since when, why (Vietnamese, then English behind ` | `), in which run."""

    portal: str
    state: str
    cause: str
    since: datetime
    run: int | None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is open: its row's id, the portal (empty: of several portals), cause and detail."""

    id: int
    portal: str
    cause: str
    detail: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What the watch found changed: new states, alerts to open `(portal, cause, detail, opened_at)`, alerts to close
    `(id, closed_at)`, details that grew `(id, detail)`, and what it noted of visits `(run, portal) -> counts`.
    """

    states: Sequence[Kept] = ()
    causes: Sequence[Kept] = ()
    opened: Sequence[tuple[str, str, str, datetime]] = ()
    closed: Sequence[tuple[int, datetime]] = ()
    details: Sequence[tuple[int, str]] = ()


def standing(db: Database) -> dict[str, Kept]:
    """The last state of each portal that has one."""
    newest = select(func.max(_state.c.id)).group_by(_state.c.portal)
    query = select(_state.c.portal, _state.c.state, _state.c.cause, _state.c.since, _state.c.run)
    with db.read() as conn:
        return {row.portal: Kept(*row) for row in conn.execute(query.where(_state.c.id.in_(newest)))}


def history(db: Database, portal: str, *, limit: int = 50) -> list[Kept]:
    """The states of a portal, the newest first."""
    query = select(_state.c.portal, _state.c.state, _state.c.cause, _state.c.since, _state.c.run)
    query = query.where(_state.c.portal == portal).order_by(_state.c.id.desc()).limit(limit)
    with db.read() as conn:
        return [Kept(*row) for row in conn.execute(query)]


def added(db: Database) -> dict[str, datetime]:
    """When each portal came to the archive."""
    table = schema.portal
    with db.read() as conn:
        return {portal: at for portal, at in conn.execute(select(table.c.id, table.c.added_at))}


def open_alerts(db: Database) -> list[OpenAlert]:
    """The alerts that are open, the oldest first."""
    query = select(_alert.c.id, _alert.c.portal, _alert.c.cause, _alert.c.detail, _alert.c.opened_at)
    with db.read() as conn:
        return [
            OpenAlert(*row) for row in conn.execute(query.where(_alert.c.closed_at.is_(None)).order_by(_alert.c.id))
        ]


def keep(db: Database, fence: Fence | None, changes: Changes) -> None:
    """Write down what changed, whole or not at all. `causes` are states that stay, for another reason than before."""
    with db.write(fence) as conn:
        for kept in changes.states:
            conn.execute(insert(_state).values(
                portal=kept.portal, state=kept.state, cause=kept.cause, since=kept.since, run=kept.run
            ))  # fmt: skip
        for kept in changes.causes:
            last = select(func.max(_state.c.id)).where(_state.c.portal == kept.portal).scalar_subquery()
            conn.execute(update(_state).where(_state.c.id == last).values(cause=kept.cause))
        for portal, cause, detail, opened_at in changes.opened:
            conn.execute(insert(_alert).values(portal=portal, cause=cause[:64], detail=detail, opened_at=opened_at))
        for number, closed_at in changes.closed:
            conn.execute(update(_alert).where(_alert.c.id == number).values(closed_at=closed_at))
        for number, detail in changes.details:
            conn.execute(update(_alert).where(_alert.c.id == number).values(detail=detail))


def note(db: Database, fence: Fence | None, run: int, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Add to the counts of a run's visits what was seen of each portal afterwards; the same names are replaced."""
    with db.write(fence) as conn:
        for portal, seen in counts.items():
            here = (_visit.c.run == run) & (_visit.c.portal == portal)
            before = conn.execute(select(_visit.c.counts).where(here)).scalar()
            if before is not None:
                conn.execute(update(_visit).where(here).values(counts={**before, **seen}))


def forget(db: Database, fence: Fence | None, portals: Iterable[str], *, now: datetime) -> None:
    """Close the alerts of portals that are not watched any more (paused, retired)."""
    with db.write(fence) as conn:
        gone = _alert.c.portal.in_(list(portals)) & _alert.c.closed_at.is_(None)
        conn.execute(update(_alert).where(gone).values(closed_at=now))
