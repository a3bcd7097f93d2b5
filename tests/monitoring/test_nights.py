"""What is due and what was missed at given instants, and how portals are ordered and cut into batches."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.nights import Judged, Line, Slot, closing, in_order, judge, length, opening, plan_batches, turn
from storage.records import Portal

NIGHTLY = "30 22 * * *"
NIGHT = (time(22, 0), time(5, 30))
ALWAYS = (time(0, 0), time(0, 0))
LINE = Line(NIGHTLY, NIGHTLY, NIGHT)
OWN = Line("own", "0 9 * * *", late=timedelta(hours=24))
JOB = Line("job:verify", "0 6 * * *")
OPENED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    """An instant written in Vietnamese time."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def slots(key: str, *instants: str) -> tuple[Slot, ...]:
    """Planned instants of one schedule."""
    return tuple(Slot(key, at(instant)) for instant in instants)


def portal(name: str, *, server: str = "") -> Portal:
    """A portal by name."""
    return Portal(id=name, url=f"https://{name}/", server=server)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20T22:29:59", False),  # before its hour
        ("2026-11-20T22:30:00", True),
        ("2026-11-21T03:00:00", True),  # the machine was off at 22:30
        ("2026-11-21T05:29:59", True),
        ("2026-11-21T05:30:00", False),  # the night is over: by day nobody is asked
        ("2026-11-21T12:00:00", False),
        ("2026-11-21T22:10:00", False),  # the new night has begun, its hour has not
    ],
)
def test_judge_when_nightly_then_only_in_its_night_and_late_but_once(now: str, due: bool) -> None:
    found = judge(at(now), [LINE], {})
    assert found.due == (slots(NIGHTLY, "2026-11-20T22:30") if due else ())


@pytest.mark.parametrize(
    ("line", "known", "now", "due", "missed"),
    [
        # three nights out: one run makes up for them
        (LINE, "2026-11-20T22:30", "2026-11-23T23:00", ["2026-11-23T22:30"],
         ["2026-11-20T22:30", "2026-11-21T22:30", "2026-11-22T22:30"]),
        # back by day: the nights are missed, the next one is waited for
        (LINE, "2026-11-20T22:30", "2026-11-23T12:00", [], ["2026-11-20T22:30", "2026-11-21T22:30", "2026-11-22T22:30"]),
        # always night: the last one is made up at once
        (Line("n", NIGHTLY, ALWAYS), "2026-11-20T22:30", "2026-11-23T12:00", ["2026-11-22T22:30"],
         ["2026-11-20T22:30", "2026-11-21T22:30"]),
        # times of its own: made up however late, once
        (OWN, "2026-11-20T09:00", "2026-11-29T08:00", ["2026-11-28T09:00"],
         [f"2026-11-{day}T09:00" for day in range(20, 28)]),
        # a job that is new is not made up
        (JOB, None, "2026-11-20T12:00", [], []),
        (JOB, "2026-11-19T06:00", "2026-11-20T12:00", ["2026-11-20T06:00"], ["2026-11-19T06:00"]),
        # new times of a portal's own: up to a day late
        (OWN, None, "2026-11-21T08:59", ["2026-11-20T09:00"], []),
        (Line("w", "0 9 * * sat", late=timedelta(hours=24)), None, "2026-11-22T09:01", [], []),
        # the clock was set back: what lies ahead again says nothing
        (LINE, "2026-11-20T22:30", "2026-11-20T22:45", ["2026-11-20T22:30"], []),
        # planned by day: in the night after it
        (Line("day", "0 12 * * *", NIGHT), "2026-11-20T12:00", "2026-11-21T21:59", [], ["2026-11-20T12:00"]),
        (Line("day", "0 12 * * *", NIGHT), "2026-11-20T12:00", "2026-11-21T22:00", ["2026-11-21T12:00"],
         ["2026-11-20T12:00"]),
    ],
)  # fmt: skip
def test_judge_when_nights_went_by_then_the_last_is_due_and_the_others_were_missed(
    line: Line, known: str | None, now: str, due: list[str], missed: list[str]
) -> None:
    found = judge(at(now), [line], {line.key: at(known)} if known else {})
    assert (found.due, found.missed) == (slots(line.key, *due), slots(line.key, *missed))


def test_judge_when_a_line_has_no_history_then_the_turn_before_it_begins_is_named() -> None:
    assert judge(at("2026-11-20T12:00"), [LINE], {}) == Judged(before=slots(NIGHTLY, "2026-11-19T22:30"))


@given(st.integers(0, 60 * 24 * 40), st.integers(1, 240), st.sampled_from(["a", "b"]))
def test_turn_when_jitter_is_asked_for_then_the_same_part_of_it_inside_the_night(
    minute: int, most: int, salt: str
) -> None:
    slot, jitter = Slot(NIGHTLY, OPENED + timedelta(minutes=minute)), timedelta(minutes=most)
    start, end = turn(slot, NIGHT, jitter=jitter, salt=salt)
    plain, _ = turn(slot, NIGHT)
    assert (start, end) == turn(slot, NIGHT, jitter=jitter, salt=salt)
    assert end is not None
    assert plain <= start < min(plain + jitter, end)


def test_turn_when_another_archive_or_night_then_another_part_of_the_jitter() -> None:
    starts = {
        turn(Slot(NIGHTLY, OPENED + timedelta(days=day)), NIGHT, jitter=timedelta(hours=1), salt=salt)[0]
        - timedelta(days=day)
        for day in range(3)
        for salt in "ab"
    }
    assert len(starts) == 6


@given(st.integers(0, 400_000), st.times(), st.times())
def test_opening_and_closing_when_any_hours_then_now_lies_between_them(minutes: int, opens: time, closes: time) -> None:
    night = (opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0))
    instant = OPENED + timedelta(minutes=minutes)
    began, ends = opening(instant, night), closing(instant, night)
    if began is not None:
        assert began <= instant
        assert ends is None or (instant < ends and ends - began == length(night))
    else:
        assert ends is None


def test_opening_when_always_night_then_is_a_day_back_without_end() -> None:
    assert opening(OPENED, ALWAYS) == OPENED - timedelta(days=1)
    assert (closing(OPENED, ALWAYS), length(ALWAYS)) == (None, timedelta(days=1))


def test_in_order_when_some_are_dying_then_they_are_first_and_the_unreached_next() -> None:
    portals = [portal(name) for name in "abcdef"]
    found = in_order(portals, dying={"e"}, unreached={"b", "f", "e"})
    assert [one.id for one in found] == ["e", "b", "f", "a", "c", "d"]
    assert [one.id for [*batch] in plan_batches(found, size=4) for one in batch] == ["e", "b", "f", "a", "c", "d"]


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "10.0.0.1", "10.0.0.2", "10.0.0.3"])), max_size=60),
       st.integers(1, 9))  # fmt: skip
def test_plan_batches_when_any_portals_then_none_is_lost_and_servers_stay_together(
    given: list[tuple[int, str]], size: int
) -> None:
    portals = [portal(f"p{number}-{index}.vn", server=server) for index, (number, server) in enumerate(given)]
    batches = plan_batches(portals, size=size)
    assert sorted(one.id for batch in batches for one in batch) == sorted(one.id for one in portals)
    assert all(0 < len(batch) <= size for batch in batches)
    places = {one.id: place for place, one in enumerate(portals)}
    assert all([places[one.id] for one in batch] == sorted(places[one.id] for one in batch) for batch in batches)
    for server in {one.server for one in portals if one.server}:
        members = [one.id for one in portals if one.server == server]
        touched = [batch for batch in batches if any(one.id in members for one in batch)]
        assert len(touched) == -(-len(members) // size)
        assert [one.id for batch in batches for one in batch if one.id in members] == members
