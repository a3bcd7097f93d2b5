"""The planner and the service: over real databases at given instants, then as a process."""

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
from sqlalchemy import insert, select

import scheduler
from monitoring.nights import Job, Plan, Slot
from monitoring.planner import Planner
from phuongchi.demo.site import Site, World
from scheduler import Schedule
from storage import engine, overview, runs, schema
from storage.errors import DatabaseError, Held, PhuongChiError, StorageFull
from storage.records import Portal
from storage.text import instant_text
from tests.cli.conftest import ROOT, Archive, Tripwire, environment

NIGHTLY = "30 22 * * *"
NIGHT = (time(22, 0), time(5, 30))
PLANNED = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    """An instant written in Vietnamese time."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def portal(name: str, *, server: str = "", cron: str = "") -> Portal:
    """A portal by name."""
    return Portal(id=name, url=f"https://{name}/", server=server, cron=cron)


class Recorder:
    """A runner that notes plans in the ledger; `troubles` come first, one at a time."""

    def __init__(self, database: engine.Database, folder: Path, *troubles: PhuongChiError) -> None:
        self.plans: list[Plan] = []
        self.database, self.folder = database, folder
        self.troubles = list(troubles)
        self.asked = 0
        self.jobs: list[str] = []
        self.results: list[tuple[int, str]] = []

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Note a plan."""
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop()
        with runs.hold(self.database, self.folder) as fence:
            assert still_due()
            slots = [(slot.schedule, slot.due_at) for slot in plan.slots]
            portals = [one for batch in plan.batches for one in batch]
            runs.sync_portals(self.database, portals, now=PLANNED)
            ids = [one.id for one in portals]
            run = runs.begin_run(self.database, fence, kind="night", portals=ids, now=PLANNED, slots=slots)
            runs.end_run(self.database, fence, run.id, state="done", exit_code=0, now=PLANNED)
        assert not still_due()
        self.plans.append(plan)
        return 0

    async def job(self, job: Job) -> tuple[int, str]:
        """Note a job; its results come first, one at a time."""
        self.jobs.append(job.name)
        return self.results.pop(0) if self.results else (0, "")

    def stop(self) -> None:
        """Nothing runs."""

    def stop_job(self) -> None:
        """Nothing runs."""


class Long(Recorder):
    """Its jobs take hours of a clock of its own."""

    def __init__(self, database: engine.Database, folder: Path, *troubles: PhuongChiError, hours: int = 1) -> None:
        super().__init__(database, folder, *troubles)
        self.now, self.hours, self.broken_off, self.told = at("2026-11-20T23:00:00"), hours, 0, False

    async def job(self, job: Job) -> tuple[int, str]:
        """Note a job; it ends by its hour, or when it is told to."""
        self.told, until = False, self.now + timedelta(hours=self.hours)
        while self.now < until and not self.told:
            await asyncio.sleep(0)
        self.broken_off += self.now < until
        return await super().job(job)

    def stop_job(self) -> None:
        """End the job in order."""
        self.told = True

    def portals(self) -> list[Portal]:
        """What is listed, at each look; it is minutes later then."""
        self.now += timedelta(minutes=4)
        return [portal("a.vn")]


def service(database: engine.Database, folder: Path, runner: Recorder, now: str = "2026-11-20T23:00:00") -> Schedule:
    """A schedule at a fixed instant, over two portals."""
    portals = [portal("a.vn"), portal("b.vn", cron="0 9 * * *")]
    planner = Planner(database, lambda: portals, nightly=NIGHTLY, night=NIGHT, batch=128, now=lambda: at(now))
    return Schedule(planner, folder, runner, say=lambda line: None, look_every=0.01)


async def look(one: Schedule, times: int) -> None:
    """Look for what is due, some times over."""
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


def test_look_when_a_run_failed_and_the_clock_was_set_back_then_waits_no_longer_for_it(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Recorder(database, tmp_path, StorageFull("no space left"))
    one = service(database, tmp_path, runner, "2026-11-21T23:00:00")
    asyncio.run(look(one, 1))
    one.planner = replace(one.planner, now=lambda: at("2026-11-20T23:00:00"))
    asyncio.run(look(one, 1))
    assert (len(runner.plans), runner.asked) == (1, 2)


def test_serve_when_there_is_a_leader_then_another_waits_and_takes_over_or_ends_at_once(
    database: engine.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "STANDBY_EVERY", 0.01)
    runner, said = Recorder(database, tmp_path), list[str]()
    second = replace(service(database, tmp_path, runner), say=said.append)

    async def work() -> int:
        serving = asyncio.create_task(second.serve())
        with runs.hold(database, tmp_path, what="schedule"):
            with pytest.raises(Held, match="schedule is held by"):
                await replace(service(database, tmp_path, runner), standby=False).serve()
            while not said:
                await asyncio.sleep(0)
            assert runner.plans == []
        while not runner.plans:
            await asyncio.sleep(0)
        second.stop()
        return await serving

    assert asyncio.run(asyncio.wait_for(work(), 60)) == 0
    assert (len(runner.plans), len(said)) == (1, 1)
    assert "standing by, to take over when it ends: schedule is held by" in said[0]


class Waiting(Recorder):
    """A runner whose nights last until their leader has given a sign of life, and whose jobs are as many looks long."""

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Note a plan, once somebody could see that the leader lives."""
        while not self.signs():
            await asyncio.sleep(0)
        return await super().night(plan, still_due)

    async def job(self, job: Job) -> tuple[int, str]:
        """Note a job that takes a while."""
        await asyncio.sleep(0.05)
        return await super().job(job)

    def signs(self) -> bool:
        """Whether the leader's sign of life holds now."""
        lease = schema.lease
        with self.database.read() as connection:
            query = select(lease.c.expires_at).where(lease.c.name == "schedule")
            until = connection.execute(query).scalar()
        return until is not None and until > datetime.now(UTC)


def test_once_when_night_and_upkeep_are_due_then_both_are_done_and_it_ends_and_the_leader_was_seen_to_live(
    database: engine.Database, tmp_path: Path
) -> None:
    jobs = (Job("verify", "0 6 * * *", ("verify",)), Job("backup", "0 13 * * *", ("backup",)))
    before = [(job.key, at("2026-11-19T13:00:00")) for job in jobs]
    runs.settle_slots(database, done=before)
    runner = Waiting(database, tmp_path)
    runner.results = [(0, ""), (6, "no space left")]
    one = service(database, tmp_path, runner)
    one.planner = replace(one.planner, jobs=jobs)
    assert asyncio.run(asyncio.wait_for(one.once(), 60)) == 6
    assert (len(runner.plans), runner.jobs) == (1, ["verify", "backup"])
    assert not runner.signs()  # it gave the lead back
    again = service(database, tmp_path, runner)
    again.planner = one.planner
    assert asyncio.run(asyncio.wait_for(again.once(), 60)) == 0
    assert (len(runner.plans), runner.jobs) == (1, ["verify", "backup"])


def test_once_when_the_night_fails_then_upkeep_is_done_all_the_same_and_the_failure_comes_out(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Recorder(database, tmp_path, StorageFull("no space left"))
    runs.settle_slots(database, done=[("job:verify", at("2026-11-19T06:00:00"))])
    one = service(database, tmp_path, runner)
    one.planner = replace(one.planner, jobs=(Job("verify", "0 6 * * *", ("verify",)),))
    with pytest.raises(StorageFull, match="no space left"):
        asyncio.run(asyncio.wait_for(one.once(), 60))
    assert (runner.asked, runner.jobs) == (1, ["verify"])
    with runs.hold(database, tmp_path, what="schedule"), pytest.raises(Held, match="schedule is held"):
        asyncio.run(service(database, tmp_path, runner).once())


def test_once_when_nights_keep_failing_then_upkeep_that_takes_long_comes_to_its_end(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Long(database, tmp_path, *(StorageFull("no space left") for _ in range(9)))
    runs.settle_slots(database, done=[("job:verify", at("2026-11-19T06:00:00"))])
    one = service(database, tmp_path, runner)
    one.planner = replace(one.planner, jobs=(Job("verify", "0 6 * * *", ("verify",)),), now=lambda: runner.now)
    one.planner = replace(one.planner, portals=runner.portals)
    with pytest.raises(StorageFull, match="no space left"):
        asyncio.run(asyncio.wait_for(one.once(), 60))
    assert (runner.jobs, runner.broken_off, runner.asked) == (["verify"], 0, 2)  # once more when upkeep has ended


def test_look_when_nights_keep_failing_then_upkeep_has_two_hours_between_two_tries(
    database: engine.Database, tmp_path: Path
) -> None:
    async def looks(*minutes: int) -> None:
        for pause in minutes:
            await one.look()
            await asyncio.sleep(0)
            tried.append(runner.asked)
            runner.now += timedelta(minutes=pause)

    runner = Long(database, tmp_path, *(StorageFull("no space left") for _ in range(9)), hours=3)
    runs.settle_slots(database, done=[("job:verify", at("2026-11-19T06:00:00"))])
    one = service(database, tmp_path, runner)
    one.planner = replace(one.planner, jobs=(Job("verify", "0 6 * * *", ("verify",)),), now=lambda: runner.now)
    tried = list[int]()
    with runs.hold(database, tmp_path, what="schedule") as one.fence:
        asyncio.run(asyncio.wait_for(looks(1, *[13] * 9, 13, 1), 60))
    assert (tried, runner.broken_off) == ([1] * 11 + [2], 1)


def test_once_when_nothing_can_be_looked_for_after_a_failure_then_it_ends_and_says_so(
    database: engine.Database, tmp_path: Path
) -> None:
    def portals() -> list[Portal]:
        if runner.asked:
            raise DatabaseError("the server is away")
        return [portal("a.vn")]

    runner = Recorder(database, tmp_path, StorageFull("no space left"))
    one = service(database, tmp_path, runner)
    one.planner = replace(one.planner, portals=portals)
    with pytest.raises(DatabaseError, match="the server is away"):
        asyncio.run(one.once())
    assert runner.asked == 1


def test_once_when_a_night_ends_badly_and_newcomers_well_then_its_code_comes_out(
    database: engine.Database, tmp_path: Path
) -> None:
    class Ending(Recorder):
        async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
            """Note a plan; the first one ends badly."""
            return await super().night(plan, still_due) or (0 if len(self.plans) > 1 else 4)

    runner = Ending(database, tmp_path)
    one = service(database, tmp_path, runner)
    listed = [portal("a.vn"), portal("c.vn")]
    one.planner = replace(one.planner, portals=lambda: listed[: 1 + bool(runner.plans)])
    assert asyncio.run(one.once()) == 4
    assert [[one.id for batch in plan.batches for one in batch] for plan in runner.plans] == [["a.vn"], ["c.vn"]]


def test_serve_when_the_lead_was_lost_then_it_does_not_say_that_it_leads_while_it_stands_by(
    database: engine.Database, tmp_path: Path
) -> None:
    fences: list[engine.Fence | None] = []

    def said(line: str) -> None:
        fences.append(one.fence)
        one.stop()

    one = replace(service(database, tmp_path, Recorder(database, tmp_path)), say=said)
    with runs.hold(database, tmp_path, what="schedule") as fence:
        one.fence = fence
        asyncio.run(asyncio.wait_for(one.serve(), 60))
    assert fences == [None]


def test_look_when_the_lead_has_passed_to_another_then_nothing_is_begun(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Recorder(database, tmp_path)
    one = service(database, tmp_path, runner)
    with runs.hold(database, tmp_path, what="schedule") as fence:
        one.fence = replace(fence, number=fence.number - 1)  # as after the server of the database was started again
        asyncio.run(look(one, 2))
        assert (runner.plans, one._leads()) == ([], False)


def test_plan_when_nights_were_missed_then_one_is_made_up_and_the_others_are_recorded(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Recorder(database, tmp_path)
    asyncio.run(look(service(database, tmp_path, runner), 1))
    asyncio.run(look(service(database, tmp_path, runner, "2026-11-24T01:00:00"), 3))
    states = {slot.due_at: slot.state for slot in runs.slots_of(database, NIGHTLY, limit=9)}
    nights = [PLANNED + timedelta(days=day) for day in range(4)]
    assert states == dict(zip(nights, ("done", "missed", "missed", "done"), strict=True))
    assert len(runner.plans) == 2


def test_plan_when_a_night_was_begun_and_never_ended_then_it_is_missed_by_its_run(
    database: engine.Database, tmp_path: Path
) -> None:
    with runs.hold(database, tmp_path) as fence:
        run = runs.begin_run(database, fence, kind="night", portals=[], now=PLANNED, slots=[(NIGHTLY, PLANNED)])
        planner = service(database, tmp_path, Recorder(database, tmp_path), "2026-11-21T12:00:00").planner
        planner.plan()
        assert runs.slots_of(database, NIGHTLY)[0].state == "started"  # it may be about to end
        runs.end_run(database, fence, run.id, state="failed", exit_code=6, now=PLANNED)
    planner.plan()
    [slot] = runs.slots_of(database, NIGHTLY)
    assert (slot.state, slot.run) == ("missed", run.id)


def test_plan_when_nobody_is_to_be_visited_then_the_night_is_done(database: engine.Database, tmp_path: Path) -> None:
    planner = replace(service(database, tmp_path, Recorder(database, tmp_path)).planner, portals=list)
    assert planner.plan() is None
    assert [slot.state for slot in runs.slots_of(database, NIGHTLY)] == ["done"]


def test_plan_when_a_portal_is_new_in_a_night_that_is_done_then_it_is_visited_in_it_once(
    database: engine.Database, tmp_path: Path
) -> None:
    portals = [portal("a.vn")]
    planner = replace(service(database, tmp_path, Recorder(database, tmp_path)).planner, portals=lambda: portals)
    first = planner.plan()
    assert first is not None
    for plan, now in ((first, PLANNED), (None, PLANNED + timedelta(hours=1))):
        runs.sync_portals(database, portals, now=now)
        plan = plan or planner.plan()
        assert plan is not None
        assert planner.still_due(plan)
        ids = [one.id for batch in plan.batches for one in batch]
        slots = [(slot.schedule, slot.due_at) for slot in plan.slots]
        with runs.hold(database, tmp_path) as fence:
            run = runs.begin_run(database, fence, kind="night", portals=ids, now=now, slots=slots)
            runs.end_run(database, fence, run.id, state="done", exit_code=0, now=now)
        assert not planner.still_due(plan)
        assert planner.plan() is None
        assert ids == [portals[-1].id]
        portals.append(portal("new.vn"))
    assert replace(planner, now=lambda: at("2026-11-21T12:00:00")).plan() is None  # by day nobody is asked


def test_plan_when_times_were_changed_behind_tonights_turn_then_no_portal_is_visited_twice(
    database: engine.Database, tmp_path: Path
) -> None:
    """`schedule` is another one after the night; so is the `cron` of a portal. What the night did not come to is visited."""
    portals = [portal("a.vn"), portal("b.vn"), portal("left.vn")]
    runs.sync_portals(database, portals, now=PLANNED)
    with runs.hold(database, tmp_path) as fence:
        ids = [one.id for one in portals]
        run = runs.begin_run(database, fence, kind="night", portals=ids, now=PLANNED, slots=[(NIGHTLY, PLANNED)]).id
        for name in ("a.vn", "b.vn"):
            runs.start_visit(database, fence, run, name, now=PLANNED, deep=False)
            runs.end_visit(database, fence, run, name, state="done", counts={}, now=PLANNED)
        runs.end_run(database, fence, run, state="done", exit_code=10, now=PLANNED)
    changed = [portals[0], portal("b.vn", cron="15 23 * * *"), portals[2]]
    one = service(database, tmp_path, Recorder(database, tmp_path), "2026-11-20T23:20:00").planner
    one = replace(one, portals=lambda: changed, nightly="0 23 * * *")
    plan = one.plan()
    assert plan is not None
    assert [one.id for batch in plan.batches for one in batch] == ["left.vn"]
    later = replace(one, now=lambda: at("2026-11-21T23:20:00")).plan()
    assert later is not None
    assert [one.id for batch in later.batches for one in batch] == ["left.vn", "a.vn", "b.vn"]


def test_plan_when_portals_are_dying_unreached_or_failing_then_their_order_and_rest_show_it(
    database: engine.Database, tmp_path: Path
) -> None:
    portals = [portal(f"{name}.vn") for name in ("seen", "left", "dying", "failing")]
    runs.sync_portals(database, portals, now=PLANNED)
    with runs.hold(database, tmp_path) as fence:
        for day, ends in enumerate(({}, {"left.vn": ("partial", "limit.time")})):
            now = PLANNED - timedelta(days=2 - day)
            run = runs.begin_run(database, fence, kind="night", portals=[one.id for one in portals], now=now).id
            for one in portals:
                runs.start_visit(database, fence, run, one.id, now=now, deep=False)
                broken = ("unreachable", "net.dns") if one.id == "failing.vn" else ("done", "")
                state, cause = ends.get(one.id, broken)
                runs.end_visit(database, fence, run, one.id, state=state, cause=cause, counts={}, now=now)  # type: ignore[arg-type]
            runs.end_run(database, fence, run, state="done", exit_code=4, now=now)
    with database.write() as connection:
        for state in ("dissolved", "healthy", "moved"):
            values = {"portal": "dying.vn", "state": state, "since": PLANNED}
            connection.execute(insert(schema.portal_state).values(**values))
    planner = replace(service(database, tmp_path, Recorder(database, tmp_path)).planner, portals=lambda: portals)
    plan = planner.plan()
    assert plan is not None
    assert ([one.id for batch in plan.batches for one in batch], plan.resting) == (
        ["dying.vn", "left.vn", "seen.vn"], ("failing.vn",),
    )  # fmt: skip


VERIFY = Job("verify", "0 6 * * *", ("verify",))


def test_job_when_due_then_done_once_and_its_trouble_stands_until_it_goes_well(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Recorder(database, tmp_path)
    runner.results = [(8, "HỎNG | damaged: a.warc.gz"), (0, "")]

    async def days() -> list[list[tuple[str, bool]]]:
        told = []
        with runs.hold(database, tmp_path, what="schedule") as fence:
            for day in (20, 21, 21, 22):
                one = service(database, tmp_path, runner, f"2026-11-{day}T08:00:00")
                one.planner, one.fence = replace(one.planner, jobs=(VERIFY,), portals=list), fence
                await one.look()
                await one.settled()
                found = overview.alerts(database, since=at("2026-11-01T00:00:00"))
                told.append([(alert.detail, alert.closed_at is None) for alert in found])
        return told

    trouble = "phuongchi verify: 8. HỎNG | damaged: a.warc.gz"
    assert asyncio.run(days()) == [[], [(trouble, True)], [(trouble, True)], [(trouble, False)]]
    assert runner.jobs == ["verify", "verify"]  # not on the day it was new
    assert [slot.state for slot in runs.slots_of(database, VERIFY.key, limit=9)] == ["done", "done", "done"]


def test_job_when_it_is_planned_no_more_then_its_trouble_is_told_no_more(
    database: engine.Database, tmp_path: Path
) -> None:
    with runs.hold(database, tmp_path, what="schedule") as fence:
        for key in ("job:expire", "job:verify"):
            runs.begin_job(database, fence, (key, PLANNED))
            runs.end_job(database, fence, (key, PLANNED), trouble="6. no space left", now=PLANNED)
    planner = service(database, tmp_path, Recorder(database, tmp_path)).planner
    replace(planner, jobs=(Job("verify", "0 6 * * *", ("verify",)),)).due_job()
    assert [alert.cause for alert in overview.alerts(database) if alert.closed_at is None] == ["job:verify"]


def test_job_when_it_is_killed_then_it_is_begun_again_and_given_up_after_three_tries(
    database: engine.Database, tmp_path: Path
) -> None:
    runner = Recorder(database, tmp_path)
    runner.results = [(-9, "")] * 5

    async def day() -> None:
        with runs.hold(database, tmp_path, what="schedule") as fence:
            runs.settle_slots(database, done=[(VERIFY.key, at("2026-11-20T06:00:00"))])
            one = service(database, tmp_path, runner, "2026-11-21T08:00:00")
            one.fence = fence
            for minutes in (0, 1, 11, 22, 33, 44):
                now = at("2026-11-21T08:00:00") + timedelta(minutes=minutes)
                one.planner = replace(one.planner, jobs=(VERIFY,), portals=list, now=lambda now=now: now)
                await one.look()
                await one.settled()

    asyncio.run(day())
    assert runner.jobs == ["verify"] * scheduler.TRIES
    [alert] = overview.alerts(database)
    assert (alert.cause, alert.detail) == ("job:verify", "phuongchi verify: -9. ")


def test_scheduler_module_when_read_then_it_imports_nothing_that_stands_on_it() -> None:
    tree = ast.parse((ROOT / "scheduler.py").read_text(encoding="utf-8"))
    imported = {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert {"monitoring", "storage"} <= imported
    assert not imported & {"phuongchi", "crawler", "access", "spiders", "scrapy"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "way", [["-m", "phuongchi", "schedule"], pytest.param([str(ROOT / "scheduler.py")], marks=pytest.mark.long)]
)
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
