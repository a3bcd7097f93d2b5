"""The ledger: appended durably, read whole, never misread."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import UsageError
from storage.upkeep import ledger
from tests.builders import NOW


def test_ledger_when_lines_are_appended_then_read_in_their_order(tmp_path: Path) -> None:
    assert (ledger.read(tmp_path), ledger.epoch(tmp_path)) == ([], 1)
    ledger.append(tmp_path, "archive", at=NOW, id="abc", created_at=NOW.isoformat())
    ledger.append(tmp_path, "epoch", at=NOW, epoch=2, why="restore")
    assert [(line.what, line.at) for line in ledger.read(tmp_path)] == [("archive", NOW), ("epoch", NOW)]
    assert ledger.epoch(tmp_path) == 2


def test_ledger_when_a_line_is_torn_then_it_is_left_out_and_the_next_one_whole(tmp_path: Path) -> None:
    ledger.append(tmp_path, "epoch", at=NOW, epoch=2, why="restore")
    with (tmp_path / "ledger.jsonl").open("a") as file:
        file.write('{"at": "2026-11')
    ledger.append(tmp_path, "epoch", at=NOW, epoch=3, why="reindex")
    assert [line.facts["epoch"] for line in ledger.read(tmp_path)] == [2, 3]


def test_ledger_when_a_line_is_of_an_unknown_kind_then_refused_with_its_number(tmp_path: Path) -> None:
    ledger.append(tmp_path, "epoch", at=NOW, epoch=2, why="restore")
    ledger.append(tmp_path, "of-the-future", at=NOW)
    with pytest.raises(UsageError, match=r"line 2: 'of-the-future'.*newer program"):
        ledger.read(tmp_path)
