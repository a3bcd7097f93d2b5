"""Printed date strings: found by patterns of our own, parsed by python-dateutil with Vietnamese words.

The pattern cuts the string out, so dateutil never guesses over free text: it gets a day, a month and a year, day first, or a
time. What it returns must be what the pattern saw, else the string is no date. Nor is it asked for what the pattern's numbers
say by themselves, a day of the calendar and a time on the clock of 24 hours: most are such, and it takes long over each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import pairwise

from dateutil.parser import parser, parserinfo

from crawler.ingest.stamps.words import (
    ENGLISH_MONTH,
    MONTHS,
    PART_OF_DAY,
    VIETNAMESE_MONTH,
    WEEKDAY,
    weekday_number,
)
from storage.records import Precision
from storage.text import VIETNAM

_YEAR = r"(?:1[89]|20)\d\d"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:\s?:\s?(?P<minute>\d{2})(?:\s?:\s?(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"|\s{0,2}(?:h|g|giờ)(?![^\W\d_])\s{0,2}(?:(?P<minute2>\d{1,2})(?![\d/.\-])\s{0,2}(?:phút|ph|p|['’])?)?)(?!\d)"
    rf"(?:\s{{0,2}}(?:(?P<half>SA|CH|AM|PM|a\.m\.|p\.m\.)(?!\w)|(?P<part>{PART_OF_DAY})(?!\w)))?"
)
_ZONE = (
    r"(?:\s{0,2}(?P<zone>Z(?!\w)|(?:GMT|UTC)(?:\s?[+-]\s?\d{1,2}(?::?\d{2})?)?|\+\d{2}:?\d{2}(?!\d)"
    r"|(?<=\d)-\d{2}:?\d{2}(?!\d)))?"
)
_GAP = rf"[\s,;|!•·\-–—:()\[\]]*(?:(?:{PART_OF_DAY}|ngày|vào|của)(?!\w)[\s,;|!•·\-–—:()\[\]]*)*"

# Dates begin with a digit or, as a word, with a month: at most places of a text that says all.
_DATE = re.compile(
    r"(?:(?=\d)(?<!\d)(?<!\d[/.\-])(?:"
    r"(?P<d1>\d{1,2})(?:\s{0,3}[/\-–]\s{0,3}(?P<m1>\d{1,2})\s{0,3}[/\-–]\s{0,3}|\.(?P<m2>\d{1,2})\.)"
    rf"(?P<y1>{_YEAR})(?!\d|[/.]\d|/[^\W\d_])"
    rf"|(?P<y2>{_YEAR})(?P<sep>[-/.])(?P<m3>\d{{1,2}})(?P=sep)(?P<d2>\d{{1,2}})(?![\d/])"
    rf"|(?P<d3>\d{{1,2}})\s{{0,3}}[,\-/]?\s{{0,3}}(?:tháng|thg\.?|th)\s{{0,3}}(?P<m4>\d{{1,2}}|{VIETNAMESE_MONTH})(?!\w)"
    rf"\s{{0,3}}[,/\-]?\s{{0,3}}(?P<nam>năm\s{{0,3}})?(?P<y3>{_YEAR})(?!\d)"
    rf"|(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?[\s\-]{{1,3}}(?P<m6>{ENGLISH_MONTH})(?!\w)[.,]?[\s\-]{{1,3}}(?P<y5>{_YEAR})(?!\d)"
    rf")|(?<!\w)(?=[adfjmnost])(?<!\d[/.\-])(?:(?:tháng\s{{1,3}}|thg\.?\s{{0,3}}|th)(?P<m5>\d{{1,2}}|{VIETNAMESE_MONTH})\s{{1,3}}(?P<d4>\d{{1,2}})\s?,\s{{0,3}}(?P<y4>{_YEAR})(?!\d)"
    rf"|(?P<m7>{ENGLISH_MONTH})(?!\w)\.?\s{{1,3}}(?P<d6>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<y6>{_YEAR})(?!\d)"
    r"))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:(?<![\d:/.,]){_CLOCK}{_ZONE}{_GAP})?(?:(?<![^\W\d_])(?P<weekday>{WEEKDAY}){_GAP})?$", re.IGNORECASE
)
_PRECEDES = re.compile(r"\d|thứ|chủ|cn|mon|tue|wed|thu|fr|[sſ]at|[sſ]un")
"""Small letters and numbers, one of which stands in whatever `_BEFORE` finds before a date."""
_AFTER = re.compile(
    r"(?:[\s,;|!•·\-–—(\[]*(?:(?:lúc|vào|hồi|at|t)[\s:]*){0,2}|(?P<early>[+-]\d{2}|UTC|GMT|ICT))" + _CLOCK + _ZONE,
    re.IGNORECASE,
)
_TIME_ALONE = re.compile(
    r"(?:(?:lúc|vào(?:\s+lúc)?|hồi|giờ(?:\s+đăng)?|at)[\s:]*)?[\s|•·\-–—(\[]*" + _CLOCK + r"[\s|•·\-–—)\]]*",
    re.IGNORECASE,
)
_ANY_YEAR = re.compile(_YEAR)
_SPAN = re.compile(r"\s*[-–—]\s*")
_BEFORE_YEAR = 48
"""Characters of the longest date before its year, and some more."""
_LOOK_BACK = 56
_REMEMBERED = 300
"""Characters up to which what a text prints is remembered: every stage that meets a line asks for its dates."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One full date in a text: its local value to its precision, and the string it was read from.

    `start` and `end` are the span of `literal` in the text (weekday, date and time, without label). `swapped` says that
    the month stands first, proved by the numbers, by the weekday or by the portal's other dates. `order` is `month` or `day`
    where the numbers alone prove which of them stands first.
    """

    value: str
    precision: Precision
    literal: str
    start: int
    end: int
    swapped: bool = False
    order: str = ""

    @property
    def day(self) -> str:
        """The local day, `YYYY-MM-DD`."""
        return self.value[:10]


class _Vietnamese(parserinfo):
    """`SA` and `CH` are the halves of the day; the day comes first."""

    AMPM = [("am", "sa"), ("pm", "ch")]  # noqa: RUF012 (the base class has a list, too)

    def __init__(self) -> None:
        super().__init__(dayfirst=True)


_PARSER = parser(_Vietnamese())
_NOTHING = datetime(1, 1, 1)  # noqa: DTZ001 (a printed date has no zone yet)
_MIDNIGHT = time()


@lru_cache(maxsize=4096)
def _parse(cut: str) -> datetime | None:
    try:
        parsed = _PARSER.parse(cut, default=_NOTHING)
    except (ValueError, OverflowError):
        return None
    return parsed


def real_day(year: int, month: int, day: int, *, may_swap: bool = False) -> tuple[datetime, bool] | None:
    """The day, and whether month and day had to change places (only if the middle number cannot be a month)."""
    try:
        return datetime(year, month, day), False  # noqa: DTZ001 (a printed date has no zone yet)
    except ValueError:
        other = _parse(f"{day}/{month}/{year:04d}") if may_swap and month > 12 >= day else None
    fits = other is not None and (other.year, other.month, other.day) == (year, day, month)
    return (other, True) if other is not None and fits else None


def read_dates(text: str, *, month_first: bool = False) -> tuple[Stamp, ...]:
    """Every full date (day, month and year) printed in `text`, in order, each with its time if one stands beside it.

    Day first; month first only when proved, or where `month_first` says that the portal's other dates prove it. Impossible
    dates, dates without a year, lunar dates, ratios and document numbers are left out.
    Does not judge what the date is of, and never raises.
    """
    return (_short_read if len(text) <= _REMEMBERED else _read)(text, month_first)


def _read(text: str, month_first: bool) -> tuple[Stamp, ...]:
    year = _ANY_YEAR.search(text)
    if year is None:
        return ()
    stamps: list[Stamp] = []
    floor = 0
    for found in _DATE.finditer(text, max(0, year.start() - _BEFORE_YEAR)):
        stamp = _stamp(text, found, floor, month_first=month_first)
        if stamp is not None:
            stamps.append(stamp)
            floor = stamp.end
    return tuple(stamps) if len(stamps) < 2 else _without_anniversaries(text, stamps)


_short_read = lru_cache(maxsize=4096)(_read)


def _without_anniversaries(text: str, stamps: list[Stamp]) -> tuple[Stamp, ...]:
    """`(03/02/1930 - 03/02/2025)` spans an anniversary; neither end is a date of anything at hand."""
    ends = {
        stamp
        for first, second in pairwise(stamps)
        if first.value[4:] == second.value[4:] and first.value != second.value
        if _SPAN.fullmatch(text, first.end, second.start)
        for stamp in (first, second)
    }
    return tuple(stamp for stamp in stamps if stamp not in ends)


def _stamp(text: str, found: re.Match[str], floor: int, *, month_first: bool) -> Stamp | None:
    """The stamp round a date that was found; `floor` is where the one before it ended."""
    first, middle = found.group("d1", "m1")
    day, month, year = _numbers(found)
    known = real_day(year, month, day, may_swap=first is not None) if month else None
    if known is None:
        return None
    date, swapped = known
    numeric = first is not None and middle is not None
    order = "month" if swapped else "day" if numeric and day > 12 else ""
    if month_first and numeric and not order:
        date, swapped = date.replace(day=date.month, month=date.day), True
    start, end = found.span()
    from_ = max(floor, start - _LOOK_BACK)
    ahead = text[from_:start]
    before = _BEFORE.search(ahead) if _PRECEDES.search(ahead.lower()) else None
    weekday = before["weekday"] if before else None
    if before and weekday:
        start = from_ + before.start("weekday")
        if first is not None and not order:
            date, turned = _by_weekday(date, weekday)
            swapped ^= turned
    clock = _AFTER.match(text, found.end())
    at = _time(clock) if clock else None
    if clock and at is not None:
        end = clock.end()
    else:
        # The time in front counts only without one behind: that one would belong to what stands before.
        clock = before if before and before["hour"] else None
        at = _time(clock) if clock else None
        start = from_ + clock.start() if clock and at is not None else start
    value, precision = _value(date, clock, at)
    return Stamp(value, precision, text[start:end], start, end, swapped, order)


def is_time(text: str) -> bool:
    """Whether the text is nothing but a time of day with its minutes: `8:58 chiều`, `Lúc 07:05:12 SA`."""
    found = _TIME_ALONE.fullmatch(text.strip())
    return found is not None and bool(found["minute"]) and _time(found) is not None


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    """Day, month, year as numbers; month 0 when the string is no solar date."""
    day = next(filter(None, found.group("d1", "d2", "d3", "d4", "d5", "d6")))
    month = next(filter(None, found.group("m1", "m2", "m3", "m4", "m5", "m6", "m7")))
    year = next(filter(None, found.group("y1", "y2", "y3", "y4", "y5", "y6")))
    if month.isdecimal():
        return int(day), int(month), int(year)
    word = " ".join(month.lower().split())
    if word == "giêng" and found["nam"]:
        return int(day), 0, int(year)  # `ngày 13 tháng Giêng năm 2024` is a lunar day; SharePoint prints no `năm`
    return int(day), MONTHS.get(word) or MONTHS.get(word[:3], 0), int(year)


def _by_weekday(date: datetime, weekday: str) -> tuple[datetime, bool]:
    """Month first, if the printed weekday contradicts day first and agrees with month first."""
    wanted = weekday_number(weekday)
    if wanted is None or date.weekday() == wanted or date.day > 12 or date.day == date.month:
        return date, False
    other = date.replace(day=date.month, month=date.day)
    return (other, True) if other.weekday() == wanted else (date, False)


def _time(found: re.Match[str]) -> time | None:
    """The time of day that was matched, or None for an impossible one."""
    hour = int(found["hour"])
    minute = int(found["minute"] or found["minute2"] or 0)
    second = int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    half = (found["half"] or "").replace(".", "").lower().replace("ſ", "s")
    if not half and found["part"]:
        half = _half_of_day(hour, found["part"].lower())
    if not half or not 0 < hour <= 12:
        return time(hour, minute, second)
    parsed = _parse(f"{hour}:{minute:02d}:{second:02d} {half}")
    return parsed.time() if parsed is not None else None


def _half_of_day(hour: int, part: str) -> str:
    """`SA` or `CH` for an hour that is named with its part of the day: `2 giờ trưa`, `11:30 đêm`, `12:05 sáng`."""
    night = part == "đêm" and 6 <= hour < 12
    if part in ("chiều", "tối") or night or (part == "trưa" and hour < 6):
        return "ch"
    return "sa" if hour == 12 and part in ("sáng", "đêm") else ""


def _value(date: datetime, clock: re.Match[str] | None, at: time | None) -> tuple[str, Precision]:
    """Local value and precision. Midnight stands for an unknown time, in UTC as well: the Vietnamese day is the same."""
    if clock is None or at is None or at == _MIDNIGHT:
        return date.date().isoformat(), "day"
    local = datetime.combine(date, at, _offset(clock)).astimezone(VIETNAM)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return local.date().isoformat(), "day"
    return local.isoformat(timespec="seconds"), "second" if clock["second"] else "minute"


def _offset(clock: re.Match[str]) -> timezone:
    zone = clock["zone"] or clock.groupdict().get("early")
    if not zone:
        return VIETNAM
    digits = re.search(r"([+-])\s?(\d{1,2}):?(\d{2})?", zone)
    if digits is None:
        return UTC if zone.upper() in ("Z", "UTC", "GMT") else VIETNAM
    hours = int(digits[2]) + int(digits[3] or 0) / 60
    if hours > 14:
        return VIETNAM
    return timezone(timedelta(hours=hours if digits[1] == "+" else -hours))
