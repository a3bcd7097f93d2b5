"""A database as one file, and back: SQLite by its own backup, PostgreSQL by its own programs. Each copy is proved whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.engine import URL, make_url

from storage import engine, schema, sqlite
from storage.errors import DatabaseError, UsageError
from storage.faults import full_disk
from storage.upkeep.rebuild import BEFORE_SCHEMA, NEW_SCHEMA
from storage.warc.files import sync_folder

SQLITE, POSTGRES = "phuongchi.db", "phuongchi.pgdump"


def snapshot(url: str, folder: Path) -> Path:
    """Copy the database as it is at this moment into `folder`, while others may write; returns the file, proved whole.

    Raises DatabaseError, StorageFull, and UsageError where PostgreSQL's programs are not installed.
    """
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        return _sqlite_copy(Path(place.database or ""), folder / SQLITE)
    target = folder / POSTGRES
    hidden = [f"--exclude-schema={name}" for name in (BEFORE_SCHEMA, NEW_SCHEMA)]
    _run("pg_dump", place, "--format=custom", "--no-owner", "--no-privileges", *hidden, f"--file={target}")
    _run("pg_restore", None, "--list", str(target))
    return target


def check_empty(file: Path, url: str) -> None:
    """Raise UsageError unless `file` can become the database at `url`: of its kind, and not there yet or empty."""
    if (make_url(url).get_backend_name() == "sqlite") is not (file.name == SQLITE):
        raise UsageError(f"{file} cannot become {engine.shown(url)}", cure="Name a database of the same kind")
    if engine.is_made(url):
        raise UsageError(f"{engine.shown(url)} holds an archive already", cure="Name an empty one with --database")


def bring_back(file: Path, url: str, *, later_than: int, again: bool = False) -> int:
    """Make the database at `url` what `file` holds, in a new epoch, which is returned: later than its own and `later_than`.

    The database is there whole or not at all: one that was brought back before an interruption only gets a new epoch, if the
    caller knows that it is `again` the same. Raises as `snapshot` and `check_empty` do.
    """
    if again and engine.is_made(url):
        return _open_epoch(url, later_than)
    check_empty(file, url)
    place = make_url(url)
    if file.name != SQLITE:
        _run("pg_restore", place, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(file),
             database="--dbname")  # fmt: skip
        return _open_epoch(url, later_than)
    final = Path(place.database or "")
    draft = final.with_name(final.name + ".restoring")
    for path in final.parent.glob(draft.name + "*"):
        path.unlink()  # what an interrupted restore has left
    _sqlite_copy(file, draft)
    epoch = _open_epoch(f"sqlite:///{draft}", later_than)
    draft.replace(final)
    for path in final.parent.glob(draft.name + "*"):
        path.unlink()
    sync_folder(final.parent)
    return epoch


def _open_epoch(url: str, number: int) -> int:
    db = engine.connect(url)
    try:
        with db.write() as conn:
            current: int = conn.execute(select(schema.archive.c.epoch)).scalar_one()
            conn.execute(update(schema.archive).values(epoch=max(current, number) + 1))
            conn.execute(update(schema.lease).values(holder="", expires_at=None))
    finally:
        db.close()
    return max(current, number) + 1


def _sqlite_copy(source: Path, target: Path) -> Path:
    """SQLite's own backup, into a file beside `target` that takes its place when it is proved whole."""
    draft = target.with_name(target.name + ".partial")
    draft.unlink(missing_ok=True)
    if not source.is_file():
        raise DatabaseError(f"there is no database {source}", cure=engine.DAMAGED)
    try:
        read = sqlite.driver.connect(f"file:{source}?mode=ro", uri=True)
        write = sqlite.driver.connect(str(draft))
        try:
            read.backup(write)
            write.execute("PRAGMA journal_mode=DELETE")
            [(found,)] = write.execute("PRAGMA integrity_check(1)").fetchall()
        finally:
            write.close()
            read.close()
        if found != "ok":
            raise DatabaseError(f"{source} is damaged: {found}", cure=engine.DAMAGED)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        raise full_disk(error, str(target)) or error from error
    except sqlite.driver.Error as error:
        raise DatabaseError(f"{source} cannot be copied to {target}: {error}", cure=engine.DAMAGED) from error
    finally:
        draft.unlink(missing_ok=True)
    return target


def _run(program: str, place: URL | None, *arguments: str, database: str = "") -> None:
    """Run one of PostgreSQL's programs; a password goes by the environment, where other users cannot read it."""
    path = shutil.which(program)
    if path is None:
        raise UsageError(
            f"{program} is not installed, without it a PostgreSQL database cannot be copied",
            cure="Install PostgreSQL's client programs (Debian and Ubuntu: apt-get install postgresql-client)",
        )
    command, environment = [path, *arguments], dict(os.environ)
    if place is not None:
        if place.password:
            environment["PGPASSWORD"] = str(place.password)
        address = place.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        command += [f"{database}={address}" if database else address]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        why = " ".join(done.stderr.split())[:500]
        raise DatabaseError(f"{program} failed: {why}", cure="Its version must not be older than the server's")
