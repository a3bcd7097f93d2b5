"""What may be expected of the nights to come: the first fill and the disk, from backlog, pace and growth."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from phuongchi.archive import Archive

if TYPE_CHECKING:
    from monitoring.forecast import Forecast
    from storage.engine import Database


def outlook(archive: Archive, db: Database) -> Forecast:
    """The forecast of an archive at this moment. Raises the errors of `storage`."""
    from monitoring.forecast import Backlog, Means, Room, forecast
    from monitoring.nights import length
    from storage.runs.history import backlogs, growth

    config = archive.config
    fetch, night = config.fetch, (config.night.opens, config.night.closes)
    processes = fetch.processes or max((os.cpu_count() or 1) // 2, 1)
    means = Means(length(night).total_seconds(), fetch.delay, fetch.active * processes, fetch.max_pages)
    grown, size, captures = growth(db)
    room = Room(shutil.disk_usage(archive.folder).free, config.min_free * 2**20, grown, size, captures)
    waiting = [
        Backlog(row.portal, row.server, row.pages, row.walked, row.pace)
        for row in backlogs(db, now=archive.clock.now())
    ]
    return forecast(waiting, means, room)
