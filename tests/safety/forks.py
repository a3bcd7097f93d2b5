"""Work done in a process of its own at the price of a fork: a server that has loaded the program once, and copies of it.

A copy may be killed at a point of `storage.points` like any other process; whoever asked is told how it ended, and what it
came through.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from storage import points
from storage.errors import PhuongChiError

ROOT = Path(__file__).resolve().parents[2]
LOADED_LATE = (
    "crawler.fetch.answers", "crawler.fetch.run", "crawler.links.heads", "crawler.settings", "encodings.idna", "phuongchi.cli",
    "phuongchi.rebuilding", "psycopg", "spiders.portal", "sqlalchemy.dialects.postgresql.psycopg", "storage.sqlite",
)  # fmt: skip
"""What work loads once it runs: a fork would load Scrapy anew each time."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a copy ended: its exit code (negative: the signal), what it returned and said, how often it came to each point.

    `other` is what was returned by whoever worked while it stood still.
    """

    code: int
    value: Any = None
    said: str = ""
    passes: Counter[str] = field(default_factory=Counter)
    other: Any = None


class Forks:
    """The server's handle. `run` does one thing after another."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.safety.forks"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def run(
        self,
        work: Callable[..., Any],
        *arguments: Any,
        kill: str = "any:0",
        meanwhile: Callable[..., Any] | None = None,
    ) -> Ended:
        """Call `work` in a process of its own, which does at a point what `kill` says.

        `meanwhile` is called with the same arguments, in another process, while the first one stands still.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        pickle.dump((work, arguments, kill, meanwhile), self._server.stdin)
        self._server.stdin.flush()
        ended: Ended = pickle.load(self._server.stdout)
        return ended

    def close(self) -> None:
        """End the server."""
        with self._server as server:
            assert server.stdin is not None
            server.stdin.close()


def _serve() -> None:
    """Fork for each piece of work that comes in on stdin, and write how it ended to stdout."""
    for name in LOADED_LATE:
        import_module(name)
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    while True:
        try:
            work, arguments, kill, meanwhile = pickle.load(asked)
        except EOFError:
            return
        pickle.dump(_forked(work, arguments, kill, meanwhile), answers)
        answers.flush()


def _forked(
    work: Callable[..., Any], arguments: tuple[Any, ...], kill: str, meanwhile: Callable[..., Any] | None = None
) -> Ended:
    mine, its = os.pipe()
    process = os.fork()
    if not process:
        os.close(mine)
        with os.fdopen(its, "wb") as out:
            ended = _done(work, arguments, kill)
            pickle.dump(ended, out)
        os._exit(ended.code)
    os.close(its)
    other = Ended(0)
    if meanwhile is not None and os.WIFSTOPPED(os.waitpid(process, os.WUNTRACED)[1]):
        other = _forked(meanwhile, arguments, "any:0")
        os.kill(process, signal.SIGCONT)
        if other.code:
            return other
    with os.fdopen(mine, "rb") as back:
        told = back.read()
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    ended: Ended = pickle.loads(told) if told else Ended(code)
    return replace(ended, other=other.value)


def _done(work: Callable[..., Any], arguments: tuple[Any, ...], kill: str) -> Ended:
    points.arm(kill)
    try:
        value = work(*arguments)
    except PhuongChiError as error:
        return Ended(error.exit_code, None, str(error), points.passes())
    except BaseException:
        return Ended(1, None, traceback.format_exc(), points.passes())
    return Ended(0, value, "", points.passes())


if __name__ == "__main__":
    from tests.safety import forks

    forks._serve()
