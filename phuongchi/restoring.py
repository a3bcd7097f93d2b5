"""An archive brought back from a backup: WARC files, database, ledger, and the configuration last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from phuongchi import config as configuration
from phuongchi.archive import DATABASE, WARC, check_writable, refuse_others
from storage import points
from storage.errors import UsageError
from storage.redaction.veil import KEY

if TYPE_CHECKING:
    from storage.upkeep.backup import Snapshot


MARK = ".restoring"
"""Says which snapshot is being brought back into a folder: a database that an interrupted restore left may be gone on with."""


def restore(
    snapshot: Snapshot, source: Path, folder: Path, database: str, *, now: datetime, say: Callable[[str], None],
    more: Sequence[Path] = (),
) -> list[str]:  # fmt: skip
    """Make an archive in `folder` of a snapshot, in a new epoch; returns the WARC files that the backup cannot give.

    `database` is an empty PostgreSQL database; without it that of the configuration is used, a SQLite file always in the
    folder itself. What was redacted or withheld meanwhile, as the backup or the folders in `more` tell, is so in the new
    archive, too. The configuration comes last, so that an interrupted restore can be begun again. Raises UsageError when the
    folder holds other files, and the errors of `storage`.
    """
    from storage.engine import shown
    from storage.upkeep import backup, dumps, ledger
    from storage.warc.manifest import replace_in_manifest

    if (folder / configuration.FILE).exists() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is an archive already, or a file", cure="Name a new folder")
    refuse_others(folder, database=DATABASE)
    text, url = _configured(snapshot.folder / configuration.FILE, folder, database)
    mark, mine = folder / MARK, f"{snapshot.folder.resolve()}\n{shown(url)}\n"
    again = mark.exists() and mark.read_text("utf-8") == mine
    if not again:
        dumps.check_empty(snapshot.database, url)
    (folder / WARC).mkdir(parents=True, exist_ok=True)
    check_writable(folder)
    mark.write_text(mine, encoding="utf-8")
    files = backup.as_they_are(source, snapshot.warc)
    _, _, damaged = backup.copy_files(source, folder, files, progress=say)
    for name in files.keys() - set(damaged):
        if files[name] != snapshot.warc[name]:
            replace_in_manifest(folder, name, snapshot.warc[name], files[name], why="redacted in the backup")
    points.reached("restore.files")
    for name in set(snapshot.files) - {configuration.FILE, snapshot.database.name}:
        (folder / name).unlink(missing_ok=True)
        backup.copy(snapshot.folder / name, folder / name, snapshot.files[name])
        (folder / name).chmod(0o600 if name == KEY else 0o640)
    epoch = dumps.bring_back(snapshot.database, url, later_than=ledger.epoch(folder), again=again)
    points.reached("restore.database")
    ledger.append(folder, "epoch", at=now, epoch=epoch, why="restore")
    _redact(folder, url, [source, *(one.folder for one in backup.snapshots(source)), *more], now=now, say=say)
    draft = (folder / configuration.FILE).with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    points.reached("restore.configured")
    draft.replace(folder / configuration.FILE)
    mark.unlink()
    return damaged


def _redact(folder: Path, url: str, sources: Sequence[Path], *, now: datetime, say: Callable[[str], None]) -> None:
    """Apply the rules of this state, and of all later ones that anybody tells of."""
    from storage import engine
    from storage.redaction import applying, carrying
    from storage.redaction.compacting import compact

    carrying.take_up(folder, sources)
    db = engine.connect(url)
    try:
        if applying.apply(db, folder, None, now=now, say=say).anything:
            compact(db)
    finally:
        db.close()


def _configured(kept: Path, folder: Path, database: str) -> tuple[str, str]:
    """The configuration with the database that is to be used, and that database's URL.

    All files are here: a shelf is the old archive's, until somebody sets it again.
    """
    document = tomlkit.parse(kept.read_text("utf-8"))
    document.get("warc", {}).pop("remote", None)
    before = str(document.get("database", DATABASE))
    if database:
        configuration.refuse_unusable({"database": database})
    elsewhere = before.startswith("postgres")
    if database or not elsewhere:
        document["database"] = database or DATABASE
    if not database and not elsewhere and before == DATABASE and "database" not in kept.read_text("utf-8"):
        del document["database"]
    return tomlkit.dumps(document), configuration.database_url(folder, database or (before if elsewhere else DATABASE))
