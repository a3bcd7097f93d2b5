"""The one setting that a command writes: `database`, once an archive was copied."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from phuongchi.switching import set_database


def test_database_when_switched_then_the_rest_stays_and_file_and_folder_are_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "phuongchi.toml"
    config.write_text(
        'operator = "UBND phường" # người giữ\n# database = "phuongchi.db"\n[fetch]\ndelay = 2.5\n', "utf-8"
    )
    synced, fsync = list[tuple[bool, bool]](), os.fsync

    def note(descriptor: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), "postgresql" in config.read_text("utf-8")))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    set_database(tmp_path, "postgresql://may/kho")
    assert synced == [(False, False), (True, True)]  # the draft before it takes its place, the name behind it
    assert config.read_text("utf-8").splitlines() == [
        'operator = "UBND phường" # người giữ', 'database = "postgresql://may/kho"', "[fetch]", "delay = 2.5",
    ]  # fmt: skip
