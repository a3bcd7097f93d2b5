"""`docs/guarantees.md` names tests that exist, and every point of `storage.points`."""

from __future__ import annotations

import re

from storage.points import POINTS
from tests.docs.generate import BLOCK, REFERENCE, points

ROOT = REFERENCE.parent.parent
TEXT = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def test_promises_when_they_name_a_test_then_it_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_promises_when_listed_then_each_has_its_proof() -> None:
    promises = TEXT.partition("## Not promised")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) > 30
    assert [row for row in rows if "::test_" not in row] == []


def test_points_when_listed_then_they_are_those_of_the_program() -> None:
    [block] = BLOCK.finditer(TEXT)
    assert block[0] == f"<!-- points -->\n{points()}<!-- end -->", "run: python -m tests.docs.generate"
    assert all(f"`{name}`" in block[0] for name in POINTS)
