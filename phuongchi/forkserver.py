"""Where children begin at the price of a fork: `python -P -m phuongchi.forkserver PARENT`, asked by `phuongchi.runners.forks`.

Loading what a child needs takes a second of processor. This process loads it once, with the first child for every kind, so
that all are of one version of the program, and copies itself for each. It runs nothing else: no thread, no reactor, no
connection and no password is there to be inherited. It dies with its parent, and its children die with it; what is said of a
child in `phuongchi.children` holds for a copy.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NoReturn

from phuongchi import children
from phuongchi.dataclassing import compile_later
from phuongchi.ending import finish
from phuongchi.forking import BEGUN, ENDED, IDLE, LOADED, MOST, TOLD, load
from storage import points


def main(arguments: Sequence[str]) -> int:
    """Copy this process for each request that comes in on stdin, a socket, until that is closed."""
    compile_later()
    [parent] = arguments
    with socket.socket(fileno=os.dup(0)) as asked:
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 0)
        serve(asked, int(parent))
    return 0


def serve(asked: socket.socket, parent: int) -> None:
    """Be the server of the process `parent`."""
    children.die_with(parent)
    children.be_called("phuongchi-fork")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whoever tells all processes to stop means children to end in order
    gc.disable()
    _Server(asked).serve()


class _Server:
    """Children by process id, each with our end of its pipe; one whose end the parent has seen is waited for.

    Until then its number is not free: a parent that signals a child signals no stranger.
    """

    def __init__(self, asked: socket.socket) -> None:
        self._asked, self._poll = asked, select.poll()
        self._pipes: dict[int, int] = {}
        self._ended: set[int] = set()
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker)
        self._poll.register(asked, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def serve(self) -> None:
        """Until the parent closes its end, or nothing was to be done for `IDLE` seconds."""
        last = time.monotonic()
        while self._pipes or time.monotonic() - last < IDLE:
            for end, _ in self._poll.poll(IDLE * 1000):
                last = time.monotonic()
                if end == self._asked.fileno():
                    request, pipes, _, _ = socket.recv_fds(self._asked, MOST, 4)
                    if not request:
                        return
                    self._copy(json.loads(request), pipes)
                elif end == self._woken:
                    with contextlib.suppress(BlockingIOError):
                        os.read(end, 4096)
                    self._tell_ends()
                else:
                    self._bury(end)

    def _copy(self, request: Mapping[str, Any], pipes: Sequence[int]) -> None:
        *streams, status = pipes
        server, process = os.getpid(), -1
        try:
            load(chain(*LOADED.values(), request["modules"]))
            gc.freeze()
            process = os.fork()
        except Exception:  # whatever it is: the children that run shall live
            os.close(status)  # nobody has begun; the parent starts one that can say what is wrong
        if not process:
            self._leave()
            _become(request, streams, status, server)
        for end in streams:
            os.close(end)
        if process > 0:
            self._pipes[process] = status
            self._poll.register(status, 0)

    def _leave(self) -> None:
        """In a copy: let go of everything that is the server's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._asked.close()
        for end in (self._woken, self._waker, *self._pipes.values()):
            os.close(end)

    def _tell_ends(self) -> None:
        for process, status in self._pipes.items():
            if process in self._ended:
                continue
            ended = os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None:
                code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
                self._ended.add(process)
                with contextlib.suppress(BrokenPipeError):
                    os.write(status, TOLD.pack(ENDED, code))

    def _bury(self, status: int) -> None:
        """The parent has closed its end of a pipe."""
        [process] = [process for process, pipe in self._pipes.items() if pipe == status]
        self._poll.unregister(status)
        os.close(status)
        if process not in self._ended:  # it gave up a child that runs
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError):
                    kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        self._ended.discard(process)
        del self._pipes[process]


def _become(request: Mapping[str, Any], streams: Sequence[int], status: int, server: int) -> NoReturn:
    """In a copy: be as a child that was started with these streams and this environment."""
    code = 1
    try:
        os.setsid()
        children.be_called(f"phuongchi-{request['kind']}")
        for number, end in enumerate(streams):
            os.dup2(end, number)
            os.close(end)
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        if told := os.environ.get(points.VARIABLE):
            points.arm(told)  # it was looked for when the module was loaded
        _open_streams()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.write(status, TOLD.pack(BEGUN, os.getpid()))
        os.close(status)
        gc.enable()
        code = children.main([request["kind"], str(server)])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finish(code)


def _open_streams() -> None:
    """Put streams on 0, 1 and 2, kept as Python keeps its own: one let go of would free its number for what opens next."""
    for name, stream in (
        ("stdin", io.TextIOWrapper(os.fdopen(0, "rb"), "utf-8")),
        ("stdout", io.TextIOWrapper(os.fdopen(1, "wb"), "utf-8", "surrogateescape")),
        ("stderr", io.TextIOWrapper(os.fdopen(2, "wb"), "utf-8", "backslashreplace", line_buffering=True)),
    ):
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    finish(main(sys.argv[1:]))
