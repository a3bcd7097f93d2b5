"""How often failing portals are tried, from their past visits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.polling import rests, rests_until, was_not_reached
from storage.records import Visit

NIGHT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
WORDS = {
    "F": ("unreachable", "net.dns", {}), "C": ("failed", "crash", {}), "E": ("partial", "http.5xx", {}),
    "D": ("done", "", {}), "P": ("partial", "http.5xx", {"answered": 3}),
    "Q": ("deferred", "robots.unavailable", {}), "L": ("partial", "limit.time", {}), "N": ("pending", "", {}),
}  # fmt: skip


def visit(word: str, night: float) -> Visit:
    """A visit in a night, by its letter."""
    state, cause, counts = WORDS[word]
    begun = NIGHT + timedelta(days=night)
    return Visit(1, "a", state, cause, "", counts, begun if word != "N" else None, begun if word != "N" else None)  # type: ignore[arg-type]


def nights_tried(fails: int, nights: int) -> list[int]:
    """The nights in which a portal that fails `fails` times in a row, then succeeds, is visited."""
    visits: list[Visit] = []
    tried = []
    for night in range(nights):
        if not rests(visits, NIGHT + timedelta(days=night)):
            tried.append(night)
            visits.insert(0, visit("F" if len(tried) <= fails else "D", night))
    return tried


def test_rests_when_it_fails_on_and_on_then_every_seventh_night_and_never_dropped() -> None:
    assert nights_tried(1000, 60) == [0, 1, 3, 7, *range(14, 60, 7)]


def test_rests_when_it_succeeds_then_every_night_again() -> None:
    assert nights_tried(4, 20) == [0, 1, 3, 7, *range(14, 20)]


@pytest.mark.parametrize(
    ("story", "nights"),
    [
        ("", None), ("F", None), ("D", None), ("DFF", 2), ("FCE", 4), ("FFFF", 7), ("FFFFFFFFFFFF", 7),
        ("FFD", None), ("FFP", None),  # half a success is one
        ("FFQ", 2 - 1), ("FQFQ", 2 - 1), ("QQQQ", None),  # put off says nothing, neither way
        ("FFL", 2 - 1), ("FFN", 2 - 1), ("LLLL", None), ("NNNN", None),  # nor what we ended or never began
    ],
)  # fmt: skip
def test_rests_until_when_past_visits_went_so_then_that_many_nights_after_the_last(
    story: str, nights: int | None
) -> None:
    visits = [visit(word, night) for night, word in enumerate(story)][::-1]
    found = rests_until(visits)
    last = (NIGHT + timedelta(days=len(story) - 1)).date()
    assert found == (None if nights is None else last + timedelta(days=nights))


def test_rests_when_it_fails_many_times_in_its_first_night_then_its_own_times_hold() -> None:
    assert rests_until([visit("F", hour / 24) for hour in (3, 2, 1, 0)]) is None
    assert rests_until([visit("F", 1), visit("F", 3 / 24), visit("F", 0)]) is not None


@pytest.mark.parametrize(
    ("story", "unreached"),
    [("", True), ("N", True), ("L", True), ("ND", False), ("DN", True), ("F", False), ("Q", False)],
)
def test_was_not_reached_when_the_last_night_ended_before_it_then_true(story: str, unreached: bool) -> None:
    assert was_not_reached([visit(word, night) for night, word in enumerate(story)][::-1]) is unreached


@given(st.text("FCEDPQLN", max_size=12), st.integers(0, 30))
def test_rests_when_any_story_then_never_longer_than_a_week(story: str, later: int) -> None:
    visits = [visit(word, night) for night, word in enumerate(story)][::-1]
    now = NIGHT + timedelta(days=len(story) + later)
    assert not (later >= 7 and rests(visits, now))
