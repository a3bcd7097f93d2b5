"""`runner = "queue"`: workers as processes on one PostgreSQL, killed and replaced, make what one run on one machine makes."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from phuongchi.config import load
from phuongchi.demo.site import Gold, Reply, World
from phuongchi.runners.queue import HEARTBEAT
from phuongchi.runners.queueing import batch_size
from storage import batches
from storage.engine import Database, connect
from tests.cli.conftest import NOW, Archive, command, environment
from tests.conftest import new_database
from tests.safety.wards import Ward, state

WARDS = ("phuong-mot", "phuong-hai", "phuong-ba", "phuong-tu")
MADE = ("article", "revision", "article_address", "attachment", "file_text", "sighting", "page", "visit")


@dataclass
class Watched:
    """A ward that acts once, when its `at`-th page is asked for."""

    name: str
    at: int
    act: Callable[[], None]
    platform: str = ""
    asked: int = 0
    ward: Ward = field(init=False)

    def __post_init__(self) -> None:
        self.ward = Ward(self.name)

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The ward's answer."""
        self.asked += 1
        if self.asked == self.at:
            self.act()
        return self.ward.reply(target, headers, night=night, hit=hit)

    def gold(self, night: int) -> Sequence[Gold]:
        """Nobody asks."""
        return ()


@pytest.fixture
def shared(archive: Archive, postgres: URL) -> Iterator[Archive]:
    """An archive on PostgreSQL whose runs go through the queue, a batch for each portal."""
    with new_database(postgres) as url:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        moved = archive.quick("db", "copy", "--to", address, "--switch")
        assert moved.code == 0, moved.err
        with (archive.folder / "phuongchi.toml").open("a") as file:
            file.write('runner = "queue"\nfetch.batch = 1\nfetch.active = 1\n')
        yield archive


@contextmanager
def workers(archive: Archive, count: int, **more: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers as processes, with one batch at a time each, ended in order with the block."""
    log = (archive.folder.parent / "workers.log").open("ab")
    line = command("-C", archive.folder, "worker", "--concurrency", 1)
    found = [subprocess.Popen(line, env=environment(**more), stdout=log, stderr=log) for _ in range(count)]
    try:
        yield found
        for worker in found:
            worker.send_signal(signal.SIGTERM)
        assert {worker.wait(60) for worker in found} <= {0, -signal.SIGKILL}, log.name
    finally:
        for worker in found:
            worker.kill()
            worker.wait()
        log.close()


def made(archive: Archive) -> dict[str, Any]:
    """What readers and crawls left in an archive, which must be whole."""
    found = state(load(archive.folder).database, archive.folder)
    clustered = sorted(row.partition(",")[0] for row in found["cluster"])  # which came first is a matter of the night
    return {**{name: found[name] for name in MADE}, "clustered": clustered}


@contextmanager
def connected(archive: Archive) -> Iterator[Database]:
    """The archive's database."""
    db = connect(load(archive.folder).database, readonly=True)
    try:
        yield db
    finally:
        db.close()


def locally(archive: Archive, world: World) -> dict[str, Any]:
    """What one run on one machine makes of the same portals."""
    archive.add(*world.urls.values())
    done = archive.run("crawl")
    assert done.code == 0, done.err
    return made(archive)


def test_queue_when_database_is_sqlite_or_nothing_is_queued_then_it_says_what_to_do(archive: Archive) -> None:
    local = archive.quick("worker")
    assert local.code == 2
    assert 'runner = "queue"' in local.err
    with (archive.folder / "phuongchi.toml").open("a") as file:
        file.write('runner = "queue"\n')
    assert "db copy --to postgresql" in archive.quick("worker").err
    archive.add("http://127.0.0.1:9/")
    assert "db copy --to postgresql" in archive.quick("crawl").err


@pytest.mark.parametrize(
    ("portals", "workers", "sizes"),
    [
        pytest.param(14, 1, [14], id="few for one"),
        pytest.param(14, 2, [7, 7], id="few are shared"),
        pytest.param(3, 4, [1, 1, 1], id="fewer than workers"),
        pytest.param(40, 2, [10, 10, 10, 10], id="places are full, and nobody has one more"),
        pytest.param(300, 2, [15] * 20, id="as many as there are places"),
        pytest.param(3321, 2, [128] * 25 + [121], id="a nation"),
        pytest.param(0, 2, [], id="none"),
    ],
)
def test_batch_size_when_workers_wait_then_each_has_as_many_batches(
    portals: int, workers: int, sizes: list[int]
) -> None:
    size = batch_size(portals, most=128, active=16, workers=workers)
    assert [min(size, portals - start) for start in range(0, portals, size)] == sizes


@pytest.mark.slow
def test_queue_when_a_worker_takes_the_batches_then_the_run_ends_with_all_read(
    shared: Archive, serving: Callable[..., World]
) -> None:
    world = serving(*(Ward(name) for name in WARDS[:2]))
    shared.add(*world.urls.values())
    with connected(shared) as db:
        with workers(shared, 1):
            done = shared.run("crawl")
            assert batches.workers(db, silence=3 * HEARTBEAT) == 1
        assert batches.workers(db, silence=3 * HEARTBEAT) == 0
    assert done.code == 0, done.err
    assert {visit["state"] for visit in done.summary["portals"].values()} == {"done"}
    assert done.summary["verdicts"]["new"] == shared.totals()["articles"] == 8


@pytest.mark.long
def test_queue_when_a_worker_is_killed_then_the_archive_is_that_of_one_machine(
    shared: Archive, made_archive: Path, tmp_path: Path, serving: Callable[..., World]
) -> None:
    alone = Archive(Path(shutil.copytree(made_archive, tmp_path / "mot-may")))
    killed: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        for worker in killed:
            worker.kill()

    world = serving(*(Watched(name, 4, kill) for name in WARDS))
    expected = locally(alone, world)
    for site in world.sites.values():
        assert isinstance(site, Watched)
        site.asked = 0
    shared.add(*world.urls.values())
    with workers(shared, 2) as both:
        killed.append(both[0])
        done = shared.run("crawl")
        assert both[0].wait(10) == -signal.SIGKILL
    assert done.code == 0, done.err
    assert made(shared) == expected


@pytest.mark.long
def test_queue_when_the_database_drops_all_connections_then_nothing_is_lost(
    shared: Archive, made_archive: Path, tmp_path: Path, serving: Callable[..., World]
) -> None:
    alone = Archive(Path(shutil.copytree(made_archive, tmp_path / "mot-may")))
    databases: list[str] = []

    def drop() -> None:
        for url in databases:
            engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
            with engine.connect() as connection:
                others = "datname = current_database() AND pid <> pg_backend_pid()"
                connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))

    world = serving(*(Watched(name, 4, drop) for name in WARDS[:2]))
    expected = locally(alone, world)
    for site in world.sites.values():
        assert isinstance(site, Watched)
        site.asked = 0
    databases.append(load(shared.folder).database)
    shared.add(*world.urls.values())
    with workers(shared, 1):
        done = shared.run("crawl")
    assert done.code == 0, done.err
    assert made(shared) == expected


@pytest.mark.long
def test_queue_when_every_worker_dies_with_a_batch_then_it_is_given_up_after_three(
    shared: Archive, serving: Callable[..., World]
) -> None:
    world = serving(Ward(WARDS[0]))
    shared.add(*world.urls.values())
    with workers(shared, 3, PHUONGCHI_KILL="database.committed:2") as dying:
        done = shared.run("crawl")
        assert [worker.wait(10) for worker in dying] == [-signal.SIGKILL] * 3
    [visit] = done.summary["portals"].values()
    assert (done.code, visit["state"], visit["cause"]) == (5, "failed", "crash")
    assert "try 3" in done.err


@pytest.mark.long
def test_queue_when_the_run_is_stopped_then_its_worker_ends_in_order_and_the_next_run_completes_it(
    shared: Archive, serving: Callable[..., World]
) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def stop() -> None:
        for run in running:
            run.send_signal(signal.SIGINT)

    world = serving(*(Watched(name, 4, stop) for name in WARDS[:2]))
    shared.add(*world.urls.values())
    with workers(shared, 1):
        running.append(subprocess.Popen(command("-C", shared.folder, "crawl"), env=environment(PHUONGCHI_NOW=NOW)))
        assert running[0].wait(120) == 9
        assert shared.totals()["articles"] < 8
        done = shared.run("crawl")
    assert done.code == 0, done.err
    assert shared.totals()["articles"] == 8
