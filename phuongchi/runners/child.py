"""One child process: its work goes in as JSON lines, its events come out as JSON lines, and it never outlives us."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from phuongchi.runners import forks
from phuongchi.runners.forks import Copied
from phuongchi.settings import SECRETS

PROGRAM = (sys.executable, "-P", "-m", "phuongchi.children")
"""What a child runs; `-P` keeps the current folder off its path."""

_LINE = 2**20
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def inherited() -> dict[str, str]:
    """What a child gets of our environment: it meets what strangers wrote, so no passwords."""
    return {name: value for name, value in os.environ.items() if name not in SECRETS}


class Child:
    """A running child of `phuongchi.children`.

    `heard` is the monotonic time of its last line, `tail` its last lines on stderr. Each line of stdout goes to `on_event`.
    """

    def __init__(
        self, process: asyncio.subprocess.Process | Copied, on_event: Callable[[dict[str, Any]], None]
    ) -> None:
        self.process, self._on_event = process, on_event
        self.heard = time.monotonic()
        self.tail: deque[str] = deque(maxlen=40)
        self._streams = [asyncio.create_task(self._listen()), asyncio.create_task(self._keep_tail())]

    @classmethod
    async def start(
        cls,
        kind: str,
        *,
        environment: Mapping[str, str],
        on_event: Callable[[dict[str, Any]], None],
        program: Sequence[str] = PROGRAM,
        also: Sequence[str] = (),
    ) -> Child:
        """Start `PROGRAM KIND`, or a copy of one, in a session of its own, so that a terminal's signals reach only us.

        `also` are modules that copies from now on have loaded.
        """
        path = os.pathsep.join(part for part in (forks.ROOT, os.environ.get("PYTHONPATH", "")) if part)
        env = {**inherited(), "PYTHONPATH": path, **environment}
        copied = await forks.start(kind, env, _LINE, also) if program == PROGRAM else None
        process = copied or await asyncio.create_subprocess_exec(
            *program, kind, str(os.getpid()),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            start_new_session=True, limit=_LINE, env=env,
        )  # fmt: skip
        return cls(process, on_event)

    async def send(self, value: object) -> None:
        """Give the child one piece of work. A child that has died meanwhile is found out by `wait`."""
        assert self.process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self.process.stdin.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
            await self.process.stdin.drain()

    async def wait(self) -> int:
        """Wait for its end and for its last words; returns the exit code, negative for a signal."""
        code = await self.process.wait()
        await asyncio.gather(*self._streams)
        if self.process.stdin is not None:
            self.process.stdin.close()
        return code

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.returncode is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child and whatever it started."""
        if self.alive() and self.process.pid > 1:  # those below name everybody, ourselves or the first process
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def finish(self) -> None:
        """No more work: a child that waits for some ends."""
        if self.process.stdin is not None:
            self.process.stdin.close()

    def cpu(self) -> float:
        """Processor seconds it has used, 0.0 where the system does not say."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS
        return 0.0

    def memory(self) -> float:
        """MiB of memory it has in use, 0.0 where the system does not say."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE / 2**20
        return 0.0

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.heard = time.monotonic()
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict):
                    self._on_event(event)

    async def _keep_tail(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.tail.append(line.decode("utf-8", "replace").rstrip())
