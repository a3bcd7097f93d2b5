"""The report of a night: gathered, and put into the archive's folder `reports/` as text and as HTML, each replaced at once."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from phuongchi.commands.causes import MEANINGS
from storage.faults import full_disk

if TYPE_CHECKING:
    from monitoring.report import Both, Report
    from phuongchi.archive import Archive
    from storage.engine import Database
    from storage.reader import Night

FAR = 3650
"""Nights until the disk is full of which nothing is said."""

SOON = timedelta(days=3)
"""How long before a request is due the report tells of it."""

FOLDER = "reports"
"""Where reports lie in an archive."""


def of_night(archive: Archive, db: Database, day: date, undelivered: tuple[Both, ...] = ()) -> Report | None:
    """The report of the night that began on the evening of `day`; None if there was none."""
    from storage import reader

    night = reader.night(db, day, schedule=archive.config.schedule)
    return None if night is None else _report(archive, db, night, undelivered)


def of_run(archive: Archive, db: Database, run: int) -> Report | None:
    """The report of one run alone; None if there is none with this number."""
    from storage import reader

    night = reader.night_of_run(db, run, schedule=archive.config.schedule)
    return None if night is None else _report(archive, db, night, ())


def write(folder: Path, report: Report) -> tuple[Path, Path]:
    """Put a report into the archive in `folder`: `reports/2026-11-21.txt` and `.html`. Raises StorageFull.

    Each file is there whole or not at all; a report that was made before is replaced.
    """
    from monitoring import rendering

    place = folder / FOLDER
    made = {".txt": rendering.text(report), ".html": rendering.html(report)}
    targets = {ending: place / f"{report.night.date:%Y-%m-%d}{ending}" for ending in made}
    for ending, text in made.items():
        put(targets[ending], text)
    return targets[".txt"], targets[".html"]


def put(target: Path, text: str) -> None:
    """Write a file of the archive so that it is there whole or as it was. Raises StorageFull."""
    draft = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(exist_ok=True)
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise full_disk(error, str(target)) or error from error


def _report(archive: Archive, db: Database, night: Night, undelivered: tuple[Both, ...]) -> Report:
    from monitoring.forecast import disk_words, fill_words
    from monitoring.report import Disk, Report
    from phuongchi.outlook import outlook

    usage, expected = shutil.disk_usage(archive.folder), outlook(archive, db)
    disk = Disk(free=usage.free, total=usage.total, least=archive.config.min_free * 2**20)
    near = expected.warns or (expected.full_in or FAR) < FAR
    said = tuple(_both(words) for words in (fill_words(expected), disk_words(expected) if near else "") if words)
    asked = duties(db, night.ended_at or night.runs[-1].started_at)
    return Report(night, disk, duties=asked, forecasts=said, undelivered=undelivered, causes=MEANINGS)


def duties(db: Database, now: datetime) -> tuple[Both, ...]:
    """What the register of requests asks of somebody, overdue or soon."""
    from storage.requests import overdue

    late = len(overdue(db, now))
    soon = len(overdue(db, now, within=SOON)) - late
    found = []
    if late:
        found.append((
            f"{late} yêu cầu về dữ liệu đã quá hạn: xem phuongchi requests list",
            f"{late} requests about data are overdue: see phuongchi requests list",
        ))  # fmt: skip
    if soon:
        found.append((
            f"{soon} yêu cầu về dữ liệu đến hạn trong {SOON.days} ngày: xem phuongchi requests list",
            f"{soon} requests about data are due within {SOON.days} days: see phuongchi requests list",
        ))  # fmt: skip
    return tuple(found)


def _both(words: str) -> Both:
    """`Vietnamese | English` as two texts; a warning stands before both."""
    mark = "CẢNH BÁO | WARNING: "
    vietnamese, _, english = words.removeprefix(mark).partition(" | ")
    return (f"CẢNH BÁO: {vietnamese}", f"WARNING: {english}") if words.startswith(mark) else (vietnamese, english)
