"""The clock of a command: real, or begun at PHUONGCHI_NOW."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from phuongchi.clock import Clock, parse_instant
from storage.errors import UsageError

START = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def test_now_when_simulated_then_runs_on_from_the_start_with_the_monotonic_clock() -> None:
    ticks = iter((107.5,))
    clock = Clock(START, 100.0, simulated=True, monotonic=lambda: next(ticks))
    assert clock.now() == START + timedelta(seconds=7.5)


def test_now_when_the_machine_slept_or_its_time_was_set_then_is_what_the_machine_says() -> None:
    clock = Clock(START, 100.0, monotonic=lambda: 160.0)  # what was read at the start counts for nothing
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def test_environment_when_simulated_then_children_go_on_from_the_present_instant() -> None:
    clock = Clock(START, 100.0, simulated=True, monotonic=lambda: 160.0)
    child = Clock.read(clock.environment())
    assert child.simulated
    assert child.start == START + timedelta(seconds=60)


def test_environment_when_real_then_children_get_nothing() -> None:
    assert Clock.read({}).environment() == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T22:30:00+07:00", START),
        ("2026-11-20T15:30:00Z", START),
        ("2026-11-20T22:30", START),  # without a zone it is Vietnamese time
        ("2026-11-20", datetime(2026, 11, 19, 17, tzinfo=UTC)),
    ],
)
def test_parse_instant_when_iso_then_is_utc(text: str, expected: datetime) -> None:
    assert parse_instant(text) == expected


def test_parse_instant_when_no_time_then_names_variable_and_cure() -> None:
    with pytest.raises(UsageError, match=r"PHUONGCHI_NOW='tonight' is not an ISO time. Write it as in"):
        parse_instant("tonight")
