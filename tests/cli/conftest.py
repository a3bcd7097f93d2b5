"""Commands as processes, sample portals on loopback, and portals that act when a request reaches them."""

from __future__ import annotations

import ctypes
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from phuongchi import cli
from phuongchi.demo.site import Gold, Reply, Site, World, serve
from phuongchi.demo.world import sample_sites
from tests.cli.copied import copies

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-20T22:30:00+07:00"


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: nothing of an archive in it, and this checkout first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PHUONGCHI_")}
    kept.setdefault("HOME", tempfile.gettempdir())  # Scrapy's own command wants one, even of an account that has none
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def command(*arguments: object) -> list[str]:
    """A command line."""
    return [sys.executable, "-m", "phuongchi", *(str(argument) for argument in arguments)]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that came to its end."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """The JSON object in the last line of stderr."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])
        return found


def phuongchi(*arguments: object, given: str = "", **env: str) -> Done:
    """Run a command in a process of its own, copied from one that has loaded the program, to its end; `given` is its stdin."""
    process = copies().start(environment(**env), [str(argument) for argument in arguments])
    with process:
        out, err = process.communicate(given.encode())
    return Done(process.wait(), out.decode(), err.decode())


def without_root_rights() -> None:
    """Let this process obey file permissions although it is root's: called in a child before the command starts."""
    drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
    for capability in (dac_override, dac_read_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, capability)


@dataclass
class Tripwire:
    """A sample portal that calls `act` once, when its `at`-th page is asked for, before it answers."""

    site: Site
    at: int
    act: Callable[[], None]
    asked: int = 0
    name: str = field(init=False)
    platform: str = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.platform = self.site.name, self.site.platform

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The portal's answer."""
        self.asked += 1
        if self.asked == self.at:
            self.act()
        return self.site.reply(target, headers, night=night, hit=hit)

    def gold(self, night: int) -> Sequence[Gold]:
        """The portal's articles."""
        return self.site.gold(night)


@dataclass
class Archive:
    """An archive in a folder of its own, made by the command itself."""

    folder: Path

    def run(self, *arguments: object, **env: str) -> Done:
        """Run a command on this archive."""
        return phuongchi("-C", self.folder, *arguments, **({"PHUONGCHI_NOW": NOW} | env))

    def quick(self, *arguments: object) -> Done:
        """Run a command on this archive inside this process: for what needs no process of its own."""
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.run(["-C", str(self.folder), *(str(argument) for argument in arguments)])
        out.seek(0)
        return Done(code, out.read(), err.getvalue())

    def add(self, *urls: str) -> None:
        """Write portals into `portals.toml`, untried."""
        with (self.folder / "portals.toml").open("a", encoding="utf-8") as file:
            file.writelines(f'\n[[portal]]\nurl = "{url}"\n' for url in urls)

    def totals(self) -> dict[str, int]:
        """What the archive holds, in numbers."""
        found: dict[str, int] = json.loads(self.quick("status", "--json").out)["totals"]
        return found

    def digest(self) -> dict[str, bytes]:
        """Every file but SQLite's own, by name: to see that nothing was written."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith(("phuongchi.db", ".crawl.lock"))
        }


@pytest.fixture(scope="session")
def made_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive as the command makes it, with leave to hurry on loopback."""
    folder = tmp_path_factory.mktemp("made") / "kho"
    done = phuongchi("init", folder, PHUONGCHI_NOW=NOW)
    assert done.code == 0, done.err
    with (folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write("fetch.delay = 0.0\nread.processes = 1\n")
    return folder


@pytest.fixture
def archive(made_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An empty archive of the test's own; the time is that of its first night."""
    monkeypatch.setenv("PHUONGCHI_NOW", NOW)
    monkeypatch.delenv("PHUONGCHI_ARCHIVE", raising=False)
    shutil.copytree(made_archive, tmp_path / "kho")
    return Archive(tmp_path / "kho")


@pytest.fixture
def serving() -> Iterator[Callable[..., World]]:
    """A function that serves sites until the test ends."""
    with ExitStack() as stack:
        yield lambda *sites: stack.enter_context(serve(sites))


@pytest.fixture(scope="session")
def sites() -> dict[str, Site]:
    """The sample portals, by name, without the real seeds."""
    return {site.name: site for site in sample_sites(None)}


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
