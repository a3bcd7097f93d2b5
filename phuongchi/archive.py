"""The folder that is an archive: made, found, opened, and tried for writing."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phuongchi import config as configuration
from phuongchi.clock import Clock
from phuongchi.config import Config
from phuongchi.portals import file as portals_file
from phuongchi.settings import SETTINGS, Setting, Value
from storage.errors import StorageFull, UsageError
from storage.records import Portal
from storage.redaction.veil import KEY
from storage.upkeep import ledger
from storage.upkeep.ledger import LEDGER

if TYPE_CHECKING:
    from storage.engine import Database

WARC = "warc"
DATABASE = "phuongchi.db"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive as a command opened it: where, how configured, at what time."""

    folder: Path
    config: Config
    clock: Clock

    @classmethod
    def find(cls, given: Path | None, environment: Mapping[str, str], current: Path) -> Archive:
        """The archive that a command is about. Raises NoArchive, or UsageError about its configuration."""
        folder = configuration.find_archive(given, environment, current)
        return cls(folder, configuration.load(folder), Clock.read(environment))

    def portals(self) -> tuple[Portal, ...]:
        """All rows of `portals.toml`. Raises UsageError naming line and key."""
        return portals_file.read(self.folder)

    def connect(self, *, readonly: bool = False) -> Database:
        """Open the database. Raises DatabaseError or SchemaError with the cure."""
        from storage import engine

        return engine.connect(self.config.database, readonly=readonly)

    def check_database(self) -> None:
        """Raise DatabaseError or SchemaError unless the database can be used: said before portals are asked for nothing."""
        self.connect(readonly=True).close()

    def check_writable(self) -> None:
        """Raise StorageFull unless the folder takes new files and has the free space that `min_free` asks for."""
        check_writable(self.folder)
        (self.folder / WARC).mkdir(exist_ok=True)
        check_writable(self.folder / WARC)
        free = shutil.disk_usage(self.folder).free // 2**20
        if free < self.config.min_free:
            raise StorageFull(
                f"only {free} MiB are free in {self.folder}, min_free is {self.config.min_free}",
                cure="Free some space, or lower min_free in phuongchi.toml",
            )


def initialise(
    folder: Path, *, clock: Clock, values: Mapping[str, Value] | None = None, among_others: bool = False
) -> Archive:
    """Make an archive in `folder`, which may exist; `values` are first settings by name (`operator`, `fetch.delay`, …).

    The file `phuongchi.toml` comes last: an interrupted start is simply begun again, whatever it left. Raises UsageError
    when there is an archive already, or files that are none of an archive (unless `among_others`), StorageFull when the
    folder cannot be written.
    """
    folder = folder.expanduser().absolute()
    target = folder / configuration.FILE
    if target.exists():
        return _completed(folder, clock)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", cure="Name another folder")
    configuration.refuse_unusable(values or {})
    setting = str((values or {}).get("database") or DATABASE)
    if not among_others:
        refuse_others(folder, database=Path(setting).name)
    database = configuration.database_url(folder, setting)
    elsewhere = not database.startswith("sqlite")
    if elsewhere:
        _make_database(database, clock)
    try:
        (folder / WARC).mkdir(parents=True, exist_ok=True)
        check_writable(folder)
        for name, text in ((portals_file.FILE, portals_file.TEMPLATE), (LEDGER, "")):
            if not (folder / name).exists():
                (folder / name).write_text(text, encoding="utf-8")
        if not elsewhere:
            _make_database(database, clock)
        _note_archive(folder, database)
        draft = target.with_suffix(".new")
        draft.write_text(template(values or {}), encoding="utf-8")
        draft.replace(target)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return Archive(folder, configuration.load(folder), clock)


def refuse_others(folder: Path, *, database: str) -> None:
    """Raise UsageError when the folder holds what no archive is made of: it was probably not the one that was meant.

    Hidden files do not count, nor what an interrupted start has left.
    """
    own = (WARC, LEDGER, KEY, portals_file.FILE, Path(configuration.FILE).with_suffix(".new").name)
    try:
        names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise _unwritable(folder, error) from error
    others = [name for name in names if not name.startswith((".", DATABASE, database)) and name not in own]
    if others:
        shown = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        raise UsageError(
            f"{folder} holds other files ({shown})",
            cure="Name a new folder, or say --force to make the archive among them; they stay as they are",
        )


def _completed(folder: Path, clock: Clock) -> Archive:
    """An archive that has its configuration but an empty database is given its tables.

    A database that is missing altogether is not made anew: it may have been moved, and the WARC files belong to it.
    """
    from storage import engine

    config = configuration.load(folder)
    lost = config.database.startswith("sqlite") and not Path(config.database.removeprefix("sqlite:///")).exists()
    if lost or engine.is_made(config.database):
        raise UsageError(f"{folder} is an archive already", cure="Name another folder")
    check_writable(folder)
    (folder / WARC).mkdir(exist_ok=True)
    engine.create(config.database, now=clock.now())
    return Archive(folder, config, clock)


def _make_database(url: str, clock: Clock) -> None:
    """Make the tables, unless an interrupted start has made them. Raises UsageError when they are in use already.

    A file in the archive's folder is its own; a database elsewhere is taken for an interrupted start's only while no run has
    been made.
    """
    from storage import engine, runs

    if not engine.is_made(url):
        engine.create(url, now=clock.now())
    elif not url.startswith("sqlite"):
        db = engine.connect(url, readonly=True)
        try:
            if runs.last_run(db) is not None:
                raise UsageError(f"{db.place} holds an archive already", cure="Choose another place")
        finally:
            db.close()


def _note_archive(folder: Path, database: str) -> None:
    """Write into the ledger which archive it is, unless that stands there."""
    from storage import engine, reader

    if any(line.what == "archive" for line in ledger.read(folder)):
        return
    db = engine.connect(database, readonly=True)
    try:
        about = reader.about(db)
    finally:
        db.close()
    ledger.append(folder, "archive", at=about.created_at, id=about.id, created_at=about.created_at.isoformat())


def template(values: Mapping[str, Value]) -> str:
    """A `phuongchi.toml` that shows every setting with its meaning; those in `values` are set, the others commented out.

    Each line stands for itself (dotted names, no table headers): any of them can be uncommented alone, and more can be
    written at the end.
    """
    lines = [
        "# Cấu hình kho lưu trữ | Configuration of this archive. `phuongchi config` shows what is in force.",
        "# operator và contact phải có trước khi thu thập | must be set before the first crawl.",
    ]
    for setting in SETTINGS:
        lines += ["", f"# {setting.nghia}", f"# {setting.meaning}", _line(setting, values)]
    return "\n".join(lines) + "\n"


def check_writable(folder: Path) -> None:
    """Raise StorageFull unless a file can be made in `folder`."""
    try:
        with tempfile.NamedTemporaryFile(prefix=".phuongchi-", dir=folder) as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _line(setting: Setting, values: Mapping[str, Value]) -> str:
    given = values.get(setting.name, "")
    value = setting.default if given == "" else given
    return ("# " if given == "" else "") + f"{setting.name} = {_literal(value)}"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unwritable(folder: Path, error: OSError) -> StorageFull:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StorageFull(
        f"{folder} cannot be written: {reason}", cure="Free some space" if full else "Choose a folder you may write to"
    )
