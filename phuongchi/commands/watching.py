"""`status --check` for monitoring programs and cron, `status --watch` for a person who sits before a running night."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from phuongchi.commands.common import Session
from phuongchi.logs import environment_mask
from storage.errors import NoArchive, PhuongChiError, UsageError

if TYPE_CHECKING:
    from storage.engine import Database
    from storage.reader.pulse import Progress

EVERY = 3.0
"""Seconds between two looks at a running night."""


def check(session: Session) -> int:
    """One line for a monitoring program; returns 0, 1, 2 or 3 (OK, WARNING, CRITICAL, UNKNOWN) and raises nothing.

    These are the codes of monitoring plugins, the one exception to those of `docs/reference.md`.
    """
    from monitoring import health
    from phuongchi.vitals import vitals

    try:
        archive = session.archive()
        db = archive.connect(readonly=True)
        try:
            found = vitals(archive, db)
        finally:
            db.close()
        judgement = health.judge(found)
        line = health.line(judgement, found)
    except PhuongChiError as error:
        level = health.UNKNOWN if isinstance(error, UsageError | NoArchive) else health.CRITICAL
        return _said(session, level, str(error))
    except Exception as error:  # Python's own exit code would be a warning
        return _said(session, health.UNKNOWN, f"internal error: {type(error).__name__}: {error}. Please report it")
    session.voice.result(line)
    return judgement.level


def _said(session: Session, level: int, why: str) -> int:
    from monitoring import health

    said = environment_mask()(" ".join(why.replace("|", "/").split()))
    session.voice.result(f"PHUONGCHI {health.LEVELS[level]} - {said}")
    return level


def watch(session: Session, *, pause: Callable[[float], None] = time.sleep) -> int:
    """Show the run under way until it ends: drawn anew at a terminal, a line for each change anywhere else."""
    from storage.reader.pulse import progress

    archive = session.archive()
    db = archive.connect(readonly=True)
    try:
        first = progress(db)
        if first is None:
            session.voice.result("Không có phiên nào đang chạy | no run is under way")
            return 0
        steps = _steps(db, first, pause)
        last = _drawn(session, steps) if sys.stdout.isatty() else _told(session, steps)
        if last.run.state == "running":
            session.voice.result("Phiên bị ngắt, lần thu thập tới làm tiếp | it was cut short, the next crawl goes on")
    except KeyboardInterrupt:
        return 0  # whoever watches may look away
    finally:
        db.close()
    return 0


def _steps(db: Database, step: Progress, pause: Callable[[float], None]) -> Iterator[Progress]:
    """The run as it goes on, its end last; no more comes once it stands still and whoever worked it is dead."""
    from storage.leases import holder_of
    from storage.reader.pulse import progress

    yield step
    while step.run.state == "running":
        pause(EVERY)
        before, step = step, progress(db, step.run.id) or step
        yield step
        if step == before and not holder_of(db, "crawl"):
            return


def _told(session: Session, steps: Iterator[Progress]) -> Progress:
    before = ""
    for step in steps:
        if (line := summary(step)) != before:
            session.voice.result(line)
            sys.stdout.flush()
            before = line
    return step


def _drawn(session: Session, steps: Iterator[Progress]) -> Progress:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(), transient=True, auto_refresh=False) as live:
        for last in steps:
            portals = "\n".join(f"  {portal}" for portal in last.active[:20])
            live.update(Text(f"{summary(last)}\n{portals}"), refresh=True)
    session.voice.result(summary(last))
    return last


def summary(step: Progress) -> str:
    """Where a run is, in one line."""
    from phuongchi.progress import RUN_STATES

    total, waiting = sum(step.visits.values()), step.visits.get("pending", 0)
    done = total - waiting - step.visits.get("running", 0)
    troubled = done - step.visits.get("done", 0)
    state = RUN_STATES.get(step.run.state, step.run.state)
    return (
        f"Phiên {step.run.id} {state} | run {step.run.id} {step.run.state}: {done}/{total} nguồn | portals, "
        f"{len(step.active)} đang thu thập | under way, {troubled} có vấn đề | in trouble, "
        f"{step.captures} bản chụp | captures, {step.unread} chưa đọc | unread"
    )
