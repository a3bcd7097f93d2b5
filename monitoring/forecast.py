"""How long the first fill still takes, and how long the disk lasts: pure estimates from what the archive has seen.

A portal is filled when everything that its lists name was asked once. How fast that goes is bounded three times over: by each
server's pace (one request at a time, a pause between two), by the pages that one portal may have in a night, and by how many
portals are asked at a time. The slowest of the three decides.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

SOON = 30
"""Nights until the disk is full below which a person should know."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one portal still has to be asked for the first time.

    `pages` are known and never answered; `walked` says that its lists were walked to their ends, so that no more of them will
    be found; `pace` is the mean of seconds between two of its pages as measured (0.0: never measured).
    """

    portal: str
    server: str
    pages: int
    walked: bool
    pace: float = 0.0


@dataclass(frozen=True, slots=True)
class Means:
    """What a night has: `seconds` of it (the window, a whole day where it is always night), `delay` seconds between two
    requests to one server, `active` portals at a time in all processes, `max_pages` of one portal."""

    seconds: float
    delay: float
    active: int
    max_pages: int


@dataclass(frozen=True, slots=True)
class Room:
    """The disk of the archive, in bytes.

    `free` now, of which `reserve` must stay (`min_free`); `growth` are the bytes that each of the last nights brought, `size`
    is all that the archive holds, `captures` how many answers that is.
    """

    free: int
    reserve: int
    growth: Sequence[int]
    size: int
    captures: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What may be expected, all of it "about".

    `pages` of the backlog on `portals` portals, to be asked in `nights` more nights (0: the first fill is done); `growing`:
    some lists were not walked to their ends, so there will be more. `per_night` bytes come in a night; in `full_in` nights the
    disk is full (None: not to be foreseen), `short_by` bytes are lacking for the first fill (0: it fits). `warns`: a person
    should see to the disk.
    """

    pages: int
    portals: int
    nights: int
    growing: bool
    per_night: int
    full_in: int | None
    short_by: int
    warns: bool


def forecast(backlog: Sequence[Backlog], means: Means, room: Room) -> Forecast:
    """What is to be expected of the nights to come."""
    left = [one for one in backlog if one.pages or not one.walked]
    pages = sum(one.pages for one in left)
    nights = _nights(left, means)
    per_night = round(sum(room.growth) / len(room.growth)) if room.growth else 0
    usable = max(room.free - room.reserve, 0)
    each = room.size / room.captures if room.captures else 0.0
    full_in = int(usable // per_night) if per_night > 0 else None
    short_by = max(math.ceil(pages * each) - usable, 0)
    warns = short_by > 0 or (full_in is not None and full_in < SOON)
    return Forecast(
        pages=pages, portals=len(left), nights=nights, growing=any(not one.walked for one in left), per_night=per_night,
        full_in=full_in, short_by=short_by, warns=warns,
    )  # fmt: skip


def fill_words(found: Forecast) -> str:
    """The first fill in words, Vietnamese and English."""
    if not found.portals:
        return "Thu thập lần đầu: đã xong | first fill: done"
    least, at_least = ("ít nhất ", "at least ") if found.growing else ("khoảng ", "about ")
    nights = max(found.nights, 1)
    more = "night" if nights == 1 else "nights"
    return (
        f"Thu thập lần đầu: còn {least}{nights} đêm ({found.pages} trang, {found.portals} nguồn) | "
        f"first fill: {at_least}{nights} more {more} ({found.pages} pages, {found.portals} portals)"
    )


def disk_words(found: Forecast) -> str:
    """The disk in words, Vietnamese and English; empty while nothing is known of its growth and nothing is lacking."""
    vietnamese, english = list[str](), list[str]()
    if found.per_night > 0:
        each = f"{found.per_night / 2**20:.1f} MiB"
        vietnamese.append(f"mỗi đêm thêm khoảng {each}, đủ cho khoảng {found.full_in} đêm")
        english.append(f"about {each} a night, room for about {found.full_in} nights")
    if found.short_by:
        lacking = f"{found.short_by / 2**30:.1f} GiB"
        vietnamese.append(f"THIẾU khoảng {lacking} cho lần thu thập đầu")
        english.append(f"about {lacking} SHORT for the first fill")
    if not english:
        return ""
    words = f"Đĩa: {'; '.join(vietnamese)} | disk: {'; '.join(english)}"
    return f"CẢNH BÁO | WARNING: {words}" if found.warns else words


def _nights(left: Sequence[Backlog], means: Means) -> int:
    """Nights that the slowest bound asks for."""
    servers: defaultdict[str, float] = defaultdict(float)
    for one in left:
        servers[one.server or one.portal] += one.pages * max(one.pace, means.delay)
    whole = sum(servers.values()) / max(min(means.active, len(servers)), 1)
    seconds = max([whole, *servers.values()]) if servers else 0.0
    by_pages = max((-(-one.pages // means.max_pages) for one in left), default=0)
    return max(math.ceil(seconds / means.seconds), by_pages, 1 if left else 0)
