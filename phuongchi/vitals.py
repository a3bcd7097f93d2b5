"""What the judgement of an archive's health rests on, gathered from database, disk and timetable."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from phuongchi.archive import Archive

if TYPE_CHECKING:
    from monitoring.health import Vitals
    from storage.engine import Database

FURTHEST = timedelta(days=60)
"""How far back missed nights are counted."""

_DAY = timedelta(days=1)


def vitals(archive: Archive, db: Database) -> Vitals:
    """How the archive is at this moment. Raises the errors of `storage`."""
    from monitoring.health import Vitals
    from monitoring.report import Disk
    from phuongchi.outlook import outlook
    from phuongchi.telling import Herald
    from storage import runs
    from storage.reader.pulse import pulse, worked

    schedule = archive.config.schedule
    now, found = archive.clock.now(), pulse(db, schedule=schedule)
    first, done = worked(db, schedule)
    since = max(
        found.last_success or found.since, first or found.since
    )  # a schedule that is new has missed nothing before
    usage = shutil.disk_usage(archive.folder)
    return Vitals(
        now=now, pulse=found, disk=Disk(usage.free, usage.total, archive.config.min_free * 2**20),
        missed=missed(archive, since, now, done) if found.states else 0,
        undelivered=len(Herald(archive, lambda line: None).undelivered()),
        fills_soon=outlook(archive, db).warns, silent=runs.silence_of(db, "schedule"),
    )  # fmt: skip


def missed(archive: Archive, since: datetime, now: datetime, done: Collection[datetime] = ()) -> int:
    """How many planned nights have begun and ended since an instant and were not `done`."""
    from monitoring.nights import Slot, instants, turn

    config = archive.config
    hours = (config.night.opens, config.night.closes)
    count = 0
    for at in instants(config.schedule, max(since, now - FURTHEST), now):
        _, end = turn(Slot(config.schedule, at), hours)
        count += at not in done and (end or at + _DAY) <= now
    return count
