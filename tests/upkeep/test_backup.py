"""Backups: what is copied, what is proved, what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage import reader, schema
from storage.engine import Database, connect
from storage.errors import DatabaseError, UsageError
from storage.text import VIETNAM
from storage.upkeep import backup, dumps
from storage.upkeep.backup import Snapshot
from storage.warc import read_manifest
from tests.builders import NOW
from tests.upkeep.archives import damage, fill, search_path


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs, of the same version as the tests' own server."""
    monkeypatch.setenv("PATH", search_path())


def keep(database: Database, folder: Path, to: Path, *, at: datetime = NOW) -> tuple[list[str], list[str]]:
    """One backup; returns what was copied and what is damaged."""
    files = reader.finished_files(database)
    copied, _, damaged = backup.copy_files(folder, to, files, progress=lambda name: None)
    backup.take(database, folder, to, now=at, warc=files, damaged=damaged)
    return copied, damaged


def test_backup_when_repeated_then_only_new_files_are_copied(
    database: Database, tmp_path: Path, programs: None
) -> None:
    first = fill(database, tmp_path)[0].record.file
    to = tmp_path / "second"
    assert keep(database, tmp_path, to) == ([first], [])
    second = fill(database, tmp_path, run=2)[0].record.file
    assert keep(database, tmp_path, to, at=NOW + timedelta(days=1)) == ([second], [])
    assert keep(database, tmp_path, to, at=NOW + timedelta(days=2)) == ([], [])
    assert read_manifest(to) == read_manifest(tmp_path) == reader.finished_files(database)
    assert (to / "warc" / first).read_bytes() == (tmp_path / "warc" / first).read_bytes()
    newest, _, oldest = backup.snapshots(to)
    assert (newest.taken_at, set(newest.warc), set(oldest.warc)) == (NOW + timedelta(days=2), {first, second}, {first})


def test_backup_when_brought_back_then_the_same_rows_and_a_new_epoch(
    database: Database, tmp_path: Path, programs: None, empty_url: str
) -> None:
    captures = fill(database, tmp_path)
    keep(database, tmp_path, tmp_path / "second")
    kept = backup.snapshots(tmp_path / "second")[0].database
    target = empty_url.replace("phuongchi.db", "back.db")
    if target.startswith("sqlite") is not (database.dialect == "sqlite"):
        with pytest.raises(UsageError, match="cannot become"):
            dumps.bring_back(kept, target, later_than=1)
        return
    assert dumps.bring_back(kept, target, later_than=1) == 2
    back = connect(target)
    back.check_integrity()
    with back.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.capture)).scalar() == len(captures)
    assert sorted(path.name for path in tmp_path.glob("*.restoring*")) == []
    assert reader.archive(back) == (reader.archive(database)[0], 2)
    back.close()
    with pytest.raises(UsageError, match="holds an archive already"):
        dumps.bring_back(kept, target, later_than=1)


def test_backup_when_a_file_is_damaged_then_the_good_copy_stays(
    database: Database, tmp_path: Path, programs: None
) -> None:
    name = fill(database, tmp_path)[0].record.file
    to = tmp_path / "second"
    keep(database, tmp_path, to)
    good = (to / "warc" / name).read_bytes()
    later = fill(database, tmp_path, run=2)[0].record.file
    for file in (name, later):
        damage(tmp_path / "warc" / file, 100)
    assert keep(database, tmp_path, to, at=NOW + timedelta(hours=1)) == ([], [later])
    assert backup.rotate(to) == ()
    assert [one.damaged for one in backup.snapshots(to)] == [(later,), ()]
    assert (to / "warc" / name).read_bytes() == good
    assert sorted(path.name for path in (to / "warc").glob("*.warc.gz*")) == [name]


def test_backup_when_the_database_is_damaged_then_no_snapshot(sqlite_url: str, tmp_path: Path) -> None:
    database = connect(sqlite_url)
    fill(database, tmp_path, count=200)
    with database.read() as connection:
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'capture'"
        page, size = (connection.exec_driver_sql(sql).scalar_one() for sql in (root, "PRAGMA page_size"))
    database.close()
    with (tmp_path / "phuongchi.db").open("r+b") as file:
        file.seek((page - 1) * size)  # of captures, which nobody reads when it is opened
        file.write(b"\xff" * size)
    broken = connect(sqlite_url)
    with pytest.raises(DatabaseError, match=r"is damaged|cannot be copied|malformed"):
        backup.take(broken, tmp_path, tmp_path / "second", now=NOW, warc={})
    broken.close()
    assert backup.snapshots(tmp_path / "second") == []
    assert not list((tmp_path / "second" / "snapshots").iterdir())


def test_dump_when_postgresql_programs_are_missing_then_said_with_the_cure(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"pg_dump is not installed.*postgresql-client"):
        dumps.snapshot(postgres_url, tmp_path)


def test_rotation_when_kept_for_a_year_then_seven_days_and_four_weeks_stay() -> None:
    first = datetime(2026, 1, 1, 6, 0, tzinfo=VIETNAM)
    kept: list[Snapshot] = []
    for day in range(365):
        at = first + timedelta(days=day)
        kept = [Snapshot(Path(f"{at:%Y%m%d}"), at, "abc", {}, {}), *kept]
        gone = {one.folder for one in backup.superfluous(kept)}
        kept = [one for one in kept if one.folder not in gone]
    assert [one.folder.name for one in kept] == [
        "20261231", "20261230", "20261229", "20261228", "20261227", "20261226", "20261225", "20261220", "20261213",
    ]  # fmt: skip


def test_rotation_when_files_are_damaged_for_months_then_the_last_whole_states_stay() -> None:
    first = datetime(2026, 1, 1, 6, 0, tzinfo=VIETNAM)
    whole = Snapshot(Path("whole"), first, "abc", {}, {"f": ""})
    kept = [whole]
    for hour in (5, *range(24, 24 * 90, 24)):
        at = first + timedelta(hours=hour)
        kept = [Snapshot(Path(f"{at:%m%d-%H}"), at, "abc", {}, {"f": ""}, ("f",)), *kept]
        gone = {one.folder for one in backup.superfluous(kept)}
        kept = [one for one in kept if one.folder not in gone]
        assert kept[-1] is whole
    assert [one.folder.name for one in kept[:2]] == ["0331-06", "0330-06"]


def test_rotation_when_taken_twice_a_day_then_the_last_of_each_day(
    database: Database, tmp_path: Path, programs: None
) -> None:
    for hours in (0, 1, 24, 25):
        backup.take(database, tmp_path, tmp_path / "second", now=NOW + timedelta(hours=hours), warc={})
    gone = backup.rotate(tmp_path / "second")
    assert len(gone) == 2
    assert [one.taken_at - NOW for one in backup.snapshots(tmp_path / "second")] == [
        timedelta(hours=25), timedelta(hours=1),
    ]  # fmt: skip


@pytest.mark.parametrize("to", [".", "warc", "in/side"])
def test_target_when_it_lies_in_the_archive_then_refused(tmp_path: Path, to: str) -> None:
    with pytest.raises(UsageError, match="lies in the archive itself"):
        backup.check_target(tmp_path / to, "abc", tmp_path)


def test_target_when_it_holds_something_else_then_refused(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("")
    with pytest.raises(UsageError, match="holds other files"):
        backup.check_target(tmp_path / "letters", "abc", tmp_path / "archive")
    database = connect(sqlite_url)
    backup.take(database, tmp_path, tmp_path / "second", now=NOW, warc={})
    database.close()
    with pytest.raises(UsageError, match="is a backup of another archive"):
        backup.check_target(tmp_path / "second", "abc", tmp_path / "archive")
