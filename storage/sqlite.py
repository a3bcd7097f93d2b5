"""Which SQLite is used, how each of its connections is set up, and how writers queue at its file.

`pysqlite3` brings a current SQLite of its own where it installs. SQLite 3.7.0 to 3.51.2 can lose commits when two connections
write and checkpoint a WAL at the same instant, so WAL is used only where that is fixed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

from storage.errors import DatabaseError
from storage.faults import full_disk
from storage.locks import LockBusy, file_lock


def _load() -> Any:
    for name in ("pysqlite3.dbapi2", "sqlite3.dbapi2"):
        with suppress(ImportError):
            return import_module(name)
    raise ImportError("this Python has no SQLite: install its sqlite3 module")


driver: Any = _load()
"""The DB-API module in use."""

Version = tuple[int, int, int]

_PRAGMAS = (
    "synchronous=FULL", "temp_store=MEMORY", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0",
    "journal_size_limit=67108864",
)  # fmt: skip


def version() -> Version:
    """The version of the SQLite library in use."""
    major, minor, patch = driver.sqlite_version_info[:3]
    return int(major), int(minor), int(patch)


def wal_is_safe(of: Version | None = None) -> bool:
    """Whether this SQLite (or the version given) has the fix for the WAL-reset bug: 3.51.3, 3.50.7 or 3.44.6."""
    number = of or version()
    return number >= (3, 51, 3) or (3, 50, 7) <= number < (3, 51, 0) or (3, 44, 6) <= number < (3, 45, 0)


def opener(
    path: Path, *, mode: Literal["ro", "rw", "rwc"], patience: float, foreign_keys: bool = True
) -> Callable[[], DBAPIConnection]:
    """A function that opens `path` with the project's settings, outside any transaction.

    `mode` `ro` can only read, `rw` never makes a file, `rwc` may. `patience` is the wait for locks of other programs, in
    seconds.
    """
    address = f"file:{quote(str(path))}?mode={mode}"

    def open_file() -> DBAPIConnection:
        connection = driver.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
        _set_up(connection, readonly=mode == "ro", foreign_keys=foreign_keys)
        made: DBAPIConnection = connection
        return made

    return open_file


def begin_with(engine: Engine, statement: str) -> None:
    """Let each transaction of an engine begin with `statement`, said to the driver itself.

    No event does it: an engine that has one asks after listeners a dozen times for each statement.
    """

    def begin(connection: Any) -> None:
        connection.dbapi_connection.execute(statement)

    engine.dialect.do_begin = begin  # type: ignore[assignment]


def identity(path: Path | None) -> tuple[int, int] | None:
    """Which file stands at `path`; None if there is none."""
    try:
        status = path.stat() if path else None
    except FileNotFoundError:
        status = None
    return (status.st_dev, status.st_ino) if status else None


@contextmanager
def writers_turn(path: Path | None, file: tuple[int, int] | None, patience: float) -> Iterator[None]:
    """Wait for this writer's turn at a SQLite file, which must still be `file`; PostgreSQL lets writers in together.

    Raises DatabaseError when it waited for longer than `patience` seconds, or another file has taken its place.
    """
    if path is None:
        yield
        return
    lock = path.with_name(path.name + ".write-lock")
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(lock, patience=patience))
        except LockBusy as error:
            raise DatabaseError(
                f"{path} is busy: other writers held it for {patience:g} s", cure="Wait for them and try again"
            ) from error
        except OSError as error:
            raise full_disk(error, str(lock)) or error from error
        if file is not None and identity(path) != file:
            raise DatabaseError(f"{path} is gone or was replaced while it was open", cure="Start the command again")
        yield


def written(value: Any) -> str:
    """A value of a JSON column as text. Most of them are empty lists: authors, captions, flags."""
    return "[]" if value == [] else json.dumps(value)


def read(text: str) -> Any:
    """The value of a JSON column's text."""
    return [] if text == "[]" else json.loads(text)


def recover(path: Path) -> None:
    """Let SQLite roll back what a killed writer left in a rollback journal, which a read-only connection cannot do."""
    if not path.with_name(path.name + "-journal").exists():
        return
    connection = opener(path, mode="rw", patience=5.0)()
    try:
        connection.cursor().execute("SELECT count(*) FROM sqlite_master")
    finally:
        connection.close()


def _set_up(connection: Any, *, readonly: bool, foreign_keys: bool) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    if readonly:
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.execute(f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'DELETE'}")
