"""SIGTERM and SIGINT end a command in order within 30 seconds, wherever it is; the same command goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from phuongchi.demo.site import Site, World
from tests.cli.conftest import NOW, Archive, command, environment

Serving = Callable[..., World]
pytestmark = pytest.mark.slow

IN_TIME = 30
"""Seconds that an orderly end may take."""


def stopped(parent: int) -> list[int]:
    """The processes below this one that stand still."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, of = stat.read_text().rpartition(")")[2].split()[:2]
            if int(of) == parent:
                child = int(stat.parent.name)
                found += [child] if state == "T" else stopped(child)
    return found


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)], ids=["SIGTERM", "SIGINT"]
)
@pytest.mark.parametrize(
    ("arguments", "point"),
    [(["crawl"], "fetch.answer:9"), (["ingest", "--reprocess"], "read.slice:1")],
    ids=["crawl", "ingest"],
)
def test_command_when_told_to_stop_while_its_child_stands_still_then_it_ends_and_goes_on_later(
    archive: Archive, serving: Serving, sites: dict[str, Site], arguments: list[str], point: str, number: signal.Signals
) -> None:
    world = serving(sites["hue"])
    archive.add(*world.urls.values())
    if arguments[0] == "ingest":
        assert archive.run("crawl").code == 0
    started = subprocess.Popen(
        command("-C", archive.folder, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment(PHUONGCHI_NOW=NOW, PHUONGCHI_KILL=f"{point}:stop"),
    )  # fmt: skip
    while not stopped(started.pid):
        assert started.poll() is None
    started.send_signal(number)
    if arguments[0] == "crawl":
        for child in stopped(started.pid):
            os.kill(child, signal.SIGCONT)
    _, err = started.communicate(timeout=IN_TIME)
    assert started.returncode == 9, err
    assert "Traceback" not in err
    done = archive.run(arguments[0])
    assert done.code == 0, done.err
    ids = [json.loads(line)["id"] for line in archive.quick("export", "jsonl").out.splitlines()]
    assert len(set(ids)) == len(ids) == len({gold.path for gold in sites["hue"].gold(1)})
    assert archive.totals()["unread"] == 0
    assert not list(archive.folder.glob("warc/*.open"))
