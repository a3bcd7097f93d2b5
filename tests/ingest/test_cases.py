"""Golden cases, one test a field: the name of the failing test says what is read wrongly."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cases import readings
from tests.cases.golden import Case, cases, fields, load, reading
from tests.cases.new import make

CASES = {case.name: case for case in cases()}


@functools.cache
def _fields(name: str) -> dict[str, Any]:
    case: Case = CASES[name]
    return fields(reading(case.body, case.meta), case.meta["url"])


@pytest.mark.parametrize(
    ("name", "field"),
    [pytest.param(name, field, id=f"{name}-{field}") for name, case in CASES.items() for field in case.expected],
)
def test_field_of_case(name: str, field: str) -> None:
    assert _fields(name).get(field) == CASES[name].expected[field]


def test_new_case_when_made_holds_todays_reading(tmp_path: Path) -> None:
    case = CASES["notice-1"]
    folder = make(case.body, case.meta["url"], now=datetime(2024, 5, 20, tzinfo=UTC), root=tmp_path)
    made = load(folder)
    assert made.body == case.body
    assert made.expected["title"] == case.expected["title"]
    assert fields(reading(made.body, made.meta), made.meta["url"]) == made.expected


def test_readings_of_cases_when_they_change_then_the_version_of_the_extractor_does_too() -> None:
    before, now = readings.load(), readings.today()
    assert readings.complaint(before, now) == ""
    assert before == now, f"cases or version are new; {readings.CURE}"


def test_complaint_when_a_case_reads_otherwise_then_asks_for_a_new_version() -> None:
    before = readings.Kept("1", {"a": ("page", "reading"), "b": ("page", "reading")})
    assert readings.complaint(before, readings.Kept("1", {"a": ("page", "other"), "b": ("page", "reading")}))
    assert not readings.complaint(before, readings.Kept("2", {"a": ("page", "other"), "b": ("page", "reading")}))
    assert not readings.complaint(before, readings.Kept("1", {"a": ("edited", "other"), "c": ("page", "reading")}))
