"""The command line as a module for `tests.copies`, whose children are copies, too: loaded by the server alone."""

from __future__ import annotations

import asyncio
import os
from asyncio.streams import FlowControlMixin
from typing import Any

from phuongchi import cli
from phuongchi.runners.child import PROGRAM
from tests.copies import Copies

BY_CHILDREN = (
    "crawler.fetch.answers", "crawler.fetch.run", "crawler.ingest.driver", "crawler.links.heads", "crawler.settings",
    "encodings.idna", "psycopg", "spiders.portal", "sqlalchemy.dialects.postgresql.psycopg", "storage.sqlite",
)  # fmt: skip
"""What children load once they run."""


_children = Copies("tests.cli.children", *BY_CHILDREN)  # our copies inherit the handle
_EXEC, _following = asyncio.create_subprocess_exec, set[asyncio.Task[None]]()


def main() -> None:
    """The console script."""
    asyncio.create_subprocess_exec = _copied  # type: ignore[assignment]
    cli.main()


class Process:
    """A copy as asyncio shows a process."""

    def __init__(
        self, pid: int, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader
    ) -> None:
        self.pid, self.stdin, self.stdout, self.stderr = pid, stdin, stdout, stderr
        self.returncode: int | None = None
        self.ended = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        """Wait for its end."""
        return int(await asyncio.shield(self.ended))

    async def follow(self, status: asyncio.StreamReader) -> None:
        """Note its end when it comes."""
        self.returncode = int.from_bytes(await status.readexactly(4), signed=True)
        self.ended.set_result(self.returncode)


async def _copied(*program: str, env: dict[str, str], limit: int = 2**16, **options: Any) -> Any:
    """`asyncio.create_subprocess_exec`, for children of the program by copying."""
    if program[: len(PROGRAM)] != PROGRAM:
        return await _EXEC(*program, env=env, limit=limit, **options)
    ends = _children.ask(env, program[len(PROGRAM) : -1])
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(FlowControlMixin, os.fdopen(ends[1], "wb", 0))
    status, out, err = [await _reader(ends[number], limit) for number in (0, 2, 3)]
    pid = int.from_bytes(await status.readexactly(4))
    process = Process(pid, asyncio.StreamWriter(transport, protocol, None, loop), out, err)
    _following.add(asyncio.create_task(process.follow(status)))
    return process


async def _reader(end: int, limit: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb", 0))
    return reader
