from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = """
import inspect, sys
stack = inspect.stack
if {shortly}:
    from crawler.fetch import oldnames
    oldnames.load()
from scrapy.core.downloader import contextfactory, tls
for module in (contextfactory, tls):
    print(*sorted((name, old.__module__) for name, old in vars(module).items() if type(old).__name__ == "DeprecatedClass"))
print(inspect.stack is stack)
"""


def named(*, shortly: bool) -> str:
    command = [sys.executable, "-W", "error", "-c", ASKED.format(shortly=shortly)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout


def test_load_when_scrapy_names_its_old_classes_then_they_are_in_the_modules_that_python_would_have_found() -> None:
    names = named(shortly=True)
    assert names == named(shortly=False)
    assert "scrapy.core.downloader.tls" in names
