"""Children copied from one process that has loaded the program (`phuongchi.forkserver`), where the system can do that.

That process is started with the first child, without our passwords, and again when it has ended meanwhile. A child that it
cannot copy is started anew: `start` then returns nothing.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from phuongchi.forking import BEGUN, IDLE, LOADED, MOST, SHARED, TOLD, load
from phuongchi.settings import SECRETS
from storage import points

ROOT = str(Path(__file__).resolve().parents[2])
"""Where the program stands."""

SERVER = "phuongchi.forkserver"
PROGRAM = (sys.executable, "-P", "-m", SERVER)
ALSO = ("psycopg", "sqlalchemy.dialects.postgresql.psycopg")
"""What children need where we have loaded it ourselves."""

CLOSING = 10.0
"""Seconds that the server may take to end when we do. Children are at their end by then."""


class Copied:
    """A copy, as `asyncio` shows a process."""

    def __init__(
        self, pid: int, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader,
        status: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:  # fmt: skip
        self.pid, self.stdin, self.stdout, self.stderr = pid, stdin, stdout, stderr
        self.returncode: int | None = None
        self._end = asyncio.create_task(self._follow(*status))

    async def wait(self) -> int:
        """Wait for its end; returns the exit code, negative for a signal."""
        return await asyncio.shield(self._end)

    async def _follow(self, status: asyncio.StreamReader, ours: asyncio.StreamWriter) -> int:
        try:
            _, code = TOLD.unpack(await status.readexactly(TOLD.size))
        except (asyncio.IncompleteReadError, ConnectionError):
            code = -signal.SIGKILL  # its server died, and it with it
        self.returncode = code
        ours.close()  # now its number may be another's
        asyncio.get_running_loop().call_later(IDLE + CLOSING, _look)
        return int(code)


class Forked:
    """A copy of this process, as `subprocess` shows a process that it started."""

    def __init__(self, pid: int) -> None:
        self.pid, self._ended = pid, False

    def poll(self) -> bool:
        """Whether it has ended; then nothing is left of it."""
        try:
            self._ended = self._ended or os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
        except ChildProcessError:  # whoever started us ignores SIGCHLD: the kernel has waited for it
            self._ended = True
        return self._ended

    def wait(self, timeout: float) -> None:
        """Wait for its end, so many seconds at most."""
        end = time.monotonic() + timeout
        while not self.poll() and time.monotonic() < end:
            time.sleep(0.005)


@dataclass(slots=True)
class Server:
    """The process that copies itself, and our end of its socket."""

    process: subprocess.Popen[bytes] | Forked
    asked: socket.socket

    @classmethod
    def start(cls, environment: Mapping[str, str]) -> Server:
        """Begin one, with what a child would get of our environment. Raises OSError."""
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its, contextlib.ExitStack() as undo:
            undo.enter_context(mine)
            process = subprocess.Popen(  # noqa: S603
                [*PROGRAM, str(os.getpid())], stdin=its.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={name: value for name, value in environment.items() if name != points.VARIABLE},
            )  # fmt: skip
            undo.pop_all()
        return cls(process, mine)

    @classmethod
    def copied(cls) -> Server:
        """Make one of this process. Raises OSError."""
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent, process = os.getpid(), os.fork()
        if not process:
            _serve(its, parent)
        its.close()
        return cls(Forked(process), mine)

    def close(self) -> None:
        """Let it end, and wait for that: what its children cost is ours."""
        self.asked.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(CLOSING)


_server: Server | None = None


def prepare() -> None:
    """Let the server be a copy of this process, which has loaded half of what children need.

    To be said before it knows anything of an archive: no connection, no thread and no password is there to be copied. Does
    nothing where that is not so; the server is then started with the first child.
    """
    global _server
    if sys.platform != "linux" or _server is not None or set(SECRETS) & os.environ.keys():
        return
    if threading.active_count() == 1:
        gc.disable()  # none of what is loaded is garbage,
        try:
            load(SHARED)
            gc.freeze()  # nor ever looked at again: that would copy what both have
            sys.stdout.flush()
            with contextlib.suppress(OSError):
                _server = Server.copied()
        finally:
            gc.enable()


def _serve(asked: socket.socket, parent: int) -> NoReturn:
    """In a copy of this process: be the server, as one that was started, and end."""
    code = 1
    try:
        os.setsid()
        points.disarm()  # what is to happen at a point happens to children that are told so
        with open(os.devnull, "r+b", buffering=0) as nothing:  # noqa: PTH123
            for number in (0, 1, 2):
                os.dup2(nothing.fileno(), number)
        os.closerange(3, asked.fileno())
        os.closerange(asked.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        if not sys.flags.safe_path:
            sys.path[0] = ROOT
        server = import_module(SERVER)  # by name, as `PROGRAM` has it: the process that is copied never loads it
        server.serve(asked, parent)
        code = 0
    finally:
        os._exit(code)


async def start(kind: str, environment: Mapping[str, str], limit: int, also: Sequence[str] = ()) -> Copied | None:
    """A child of this kind, with lines of at most `limit` bytes; nothing where it has to be started anew.

    It has loaded the modules `also`, and so have all that follow.
    """
    modules = [*(name for name in ALSO if name in sys.modules), *also]
    request = json.dumps({"kind": kind, "environment": dict(environment), "modules": modules}).encode()
    if sys.platform != "linux" or kind not in LOADED or len(request) > MOST:
        return None
    (stdin, its_in), (status, its_status) = socket.socketpair(), socket.socketpair()
    (out, its_out), (err, its_err) = os.pipe(), os.pipe()
    given = [its_in.detach(), its_out, its_err, its_status.detach()]
    try:
        _ask(request, given, environment)
    finally:
        for end in given:
            os.close(end)
    stdout, stderr = await _reader(out, limit), await _reader(err, limit)
    _, told = await asyncio.open_connection(sock=stdin)
    heard, ours = await asyncio.open_connection(sock=status)
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        what, number = TOLD.unpack(await heard.readexactly(TOLD.size))
        if what == BEGUN:
            return Copied(number, told, stdout, stderr, (heard, ours))
    told.close()
    ours.close()
    return None


def _ask(request: bytes, given: Sequence[int], environment: Mapping[str, str]) -> None:
    """Send a request with its ends of pipes. Nothing comes back where that cannot be done."""
    global _server
    with contextlib.suppress(OSError):
        if _server is not None:
            with contextlib.suppress(ConnectionError):
                socket.send_fds(_server.asked, [request], given)
                return
            _close()  # it had nothing to do for long, or died
        _server = Server.start(environment)
        socket.send_fds(_server.asked, [request], given)


async def _reader(end: int, limit: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb", 0)
    )
    return reader


def _look() -> None:
    """See whether the server has ended for want of work: nothing is left of it then."""
    if _server is not None:
        _server.process.poll()


@atexit.register
def _close() -> None:
    global _server
    server, _server = _server, None
    if server is not None:
        server.close()
