"""How long the first fill and the disk last: by hand-made figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.forecast import Backlog, Means, Room, disk_words, fill_words, forecast

NIGHT = 7.5 * 3600
MEANS = Means(seconds=NIGHT, delay=2.5, active=16, max_pages=100_000)
ROOM = Room(free=100 * 2**30, reserve=2**30, growth=(2**30, 3 * 2**30), size=2**30, captures=2**20)


def portal(name: str, pages: int, *, server: str = "", walked: bool = True, pace: float = 0.0) -> Backlog:
    """One portal's backlog."""
    return Backlog(name, server or name, pages, walked, pace)


@pytest.mark.parametrize(
    ("backlog", "means", "nights"),
    [
        ([], MEANS, 0),
        ([portal("a", 1)], MEANS, 1),
        ([portal("a", 10_800)], MEANS, 1),  # 2.5 s each: exactly one night
        ([portal("a", 10_801)], MEANS, 2),
        ([portal("a", 10_800), portal("b", 10_800)], MEANS, 1),  # two servers at a time
        ([portal("a", 10_800, server="s"), portal("b", 10_800, server="s")], MEANS, 2),  # one server for both
        ([portal("a", 10_800, pace=5.0)], MEANS, 2),  # measured slower than the pause
        ([portal("a", 10_800), portal("b", 10_800)], replace(MEANS, active=1), 2),
        ([portal("a", 10_800)], replace(MEANS, max_pages=2_000), 6),
        ([portal("a", 0, walked=False)], MEANS, 1),  # nothing is known of it yet
    ],
)
def test_forecast_when_there_is_a_backlog_then_the_slowest_bound_decides(
    backlog: list[Backlog], means: Means, nights: int
) -> None:
    assert forecast(backlog, means, ROOM).nights == nights


def test_forecast_when_lists_are_not_walked_then_at_least_is_said() -> None:
    found = forecast([portal("a", 60_000, walked=False), portal("b", 0)], MEANS, ROOM)
    assert (found.pages, found.portals, found.nights, found.growing) == (60_000, 1, 6, True)
    assert fill_words(found) == (
        "Thu thập lần đầu: còn ít nhất 6 đêm (60000 trang, 1 nguồn) | "
        "first fill: at least 6 more nights (60000 pages, 1 portals)"
    )
    assert "còn khoảng 6 đêm" in fill_words(replace(found, growing=False))
    assert fill_words(forecast([], MEANS, ROOM)) == "Thu thập lần đầu: đã xong | first fill: done"


@pytest.mark.parametrize(
    ("room", "full_in", "short", "warns"),
    [
        (ROOM, 49, False, False),
        (replace(ROOM, free=41 * 2**30), 20, False, True),
        (replace(ROOM, free=2**29), 0, True, True),  # already below what must stay free
        (replace(ROOM, growth=()), None, False, False),
        (replace(ROOM, growth=(0, 0)), None, False, False),
        (replace(ROOM, growth=(), size=2**40), None, True, True),  # nights say nothing, the backlog does
    ],
)
def test_forecast_when_the_disk_fills_then_it_warns_in_time(
    room: Room, full_in: int | None, short: bool, warns: bool
) -> None:
    found = forecast([portal("a", 200_000)], MEANS, room)
    assert (found.full_in, found.short_by > 0, found.warns) == (full_in, short, warns)
    assert disk_words(found).startswith("CẢNH BÁO") == warns


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from("abc"), st.booleans()), max_size=20), st.integers(1, 64)
)
def test_forecast_when_more_is_asked_at_a_time_then_it_never_takes_longer(
    rows: list[tuple[int, str, bool]], active: int
) -> None:
    backlog = [portal(str(n), pages, server=on, walked=walked) for n, (pages, on, walked) in enumerate(rows)]
    slow, fast = (forecast(backlog, replace(MEANS, active=many), ROOM) for many in (active, 2 * active))
    assert fast.nights <= slow.nights
    assert (slow.nights == 0) == (slow.portals == 0)
