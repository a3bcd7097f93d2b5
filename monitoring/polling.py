"""How often a portal that fails is tried: seldom, never not at all. Pure, from its past visits.

| nights on which it failed in a row | the next try after |
|---|---|
| 1 | 1 night |
| 2 | 2 nights |
| 3 | 4 nights |
| 4 and more | 7 nights |

The first success brings it back to every night. A visit fails when nothing was answered; one that was put off (the server
asked to wait, robots.txt could not be had, its platform is stopped) or cut short (the night was over, a signal) says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from storage.records import Visit
from storage.runs.dates import date_of

STEPS = (1, 2, 4, 7)
"""Nights to the next try, by the nights on which a portal failed in a row."""

LOOK_BACK = timedelta(days=60)
"""Visits before that say nothing about today."""

SAME_TURN = timedelta(hours=12)
"""A visit under other times of the schedule that is longer ago never counts as that of the present turn."""

CUT_SHORT = ("stopped", "run.failed", "run.lost", "limit.time", "limit.pages")
"""Causes of visits that were ended by us."""


def rests_until(visits: Sequence[Visit]) -> date | None:
    """The night of a failing portal's next visit; None when it is to be visited as planned.

    `visits` are its past ones, the newest first. On its first failing night it is tried again as often as its times ask for.
    """
    nights: list[date] = []
    for visit in visits:
        word = _failed(visit)
        if word is False:
            break
        at = visit.ended_at or visit.started_at
        if word and at is not None and (not nights or nights[-1] != date_of(at)):
            nights.append(date_of(at))
    if len(nights) < 2:
        return None
    return nights[0] + timedelta(days=STEPS[min(len(nights), len(STEPS)) - 1])


def rests(visits: Sequence[Visit], now: datetime) -> bool:
    """Whether a failing portal is left alone in the night of `now`."""
    until = rests_until(visits)
    return until is not None and date_of(now) < until


def was_not_reached(visits: Sequence[Visit]) -> bool:
    """Whether the last night did not come to a portal, or not to its end. A new portal was not reached either."""
    if not visits:
        return True
    last = visits[0]
    return last.state in ("pending", "running") or (last.state == "partial" and last.cause in ("limit.time", "stopped"))


def was_served(
    visits: Sequence[Visit], lines: Mapping[int, Collection[str]], line: str, *, within: timedelta, now: datetime
) -> bool:
    """Whether a portal had its present turn already, under times that were changed since.

    `lines` are the lines of the timetable that runs worked, `line` is the portal's now: the last of its planned `visits` counts
    if it was for another one, came to its end, and is less than `within` ago (and `SAME_TURN`).
    """
    last = next((visit for visit in visits if visit.run in lines), None)
    if last is None or last.started_at is None or line in lines[last.run] or was_not_reached([last]):
        return False
    return now - last.started_at < min(within, SAME_TURN)


def _failed(visit: Visit) -> bool | None:
    """Whether a visit failed; None when it says nothing."""
    if visit.state in ("unreachable", "failed"):
        return True
    if visit.state == "done" or visit.counts.get("answered", 0):
        return False
    if visit.state != "partial" or visit.cause in CUT_SHORT:
        return None
    return True
