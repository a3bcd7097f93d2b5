"""Dates written for machines: embedded values, feed and sitemap times, times in addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from crawler.ingest.stamps.strings import read_dates, real_day
from crawler.ingest.stamps.words import Role
from storage.records import Precision
from storage.text import VIETNAM

_UPDATED = re.compile(r"modif|updat|revis|lastmod|edited", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"publi[sc]|creat|issued|upload|posted|pubdate|(?:^|[.:_\-])date(?:$|[.:_\-]?(?:time)?$)|^time$|^(?:article|news)[.:_\-]?date",
    re.IGNORECASE,
)
_OTHER = re.compile(r"expir|valid|start|end|event|available|copyright|birth|founding|tim(?:e)?zone", re.IGNORECASE)
_DIGITS = re.compile(r"(?:/Date\()?(\d{4}|\d{8}|\d{10}|\d{13}|\d{14})(?:\)/)?")
_MONTH = re.compile(r"((?:19|20)\d\d)-(\d{2})")

_DAY_SEGMENT = re.compile(r"(?<=/)(20\d\d)-(\d{1,2})-(\d{1,2})(?=/|$)")
_DAY_PATH = re.compile(r"(?<=/)(20\d\d)/(\d{1,2})/(\d{1,2})(?=/|$)")
_MONTH_PATH = re.compile(r"(?<=/)(20\d\d)/(0[1-9]|1[0-2])(?=/)")
_YEAR_PATH = re.compile(r"(?<=/)(20\d\d)(?=/)")
_ENTRY_ID = re.compile(r"-\d{3,4}(\d{12})\d{3}(?=\.\w{2,5}$|$)")
_LONG_ID = re.compile(r"-(20\d{12})\d{3}(?=\.\w{2,5}$|$)")
_EPOCH_MS = re.compile(r"(?<=[/\-=])(1\d{12})(?=\.\w{2,5}$|/?$)")
_EPOCH = re.compile(r"(?<=-)(1\d{9})(?=\.aspx$)")
_OBJECT_ID = re.compile(r"(?<=[/\-=])([0-9a-f]{8})[0-9a-f]{16}(?=\.\w{2,5}$|/?$)")
_FIRST_YEAR = 2000

Timed = tuple[str, Precision]


def read_machine(value: str) -> Timed | None:
    """Local value and precision of an embedded date: ISO 8601, RFC 822, epoch, or as printed; None if it is no date.

    Universal time is converted, so 23:30Z is the next Vietnamese day. NukeViet's `2023-03-07+0710:41:00` is understood.
    A bare year or month stays one.
    """
    value = value.strip()
    digits = _DIGITS.fullmatch(value)
    if digits:
        return _from_digits(digits[1])
    month = _MONTH.fullmatch(value)
    if month:
        return (value, "month") if 1 <= int(month[2]) <= 12 else None
    stamps = read_dates(value[:80])
    return (stamps[0].value, stamps[0].precision) if stamps else None


def _from_digits(digits: str) -> Timed | None:
    if len(digits) == 4:
        return (digits, "year") if "1990" <= digits <= "2100" else None
    if len(digits) in (10, 13):
        return _from_epoch(int(digits) / (1000 if len(digits) == 13 else 1))
    return _from_compact(digits)


def _from_compact(digits: str) -> Timed | None:
    """`YYYYMMDD[HHMMSS]` in local time."""
    if real_day(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) is None:
        return None
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    time = digits[8:14]
    if not time or time == "000000":
        return day, "day"
    if not ("00" <= time[:2] <= "23" and time[2:4] <= "59" and time[4:6] <= "59"):
        return None
    return f"{day}T{time[:2]}:{time[2:4]}:{time[4:6]}+07:00", "second"


def _from_epoch(seconds: float) -> Timed:
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))).astimezone(VIETNAM)
    return local.isoformat(timespec="seconds"), "second"


def name_role(name: str) -> Role | None:
    """What an embedded name (`datePublished`, `article:modified_time`, `DC.date.issued`) is of; None if not of the article."""
    if _OTHER.search(name):
        return None
    if _UPDATED.search(name):
        return "update"
    return "publication" if _PUBLISHED.search(name) else None


def read_address(url: str, *, until: str) -> tuple[Timed, str, bool] | None:
    """The time in an address: its value, the literal piece of the address, and whether it is only an import's time.

    Known forms: `/2023-01-30/`, `/2024/05/17/`, the 18 or 19 digits that end in `yymmddHHMMSSmmm`, epoch milliseconds,
    a MongoDB ObjectId (the time of an import, day precision), a month or a year as a folder. Nothing later than the
    local day `until` or before 2000 is one.
    """
    path, _, query = url.partition("://")[2].partition("#")[0].partition("?")
    path = path[path.find("/") :] if "/" in path else ""
    for found, timed in _times(path, query):
        if timed is not None and str(_FIRST_YEAR) <= timed[0] and timed[0][:10] <= until:
            return timed, found[0], found.re is _OBJECT_ID
    return None


def _times(path: str, query: str) -> list[tuple[re.Match[str], Timed | None]]:
    times: list[tuple[re.Match[str], Timed | None]] = []
    for pattern in (_DAY_SEGMENT, _DAY_PATH):
        times += [
            (found, _from_compact(f"{found[1]}{int(found[2]):02d}{int(found[3]):02d}"))
            for found in pattern.finditer(path)
        ]
    if (found := _LONG_ID.search(path)) is not None:
        times.append((found, _from_compact(found[1])))
    if (found := _ENTRY_ID.search(path)) is not None:
        times.append((found, _from_compact("20" + found[1])))
    for pattern in (_EPOCH_MS, _EPOCH):
        if (found := pattern.search(path)) is not None:
            times.append((found, _from_digits(found[1])))
    for part in (path, query):
        if (found := _OBJECT_ID.search(part)) is not None:
            times.append((found, (_from_epoch(int(found[1], 16))[0][:10], "day")))
    if (found := _MONTH_PATH.search(path)) is not None:
        times.append((found, (f"{found[1]}-{found[2]}", "month")))
    if (found := _YEAR_PATH.search(path)) is not None:
        times.append((found, (found[1], "year")))
    return times
