"""Fifty `kill -9` at random moments against a crawl of twenty portals: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from ast import literal_eval
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from phuongchi.demo.site import World, serve
from storage.engine import create
from tests.cli.conftest import command, environment
from tests.conftest import CREATED_AT, new_database
from tests.safety import wards
from tests.safety.forks import Forks
from tests.safety.walking import Place, configure

pytestmark = pytest.mark.long

PORTALS = 20
KILLS = 50
NIGHTS = 3
LONGEST = 9.0
"""Seconds after which a command is killed, at most: about as long as a night takes."""


def archive_of(world: World, folder: Path, url: str = "") -> Place:
    """An empty archive of all portals."""
    (folder / "warc").mkdir(parents=True)
    place = Place(url or f"sqlite:///{folder}/phuongchi.db", folder)
    create(place.url, now=CREATED_AT)
    (folder / "portals.toml").write_text("".join(f'[[portal]]\nurl = "{one}"\n' for one in world.urls.values()))
    configure(place.url, folder)
    return place


def started(place: Place, night: int) -> subprocess.Popen[str]:
    """The crawl of a night, begun."""
    now = f"2026-11-{19 + night}T22:30:00+07:00"
    return subprocess.Popen(
        command("-q", "-C", place.folder, "crawl", "--full"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=environment(PHUONGCHI_NOW=now),
    )  # fmt: skip


def children(parent: int) -> list[int]:
    """The processes below a process: what copies itself, and its copies."""
    with suppress(OSError):
        own = [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        return [*own, *(below for child in own for below in children(child))]
    return []


def nights(place: Place, world: World, dice: random.Random | None = None) -> int:
    """Crawl night after night; with `dice` until so many kills were made, on the last night as often as it takes.

    Returns how many commands were killed, or lost a child to a kill.
    """
    kills, night = 0, 1
    while night < NIGHTS or kills < KILLS:
        world.night = night
        process = started(place, night)
        if dice is not None and kills < KILLS:
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=dice.uniform(0.2, LONGEST))
            if process.poll() is None:
                target = dice.choice([process.pid, process.pid, *children(process.pid)])
                with suppress(ProcessLookupError):
                    os.kill(target, signal.SIGKILL)
                    kills += 1
        _, err = process.communicate(timeout=300)
        if process.returncode == 0 and (night < NIGHTS or dice is None):
            night += 1
            if night > NIGHTS:
                return kills
        elif process.returncode not in (0, -signal.SIGKILL):
            assert dice is not None, err
    return kills


def meant(state: Any) -> dict[str, Any]:
    """What must be the same however often a crawl was killed.

    When a page was asked and when it was read may differ, and with them runs, which of the portals was first with a story, and
    whether an article was read twice.
    """
    same = {name: state[name] for name in ("article", "revision", "article_address", "attachment")}
    told = Counter(
        {event: number for event, number in state["event"].items() if event.startswith(("('created'", "('revised'"))}
    )
    clusters: dict[str, set[str]] = {}
    for article, cluster, _ in map(literal_eval, state["cluster"]):
        clusters.setdefault(cluster, set()).add(article)
    return {**same, "event": told, "cluster": sorted(map(sorted, clusters.values()))}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_crawl_when_killed_fifty_times_then_nothing_is_lost_and_nothing_doubled(
    kind: str, request: pytest.FixtureRequest, forks: Forks, tmp_path: Path
) -> None:
    with serve([wards.Ward(f"phuong{number:02}") for number in range(PORTALS)]) as world:
        calm = archive_of(world, tmp_path / "calm")
        for night in range(1, NIGHTS + 1):
            world.night = night
            process = started(calm, night)
            _, err = process.communicate(timeout=600)
            assert process.returncode == 0, err
        wanted = forks.run(wards.state, calm.url, calm.folder)
        assert wanted.code == 0, wanted.said
        if kind == "sqlite":
            hurt(world, archive_of(world, tmp_path / "hurt"), forks, wanted.value)
        else:
            with new_database(request.getfixturevalue("postgres")) as made:
                address = made.render_as_string(hide_password=False)
                hurt(world, archive_of(world, tmp_path / "hurt", address), forks, wanted.value)


def hurt(world: World, place: Place, forks: Forks, wanted: Any) -> None:
    """Crawl with kills, then once in peace, and compare."""
    seed = random.SystemRandom().randrange(2**32)
    assert nights(place, world, random.Random(seed)) == KILLS, seed
    world.night = NIGHTS
    process = started(place, NIGHTS)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 0, (seed, err)
    found = forks.run(wards.state, place.url, place.folder)
    assert found.code == 0, (seed, found.said)
    assert meant(found.value) == meant(wanted), seed
