"""The readers of a run: child processes that read captures, portal by portal, within limits of time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phuongchi.config import ReadLimits
from phuongchi.forking import SAMPLING
from phuongchi.runners.child import PROGRAM, Child
from phuongchi.runners.crawling import ChildFailed
from storage.records import WAITING, Portal

READABLE = 30
"""Unread captures that make a portal worth reading before its visit's end: what is learned of fewer is learned again of all."""

LEARNING = 10
"""How many times the limits of one capture a reader has before its first one: it starts, and learns from ten pages."""

SLICE = 20
"""Captures that a reader stores together, at most: one that has met more has stored some."""

IN_A_ROW = SLICE + 5
"""Captures given up one after another, none being read between them, after which the fault is taken to lie in no capture: one
that kills keeps the others of its slice from being stored."""

FEW = 3
"""Captures given up, none being read at all, of which the same is said at the end."""

READ_TWICE = 150
"""Captures that wait from which on readers will come to a page that is read twice (`crawler.ingest.driver.readers`): one in
fifty to one in 250 is."""

WORTH = 100
"""Captures that wait for which another reader is started: until it has loaded, one that is there has read half of them."""

SLOW = 5.0
"""Seconds over one capture after which nobody waits for that reader, however little it is."""

AWAY = "bản chụp đợi kho WARC, đêm sau đọc tiếp | captures wait for the shelf (warc.remote), the next run reads on"

PAUSE = 0.25
"""Seconds between two looks at the readers."""

LOOK = 2.0
"""Seconds between two looks at what waits, while no visit and no reading has come to its end."""

COUNTED, STALE = 100, 10.0
"""A count of what waits is gone by for so many times as long as it took (0.1 s for a few portals), and for so many seconds
at most: it also says how many readers are worth their start.
"""


@dataclass(slots=True)
class Pile:
    """One portal's reading state: whether its visit ended, how it stands with its captures, and who read it last."""

    portal: Portal
    ended: bool = False
    closed: bool = False
    tried: int = 0
    deaths: Counter[int] = field(default_factory=Counter)
    reader: Reader | None = None


@dataclass(slots=True, eq=False)
class Reader:
    """A reading child with the portal and capture it is at, when it began with it, and the captures it has met.

    `cpu` is what it had used then; None until the first look at it since.
    """

    child: Child
    pile: Pile | None = None
    at_end: bool = False
    entry: int = 0
    since: float = 0.0
    cpu: float | None = None
    problem: dict[str, Any] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)


class Readers:
    """Reads what waits until told that nothing more comes, and nothing is left.

    `waiting` asks the database how many unread captures each portal has, `understood` how many were read in all; `give_up`
    marks a capture that no reader survived, and says no where it waits no longer; `take_back` lets captures wait again.
    Where every capture kills its reader, none stays marked: the fault is not theirs.
    """

    def __init__(
        self,
        portals: tuple[Portal, ...],
        *,
        limits: ReadLimits,
        count: int,
        waiting: Callable[[], Mapping[str, int]],
        job: Callable[[Portal, bool], Any],
        give_up: Callable[[Portal, int, str], bool],
        understood: Callable[[], int],
        take_back: Callable[[Sequence[int]], None],
        on_event: Callable[[Mapping[str, Any]], None],
        environment: Callable[[], Mapping[str, str]],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self._piles = {portal.id: Pile(portal) for portal in portals}
        self._limits, self._count = limits, count
        self._waiting, self._job, self._give_up = waiting, job, give_up
        self._understood, self._take_back = understood, take_back
        self._lost, self._known, self._furthest = list[int](), -1, 0
        self._on_event, self._environment, self._program = on_event, environment, program
        self._readers: list[Reader] = []
        self._stopping = False
        self._last = False
        self._stirred, self._looked = True, 0.0
        self._counts: Mapping[str, int] = {}
        self._counted = self._took = 0.0
        self._woken = asyncio.Event()
        self.verdicts: Counter[str] = Counter()
        self.unreadable: dict[str, str] = {}
        self.away: dict[str, str] = {}
        self._why = ""

    def ended(self, portal: str) -> None:
        """The portal's visit is over: whatever waits may be read, however little it is."""
        if portal in self._piles:
            self._piles[portal].ended = self._stirred = True

    def all_ended(self) -> None:
        """No visit is left: read what waits, then end."""
        for pile in self._piles.values():
            pile.ended = True
        self._last = self._stirred = True
        self._woken.set()

    def stop(self) -> None:
        """End at once. A reading that is not stored yet is made again by the next reader."""
        self._stopping = True
        for reader in self._readers:
            reader.child.signal(signal.SIGKILL)

    async def run(self) -> None:
        """Read until everything is read. Raises the error of a reader that says what the trouble is."""
        try:
            while not self._stopping:
                await self._look_after()
                if self._stirred or time.monotonic() - self._looked > LOOK:
                    self._stirred, self._looked = False, time.monotonic()
                    idle = await self._hand_out()
                    if self._last and idle and all(pile.closed for pile in self._piles.values()):
                        break
                await self._pause()
        finally:
            for reader in self._readers:
                reader.child.signal(signal.SIGKILL) if self._stopping else reader.child.finish()
            await asyncio.gather(*(reader.child.wait() for reader in self._readers))
        if not self._stopping and len(self._lost) >= FEW and not self.verdicts and self._furthest <= SLICE:
            self._despair()

    async def _pause(self) -> None:
        """Wait a little: less when a reader is done and nothing more comes, for then others wait for us."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), PAUSE)
        self._woken.clear()

    async def _hand_out(self) -> bool:
        """Give free readers something to read; True when nobody reads and nothing waits."""
        if len(self._readers) >= self._count and all(reader.pile for reader in self._readers):
            return False
        piles = self._open_piles()
        waiting = self._counts
        left = sum(waiting.get(pile.portal.id, 0) for pile in piles)
        while piles:
            pile, reader = self._choice(piles)
            reader = reader or await self._another(left)
            if reader is None:
                return False
            piles.remove(pile)
            reader.pile, reader.at_end, reader.entry = pile, pile.ended, 0
            reader.since, reader.cpu = time.monotonic(), None
            left -= waiting.get(pile.portal.id, 0)
            pile.tried, pile.reader = waiting.get(pile.portal.id, 0), reader
            await reader.child.send(self._job(pile.portal, pile.ended))
        return not any(reader.pile for reader in self._readers)

    def _open_piles(self) -> list[Pile]:
        """What may be read, by a count that is not older than it may be: that of all wards takes a while."""
        good = min(COUNTED * self._took, STALE)
        if time.monotonic() - self._counted <= good and (piles := self._readable(self._counts)):
            return piles
        began = time.monotonic()
        self._counts, self._counted = self._waiting(), time.monotonic()
        self._took = self._counted - began
        return self._readable(self._counts)

    def _readable(self, waiting: Mapping[str, int]) -> list[Pile]:
        busy = {reader.pile.portal.id for reader in self._readers if reader.pile}
        found = []
        for pile in self._piles.values():
            count = waiting.get(pile.portal.id, 0)
            if pile.closed or pile.portal.id in busy:
                continue
            if pile.ended or count >= max(READABLE, 2 * pile.tried):
                found.append(pile)
        return sorted(found, key=lambda pile: -waiting.get(pile.portal.id, 0))

    def _choice(self, piles: Sequence[Pile]) -> tuple[Pile, Reader | None]:
        """What is read next, and by which of those who are free: first what one of them read before, and remembers."""
        free = [reader for reader in self._readers if reader.pile is None and reader.child.alive()]
        for pile in piles:
            if pile.reader in free:
                return pile, pile.reader
        strange = next((pile for pile in piles if pile.reader not in self._readers), piles[0])
        return strange, free[0] if free else None

    async def _another(self, left: int) -> Reader | None:
        """A new reader, if so many captures, or a slow page, are worth its start."""
        slow = any(time.monotonic() - reader.since > SLOW for reader in self._readers)
        if len(self._readers) >= self._count or (self._readers and left < WORTH and not slow):
            return None
        box: list[Reader] = []
        child = await Child.start(
            "read",
            environment=self._environment(),
            on_event=lambda event: self._hear(box[0], event),
            program=self._program,
            also=SAMPLING if left >= READ_TWICE else (),
        )
        box.append(Reader(child))
        self._readers.append(box[0])
        return box[0]

    async def _look_after(self) -> None:
        for reader in list(self._readers):
            if not reader.child.alive():
                self._readers.remove(reader)
                self._stirred = True
                await self._bury(reader)
            elif reader.pile is not None and (limit := self._exceeded(reader)):
                reader.problem = {"limit": limit}
                reader.child.signal(signal.SIGKILL)

    def _exceeded(self, reader: Reader) -> str:
        limits, patience = self._limits, 1 if reader.entry else LEARNING
        if reader.child.memory() > limits.memory:
            return f"more than {limits.memory} MiB"
        if time.monotonic() - reader.since > limits.wall * patience:
            return f"more than {limits.wall * patience} s"
        used = reader.child.cpu()
        reader.cpu = used if reader.cpu is None else reader.cpu
        if used - reader.cpu > limits.cpu * patience:
            return f"more than {limits.cpu * patience} s of processor time"
        return ""

    async def _bury(self, reader: Reader) -> None:
        """See what a dead reader died of, and go on without the capture that killed it."""
        await reader.child.wait()
        pile = reader.pile
        if "code" in reader.problem:
            raise ChildFailed(str(reader.problem.get("message")), int(reader.problem["code"]))
        if pile is None or self._stopping:
            return
        pile.tried = 0
        pile.deaths[reader.entry] += 1
        limit = reader.problem.get("limit")
        last = bool(reader.entry) and bool(limit or pile.deaths[reader.entry] > 1)
        if last and not self._give_up(pile.portal, reader.entry, "parse-limit" if limit else "parse-crash"):
            reader.entry, last = 0, False  # it was stored, and the reader died between two captures
            pile.deaths[0] += 1
        if last:
            self._on_event(
                {"event": "given-up", "portal": pile.portal.id, "entry": reader.entry, "why": limit or "crash"}
            )
            last_words = " | ".join(list(reader.child.tail)[-3:])
            self._why = f"{pile.portal.id}, capture {reader.entry}: {limit or last_words or 'crash'}"
            self._lose(reader.entry)
        elif not reader.entry and pile.deaths[0] > 1:
            tail = " | ".join(list(reader.child.tail)[-3:])
            pile.closed = True
            self.unreadable[pile.portal.id] = why = str(limit or tail or "the reader died")
            self._on_event({"event": "unreadable", "portal": pile.portal.id, "why": why})

    def _lose(self, entry: int) -> None:
        """Note that a capture was given up. Raises ChildFailed when nothing was read since many others were."""
        known = self._understood()
        self._lost = [*self._lost, entry] if known == self._known else [entry]
        self._known = known
        if len(self._lost) >= IN_A_ROW:
            self._despair()

    def _despair(self) -> None:
        """Raise ChildFailed: what was given up waits again."""
        self._take_back(self._lost)
        cure = "None was marked; raise read.memory, read.cpu or read.wall, or report it, and start the command again"
        raise ChildFailed(f"every reader died: {len(self._lost)} captures in a row, the last at {self._why}. {cure}", 1)

    def _hear(self, reader: Reader, event: Mapping[str, Any]) -> None:
        kind = event.get("event")
        if kind == "error":
            reader.problem = dict(event)
        elif kind == "capture":
            reader.entry = int(event.get("entry", 0))
            reader.met.add(reader.entry)
            self._furthest = max(self._furthest, len(reader.met))
            reader.since, reader.cpu = time.monotonic(), None
        elif kind == "read" and reader.pile is not None:
            with contextlib.suppress(TypeError, ValueError):
                self.verdicts.update({str(name): int(count) for name, count in event.get("verdicts", {}).items()})
            if (left := self.verdicts.pop(WAITING, 0)) and reader.at_end:
                self.away[reader.pile.portal.id] = why = f"{left} {AWAY}"
                self._on_event({"event": "unreadable", "portal": reader.pile.portal.id, "why": why})
            reader.pile.closed = reader.at_end
            reader.pile, reader.entry = None, 0
            self._stirred = True
            if self._last:
                self._woken.set()
            self._on_event(event)
        elif kind == "log":
            self._on_event(event)
