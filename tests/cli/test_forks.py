"""Children copied from one process that has loaded the program: what is promised of a child holds for a copy."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from phuongchi.demo.site import Site, World
from phuongchi.errands import ReadJob
from phuongchi.runners import forks
from phuongchi.runners.child import Child
from phuongchi.settings import SECRETS
from phuongchi.wire import pack
from storage import runs
from storage.engine import Database
from storage.records import Portal
from tests.cli.conftest import NOW, Archive, command, environment
from tests.cli.test_runners import alive

ROOT = Path(__file__).parents[2]


async def reader(events: list[dict[str, Any]] | None = None, also: tuple[str, ...] = (), **environment: str) -> Child:
    """A reader that waits for work."""
    hear = (events if events is not None else []).append
    return await Child.start("read", environment=environment, on_event=hear, also=also)


def parent_of(process: int) -> int:
    """The process that made this one."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def ended(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's work to its end."""
    asyncio.run(asyncio.wait_for(work, 60))


@pytest.fixture
def server_that(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A function that has the next server do something first; it loads nothing ahead unless that says so."""
    first = "import os, signal, sys\nfrom phuongchi import forkserver\nforkserver.LOADED = {'read': ()}\n"
    last = "\nsys.exit(forkserver.main(sys.argv[1:]))"
    forks._close()
    yield lambda does: monkeypatch.setattr(forks, "PROGRAM", (sys.executable, "-P", "-c", first + does + last))
    forks._close()


def test_child_when_it_is_a_copy_then_it_has_a_session_and_a_name_and_nothing_that_is_the_servers() -> None:
    async def work() -> None:
        children = [await reader(), await reader()]
        for child in children:
            pid = child.process.pid
            assert Path(f"/proc/{pid}/comm").read_text() == "phuongchi-read\n"
            assert os.getsid(pid) == os.getpgid(pid) == pid
            while len({str(end.readlink()) for end in Path(f"/proc/{pid}/fd").iterdir()}) > 3:
                await asyncio.sleep(
                    0.01
                )  # 0, 1 (events go out on a double of it) and 2: it closes the one it said its number on
        server = parent_of(children[0].process.pid)
        assert server == parent_of(children[1].process.pid)
        assert parent_of(server) == os.getpid()
        os.kill(server, signal.SIGTERM)  # a service manager tells all processes to stop
        children[0].signal(signal.SIGTERM)
        children[1].finish()
        assert [await child.wait() for child in children] == [-signal.SIGTERM, 0]
        assert not any(child.alive() for child in children)

    ended(work())


def test_child_when_its_server_was_killed_then_it_is_dead_and_another_is_tried_for_each_that_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work() -> None:
        first = await reader()
        server = parent_of(first.process.pid)
        os.kill(server, signal.SIGKILL)
        assert await first.wait() == -signal.SIGKILL
        with monkeypatch.context() as broken:
            broken.setattr(forks, "PROGRAM", ("/nowhere/python",))  # no server for the moment
            second = await reader()
        assert parent_of(second.process.pid) == os.getpid()
        third = await reader()
        assert parent_of(third.process.pid) not in (server, os.getpid())
        for child in (second, third):
            child.finish()
            assert await child.wait() == 0

    ended(work())


def test_child_when_it_is_a_copy_then_time_and_points_are_those_it_was_given(tmp_path: Path) -> None:
    async def work() -> None:
        said: list[dict[str, Any]] = []
        wrong = await reader(said, PHUONGCHI_NOW="never")
        assert await wrong.wait() == 2
        assert "PHUONGCHI_NOW" in said[0]["message"]
        child = await reader(PHUONGCHI_KILL="lease.taken:1:stop")
        child.finish()
        assert await child.wait() == 0

    ended(work())


def test_server_when_started_then_it_knows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        forks._close()
        child = await reader()
        server = parent_of(child.process.pid)
        assert server != os.getpid()
        told = Path(f"/proc/{server}/environ").read_bytes() + Path(f"/proc/{child.process.pid}/environ").read_bytes()
        assert b"PATH=" in told
        assert b"geheim" not in told
        child.finish()
        assert await child.wait() == 0

    for name in SECRETS:
        monkeypatch.setenv(name, "geheim")
    ended(work())


@pytest.mark.parametrize(
    ("environment", "more", "server"),
    [({}, "", "Forked"), ({SECRETS[0]: "geheim"}, "", "NoneType"), ({"PHUONGCHI_KILL": "lease.taken:1"}, "", "Forked"),
     ({}, "threading.Thread(target=threading.Event().wait, daemon=True).start()", "NoneType")],
    ids=["nothing", "a password", "a kill point", "a thread"],
)  # fmt: skip
def test_prepare_when_something_is_there_that_children_must_not_have_then_there_is_no_copy_yet(
    environment: dict[str, str], more: str, server: str
) -> None:
    script = f"import threading\nfrom phuongchi.runners import forks\nforks.SHARED = ()\n{more}\nforks.prepare()\n"
    said = subprocess.run(
        [sys.executable, "-c", script + "print(type(getattr(forks._server, 'process', None)).__name__)"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert said.stdout == f"{server}\n"


def test_modules_when_a_run_has_loaded_all_it_needs_then_none_are_there_that_it_does_not() -> None:
    script = (
        "import sys\nimport phuongchi.cli\nfrom phuongchi import forking\nforking.load(forking.SHARED)\nshared = set(sys.modules)\n"
        "for names in forking.LOADED.values(): forking.load(names)\n"
        "import monitoring.watch, storage.upkeep.rebuild\ncommand = phuongchi.cli.application('crawl')\n"
        "command.make_context('', ['-C', '.', '-v', 'crawl'])\ncommand.commands['crawl'].make_context('', ['a.vn'])\n"
        "print('scrapy' in shared)\nprint(*{'alembic', 'psycopg', 'pydantic', 'pypdfium2', 'rich', 'sqlalchemy.dialects.postgresql',\n"
        "        'storage.reader', 'tomlkit', 'trafilatura'} & set(sys.modules))\n"
    )
    said = subprocess.run(
        [sys.executable, "-P", "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert said.stdout == "False\n\n"


def test_child_when_no_server_can_be_had_then_it_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        child = await reader()
        assert parent_of(child.process.pid) == os.getpid()
        child.finish()
        assert await child.wait() == 0

    forks._close()
    with monkeypatch.context() as broken:
        broken.setattr(forks, "PROGRAM", (sys.executable, "-c", "raise SystemExit(1)"))
        ended(work())


@pytest.mark.parametrize("before", ["", "forks.prepare()\n"], ids=["started", "copied"])
def test_copies_when_their_parent_is_killed_then_they_end_and_their_server_too(before: str) -> None:
    script = (
        "import asyncio\n"
        "from phuongchi.runners import forks\n"
        "from phuongchi.runners.child import Child\n"
        f"{before}"
        "async def main():\n"
        "    child = await Child.start('read', environment={}, on_event=print)\n"
        "    print(child.process.pid, flush=True)\n"
        "    await asyncio.sleep(3600)\n"
        "asyncio.run(main())\n"
    )

    async def work() -> None:
        parent = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert parent.stdout is not None
        child = int(await parent.stdout.readline())
        server = parent_of(child)
        assert parent_of(server) == parent.pid
        assert (
            Path(f"/proc/{server}/cmdline").read_bytes() == Path(f"/proc/{parent.pid}/cmdline").read_bytes()
        ) == bool(before)
        assert Path(f"/proc/{server}/comm").read_text() == "phuongchi-fork\n"
        assert not [
            end for end in Path(f"/proc/{server}/fd").iterdir() if "pipe" in str(end.readlink()) and int(end.name) < 3
        ]
        parent.kill()
        await parent.wait()
        while alive(child) or alive(server):
            await asyncio.sleep(0.01)

    ended(work())


def test_child_when_its_copy_was_killed_before_it_told_its_number_then_it_is_started_anew(
    server_that: Callable[[str], None],
) -> None:
    async def work() -> None:
        child = await reader()
        assert parent_of(child.process.pid) == os.getpid()
        child.finish()
        assert await child.wait() == 0

    server_that("os.setsid = lambda: os.kill(os.getpid(), signal.SIGKILL)")
    ended(work())


def test_child_when_its_copy_failed_before_it_told_its_number_then_it_is_started_anew() -> None:
    async def work() -> None:
        child = await reader(PHUONGCHI_KILL="nonsense")  # looked for in a copy at once, else at its first point
        assert parent_of(child.process.pid) == os.getpid()
        child.finish()
        assert await child.wait() == 0

    ended(work())


@pytest.mark.parametrize("number", [1, 0, -9])
def test_signal_when_the_number_is_no_childs_then_nobody_gets_it(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        child = await reader()
        with monkeypatch.context() as patch:
            patch.setattr(child.process, "pid", number)
            patch.setattr(os, "killpg", lambda *sent: told.append(sent))
            child.signal(signal.SIGTERM)
        child.finish()
        assert await child.wait() == 0
        assert not told

    told: list[object] = []
    ended(work())


def test_child_when_it_is_a_copy_then_what_it_opens_takes_no_number_of_its_streams(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    async def work() -> None:
        said: list[dict[str, Any]] = []
        child = await reader(said)
        ends = Path(f"/proc/{child.process.pid}/fd")
        at_first = (ends / "1").readlink()
        await child.send(pack(ReadJob(database_url, tmp_path, portal, at_end=True)))
        while not said:
            await asyncio.sleep(0.01)
        assert said == [{"event": "read", "portal": "p", "verdicts": {}, "busy": True}]  # its database is open
        assert {0, 1, 2} < {int(end.name) for end in ends.iterdir()}
        assert (ends / "1").readlink() == at_first
        child.finish()
        assert await child.wait() == 0

    portal = Portal(id="p", url="https://p/")
    assert runs.take_portal(database, portal.id, ttl=600.0) is not None
    ended(work())


def test_copy_when_its_server_is_killed_as_it_forks_then_it_ends(server_that: Callable[[str], None]) -> None:
    async def work() -> None:
        child = await reader()
        assert await child.process.wait() == -signal.SIGKILL
        while alive(child.process.pid):
            await asyncio.sleep(0.01)
        child.finish()

    server_that("""
fork, server = os.fork, os.getpid()
def dying():
    if process := fork():
        os.kill(server, signal.SIGKILL)
    while os.getppid() == server:
        pass
    return process
os.fork = dying
""")
    ended(work())


def test_server_when_first_asked_then_it_loads_what_each_kind_needs_and_what_it_is_told(
    server_that: Callable[[str], None], tmp_path: Path
) -> None:
    async def work() -> None:
        child = await reader(also=("tabnanny",))
        child.finish()
        assert await child.wait() == 0

    server_that(
        'forkserver.LOADED = {"crawl": ["colorsys"], "read": ["wave"]}\n'
        f"found = lambda: open({str(tmp_path / 'loaded')!r}, 'w').write(' '.join(sys.modules))\n"
        "os.register_at_fork(before=found)\n"
    )
    ended(work())
    assert {"colorsys", "wave", "tabnanny"} <= set((tmp_path / "loaded").read_text().split())


@pytest.mark.slow
def test_ingest_when_the_shell_closed_its_streams_or_children_are_not_waited_for_then_its_readers_read(
    archive: Archive, serving: Callable[..., World], sites: dict[str, Site]
) -> None:
    archive.add(*serving(sites["hue"]).urls.values())
    assert archive.run("crawl").code == 0
    unheard = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # noqa: E731
    for closed, first in ((">&-", None), ("<&- >&-", None), ("<&- >&- 2>&-", None), ("", unheard)):
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", *command("-C", archive.folder, "ingest", "--reprocess")],
            env=environment(PHUONGCHI_NOW=NOW), capture_output=True, text=True, timeout=60, check=False, preexec_fn=first,
        )  # fmt: skip
        assert done.returncode == 0, (closed, done.stderr)
        assert "Traceback" not in done.stderr
    assert archive.totals()["unread"] == 0
