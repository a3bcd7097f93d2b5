"""A simulated clock over the real planner, service and ledger: sixty nights, and schedulers that are killed at random.

The runner takes no time and visits nobody; everything else is real. A kill is an end without a word: the run stays `running`, its
slots `started`, as the ledger of a process that got SIGKILL has them.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from monitoring.nights import Job, Plan
from monitoring.planner import Planner
from phuongchi.runners import bookkeeping
from phuongchi.runners.nights import order_of
from scheduler import Schedule
from storage import engine, runs
from storage.errors import Held
from storage.records import Portal
from storage.text import VIETNAM

NIGHTLY, OWN, TWICE = "30 22 * * *", "0 9 * * sat", "0 7,19 * * *"
NIGHT = (time(22, 0), time(5, 30))
BEGIN = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
VERIFY = Job("verify", "0 6 * * *", ("verify",))
PORTALS = [
    Portal(id="a.vn", url="https://a.vn/"), Portal(id="b.vn", url="https://b.vn/", cron=OWN),
    Portal(id="c.vn", url="https://c.vn/", cron=TWICE),
]  # fmt: skip


def complain(line: str) -> None:
    """Lines of the service's log: none may tell of a fault."""
    assert "internal error" not in line, line


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Machine:
    """The clock that all processes share, and what they did: nights that came to their end, how many run at once."""

    db: engine.Database
    folder: Path
    now: datetime = BEGIN
    done: Counter[tuple[str, datetime]] = field(default_factory=Counter)
    plans: list[Plan] = field(default_factory=list)
    jobs: list[datetime] = field(default_factory=list)
    fate: str = "ends"
    running: int = 0


@dataclass
class Process:
    """One scheduler: its service, and the lock it holds while it leads."""

    machine: Machine
    service: Schedule
    stack: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def start(cls, machine: Machine) -> Process:
        """A new process on the machine."""
        planner = Planner(
            machine.db, lambda: PORTALS, nightly=NIGHTLY, night=NIGHT, batch=128, now=lambda: machine.now, jobs=(VERIFY,),
            jitter=timedelta(minutes=20), salt="archive",
        )  # fmt: skip
        return cls(machine, Schedule(planner, machine.folder, Simulated(machine), say=complain))

    def look(self) -> None:
        """One look, if this is the leader or can become it."""
        if self.service.fence is None:
            try:
                hold = runs.hold(self.machine.db, self.machine.folder, what="schedule")
                self.service.fence = self.stack.enter_context(hold)
            except Held:
                return

        async def work() -> None:
            await self.service.look()
            await self.service.settled()

        asyncio.run(work())

    def die(self) -> None:
        """The kernel frees what it held."""
        self.stack.close()


@dataclass
class Simulated:
    """A runner with the real bookkeeping, whose nights take no time and end as the machine's fate says."""

    machine: Machine

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Claim the plan as the local runner does, then end it, or not."""
        machine, order = self.machine, order_of(plan, still_due)
        with runs.hold(machine.db, machine.folder) as fence:
            if not still_due():
                return 0
            assert machine.running == 0, "two runs at once"
            machine.running += 1
            try:
                runs.sync_portals(machine.db, PORTALS, now=machine.now)
                run = bookkeeping.begin(order, machine.db, fence, now=machine.now)
                if machine.fate == "killed":
                    raise Killed
                for visit in runs.visits(machine.db, run.id):
                    if visit.state == "pending" and machine.fate == "ends":
                        runs.start_visit(machine.db, fence, run.id, visit.portal, now=machine.now, deep=False)
                        runs.end_visit(
                            machine.db,
                            fence,
                            run.id,
                            visit.portal,
                            state="done",
                            counts={"answered": 1},
                            now=machine.now,
                        )
                ending = "stopped" if machine.fate == "stopped" else ""
                code, _ = bookkeeping.end(order, machine.db, fence, run, ending, known=PORTALS, now=machine.now)
                if not ending:
                    machine.done.update((slot.schedule, slot.due_at) for slot in plan.slots)
                    machine.plans.append(plan)
                return code
            finally:
                machine.running -= 1

    async def job(self, job: Job) -> tuple[int, str]:
        """Note when a job was done."""
        self.machine.jobs.append(self.machine.now)
        return 0, ""

    def stop(self) -> None:
        """Nothing runs."""

    def stop_job(self) -> None:
        """Nothing runs."""


@pytest.fixture
def machine(sqlite_url: str, tmp_path: Path) -> Machine:
    """A machine with an empty archive."""
    return Machine(engine.connect(sqlite_url), tmp_path)


def local(instant: datetime) -> datetime:
    """The instant as a clock on the wall shows it."""
    return instant.astimezone(VIETNAM)


@pytest.mark.slow
def test_sixty_nights_when_the_clock_runs_then_each_planned_time_is_done_once_and_in_its_hours(
    machine: Machine,
) -> None:
    process = Process.start(machine)
    while machine.now < BEGIN + timedelta(days=60):
        process.look()
        machine.now += timedelta(minutes=187)
    assert set(machine.done.values()) == {1}
    by_schedule = Counter(schedule for schedule, _ in machine.done)
    assert by_schedule == {NIGHTLY: 60, OWN: 9, TWICE: 121}
    nightly = sorted(due for schedule, due in machine.done if schedule == NIGHTLY)
    assert nightly == [nightly[0] + timedelta(days=day) for day in range(60)]
    visited = Counter(portal.id for plan in machine.plans for batch in plan.batches for portal in batch)
    assert visited == {"a.vn": 60, "b.vn": 9, "c.vn": 121}
    assert len(machine.jobs) == 60
    assert all(6 <= local(at).hour <= 15 for at in machine.jobs)
    recorded = {row.state for key in (NIGHTLY, OWN, TWICE) for row in runs.slots_of(machine.db, key, limit=300)}
    assert recorded == {"done"}
    process.die()
    machine.db.close()


STEPS = st.tuples(
    st.sampled_from(["look"] * 6 + ["killed", "stopped", "restart", "away", "back"]), st.integers(0, 1), st.floats(0, 1)
)


@pytest.mark.slow
@given(st.lists(STEPS, min_size=30, max_size=30))
@settings(max_examples=6, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # each takes a second: not to be shrunk
def test_schedulers_when_killed_started_and_late_at_random_then_every_planned_time_is_done_once_or_missed(
    sqlite_template: Path, steps: list[tuple[str, int, float]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        shutil.copyfile(sqlite_template, Path(name, "phuongchi.db"))
        machine = Machine(engine.connect(f"sqlite:///{name}/phuongchi.db"), Path(name))
        processes = [Process.start(machine), Process.start(machine)]
        latest = machine.now
        for what, one, much in steps:
            if what == "restart":  # kill -9 between two looks
                processes[one].die()
                processes[one] = Process.start(machine)
            elif what == "away":  # nobody runs: the machine is off
                for place, process in enumerate(processes):
                    process.die()
                    processes[place] = Process.start(machine)
                machine.now += much * timedelta(hours=100)
            elif what == "back":  # the clock was set
                machine.now -= much * timedelta(minutes=180)
            else:
                machine.fate = what if what != "look" else "ends"
                try:
                    processes[one].look()
                except Killed:
                    processes[one].die()
                    processes[one] = Process.start(machine)
                machine.now += much * timedelta(minutes=400)
            latest = max(latest, machine.now)
        for process in processes:
            process.die()
        machine.fate, machine.now = "ends", latest + timedelta(days=1)
        last = Process.start(machine)
        for _ in range(3):
            last.look()
            machine.now += timedelta(minutes=1)
        last.die()
        judge(machine)
        machine.db.close()


def judge(machine: Machine) -> None:
    """Every planned time since the first that was recorded is done or missed; done means that one run came to its end."""
    assert max(machine.done.values(), default=1) == 1
    for schedule, every in ((NIGHTLY, timedelta(days=1)), (OWN, timedelta(days=7)), (TWICE, timedelta(hours=12))):
        rows = runs.slots_of(machine.db, schedule, limit=2000)[::-1]
        instants = [row.due_at for row in rows]
        assert instants == [instants[0] + every * number for number in range(len(rows))]
        for row in rows:
            worked = machine.done[(schedule, row.due_at)]
            nothing_to_do = row.run is None and row.state == "done"
            assert (row.state == "done") == (worked == 1 or nothing_to_do), row
            assert row.state in ("done", "missed") or row.due_at > machine.now - every, row
