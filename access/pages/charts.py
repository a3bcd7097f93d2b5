"""Numbers over time as bars, drawn by the server: the table beside each chart says the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, _FOOT, _TOP = 640, 124, 20, 12
_WIDEST = 40.0
_NAME = 80
"""Room of a name below the bars, as large as phones show it; one that has less is left out."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it stands for, its number, and its place in points of the drawing."""

    name: str
    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a drawing of `width` by `height` points, and the names that fit below: (x, text)."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def bars(numbers: Mapping[str, int]) -> Chart:
    """A chart of numbers in their order; names that would overlap are left out below it."""
    most = max(numbers.values(), default=0)
    step = min(WIDTH / max(len(numbers), 1), _WIDEST)
    room = HEIGHT - _FOOT - _TOP
    drawn = tuple(
        Bar(name, number, round(at * step, 1), round(_TOP + room * (1 - number / most), 1) if most else HEIGHT - _FOOT,
            round(step * 0.8, 1), round(room * number / most, 1) if most else 0.0)
        for at, (name, number) in enumerate(numbers.items())
    )  # fmt: skip
    each = max(1, -(-60 // int(step)) if step >= 1 else len(numbers))
    return Chart(drawn, tuple((bar.x, bar.name) for bar in drawn[::each] if bar.x + _NAME <= WIDTH), most)


def months(numbers: Mapping[str, int]) -> dict[str, int]:
    """Numbers by month (`2024-07`) or, where that would be more than ten years of them, by year; none is left out."""
    if not numbers:
        return {}
    first, last = date.fromisoformat(f"{min(numbers)}-01"), date.fromisoformat(f"{max(numbers)}-01")
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    if span > 120:
        years = dict.fromkeys((str(year) for year in range(first.year, last.year + 1)), 0)
        for name, number in numbers.items():
            years[name[:4]] += number
        return years
    names = (first.month - 1 + at for at in range(span))
    return {name: numbers.get(name, 0) for name in (f"{first.year + at // 12:04}-{at % 12 + 1:02}" for at in names)}
