"""An archive brought back from a backup: WARC files, database, ledger, and the configuration last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from phuongchi import config as configuration
from phuongchi.archive import DATABASE, WARC, check_writable, refuse_others
from storage import points
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.upkeep.backup import Snapshot


def restore(
    snapshot: Snapshot, source: Path, folder: Path, database: str, *, now: datetime, say: Callable[[str], None]
) -> list[str]:
    """Make an archive in `folder` of a snapshot, in a new epoch; returns the WARC files that the backup cannot give.

    `database` is an empty PostgreSQL database; without it that of the configuration is used, a SQLite file always in the
    folder itself. The configuration comes last, so that an interrupted restore can be begun again. Raises UsageError when the
    folder holds other files, and the errors of `storage`.
    """
    from storage.upkeep import backup, dumps, ledger

    if (folder / configuration.FILE).exists() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is an archive already, or a file", cure="Name a new folder")
    refuse_others(folder, database=DATABASE)
    text, url = _configured(snapshot.folder / configuration.FILE, folder, database)
    dumps.check_empty(snapshot.database, url)
    (folder / WARC).mkdir(parents=True, exist_ok=True)
    check_writable(folder)
    _, _, damaged = backup.copy_files(source, folder, snapshot.warc, progress=say)
    points.reached("restore.files")
    for name in set(snapshot.files) - {configuration.FILE, snapshot.database.name}:
        (folder / name).unlink(missing_ok=True)
        backup.copy(snapshot.folder / name, folder / name, snapshot.files[name])
        (folder / name).chmod(0o640)
    epoch = dumps.bring_back(snapshot.database, url, later_than=ledger.epoch(folder))
    points.reached("restore.database")
    ledger.append(folder, "epoch", at=now, epoch=epoch, why="restore")
    draft = (folder / configuration.FILE).with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    points.reached("restore.configured")
    draft.replace(folder / configuration.FILE)
    return damaged


def _configured(kept: Path, folder: Path, database: str) -> tuple[str, str]:
    """The configuration with the database that is to be used, and that database's URL."""
    document = tomlkit.parse(kept.read_text("utf-8"))
    before = str(document.get("database", DATABASE))
    if database:
        configuration.refuse_unusable({"database": database})
    elsewhere = before.startswith("postgres")
    if database or not elsewhere:
        document["database"] = database or DATABASE
    if not database and not elsewhere and before == DATABASE and "database" not in kept.read_text("utf-8"):
        del document["database"]
    return tomlkit.dumps(document), configuration.database_url(folder, database or (before if elsewhere else DATABASE))
