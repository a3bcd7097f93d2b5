"""Runs and what became of each portal in them, for programs that look on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from storage import schema
from storage.engine import Database

_run, _visit = schema.run, schema.visit


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run. `ended_at` None: under way, or killed and not gone on with; `slot` is the planned time of a nightly one."""

    id: int
    kind: str
    state: str
    slot: datetime | None
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    resumed: int
    version: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One portal's part in a run; `counts` is what happened, by name."""

    portal: str
    state: str
    cause: str
    counts: dict[str, int]
    started_at: datetime | None
    ended_at: datetime | None


def runs(db: Database, *, before: int = 0, limit: int = 50) -> list[RunLine]:
    """Runs, the newest first; `before` is the number of the last one seen."""
    query = _lines().order_by(_run.c.id.desc()).limit(limit)
    with db.read() as connection:
        rows = connection.execute(query.where(_run.c.id < before) if before else query).mappings()
        return [RunLine(**row) for row in rows]


def run(db: Database, number: int) -> tuple[RunLine, list[VisitLine]] | None:
    """One run with its visits by portal; None if there is none."""
    with db.read() as connection:
        row = connection.execute(_lines().where(_run.c.id == number)).mappings().one_or_none()
    if row is None:
        return None
    names: tuple[Any, ...] = VisitLine.__slots__
    query = select(*(_visit.c[name] for name in names)).where(_visit.c.run == number).order_by(_visit.c.portal)
    with db.read() as connection:
        return RunLine(**row), [VisitLine(**row) for row in connection.execute(query).mappings()]


def _lines() -> Select[Any]:
    return select(*(_run.c[name] for name in RunLine.__slots__))
