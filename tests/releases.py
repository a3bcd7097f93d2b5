"""One small archive of each release, kept as text and WARC: `python -m tests.releases ARCHIVE VERSION` keeps another one.

An archive of two portals and a few articles will do; what its host was called is left out.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
DUMP = "phuongchi.sql"


def keep(archive: Path, version: str) -> Path:
    """Write down an archive that this release made."""
    target = FIXTURES / f"release-{version}"
    target.mkdir(parents=True)
    with closing(sqlite3.connect(archive / "phuongchi.db")) as database:
        database.executescript("UPDATE run SET host = 'kho'; UPDATE lease SET holder = '';")
        (target / DUMP).write_text("\n".join(dumped(database)) + "\n", encoding="utf-8")
    shutil.copytree(archive / "warc", target / "warc")
    for path in (target / "warc").iterdir():
        path.chmod(0o644)
    for name in ("portals.toml", "ledger.jsonl"):
        shutil.copyfile(archive / name, target / name)
    (target / "phuongchi.toml").write_text("fetch.delay = 0.0\nread.processes = 1\n", encoding="utf-8")
    return target


def dumped(database: sqlite3.Connection) -> Iterator[str]:
    """The database as SQL. The search index is made by its own statement, and its parts are filled as they were."""
    indexes = [
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
    ]
    for line in database.iterdump():
        index = next((name for name in indexes if name in line.partition("(")[0] or f"'{name}'" in line), "")
        if line.startswith("PRAGMA writable_schema") or (
            index and line.startswith((f'INSERT INTO "{index}"', "CREATE TABLE"))
        ):
            continue
        if index and line.startswith("INSERT INTO sqlite_master"):
            yield database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [index]).fetchone()[0] + ";"
        else:
            yield (
                line.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)
                if index and line.startswith("INSERT")
                else line
            )


def restored(fixture: Path, folder: Path) -> Path:
    """An archive as that release left it."""
    shutil.copytree(fixture, folder)
    with closing(sqlite3.connect(folder / "phuongchi.db", isolation_level=None)) as database:
        database.executescript((folder / DUMP).read_text("utf-8"))
    (folder / DUMP).unlink()
    return folder


if __name__ == "__main__":
    sys.stdout.write(f"{keep(Path(sys.argv[1]), sys.argv[2])}\n")
