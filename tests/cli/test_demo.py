"""`demo`: two nights from any folder, everything as the gold has it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment, phuongchi

pytestmark = pytest.mark.slow


def test_demo_when_run_anywhere_then_two_nights_meet_the_gold_and_the_archive_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = subprocess.run(
        command("demo", kept), capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Đúng như mong đợi | As it should be" in done.stdout
    assert f"phuongchi -C {kept} search" in done.stderr
    status = json.loads(phuongchi("-C", kept, "status", "--json").out)
    assert (status["last_run"]["id"], status["last_run"]["state"], len(status["portals"])) == (2, "done", 6)
    again = phuongchi("demo", kept)
    assert again.code == 2
    assert "is an archive already" in again.err
