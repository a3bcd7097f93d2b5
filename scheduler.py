"""When portals are visited: the nightly schedule, one leader, and batches for a runner.

What is due is decided from the slots in the database, never from the memory of this process: APScheduler only wakes it up.
The decisions are in `monitoring` (`planner`, `nights`, `polling`); configuration and runner are handed in.
`python scheduler.py` is `phuongchi schedule`.
"""

from __future__ import annotations

import asyncio
import contextlib
import runpy
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from monitoring import nights
from monitoring.nights import Job, Plan, Slot
from monitoring.planner import Planner
from storage import runs
from storage.engine import Fence
from storage.errors import Held, PhuongChiError
from storage.text import VIETNAM

RETRY = timedelta(minutes=10)
"""How long the service waits after a run or a job that failed, before it goes on with it."""

RETRY_BESIDE_UPKEEP = timedelta(hours=2)
"""The same for a run while upkeep is under way, which may free the disk that the night lacks; `once` lets upkeep end."""

TRIES = 3
"""How often a job is begun for one planned time, if it is killed or the archive is held."""

LOOK_EVERY = 60.0
"""Seconds between two looks at what is due, beside the planned instants: late starts, a changed list, a busy archive."""

SIGN_EVERY, SILENT = 60.0, 300.0
"""Seconds between two signs of life of the leader, and for how long one holds: a process that stands still keeps its lock."""

STANDBY_EVERY = 2.0
"""Seconds between two tries of a scheduler that stands by to take the leader's place."""

CUT_SHORT = (Held.exit_code, 9)
"""Exit codes of a job that did not come to its end, through no fault of its own."""


class Runner(Protocol):
    """Whoever carries out plans and jobs."""

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Carry out a plan if `still_due`, called while the archive is held, says so; returns the exit code.

        The run claims the plan's slots when it begins and marks them done when it comes to its end (`storage.runs`).
        """
        ...

    async def job(self, job: Job) -> tuple[int, str]:
        """Do a job to its end; returns its exit code (negative: a signal) and its last words."""
        ...

    def stop(self) -> None:
        """End the run under way: in order the first time, at once the second."""
        ...

    def stop_job(self) -> None:
        """End the job under way in order; it is begun again later."""
        ...


@dataclass(slots=True)
class Schedule:
    """Wakes up at planned instants and hands what the planner says to the runner; one leads per archive, others stand by.

    `folder` is the archive's, `say` takes lines for the log; without `standby` a second scheduler ends at once.
    """

    planner: Planner
    folder: Path
    runner: Runner
    say: Callable[[str], None]
    look_every: float = LOOK_EVERY
    standby: bool = True
    code: int = 0
    fence: Fence | None = None
    _waker: Any = None
    _failed_at: datetime | None = None
    _trouble: Exception | None = None
    _looking: asyncio.Task[bool] | None = None
    _job: asyncio.Task[None] | None = None
    _job_failed_at: datetime | None = None
    _job_code: int = 0
    _tries: Counter[Slot] = field(default_factory=Counter)
    _ends: bool = False
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def once(self) -> int:
        """Have done what is due at this moment, portals first, then upkeep, and end; returns the last exit code that is not 0,
        that of a night before that of upkeep.

        Raises Held when another one leads, and what kept the night from being worked.
        """
        code, trouble, self._ends = 0, self._trouble, True
        with runs.hold(self.planner.db, self.folder, what="schedule") as self.fence:
            async with self._living():
                while await self.look() and not isinstance(self._trouble, Held):
                    code = self.code or code
                    if trouble is not None and self._trouble is not trouble:
                        break  # nor can it be seen what else is due: the next call tries again
                    trouble = self._trouble
                    if self._job is not None:
                        await asyncio.wait({self._job}, timeout=self.look_every)
                self.runner.stop_job()
                await self.settled()
        if self._trouble is not None:
            raise self._trouble
        return code or self._job_code

    async def serve(self) -> int:
        """Serve until `stop`; returns 9 if a run was cut short. Without `standby` raises Held when another one leads."""
        while not self._stopped.is_set():
            with contextlib.ExitStack() as stack:
                self.fence = None  # whoever lost the lead says so while it stands by
                self.fence = await self._lead(stack)
                if self.fence is not None:
                    async with self._living():
                        await self._serve()
        return 9 if self.code == 9 else 0

    def stop(self) -> None:
        """End the service; a run under way ends in order at the first call and at once at the second."""
        self.runner.stop()
        self.runner.stop_job()
        self._stopped.set()

    async def look(self) -> bool:
        """See what is due and have it done; False when nothing is. Troubles are said and tried again at the next look."""
        if self._turn.locked():
            return True
        async with self._turn:
            try:
                if not self._leads() or self._stopped.is_set():
                    return False
                self._wake_at(line.cron for line in self.planner.lines())
                return await self._night() or self._begin_job()
            except Exception as error:  # also a fault of ours must not end the nights to come
                self._failed_at = None if isinstance(error, Held) else self.planner.now()
                self._trouble = error
                self.say(_said(error))
                return True

    async def settled(self) -> None:
        """Wait for the job under way, if there is one."""
        if self._job is not None and not self._job.done():
            await self._job

    async def _lead(self, stack: contextlib.ExitStack) -> Fence | None:
        """Become the leader, as long as it takes; None when told to stop before that."""
        told = ""
        while not self._stopped.is_set():
            try:
                return stack.enter_context(runs.hold(self.planner.db, self.folder, what="schedule"))
            except Held as error:
                if not self.standby:
                    raise
                if told != str(error):
                    self.say(f"Đang chờ thay | standing by, to take over when it ends: {error}")
                    told = str(error)
            await _either(STANDBY_EVERY, self._stopped)
        return None

    async def _serve(self) -> None:
        """Look again and again, until told to stop or the lead is lost."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._lost.clear()
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._waker = AsyncIOScheduler(timezone=VIETNAM, job_defaults=defaults)
        self._waker.add_job(self._wake, "interval", seconds=self.look_every, id="look", next_run_time=datetime.now(UTC))
        self._waker.start()
        try:
            await _either(None, self._stopped, self._lost)
        finally:
            self._waker.pause()
            if self._looking is not None:
                await self._looking  # a run that is ending in order is waited for
            self.runner.stop_job()
            await self.settled()
            self._waker.shutdown(wait=False)
            self._waker = None

    async def _wake(self) -> None:
        """Look, unless a look is under way: a night is one long look."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.look())

    @contextlib.asynccontextmanager
    async def _living(self) -> AsyncIterator[None]:
        """While the block runs, signs of life are given, for `status --check`."""
        signing = asyncio.create_task(self._sign())
        try:
            yield
        finally:
            signing.cancel()
            await asyncio.gather(signing, return_exceptions=True)

    async def _sign(self) -> None:
        while self.fence is not None:
            try:
                await asyncio.to_thread(runs.renew, self.planner.db, self.fence, ttl=SILENT)
            except Held:
                self._lost.set()
            except Exception as error:  # a disk that is full, a database that is away: who lives says so again
                self.say(_said(error))
            await asyncio.sleep(SIGN_EVERY)

    def _leads(self) -> bool:
        """Whether this is the leader still: a lock of a PostgreSQL session is lost with its connection."""
        try:
            if self.fence is not None:
                runs.check(self.planner.db, self.fence)
        except Held:
            self._lost.set()
        return not self._lost.is_set()

    def _wake_at(self, crons: Iterable[str]) -> None:
        """Wake up at the planned instants of the timetable as it stands now."""
        if self._waker is None:
            return
        wanted, present = set(crons), {job.id for job in self._waker.get_jobs()} - {"look"}
        for cron in present - wanted:
            self._waker.remove_job(cron)
        for cron in wanted - present:
            self._waker.add_job(self._wake, nights.make_trigger(cron), id=cron)

    async def _night(self) -> bool:
        """Have done what portals are due for; False when nothing is."""
        if self._rests():
            return False
        plan = self.planner.plan()
        if plan is None:
            return False
        if self._job is not None and not self._job.done():
            self.runner.stop_job()  # upkeep never keeps a night waiting, and is not blamed for it
            await self.settled()
            self._tries.clear()
        self._failed_at = None
        if plan.resting:
            names = ", ".join(plan.resting[:10]) + (", …" if len(plan.resting) > 10 else "")
            self.say(f"Lỗi nhiều đêm, hỏi thưa hơn | failing, asked less often: {names}")
        self.code = await self.runner.night(plan, lambda: self.planner.still_due(plan))
        return True

    def _rests(self) -> bool:
        """Whether a night that failed is not tried again yet: upkeep would never end if each try broke it off."""
        if self._failed_at is None:
            return False
        working = self._job is not None and not self._job.done()
        pause = RETRY_BESIDE_UPKEEP if working else RETRY
        return (working and self._ends) or abs(self.planner.now() - self._failed_at) < pause

    def _begin_job(self) -> bool:
        """Begin what upkeep is due, one at a time; False when none is under way."""
        if self._job is not None and not self._job.done():
            return True
        if self._job_failed_at is not None and abs(self.planner.now() - self._job_failed_at) < RETRY:
            return False
        due = self.planner.due_job()
        if due is None or self.fence is None:
            return False
        self._job = asyncio.create_task(self._do(*due, self.fence))
        return True

    async def _do(self, job: Job, slot: Slot, fence: Fence) -> None:
        db, key = self.planner.db, (slot.schedule, slot.due_at)
        try:
            runs.begin_job(db, fence, key)
            self._tries[slot] += 1
            code, words = await self.runner.job(job)
            self._job_failed_at, self._job_code = None, code or self._job_code
            stopped = self._turn.locked() or self._stopped.is_set() or self._lost.is_set()
            if (code < 0 or code in CUT_SHORT) and (self._tries[slot] < TRIES or stopped):
                self._job_failed_at = self.planner.now()
                return
            trouble = "" if code == 0 else f"phuongchi {' '.join(job.arguments)}: {code}. {words}"
            runs.end_job(db, fence, key, trouble=trouble, now=self.planner.now())
            if trouble:
                self.say(trouble)
        except Exception as error:
            self._job_failed_at = self.planner.now()
            self.say(_said(error))


def _said(error: Exception) -> str:
    if isinstance(error, PhuongChiError):
        return f"not now: {error}"
    return f"internal error: {type(error).__name__}: {error}. Please report it"


async def _either(seconds: float | None, *events: asyncio.Event) -> None:
    """Wait until one of the events is set, or so many seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def main() -> None:
    """`python scheduler.py [-C DIR]` is `phuongchi schedule [-C DIR]`."""
    sys.argv.insert(1, "schedule")
    runpy.run_module("phuongchi", run_name="__main__")


if __name__ == "__main__":
    main()
