"""Days on which Vietnamese offices rest, as far as publishing goes: Tết above all, and the other public holidays.

The lunar days are computed by the usual rules of the Vietnamese calendar (new moons and solar terms at UTC+7) for 2015-2050.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_TABLE = """
2015 0219 0428 2016 0208 0416 2017 0128 0406 2018 0216 0425 2019 0205 0414 2020 0125 0402 2021 0212 0421 2022 0201 0410
2023 0122 0429 2024 0210 0418 2025 0129 0407 2026 0217 0426 2027 0206 0416 2028 0126 0404 2029 0213 0423 2030 0202 0412
2031 0123 0401 2032 0211 0419 2033 0131 0409 2034 0219 0428 2035 0208 0417 2036 0128 0406 2037 0215 0424 2038 0204 0413
2039 0124 0403 2040 0212 0420 2041 0201 0410 2042 0122 0429 2043 0210 0419 2044 0130 0407 2045 0217 0426 2046 0206 0415
2047 0126 0404 2048 0214 0422 2049 0202 0411 2050 0123 0401
"""
"""Year, first day of Tết, day of the Hùng Kings (10th of the third month), each as month and day."""

_LUNAR = _TABLE.split()

_FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))

AROUND_TET = ((-7, -4, 0.6), (-3, 6, 0.05), (7, 13, 0.5))
"""Days before and after the first day of Tết, and what part of the usual work is done on them."""

HOLIDAY = 0.15
"""What part of the usual work is done on another public holiday."""


def activity(day: date) -> float:
    """What part of the usual work of such a weekday is done on `day`: 1.0 but for holidays and the weeks around Tết."""
    return _of_year(day.year).get(day, 1.0)


def tet(year: int) -> date | None:
    """The first day of Tết; None outside of 2015-2050."""
    return _lunar(year, 1)


@lru_cache(maxsize=64)
def _of_year(year: int) -> dict[date, float]:
    days = {date(year, month, number): HOLIDAY for month, number in _FIXED}
    if (first := tet(year)) is None:
        return days
    if (kings := _lunar(year, 2)) is not None:
        days[kings] = HOLIDAY
    for begins, ends, part in AROUND_TET:
        days |= {first + timedelta(days=offset): part for offset in range(begins, ends + 1)}
    return days


def _lunar(year: int, column: int) -> date | None:
    try:
        at = _LUNAR.index(str(year))
    except ValueError:
        return None
    return date(year, int(_LUNAR[at + column][:2]), int(_LUNAR[at + column][2:]))
