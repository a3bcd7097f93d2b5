"""A child that behaves as its work says: what the runners must survive.

`misbehaving.py crawl PARENT` visits the portals of a batch and writes each one's name into the folder `done`; a portal named
`crash…` kills it, `mute…` makes it silent, `raise…` lets it end with an error of the project's own, and `once…` kills it the
first time only; after `late…` it fails when all is done. `meet…` waits until two such portals are visited at once, `shy…` does not
bear another one beside it. `misbehaving.py read PARENT` reads likewise: `hang…`, `spin…`, `eat…`, `crash…` at entry 7; of `waits…` one
needs a shelf that is away.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def emit(**event: Any) -> None:
    """Say something to the parent."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def crawl(done: Path, portals: list[str]) -> None:
    """Visit portals in their order."""
    for portal in portals:
        mark = done / f"{portal}.tried"
        first = not mark.exists()
        with mark.open("a") as tries:
            tries.write(f"{len(portals)}\n")
        if portal.startswith("crash") or (portal.startswith("once") and first):
            os.kill(os.getpid(), signal.SIGSEGV)
        if portal.startswith("mute"):
            signal.pause()
        if portal.startswith("raise"):
            emit(event="error", kind="StorageFull", code=6, message="the folder is full")
            sys.exit(6)
        if portal.startswith("meet"):
            mark.with_suffix(".here").touch()
            while len(list(done.glob("*.here"))) < 2:
                time.sleep(0.01)
        if portal.startswith("shy"):
            (done / "shy.lock").mkdir()
            time.sleep(0.05)
            (done / "shy.lock").rmdir()
        (done / portal).touch()
        emit(event="visit", portal=portal, state="done")
    if any(portal.startswith("late") for portal in portals):
        sys.exit("the end went wrong")


def read(portal: str, given_up: list[int]) -> None:
    """Read entries 6, 7 and 8 of a portal; `dead…` dies before the first."""
    if portal.startswith("dead"):
        sys.exit("no such library")
    for entry in range(1, 1000) if portal == "endless" else (6, 7, 8):
        if entry in given_up:
            continue
        emit(event="capture", entry=entry)
        if entry == 7 and portal.startswith("hang"):
            signal.pause()
        if entry == 7 and portal.startswith("eat"):
            food = bytearray(400 * 2**20)
            food[::4096] = b"x" * len(food[::4096])
            signal.pause()
        if entry == 7 and portal.startswith("spin"):
            while True:
                pass
        if portal in ("all-poison", "endless") or (entry == 7 and portal.startswith("crash")):
            os.kill(os.getpid(), signal.SIGSEGV)
    verdicts = {"new": 3 - len(given_up)} if len(given_up) < 3 else {}
    if portal.startswith("waits"):
        verdicts = {"new": 2, "waiting": 1}
    emit(event="read", portal=portal, verdicts=verdicts, reader=os.getpid())


def main() -> None:
    """Do the work that comes in."""
    for line in sys.stdin:
        job = json.loads(line)
        if sys.argv[1] == "crawl":
            crawl(Path(job["done"]), job["portals"])
            return
        read(job["portal"], job["given_up"])


main()
