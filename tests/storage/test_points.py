"""Points at which a test hurts a process."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from storage import points
from storage.errors import DatabaseError, StorageFull, UsageError
from storage.faults import wrapped


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """Nothing is armed before or after a test."""
    points.disarm()
    yield
    points.disarm()


def test_reached_when_nothing_is_armed_then_nothing_happens_and_data_stays_whole() -> None:
    points.reached("warc.write")
    assert points.passes() == {}
    assert list(points.halves("warc.torn", b"abcd")) == [b"abcd"]


def test_reached_when_a_disk_is_full_at_the_second_pass_then_only_there() -> None:
    points.arm("warc.write:2:full")
    points.reached("warc.write")
    points.reached("warc.sync")
    with pytest.raises(OSError, match="No space left") as raised:
        points.reached("warc.write")
    assert raised.value.errno == errno.ENOSPC
    points.reached("warc.write")
    assert points.passes() == {"warc.write": 3, "warc.sync": 1}


@pytest.mark.parametrize(("fault", "error"), [("full", StorageFull), ("busy", DatabaseError)])
def test_reached_when_any_point_may_do_it_then_the_others_are_passed_over(fault: str, error: type[Exception]) -> None:
    points.arm(f"any:1:{fault}")
    points.reached("warc.synced")
    with pytest.raises(error), wrapped("here"):
        points.reached("database.commit")


def test_halves_when_armed_then_the_point_lies_between_them() -> None:
    points.arm("warc.torn:1:full")
    parts = points.halves("warc.torn", b"abcd")
    assert next(parts) == b"ab"
    with pytest.raises(OSError, match="No space"):
        next(parts)


@pytest.mark.parametrize(
    "told", ["nowhere:1", "warc.write", "warc.write:x", "warc.write:1:busy", "warc.synced:1:full", "any:1:no"]
)
def test_arm_when_told_something_else_then_usage_error(told: str) -> None:
    with pytest.raises(UsageError, match="names no point, number and fault"):
        points.arm(told)
