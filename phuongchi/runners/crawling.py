"""The crawl batches of a run, some children at a time: watched, killed when silent, tried again in smaller parts when dead."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phuongchi.runners.child import PROGRAM, Child
from storage.errors import PhuongChiError
from storage.records import Portal

SILENCE = 120.0
"""Seconds without a line after which a crawl child is taken for hung. One that only waits says so every ten seconds."""

PATIENCE = 27.0
"""Seconds that an orderly end may take: a child gives requests under way twenty. Then it is killed; what is stored stays."""

Jobs = Callable[[Sequence[Portal]], Any]
Unfinished = Callable[[Sequence[Portal]], Sequence[Portal]]
Failed = Callable[[Portal, str, str], None]


class ChildFailed(PhuongChiError):
    """A child ended with an error of the project's own; it is ours now, with its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code


@dataclass(frozen=True, slots=True)
class Death:
    """How a child died: a cause of visits (`crash`, `hung`), and in words."""

    cause: str
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Portals for one child, and how the one before died with them."""

    portals: tuple[Portal, ...]
    before: Death | None = None


def smaller(portals: Sequence[Portal]) -> list[tuple[Portal, ...]]:
    """What to try after a batch died: both halves of what it left; nothing when it was one portal alone."""
    if len(portals) < 2:
        return []
    middle = (len(portals) + 1) // 2
    return [tuple(portals[:middle]), tuple(portals[middle:])]


def _host(portal: Portal) -> frozenset[str]:
    return frozenset({portal.server or portal.id})


@dataclass(slots=True)
class Crawling:
    """Runs batches until all are through, or until `stop`: `count` children at a time, never two that ask one server.

    `job` makes a batch's work for the child, `unfinished` asks the database which portals' visits have not ended, `failed`
    ends the visit of a portal that kills every child it is given to (its cause, and in words). `servers` says which servers a
    portal may be on.
    """

    job: Jobs
    unfinished: Unfinished
    failed: Failed
    on_event: Callable[[Mapping[str, Any]], None]
    environment: Callable[[], Mapping[str, str]]
    silence: float = SILENCE
    program: Sequence[str] = PROGRAM
    count: int = 1
    servers: Callable[[Portal], frozenset[str]] = _host
    stopping: bool = False
    _children: set[Child] = field(default_factory=set)
    _waiting: deque[Piece] = field(default_factory=deque)
    _late: str = ""

    async def run(self, batches: Sequence[Sequence[Portal]]) -> None:
        """Visit the portals of all batches. Raises what a child says is wrong, and when one died at its end."""
        self._waiting.extend(Piece(tuple(batch)) for batch in batches)
        running: dict[asyncio.Task[None], frozenset[str]] = {}
        try:
            while True:
                while len(running) < self.count and (piece := self._next(frozenset().union(*running.values()))):
                    running[asyncio.create_task(self._carry_out(piece))] = self._asked_by(piece)
                if not running:
                    break
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del running[task]
                    task.result()
        finally:
            if running:  # one says that something is wrong for all: the others end in order
                self.stop()
                await asyncio.gather(*running, return_exceptions=True)
        if self._late:
            words = f"a crawl {self._late}, after its last visit. The same command puts its files in order"
            raise ChildFailed(words, 1)

    def stop(self) -> None:
        """Let the children end in order: what is under way is finished and kept."""
        self.stopping = True
        for child in self._children:
            child.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the children at once. What is durable stays; the next run goes on from there."""
        self.stopping = True
        for child in self._children:
            child.signal(signal.SIGKILL)

    def _next(self, busy: frozenset[str]) -> Piece | None:
        """The next piece that asks no busy server."""
        if self.stopping:
            return None
        for place, piece in enumerate(self._waiting):
            if not self._asked_by(piece) & busy:
                del self._waiting[place]
                return piece
        return None

    def _asked_by(self, piece: Piece) -> frozenset[str]:
        return frozenset().union(*(self.servers(portal) for portal in piece.portals))

    async def _carry_out(self, piece: Piece) -> None:
        """Run a child for a piece; of what it left when it died smaller pieces come next, at last each portal alone."""
        death = await self._visit(piece.portals)
        if death is None or self.stopping:
            return
        left = tuple(self.unfinished(piece.portals))
        if not left:
            self._late = death.words  # every visit had ended: nothing to do again, and something went wrong
        elif len(left) > 1:
            self._waiting.extendleft(Piece(part, death) for part in reversed(smaller(left)))
        elif len(piece.portals) > 1 or piece.before is None:
            self._waiting.appendleft(Piece(left, death))  # once more, alone
        else:
            self.failed(left[0], death.cause, f"{piece.before.words}; alone: {death.words}")

    async def _visit(self, batch: Sequence[Portal]) -> Death | None:
        """Run one child; returns how it died, or nothing when it ended in order."""
        problem: dict[str, Any] = {}

        def hear(event: dict[str, Any]) -> None:
            if event.get("event") == "error":
                problem.update(event)
            elif event.get("event") != "beat":
                self.on_event(event)

        child = await Child.start("crawl", environment=self.environment(), on_event=hear, program=self.program)
        self._children.add(child)
        if self.stopping:
            child.signal(signal.SIGTERM)
        try:
            await child.send(self.job(batch))
            silent = await self._watch(child)
            code = await child.wait()
        finally:
            child.signal(signal.SIGKILL)
            self._children.discard(child)
        if problem and not self.stopping:
            raise ChildFailed(str(problem.get("message")), int(problem.get("code", 1)))
        if silent:
            return Death("hung", f"silent for {self.silence:g} s")
        if code == 0 or self.stopping:
            return None
        return Death("crash", f"ended with {_how(code)}: {' | '.join(list(child.tail)[-3:])}")

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


def _how(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
