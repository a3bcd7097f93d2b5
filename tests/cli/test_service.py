"""The service as real processes: its timetable, a list that breaks, jobs, kills, and another one that takes over."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from monitoring.polling import was_not_reached
from phuongchi.archive import Archive as Opened
from phuongchi.clock import Clock
from phuongchi.config import load
from phuongchi.demo.site import Site, World
from phuongchi.runners import LocalRunner, Order, Outcome
from phuongchi.runners.jobs import PortalList
from storage import engine, runs
from storage.records import portal_id
from tests.cli.conftest import NOW, Archive, Tripwire, command, environment

NIGHTLY = "30 22 * * *"


def test_schedule_when_listed_then_every_line_has_its_command_its_next_time_and_what_came_of_the_last(
    archive: Archive,
) -> None:
    archive.add("https://a.example.vn/")
    with (archive.folder / "portals.toml").open("a") as file:
        file.write('cron = "9:00"\n')
    with (archive.folder / "phuongchi.toml").open("a") as file:
        file.write('backup.to = "../sao-luu"\nbackup.at = "13:00"\nwarc.watch_retention_days = 90\n')
    db = engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}")
    with runs.hold(db, archive.folder, what="schedule") as fence:
        slot = ("job:backup", Clock.read({"PHUONGCHI_NOW": "2026-11-20T13:00"}).start)
        runs.begin_job(db, fence, slot)
        runs.end_job(db, fence, slot, trouble="phuongchi backup: 6. the disk is full", now=slot[1])
    db.close()
    lines = {line["schedule"]: line for line in json.loads(archive.quick("schedule", "--list", "--json").out)}
    assert {name: line["cron"] for name, line in lines.items()} == {
        NIGHTLY: NIGHTLY, "0 9 * * *": "0 9 * * *", "job:verify": "0 6 * * *", "job:expire": "30 7 * * *",
        "job:backup": "0 13 * * *",
    }  # fmt: skip
    backup = lines["job:backup"]
    assert backup["runs"] == f"phuongchi backup --to {archive.folder}/../sao-luu"
    assert (backup["next"], backup["last"]) == ("2026-11-21T06:00:00Z", "2026-11-20T06:00:00Z")
    assert (backup["state"], backup["trouble"]) == ("done", "phuongchi backup: 6. the disk is full")
    assert "phuongchi backup: 6. the disk is full" in archive.quick("schedule", "--list").out
    assert archive.quick("schedule", "--json").code == 2


def test_portal_list_when_the_file_breaks_then_it_is_said_once_and_the_last_good_list_stays(archive: Archive) -> None:
    archive.add("https://a.example.vn/")
    said: list[str] = []
    portals = PortalList(Opened(archive.folder, load(archive.folder), Clock.read({})), said.append)
    good = (archive.folder / "portals.toml").read_text()
    (archive.folder / "portals.toml").write_text(good + "[[portal]]\nurl = 7\n")
    assert [[one.id for one in portals()] for _ in range(3)] == [["a.example.vn"]] * 3
    [line] = said
    assert "the list of portals before it stays in use" in line
    assert "portals.toml, line 17: url" in line
    (archive.folder / "portals.toml").write_text(good)
    archive.add("https://b.example.vn/")
    assert [one.id for one in portals()] == ["a.example.vn", "b.example.vn"]
    assert said[1:] == ["Danh sách nguồn dùng được trở lại | the list of portals is well again: 2"]


@contextmanager
def serving_nights(archive: Archive, now: str) -> Iterator[subprocess.Popen[str]]:
    """The service as a process, which is gone at the end."""
    arguments = command("-C", archive.folder, "schedule")
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment(PHUONGCHI_NOW=now)
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(archive: Archive, schedule: str, *processes: subprocess.Popen[str]) -> runs.SlotRow:
    """Wait until the last planned time of a schedule is done, while the processes live; returns it."""
    db = engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}", readonly=True)
    try:
        while True:
            found = runs.slots_of(db, schedule, limit=9)
            if len(found) > 1 and found[0].state == "done":
                return found[0]
            for process in processes:
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"it ended with {process.wait(timeout=0.2)}")
    finally:
        db.close()


@pytest.mark.slow
def test_schedule_when_a_jobs_hour_has_come_then_its_command_is_run_and_the_service_stops_in_order(
    archive: Archive,
) -> None:
    yesterday = Clock.read({"PHUONGCHI_NOW": "2026-11-19T06:00"}).start
    db = engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}")
    runs.settle_slots(db, done=[("job:verify", yesterday)])  # else the job is new, and not made up
    db.close()
    with serving_nights(archive, "2026-11-20T06:00:00+07:00") as service:
        assert wait_for(archive, "job:verify", service).due_at.isoformat() == "2026-11-19T23:00:00+00:00"
        service.send_signal(signal.SIGTERM)
        _, err = service.communicate(timeout=60)
    assert (service.returncode, "Traceback" in err) == (0, False), err


@pytest.mark.long
def test_crawl_when_its_night_ends_then_visits_end_in_order_and_the_next_night_goes_on(
    archive: Archive, serving: Callable[..., World], sites: dict[str, Site]
) -> None:
    """The clock jumps over the night's end while a page is on its way, which comes when the run has noticed."""
    runners: list[LocalRunner] = []
    skipped = [0.0]
    first = Clock(Clock.read({"PHUONGCHI_NOW": NOW}).start, 0.0, simulated=True, monotonic=lambda: skipped[0])
    until = first.start + timedelta(hours=7)

    def jump() -> None:
        skipped[0] = 8 * 3600.0
        while not runners[0].ending:
            Event().wait(0.05)

    at_page = Tripwire(sites["vinh"], at=9, act=jump)
    world = serving(at_page, sites["hue"])
    archive.add(*world.urls.values())
    with (archive.folder / "phuongchi.toml").open("a") as file:
        file.write("fetch.active = 1\n")  # the other portal does not get its turn

    def night(clock: Clock, until: datetime | None) -> Outcome:
        opened = Opened(archive.folder, load(archive.folder), clock)
        order = Order((opened.portals(),), kind="night", slot=clock.now(), slots=((NIGHTLY, clock.start),), until=until)
        runners.append(LocalRunner(opened, Silent()))
        return asyncio.run(runners[-1].run(order))

    cut = night(first, until)
    states = {visit.portal: (visit.state, visit.cause) for visit in cut.visits}
    vinh, hue = (portal_id(world.urls[name]) for name in ("vinh", "hue"))
    assert (cut.code, cut.ending) == (10, "limit")
    assert states == {vinh: ("partial", "limit.time"), hue: ("pending", "")}
    db = engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}")
    assert [row.state for row in runs.slots_of(db, NIGHTLY)] == ["done"]  # the rest follows in the next night
    past = runs.past_visits(db, since=first.start - timedelta(days=1))
    db.close()
    assert [was_not_reached(past[portal]) for portal in (vinh, hue)] == [True, True]
    whole = night(Clock.read({"PHUONGCHI_NOW": "2026-11-21T22:30:00+07:00"}), None)
    assert (whole.code, whole.ending, whole.run) == (0, "", cut.run + 1)
    ids = [json.loads(line)["id"] for line in archive.quick("export", "jsonl").out.splitlines()]
    assert len(set(ids)) == sum(len({gold.path for gold in sites[name].gold(1)}) for name in ("vinh", "hue"))


class Silent:
    """Nobody looks on."""

    def event(self, event: Mapping[str, Any]) -> None:
        """Say nothing."""


def children(parent: int, kind: str) -> list[int]:
    """The living processes of one kind below a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            mother = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            name = (path / "comm").read_text().strip()
        except OSError:
            continue
        if mother == parent:
            found += [int(path.name)] if name == f"phuongchi-{kind}" else children(int(path.name), kind)
    return found


@pytest.mark.long
def test_schedule_when_child_and_leader_are_killed_then_another_ends_the_night_and_nothing_is_done_twice(
    archive: Archive, serving: Callable[..., World], sites: dict[str, Site]
) -> None:
    services: list[subprocess.Popen[str]] = []
    names = ("vinh", "hue", "hanoi")

    def kill_a_child() -> None:
        os.kill(children(services[0].pid, "crawl")[0], signal.SIGKILL)

    world = serving(
        Tripwire(sites["vinh"], at=4, act=kill_a_child), Tripwire(sites["hue"], at=12, act=lambda: services[0].kill()),
        sites["hanoi"],
    )  # fmt: skip
    archive.add(*world.urls.values())
    with (archive.folder / "phuongchi.toml").open("a") as file:
        file.write("fetch.processes = 2\nfetch.active = 2\n")
    now = "2026-11-20T22:29:58+07:00"
    with serving_nights(archive, now) as first:
        services.append(first)
        while not (archive.folder / ".schedule.lock").exists():
            assert first.poll() is None
        with serving_nights(archive, now) as second:
            assert first.wait(timeout=200) == -signal.SIGKILL
            slot = wait_for(archive, NIGHTLY, second)
            second.send_signal(signal.SIGTERM)
            _, err = second.communicate(timeout=60)
    assert (second.returncode, "Traceback" in err) == (0, False), err
    assert "standing by, to take over when it ends" in err
    status = json.loads(archive.quick("status", "--json").out)
    assert (status["last_run"]["id"], status["last_run"]["resumed"], status["last_run"]["state"]) == (1, 1, "done")
    assert (slot.run, {one["last_visit"]["state"] for one in status["portals"]}) == (1, {"done"})
    ids = [json.loads(line)["id"] for line in archive.quick("export", "jsonl").out.splitlines()]
    assert len(set(ids)) == len(ids) == sum(len({gold.path for gold in sites[name].gold(1)}) for name in names)
    assert archive.totals()["unread"] == 0
