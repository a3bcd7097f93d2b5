"""A year of publications as a calendar: a column for each week, a square for each day, drawn by the server. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SIDE, PITCH, LEFT, TOP = 10, 12, 44, 16
WIDTH, HEIGHT = LEFT + 54 * PITCH, TOP + 7 * PITCH
LEVELS = 4
"""Shades of days that have articles."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year (`2024-07`): its articles, and how many of them came on which day (`2024-07-14`)."""

    name: str
    number: int
    days: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The drawing of a year: the squares of each shade as one path (the first: of days without articles), where the names of
    months and of some weekdays (0: Monday) stand, and the same as numbers. `vague` articles are of the year, nobody knows
    which month. `years` has the articles of every year, the newest first.
    """

    year: int
    years: Mapping[int, int]
    paths: tuple[str, ...]
    labels: tuple[tuple[int, str], ...]
    weekdays: tuple[tuple[int, int], ...]
    months: tuple[Month, ...]
    vague: int
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def calendar(published: Mapping[str, int], year: int | None = None) -> Calendar | None:
    """The calendar of a year, or of the newest one; None if nothing was published in it. Keys are dates as they are known."""
    years: dict[int, int] = {}
    for name, number in sorted(published.items(), reverse=True):
        years[int(name[:4])] = years.get(int(name[:4]), 0) + number
    year = year if year is not None else next(iter(years), 0)
    if year not in years:
        return None
    here = {name: number for name, number in published.items() if int(name[:4]) == year}
    most = max((number for name, number in here.items() if len(name) == 10), default=0)
    squares: list[list[str]] = [[] for _ in range(LEVELS + 1)]
    for day, x, y in _squares(year):
        number = here.get(day.isoformat(), 0)
        squares[-(-LEVELS * number // most) if most else 0].append(f"M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z")
    return Calendar(
        year, years, tuple(map("".join, squares)),
        labels=tuple((x, f"{day:%Y-%m}") for day, x, _ in _squares(year) if day.day == 1),
        weekdays=tuple((number, TOP + number * PITCH + SIDE - 1) for number in (0, 2, 4)),
        months=tuple(_months(year, here)), vague=here.get(f"{year:04}", 0), most=most,
    )  # fmt: skip


def _squares(year: int) -> Iterator[tuple[date, int, int]]:
    """Each day of a year and the corner of its square."""
    first = date(year, 1, 1)
    for number in range((date(year, 12, 31) - first).days + 1):
        week, weekday = divmod(first.weekday() + number, 7)
        yield first + timedelta(days=number), LEFT + week * PITCH, TOP + weekday * PITCH


def _months(year: int, published: Mapping[str, int]) -> Iterator[Month]:
    """The months that have articles."""
    for month in range(1, 13):
        name = f"{year:04}-{month:02}"
        days = {day: number for day, number in published.items() if day[:7] == name and len(day) == 10}
        if number := sum(days.values()) + published.get(name, 0):
            yield Month(name, number, days)
