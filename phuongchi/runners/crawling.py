"""The crawl batches of a run, one child at a time: watched, killed when silent, tried again in smaller parts when dead."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phuongchi.runners.child import PROGRAM, Child
from storage.errors import PhuongChiError
from storage.records import Portal

SILENCE = 120.0
"""Seconds without a line after which a crawl child is taken for hung. One that only waits says so every ten seconds."""

PATIENCE = 90.0
"""Seconds that an orderly end may take: requests under way are waited for."""

Jobs = Callable[[Sequence[Portal]], Any]
Unfinished = Callable[[Sequence[Portal]], Sequence[Portal]]
Failed = Callable[[Portal, str], None]


class ChildFailed(PhuongChiError):
    """A child ended with an error of the project's own; it is ours now, with its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code


def smaller(portals: Sequence[Portal]) -> list[tuple[Portal, ...]]:
    """What to try after a batch died: both halves of what it left; nothing when it was one portal alone."""
    if len(portals) < 2:
        return []
    middle = (len(portals) + 1) // 2
    return [tuple(portals[:middle]), tuple(portals[middle:])]


@dataclass(slots=True)
class Crawling:
    """Runs batches until all are through, or until `stop`.

    `job` makes a batch's work for the child, `unfinished` asks the database which portals' visits have not ended, `failed`
    ends the visit of a portal that kills every child it is given to.
    """

    job: Jobs
    unfinished: Unfinished
    failed: Failed
    on_event: Callable[[Mapping[str, Any]], None]
    environment: Callable[[], Mapping[str, str]]
    silence: float = SILENCE
    program: Sequence[str] = PROGRAM
    stopping: bool = False
    _child: Child | None = None
    _problem: dict[str, Any] = field(default_factory=dict)

    async def run(self, batches: Sequence[Sequence[Portal]]) -> None:
        """Visit the portals of all batches. Raises what a child says is wrong, and when one died at its end."""
        waiting, late = [(tuple(batch), "") for batch in reversed(batches)], ""
        while waiting and not self.stopping:
            batch, before = waiting.pop()
            death = await self._visit(batch)
            left = self.unfinished(batch) if death and not self.stopping else ()
            if death and not left and not self.stopping:
                late = death  # every visit had ended: nothing to do again, and something went wrong
            if len(left) == 1 and (len(batch) > 1 or not before):
                waiting.append((tuple(left), death))  # once more, alone
            elif len(left) == 1:
                self.failed(left[0], f"{before}; alone: {death}")
            else:
                waiting += [(part, death) for part in reversed(smaller(left))]
        if late:
            raise ChildFailed(f"a crawl {late}, after its last visit. The same command puts its files in order", 1)

    def stop(self) -> None:
        """Let the child end in order: what is under way is finished and kept."""
        self.stopping = True
        if self._child is not None:
            self._child.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the child at once. What is durable stays; the next run goes on from there."""
        self.stopping = True
        if self._child is not None:
            self._child.signal(signal.SIGKILL)

    async def _visit(self, batch: Sequence[Portal]) -> str:
        """Run one child; returns how it died, or nothing when it ended in order."""
        self._problem = {}
        child = await Child.start("crawl", environment=self.environment(), on_event=self._hear, program=self.program)
        self._child = child
        if self.stopping:
            child.signal(signal.SIGTERM)
        try:
            await child.send(self.job(batch))
            silent = await self._watch(child)
            code = await child.wait()
        finally:
            child.signal(signal.SIGKILL)
            self._child = None
        if self._problem and not self.stopping:
            raise ChildFailed(str(self._problem.get("message")), int(self._problem.get("code", 1)))
        if silent:
            return f"silent for {self.silence:g} s"
        return "" if code == 0 or self.stopping else f"ended with {_how(code)}: {' | '.join(list(child.tail)[-3:])}"

    async def _watch(self, child: Child) -> bool:
        """Wait for the child's end; True if it had to be killed for its silence."""
        stopped_at = 0.0
        while child.alive():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(child.process.wait()), 1.0)
            if self.stopping:
                stopped_at = stopped_at or time.monotonic()
                if time.monotonic() - stopped_at > PATIENCE:
                    child.signal(signal.SIGKILL)
            elif time.monotonic() - child.heard > self.silence:
                child.signal(signal.SIGKILL)
                return True
        return False

    def _hear(self, event: dict[str, Any]) -> None:
        if event.get("event") == "error":
            self._problem = event
        elif event.get("event") != "beat":
            self.on_event(event)


def _how(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
