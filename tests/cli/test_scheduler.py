"""What is due and how it is cut into batches, at given instants; then the service as a process."""

from __future__ import annotations

import ast
import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scheduler
from phuongchi.demo.site import Site, World
from scheduler import Plan, Planner, Schedule, Slot, closing, due_slots, last_planned, opening, plan_batches
from storage import engine, runs
from storage.errors import Held, PhuongChiError, StorageFull
from storage.records import Portal
from storage.text import instant_text
from tests.cli.conftest import ROOT, Archive, Tripwire, environment

NIGHTLY = "30 22 * * *"
NIGHT = (time(22, 0), time(5, 30))
OPENED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PLANNED = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    """An instant written in Vietnamese time."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def portal(name: str, *, server: str = "", cron: str = "") -> Portal:
    """A portal by name."""
    return Portal(id=name, url=f"https://{name}/", server=server, cron=cron)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20T22:29:59", False),  # before its hour
        ("2026-11-20T22:30:00", True),
        ("2026-11-21T03:00:00", True),  # the machine was off at 22:30
        ("2026-11-21T05:29:59", True),
        ("2026-11-21T05:30:00", False),  # the night is over: by day nobody is asked
        ("2026-11-21T12:00:00", False),
        ("2026-11-21T22:10:00", False),  # the new night has begun, its hour has not
    ],
)
def test_due_slots_when_nightly_then_only_in_its_night_and_late_but_once(now: str, due: bool) -> None:
    slots = due_slots(at(now), [NIGHTLY], nightly=NIGHTLY, night=NIGHT)
    assert slots == ((Slot(NIGHTLY, PLANNED),) if due else ())


def test_due_slots_when_a_portal_has_times_of_its_own_then_also_by_day_and_coalesced() -> None:
    slots = due_slots(at("2026-11-20T12:00:00"), [NIGHTLY, "*/10 * * * *"], nightly=NIGHTLY, night=NIGHT)
    assert slots == (Slot("*/10 * * * *", at("2026-11-20T12:00:00")),)


def test_due_slots_when_out_for_longer_than_a_day_then_its_own_time_is_not_made_up() -> None:
    saturday = "0 9 * * sat"  # the 21st
    assert due_slots(at("2026-11-22T08:59:00"), [saturday], nightly=NIGHTLY, night=NIGHT)
    assert due_slots(at("2026-11-22T09:01:00"), [saturday], nightly=NIGHTLY, night=NIGHT) == ()


@given(st.integers(0, 400_000), st.times(), st.times())
def test_opening_and_closing_when_any_hours_then_now_lies_between_them(minutes: int, opens: time, closes: time) -> None:
    night = (opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0))
    instant = OPENED + timedelta(minutes=minutes)
    began, ends = opening(instant, night), closing(instant, night)
    if began is not None:
        assert began <= instant
        assert ends is None or instant < ends <= began + timedelta(days=1)
    elif ends is not None:
        pytest.fail("a night that ends but never began")


def test_opening_when_always_night_then_is_a_day_back_without_end() -> None:
    night = (time(0, 0), time(0, 0))
    assert opening(OPENED, night) == OPENED - scheduler.LOOK_BACK
    assert closing(OPENED, night) is None


def test_last_planned_when_both_ends_are_planned_then_is_the_later() -> None:
    assert last_planned("*/30 * * * *", OPENED, PLANNED) == PLANNED
    assert last_planned("*/30 * * * *", PLANNED, PLANNED) == PLANNED
    assert last_planned("*/30 * * * *", PLANNED + timedelta(seconds=1), PLANNED + timedelta(minutes=29)) is None


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "10.0.0.1", "10.0.0.2", "10.0.0.3"])), max_size=60),
       st.integers(1, 9))  # fmt: skip
def test_plan_batches_when_any_portals_then_none_is_lost_and_servers_stay_together(
    given: list[tuple[int, str]], size: int
) -> None:
    portals = [portal(f"p{number}-{index}.vn", server=server) for index, (number, server) in enumerate(given)]
    batches = plan_batches(portals, size=size)
    assert sorted(one.id for batch in batches for one in batch) == sorted(one.id for one in portals)
    assert all(0 < len(batch) <= size for batch in batches)
    for server in {one.server for one in portals if one.server}:
        members = [one.id for one in portals if one.server == server]
        touched = [batch for batch in batches if any(one.id in members for one in batch)]
        assert len(touched) == -(-len(members) // size)
        assert [one.id for batch in batches for one in batch if one.id in members] == members


class Recorder:
    """A runner that notes plans in the ledger; `troubles` come first, one at a time."""

    def __init__(self, database: engine.Database, folder: Path, *troubles: PhuongChiError) -> None:
        self.plans: list[Plan] = []
        self.database, self.folder = database, folder
        self.troubles = list(troubles)
        self.asked = 0

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Note a plan."""
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop()
        with runs.hold(self.database, self.folder) as fence:
            assert still_due()
            slots = [(slot.schedule, slot.due_at) for slot in plan.slots]
            run = runs.begin_run(self.database, fence, kind="night", portals=[], now=PLANNED, slots=slots)
            runs.end_run(self.database, fence, run.id, state="done", exit_code=0, now=PLANNED)
        assert not still_due()
        self.plans.append(plan)
        return 0

    def stop(self) -> None:
        """Nothing runs."""


def service(database: engine.Database, folder: Path, runner: Recorder, now: str = "2026-11-20T23:00:00") -> Schedule:
    """A schedule at a fixed instant, over two portals."""
    portals = [portal("a.vn"), portal("b.vn", cron="0 9 * * *")]
    planner = Planner(database, lambda: portals, nightly=NIGHTLY, night=NIGHT, batch=128, now=lambda: at(now))
    return Schedule(planner, folder, runner, say=lambda line: None)


async def look(one: Schedule, times: int) -> None:
    """Look for what is due, some times over."""
    one._stopped, one._turn = asyncio.Event(), asyncio.Lock()
    for _ in range(times):
        await one.look()


def test_look_when_due_then_is_done_once_and_never_again_by_another_process(
    database: engine.Database, tmp_path: Path
) -> None:
    first, second = Recorder(database, tmp_path), Recorder(database, tmp_path)
    asyncio.run(look(service(database, tmp_path, first), 3))
    asyncio.run(look(service(database, tmp_path, second), 1))
    [plan] = first.plans
    assert plan.slots == (Slot(NIGHTLY, PLANNED), Slot("0 9 * * *", at("2026-11-20T09:00:00")))
    assert [one.id for batch in plan.batches for one in batch] == ["a.vn", "b.vn"]
    assert plan.until == at("2026-11-21T05:30:00")
    assert second.plans == []


def test_look_when_archive_is_held_then_tries_again_at_the_next_look(database: engine.Database, tmp_path: Path) -> None:
    runner = Recorder(database, tmp_path, Held("crawl is held by process 1"), Held("crawl is held by process 1"))
    asyncio.run(look(service(database, tmp_path, runner), 4))
    assert (len(runner.plans), runner.asked) == (1, 3)


def test_look_when_a_run_failed_then_waits_a_while_and_goes_on(database: engine.Database, tmp_path: Path) -> None:
    runner = Recorder(database, tmp_path, StorageFull("no space left"))
    one = service(database, tmp_path, runner)
    asyncio.run(look(one, 3))
    assert (len(runner.plans), runner.asked) == (0, 1)
    later = at("2026-11-20T23:00:00") + scheduler.RETRY
    one.planner = replace(one.planner, now=lambda: later)
    asyncio.run(look(one, 3))
    assert (len(runner.plans), runner.asked) == (1, 2)


def test_serve_when_there_is_a_leader_then_is_held(database: engine.Database, tmp_path: Path) -> None:
    with runs.hold(database, tmp_path, what="schedule"), pytest.raises(Held, match="schedule is held by"):
        asyncio.run(service(database, tmp_path, Recorder(database, tmp_path)).serve())


def test_scheduler_module_when_read_then_only_main_loads_phuongchi() -> None:
    tree = ast.parse((ROOT / "scheduler.py").read_text(encoding="utf-8"))
    loads = {
        function.name: [node for node in ast.walk(function) if isinstance(node, ast.ImportFrom | ast.Import)]
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }
    ours = {
        name for name, nodes in loads.items() for node in nodes if isinstance(node, ast.ImportFrom)
        if (node.module or "").split(".")[0] in ("phuongchi", "crawler", "access", "spiders", "scrapy")
    }  # fmt: skip
    assert ours == {"main"}


@pytest.mark.slow
@pytest.mark.parametrize("way", [["-m", "phuongchi", "schedule"], [str(ROOT / "scheduler.py")]])
def test_schedule_when_its_hour_has_come_then_visits_and_stops_in_order(
    archive: Archive, serving: Callable[..., World], sites: dict[str, Site], way: list[str]
) -> None:
    processes: list[subprocess.Popen[str]] = []
    world = serving(Tripwire(sites["vinh"], at=5, act=lambda: processes[0].send_signal(signal.SIGTERM)))
    archive.add(*world.urls.values())
    processes.append(
        subprocess.Popen(
            [sys.executable, *way, "-C", str(archive.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(PHUONGCHI_NOW="2026-11-20T22:29:58+07:00"),
        )
    )  # fmt: skip
    _, err = processes[0].communicate(timeout=300)
    assert processes[0].returncode == 9, err
    status = json.loads(archive.quick("status", "--json").out)
    assert (status["last_run"]["kind"], status["last_run"]["state"]) == ("night", "stopped")
    assert status["last_run"]["slot"] == instant_text(PLANNED)
    by_day = archive.run("crawl", "--due", PHUONGCHI_NOW="2026-11-20T12:00:00+07:00")
    assert (by_day.code, "Nothing is due now" in by_day.err) == (0, True)
    due = archive.run("crawl", "--due", PHUONGCHI_NOW="2026-11-20T23:30:00+07:00")
    assert due.code == 0, due.err
    assert (due.summary["run"], due.summary["resumed"]) == (status["last_run"]["id"], 1)
    again = archive.run("crawl", "--due", PHUONGCHI_NOW="2026-11-20T23:40:00+07:00")
    assert (again.code, "Nothing is due now" in again.err) == (0, True)
