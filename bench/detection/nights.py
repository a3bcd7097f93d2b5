"""What a visit of a ward's portal observes: numbers as a crawl leaves them, well or broken, with the noise that crawls have."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bench.detection.world import Breakage, Event, Ward
from storage.observations import Observation

TRANSIENT = 0.012
"""Share of visits on which a sound portal fails for one night, one way or another."""


@dataclass(slots=True)
class Sight:
    """What the archive knows of a ward: how many of its news it has seen, and what was announced and not read."""

    ward: Ward
    seen: int = 0
    days: set[datetime] = field(default_factory=set)
    last: datetime | None = None
    strange: int = 0
    spam: int = 0
    farewell: bool = False


Counts = dict[str, int]


def well(sight: Sight, run: int, at: datetime, draw: Random, *, deep: bool) -> Observation:
    """A visit of a sound portal: its lists, what is new on them, a few failures as there always are."""
    ward = sight.ward
    news = _news(ward, sight.seen, at)
    barren = sum(draw.random() < 0.03 for _ in range(news))
    counts = _usual(sight, draw, deep=deep)
    counts |= {"announced": news, "barren": barren, "created": news - barren, "read": news + draw.randrange(4)}
    counts["kept"] = _rechecked(ward, at)
    redesigned = [one for one in ward.redesigns if one <= at]
    if redesigned and sight.strange < 3 and at - redesigned[-1] < timedelta(days=60):
        _strange(sight, counts, news, draw)
    else:
        take(sight, at)
    return _observation(ward, run, at, counts, _some_failures(draw, counts), deep=deep)


def _strange(sight: Sight, counts: Counts, news: int, draw: Random) -> None:
    """Pages come in a new layout: they wait until three were seen, then it is learned and all are read."""
    rechecked = counts.pop("kept")
    counts["strange"] = news + rechecked
    sight.strange += news + rechecked
    if sight.strange < 3:
        counts |= {"barren": news, "created": 0, "waiting": news}


def take(sight: Sight, at: datetime) -> None:
    """All that was published until then is in the archive."""
    ward = sight.ward
    while sight.seen < len(ward.news) and ward.news[sight.seen] <= at:
        sight.days.add(ward.news[sight.seen])
        sight.last = ward.news[sight.seen]
        sight.seen += 1


def transient(sight: Sight, run: int, at: datetime, draw: Random) -> Observation:
    """One bad night of a sound portal."""
    kind = draw.choice(("down", "server-errors", "robots-5xx", "maintenance", "too-many", "half"))
    if kind == "half":
        counts = _usual(sight, draw, deep=False)
        counts |= {"failed": counts["asked"] // 3, "announced": 0, "created": 0}
        return _observation(sight.ward, run, at, counts, {"timeout.first-byte": counts["failed"]}, "partial",
                            "timeout.first-byte")  # fmt: skip
    return broken(sight, Breakage(sight.ward.id, kind, at, at, draw.random()), run, at, draw)


def fallen(sight: Sight, event: Event, run: int, at: datetime, draw: Random) -> Observation:
    """A portal in an outage that many share."""
    kind = {"unreachable": "down", "error": "server-errors", "maintenance": "maintenance", "tls": "certificate"}[
        event.state
    ]
    return broken(sight, Breakage(sight.ward.id, kind, at, at, 0.3), run, at, draw)


def cut_short(sight: Sight, run: int, at: datetime, draw: Random) -> Observation:
    """The night was over in the middle of the visit."""
    counts = {"asked": 6, "answered": 6, "listed": draw.randrange(sight.ward.shown + 1)}
    return _observation(sight.ward, run, at, counts, {}, "partial", "limit.time")


def broken(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    """A visit of a broken portal."""
    return _BROKEN[breakage.kind](sight, breakage, run, at, draw)


# --- how each kind looks --------------------------------------------------------------------------------------------


def _silent(state: str, cause: str) -> Callable[..., Observation]:
    def visit(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
        counts = {"listed": 0, "announced": 0, "created": 0, "robots": 1}
        return _observation(sight.ward, run, at, counts, {cause: 3}, state, cause)

    return visit


def _down(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    cause = draw.choice(("net.refused", "timeout.connect", "timeout.connect", "net.unreachable", "timeout.first-byte"))
    return _silent("unreachable", cause)(sight, breakage, run, at, draw)


def _every_other(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    if (at - breakage.begins).days % 2:
        return well(sight, run, at, draw, deep=False)
    return _down(sight, breakage, run, at, draw)


def _refused(failure: str, *, few: bool = False) -> Callable[..., Observation]:
    """Every page is refused, at times but for a few."""

    def visit(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
        asked = draw.randrange(8, 30)
        through = draw.randrange(3) if few else 0
        counts = {
            "asked": asked,
            "answered": through,
            "failed": asked - through,
            "listed": 0,
            "announced": 0,
            "created": 0,
        }
        return _observation(sight.ward, run, at, counts, {failure: asked - through}, "partial", failure)

    return visit


def _shown(*reasons: str, share: float = 0.75) -> Callable[..., Observation]:
    """A page in the place of all others; the reader mostly knows what it says, on the home page and elsewhere."""

    def visit(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
        asked = draw.randrange(4, 25)
        reason = reasons[int(breakage.flavour * 97) % len(reasons)]
        counts = {"asked": asked, "answered": asked, "listed": 0, "announced": 0, "created": 0, "read": asked}
        if breakage.flavour < share:
            counts[f"home.{reason}"] = 1
        if breakage.flavour > 0.4:
            counts[f"said.{reason}"] = asked - draw.randrange(3)
        if draw.random() < 0.6:
            counts["same"] = asked
        return _observation(sight.ward, run, at, counts, {})

    return visit


def _scripts(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    asked = draw.randrange(6, 30)
    counts = {
        "asked": asked,
        "answered": asked,
        "shells": asked - draw.randrange(2),
        "listed": 0,
        "announced": 0,
        "created": 0,
    }
    return _observation(sight.ward, run, at, counts, {"needs-browser": counts["shells"]}, "partial", "needs-browser")


def _empty(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    """Lists lose their links; a box of pinned articles may stay."""
    counts = _usual(sight, draw, deep=False)
    left = draw.randrange(3) if breakage.flavour < 0.3 and sight.ward.shown > 20 else 0
    counts |= {"listed": left, "announced": 0, "created": 0, "headlines": left}
    return _observation(sight.ward, run, at, counts, _some_failures(draw, counts))


def _unread(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    """Articles go on being announced, and none can be read, in a layout that is never learned."""
    news = _news(sight.ward, sight.seen, at)
    before = _news(sight.ward, sight.seen, at - timedelta(days=1)) if sight.seen else 0
    fresh = max(0, news - before)
    counts = _usual(sight, draw, deep=False)
    counts |= {"announced": fresh, "barren": fresh, "created": 0, "read": fresh + 2}
    if breakage.flavour < 0.3:
        counts |= {"waiting": fresh, "strange": fresh + _rechecked(sight.ward, at)}
    if breakage.flavour > 0.85:  # old articles stay as they were
        counts["kept"] = _rechecked(sight.ward, at)
    return _observation(sight.ward, run, at, counts, _some_failures(draw, counts))


def _away(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    counts = {"asked": 9, "answered": draw.randrange(2), "failed": 8, "listed": 0, "announced": 0, "created": 0}
    away = "https://new.tinh.gov.vn/" if breakage.flavour < 0.8 else ""
    return _observation(sight.ward, run, at, counts, {"redirect.offsite": 8}, "partial", "redirect.offsite", away)


def _farewell(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    """The portal announces its end, and stays on line without news."""
    counts = _usual(sight, draw, deep=False)
    first = not sight.farewell
    sight.farewell = True
    counts |= {"announced": int(first), "created": int(first), "farewell": int(first)}
    if first:
        sight.last = at
    return _observation(sight.ward, run, at, counts, _some_failures(draw, counts))


def _taken_over(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    asked = draw.randrange(10, 40)
    counts = {"asked": asked, "answered": asked, "listed": draw.randrange(2), "announced": 5, "created": 0, "barren": 5,
              "read": asked, "headlines": 30}  # fmt: skip
    if breakage.flavour < 0.8:
        counts |= {"home.hijacked": 1, "promoted": draw.randrange(8, 25)}
    else:
        counts |= {"foreign": draw.randrange(22, 30)}
    return _observation(sight.ward, run, at, counts, {})


def _injected(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    """Lines of spam stand among the portal's own, which goes on."""
    found = well(sight, run, at, draw, deep=False)
    sight.spam = min(60, sight.spam + draw.randrange(4, 12))
    counts = dict(found.counts)
    counts["headlines"] += sight.spam
    counts["promoted" if breakage.flavour < 0.7 else "foreign"] = sight.spam
    return _observation(sight.ward, run, at, counts, found.failures)


def _frozen(sight: Sight, breakage: Breakage, run: int, at: datetime, draw: Random) -> Observation:
    counts = _usual(sight, draw, deep=False) | {"announced": 0, "created": 0}
    return _observation(sight.ward, run, at, counts, _some_failures(draw, counts))


_BROKEN: Mapping[str, Callable[..., Observation]] = {
    "down": _down, "dns-gone": _silent("unreachable", "net.dns"), "every-other-night": _every_other,
    "certificate": _silent("unreachable", "tls.invalid"), "forbidden": _refused("http.4xx", few=True),
    "too-many": _silent("deferred", "retry.later"), "captcha": _shown("blocked"),
    "server-errors": _refused("http.5xx"), "home-404": _refused("http.404"),
    "robots-5xx": _silent("deferred", "robots.unavailable"), "robots-forbids": _refused("robots.disallowed"),
    "scripts": _scripts, "empty-lists": _empty, "unread-layout": _unread, "redirects-away": _away,
    "moved-notice": _shown("moved", share=0.95), "closed-notice": _shown("closed", share=0.95), "farewell": _farewell,
    "taken-over": _taken_over, "spam-injected": _injected, "maintenance": _shown("maintenance"), "frozen-lists": _frozen,
}  # fmt: skip


# --- parts ----------------------------------------------------------------------------------------------------------


def _usual(sight: Sight, draw: Random, *, deep: bool) -> Counts:
    """Numbers of a visit whose lists are as ever."""
    ward = sight.ward
    listed = min(len(ward.news[: sight.seen]) or ward.shown, ward.shown * (3 if deep else 1))
    listed = max(1, listed - draw.randrange(3))
    asked = listed // 4 + draw.randrange(6, 20)
    lines = max(1, listed)
    foreign = sum(draw.random() < ward.foreign for _ in range(lines))
    return {"asked": asked, "answered": asked - draw.randrange(2), "listed": listed, "headlines": lines, "foreign": foreign,
            "promoted": int(draw.random() < 0.01)}  # fmt: skip


def _rechecked(ward: Ward, at: datetime) -> int:
    """How many articles are asked again: a day, a week and a month after they came."""
    return sum(
        bisect(ward.news, at - timedelta(days=age)) - bisect(ward.news, at - timedelta(days=age + 1))
        for age in (1, 7, 30)
    )


def _some_failures(draw: Random, counts: Counts) -> dict[str, int]:
    failed = sum(draw.random() < 0.02 for _ in range(counts["asked"]))
    counts["failed"] = failed
    return {draw.choice(("http.404", "http.5xx", "timeout.first-byte")): failed} if failed else {}


def _news(ward: Ward, seen: int, at: datetime) -> int:
    count = 0
    while seen + count < len(ward.news) and ward.news[seen + count] <= at:
        count += 1
    return count


def _observation(
    ward: Ward, run: int, at: datetime, counts: Counts, failures: Mapping[str, int], state: str = "done", cause: str = "",
    away: str = "", *, deep: bool = False,
) -> Observation:  # fmt: skip
    kept = {name: count for name, count in counts.items() if count or name in ("listed", "created", "announced")}
    return Observation(ward.id, run, at, at + timedelta(minutes=9), state, cause, "", deep, kept, dict(failures), away)
