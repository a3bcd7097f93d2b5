"""Hours of the night and times of the day as the configuration writes them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGES = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12))
_PART = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?")
_WEEKDAYS = re.compile(rf"(?:{'|'.join(_DAYS)})(?:-(?:{'|'.join(_DAYS)}))?")


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in Vietnamese time, from `opens` to `closes`, over midnight if it closes earlier; equal ends mean the
    whole day."""

    opens: time
    closes: time


LEAST_RETENTION = 60
"""Days that files of lists and rechecks are kept at least: removals are decided within 8, and answers are repeated within the
files of one `storage.frontier.repeats.PERIOD`, so what holds a file is younger by no more than that."""


def check_retention(text: str) -> int:
    """A number of days for which such files are kept; 0 for good. Raises ValueError if removals would rest on what is gone."""
    days = int(text)
    if 0 < days < LEAST_RETENTION:
        raise ValueError(
            f"must be {LEAST_RETENTION} at least, or 0 to keep everything: removals rest on files of the last weeks"
        )
    return days


def parse_window(text: str) -> Window:
    """`22:00-05:30` as a window. Raises ValueError otherwise."""
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError("write it as in 22:00-05:30")
    return Window(parse_hour(opens), parse_hour(closes))


def parse_quiet(text: str) -> Window:
    """Hours of the day in which nobody is asked, as `parse_window`. Raises ValueError also for the whole day."""
    window = parse_window(text)
    if window.opens == window.closes:
        raise ValueError("these hours would be the whole day; to stop asking, set enabled = false")
    return window


def parse_hour(text: str) -> time:
    """`22:30` as a time of the day. Raises ValueError otherwise."""
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is not an hour as in 22:30")
    return time(int(found[1]), int(found[2]))


def parse_cron(text: str) -> str:
    """`22:30` or five cron fields, as five cron fields. Raises ValueError for anything else.

    Days of the week go by name (`mon-fri`): their numbers mean other days to other programs.
    """
    fields = text.lower().split()
    if len(fields) == 1 and _HOUR.fullmatch(fields[0]):
        hour = parse_hour(fields[0])
        return f"{hour.minute} {hour.hour} * * *"
    if len(fields) != 5:
        raise ValueError("write it as in 22:30 or as five cron fields, 30 22 * * *")
    for field, (name, least, most) in zip(fields, _RANGES, strict=False):
        _check_field(field, name, least, most)
    if fields[4] != "*" and not all(_WEEKDAYS.fullmatch(day) for day in fields[4].split(",")):
        raise ValueError(f"{fields[4]!r} is no day of the week: write * or names as in mon,wed or mon-fri")
    return " ".join(fields)


def parse_times(text: str) -> str:
    """What `parse_cron` takes, or nothing for never."""
    return parse_cron(text) if text else ""


def _check_field(field: str, name: str, least: int, most: int) -> None:
    for part in field.split(","):
        found = _PART.fullmatch(part)
        numbers = [int(number) for number in found.groups()[:2] if number] if found else []
        if found is None or any(not least <= number <= most for number in numbers) or numbers != sorted(numbers):
            raise ValueError(f"{part!r} is no {name} from {least} to {most}")
