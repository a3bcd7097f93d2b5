"""Processes at the price of a fork: a server that has loaded a module once copies itself for each who asks.

Starting Python and loading Scrapy costs more than a second of processor, a copy some hundredths. What differs from a process
that was started: no module is loaded anew, and nothing is taken apart at its end. Real starts are tested by tests/cli.
"""

from __future__ import annotations

import gc
import io
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from phuongchi.ending import finish
from storage import points

Given = tuple[Mapping[str, str], Sequence[str]]
ROOT = Path(__file__).parents[1]
_NUMBER = struct.Struct("!i")
_MOST = 256 * 1024


class Copy:
    """A process that was asked for, with pipes as `subprocess.Popen` has them. Its exit code comes from `wait`."""

    def __init__(self, status: int, stdin: int, stdout: int, stderr: int) -> None:
        self._status = os.fdopen(status, "rb", buffering=0)
        self.stdin, self.stdout, self.stderr = (
            os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), os.fdopen(stderr, "rb"),
        )  # fmt: skip
        (self.pid,) = _NUMBER.unpack(self._status.read(_NUMBER.size))
        self.returncode: int | None = None

    def __enter__(self) -> Copy:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in (self.stdin, self.stdout, self.stderr):
            pipe.close()
        self.wait()

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def communicate(self, given: bytes = b"") -> tuple[bytes, bytes]:
        """Everything it writes on stdout and stderr, with a little on its stdin; then it has ended."""
        said: list[bytes] = []
        listener = threading.Thread(target=lambda: said.append(self.stderr.read()))
        listener.start()
        with suppress(BrokenPipeError):  # it may end without looking
            self.stdin.write(given)
            self.stdin.close()
        out = self.stdout.read()
        listener.join()
        self.wait()
        return out, said[0]

    def wait(self) -> int:
        """Wait for its end; returns its exit code (negative: the signal)."""
        if self.returncode is None:
            (self.returncode,) = _NUMBER.unpack(self._status.read(_NUMBER.size))
            self._status.close()
        return self.returncode


class Copies:
    """The server's handle; threads, and copies of whoever made it, may use it together. `module` is loaded once, `more` beside it."""

    def __init__(self, module: str, *more: str, options: Sequence[str] = ()) -> None:
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._server = subprocess.Popen(
                [sys.executable, *options, "-m", "tests.copies", str(its.fileno()), module, *more],
                cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()], env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        self._asked = mine

    def start(self, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> Copy:
        """Begin a copy that runs the module's `main()`, whose number is its exit code, as if it were given the arguments."""
        return Copy(*self.ask(environment, arguments))

    def ask(self, environment: Mapping[str, str], arguments: Sequence[str]) -> tuple[int, int, int, int]:
        """What `start` begins, as our ends of its pipes: of how it goes (its number, then its exit code), and of 0, 1 and 2."""
        (its_in, my_in), (my_out, its_out), (my_err, its_err), (my_status, its_status) = (os.pipe() for _ in range(4))
        its = [its_in, its_out, its_err, its_status]
        socket.send_fds(self._asked, [pickle.dumps((dict(environment), tuple(arguments)))], its)
        for end in its:
            os.close(end)
        return my_status, my_in, my_out, my_err

    def close(self) -> None:
        """End the server; copies that run go on."""
        self._asked.close()
        self._server.wait()


def _serve(asked: socket.socket, module: Any) -> None:
    """Copy this process for each request that comes in."""
    gc.freeze()
    while True:
        request, pipes, _, _ = socket.recv_fds(asked, _MOST, 4)
        if not request:
            return
        if not os.fork():
            _watch(asked, module, pickle.loads(request), pipes)
        for end in pipes:
            os.close(end)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _watch(asked: socket.socket, module: Any, given: Given, pipes: Sequence[int]) -> NoReturn:
    """In a first copy: make the second, say its number, and how it ended."""
    asked.close()
    *its, status = pipes
    process = os.fork()
    if not process:
        os.close(status)
        _become(module, given, its)
    for end in its:
        os.close(end)
    with suppress(BrokenPipeError):
        os.write(status, _NUMBER.pack(process))
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        os.write(status, _NUMBER.pack(code))
    os._exit(0)


def _become(module: Any, given: Given, pipes: Sequence[int]) -> NoReturn:
    """In the second: be as a process that was started with these pipes, this environment and these arguments."""
    environment, arguments = given
    for number, end in enumerate(pipes):
        os.dup2(end, number)
        os.close(end)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    if told := environment.get(points.VARIABLE):  # it was looked for when the module was loaded
        points.arm(told)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb"), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb"), encoding="utf-8", errors="surrogateescape")
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb"), encoding="utf-8", errors="backslashreplace", write_through=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = module.main() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finish(code)


if __name__ == "__main__":
    for name in sys.argv[3:]:
        import_module(name)
    with socket.socket(fileno=int(sys.argv[1])) as served:
        _serve(served, import_module(sys.argv[2]))
