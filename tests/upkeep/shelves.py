"""Shelves for tests: a folder, a filesystem of fsspec in memory, and a server that speaks S3, in a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

VARIABLE = "PHUONGCHI_TEST_S3"
"""A Python that has moto's server: it cannot stand beside python-dateutil 4 in one environment."""

OPTIONS = "s3.env"
SECRET = "khong-ai-duoc-biet"


class Forgetful(MemoryFileSystem):
    """Takes every file, and gives the last byte of each back as another one."""

    protocol = "forgetful"
    store: dict[str, object] = {}  # noqa: RUF012 (as its parent has it)
    pseudo_dirs = [""]  # noqa: RUF012

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: object) -> bytes:
        """The bytes, but for the last one of a WARC file."""
        found = bytes(super().cat_file(path, start=start, end=end, **kwargs))
        at_end = path.endswith(".warc.gz") and (end is None or end >= self.info(path)["size"])
        return found[:-1] + bytes([found[-1] ^ 1]) if at_end else found


class Strict(MemoryFileSystem):
    """Refuses what begins behind a file's end, as S3 does, and everything while `silent` is set: then `waits` is called first."""

    protocol = "strict"
    store: dict[str, object] = {}  # noqa: RUF012
    pseudo_dirs = [""]  # noqa: RUF012
    silent = False

    @staticmethod
    def waits() -> None:
        """What happens before it says that nobody is there."""

    def info(self, path: str, **kwargs: object) -> dict[str, object]:
        """As its parent, if anybody is there."""
        if Strict.silent:
            Strict.waits()
            raise TimeoutError("nobody is there")
        return dict(super().info(path, **kwargs))

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: object) -> bytes:
        """The bytes, if there are any in this range."""
        if (start or 0) >= int(str(self.info(path)["size"])):
            raise OSError("<Code>InvalidRange</Code>")
        return bytes(super().cat_file(path, start=start, end=end, **kwargs))


class Meddled(MemoryFileSystem):
    """Something happens in the archive's folder at the moment at which it is given a WARC file."""

    protocol = "meddled"
    store: dict[str, object] = {}  # noqa: RUF012
    pseudo_dirs = [""]  # noqa: RUF012

    @staticmethod
    def meddle() -> None:
        """What happens then."""

    def put_file(self, lpath: str, rpath: str, *args: object, **kwargs: object) -> None:
        """As its parent, after `meddle`."""
        Meddled.meddle()
        super().put_file(lpath, rpath, *args, **kwargs)


fsspec.register_implementation("meddled", Meddled, clobber=True)
fsspec.register_implementation("strict", Strict, clobber=True)
fsspec.register_implementation("forgetful", Forgetful, clobber=True)


def address(kind: str, room: Path, server: str = "") -> tuple[str, str]:
    """A new shelf of this kind, for an archive in `room`: its address and the file of its options."""
    if kind == "folder":
        return str(room / "shared"), ""
    if kind == "s3":
        (room / OPTIONS).write_text(
            f"AWS_ENDPOINT_URL={server}\nAWS_ACCESS_KEY_ID=nguoi-dung\nAWS_SECRET_ACCESS_KEY={SECRET}\nAWS_REGION=us-east-1\n"
        )
        bucket = f"kho-{uuid.uuid4().hex[:8]}"
        urllib.request.urlopen(urllib.request.Request(f"{server}/{bucket}", method="PUT"), timeout=30).close()
        return f"s3://{bucket}/phuong/warc", OPTIONS
    return f"{kind}://{uuid.uuid4().hex}/warc", ""


@contextmanager
def s3_server(python: str) -> Iterator[str]:
    """The address of moto's S3 on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with subprocess.Popen(command, env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def python_with_moto() -> str:
    """A Python that has moto's server, empty if none is known."""
    for python in (os.environ.get(VARIABLE, ""), shutil.which("python3", path=_outside()) or ""):
        asked = [python, "-c", "import moto.server"]
        if python and subprocess.run(asked, capture_output=True, check=False, cwd="/").returncode == 0:
            return python
    return ""


def _outside() -> str:
    """The PATH without this environment's own programs."""
    own = os.environ.get("VIRTUAL_ENV", "/.venv/")
    return os.pathsep.join(part for part in os.get_exec_path() if not part.startswith(own) and "/.venv/" not in part)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "moto's server ended"
            assert time.monotonic() < until, "moto's server does not answer"
            time.sleep(0.1)
