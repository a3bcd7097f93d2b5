"""Where the command begins."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_command_when_it_is_begun_as_it_is_installed_then_it_runs_and_garbage_is_looked_for_again() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _, function = project["scripts"]["phuongchi"].partition(":")
    script = (
        f"import gc\nfrom {module} import {function} as begin\nfrom phuongchi import cli\n"
        "cli.main = lambda: print(gc.isenabled(), gc.get_freeze_count() > 1000)\nbegin()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout == "True True\n"
