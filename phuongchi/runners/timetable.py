"""The timetable for people: every line of it with its next time, its last one and what stands against it."""

from __future__ import annotations

from datetime import datetime

from monitoring.nights import next_instant
from phuongchi.archive import Archive
from phuongchi.runners.nights import planner_of
from storage import overview, runs
from storage.engine import Database
from storage.overview import Alert
from storage.runs import SlotRow


def table(archive: Archive, db: Database, *, now: datetime) -> list[dict[str, object]]:
    """The whole timetable: what runs when, what came of its last time, and what stands against it."""
    planner, alerts = planner_of(archive, db), {alert.cause: alert for alert in overview.alerts(db)}
    commands = {job.key: f"phuongchi {' '.join(job.arguments)}" for job in planner.jobs}
    lines = []
    for line in planner.lines():
        last = next(iter(runs.slots_of(db, line.key)), None)
        lines.append(
            {"schedule": line.key, "cron": line.cron, "runs": commands.get(line.key, "phuongchi crawl --due"),
             "next": next_instant(line.cron, now), **_last(last), "trouble": _trouble(alerts.get(line.key))}
        )  # fmt: skip
    return lines


def _last(row: SlotRow | None) -> dict[str, object]:
    return {"last": row.due_at if row else None, "state": row.state if row else "", "run": row.run if row else None}


def _trouble(alert: Alert | None) -> str:
    return alert.detail if alert is not None and alert.closed_at is None else ""
