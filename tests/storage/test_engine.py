from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import exc, insert, select, text, update
from sqlalchemy.engine import URL

from storage import schema, sqlite
from storage.engine import COUNTERS, REVISIONS, Database, Fence, connect, create, next_numbers, upgrade
from storage.errors import DatabaseError, Held, SchemaError, StorageFull, UsageError
from storage.locks import LockBusy, file_lock
from tests.conftest import CREATED_AT

ROOT = Path(__file__).parents[2]


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _set_revision(url: str, revision: str) -> None:
    database = connect(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    database.close()


def test_next_numbers_when_asked_twice_then_no_gap(database: Database) -> None:
    with database.write() as connection:
        assert list(next_numbers(connection, "entry", 3)) == [1, 2, 3]
    with database.write() as connection:
        assert list(next_numbers(connection, "entry", 1)) == [4]
    with database.read() as connection:
        assert connection.execute(select(schema.counter.c.value).where(schema.counter.c.name == "entry")).scalar() == 4


def test_next_numbers_when_rolled_back_then_given_again(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:
        next_numbers(connection, "event", 5)
        raise RuntimeError
    with database.write() as connection:
        assert list(next_numbers(connection, "event")) == [1]


def test_create_when_empty_then_archive_row_and_counters(empty_url: str) -> None:
    create(empty_url, now=CREATED_AT)
    database = connect(empty_url)
    with database.read() as connection:
        archive = connection.execute(select(schema.archive)).one()
        counters = connection.execute(select(schema.counter.c.name, schema.counter.c.value)).all()
    database.close()
    assert (len(archive.id), archive.epoch, archive.created_at) == (16, 1, CREATED_AT)
    assert sorted(counters) == [(name, 0) for name in sorted(COUNTERS)]


def test_create_when_there_is_an_archive_then_refused(database_url: str) -> None:
    with pytest.raises(UsageError, match="holds an archive already"):
        create(database_url, now=CREATED_AT)


_KILLED_CREATING = """
import os, sys
from datetime import UTC, datetime, tzinfo
from storage.engine import create
class Killer(tzinfo):
    def utcoffset(self, moment):
        os.kill(os.getpid(), 9)
create(sys.argv[1], now=datetime(2026, 1, 1, tzinfo=Killer()))
"""


@pytest.mark.slow
def test_create_when_killed_before_its_end_then_goes_on(empty_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED_CREATING, empty_url], cwd=ROOT, check=False)
    assert done.returncode == -9
    with pytest.raises(SchemaError, match="holds no archive"):
        connect(empty_url)
    create(empty_url, now=CREATED_AT)
    connect(empty_url).close()


def test_connect_when_file_is_missing_then_error_and_nothing_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="there is no database"):
        connect(f"sqlite:///{tmp_path / 'phuongchi.db'}")
    assert list(tmp_path.iterdir()) == []


def test_connect_when_file_is_no_database_then_damaged(tmp_path: Path) -> None:
    (tmp_path / "phuongchi.db").write_bytes(b"x" * 4096)
    with pytest.raises(DatabaseError, match=r"damaged.*backup"):
        connect(f"sqlite:///{tmp_path / 'phuongchi.db'}")


_WRITING_INTO_A_LIMIT = """
import resource, sys
from sqlalchemy import insert
from storage import engine, schema
database = engine.connect(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    with database.write() as connection:
        connection.execute(insert(schema.counter), [{"name": f"{n:05}" * 9, "value": n} for n in range(5000)])
except Exception as error:
    sys.stderr.write(f"{type(error).__name__} {error}")
"""


@pytest.mark.slow
def test_write_when_files_may_not_grow_then_the_disk_is_named_and_nothing_is_lost(sqlite_url: str) -> None:
    command = [sys.executable, "-c", _WRITING_INTO_A_LIMIT, sqlite_url]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stderr.startswith("StorageFull the disk refused to read or write")
    assert "ulimit -f" in done.stderr
    database = connect(sqlite_url)
    with database.read() as connection:
        names = set(connection.execute(select(schema.counter.c.name)).scalars())
    assert "entry" in names
    assert not any(name.startswith("0") for name in names)
    database.close()


def test_connect_when_server_is_gone_then_error_at_once() -> None:
    with pytest.raises(DatabaseError, match="cannot be reached"):
        connect("postgresql://nobody@127.0.0.1:1/nothing", patience=0)


def test_connect_when_kind_is_unknown_then_usage_error() -> None:
    with pytest.raises(UsageError, match="no database of this kind"):
        connect("mysql://localhost/x")


def test_connect_when_schema_is_newer_then_names_the_cure(database_url: str) -> None:
    _set_revision(database_url, "9999")
    with pytest.raises(SchemaError, match="newer program"):
        connect(database_url)
    with pytest.raises(SchemaError, match="newer program"):
        upgrade(database_url)


def test_upgrade_when_schema_is_current_then_nothing_changes(database_url: str) -> None:
    assert upgrade(database_url) == (REVISIONS[-1], REVISIONS[-1])


def test_read_when_writing_then_refused_by_the_database(database: Database) -> None:
    with pytest.raises((StorageFull, exc.DBAPIError)), database.read() as connection:
        connection.execute(insert(schema.counter).values(name="x", value=0))


def test_read_when_somebody_writes_meanwhile_then_one_state(database: Database) -> None:
    value = select(schema.counter.c.value).where(schema.counter.c.name == "entry")
    with database.read() as reading:
        assert reading.execute(value).scalar() == 0
        if database.dialect == "sqlite" and not sqlite.wal_is_safe():
            pytest.skip("without WAL a writer waits for readers")
        with database.write() as writing:
            next_numbers(writing, "entry", 7)
        assert reading.execute(value).scalar() == 0
    with database.read() as reading:
        assert reading.execute(value).scalar() == 7


def test_connect_when_readonly_then_no_writing(database_url: str) -> None:
    database = connect(database_url, readonly=True)
    with pytest.raises(RuntimeError), database.write():
        pass
    database.close()


def test_write_when_fence_is_stale_then_held_and_nothing_written(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(schema.lease).values(name="crawl", fence=3))
    with pytest.raises(Held, match="has passed to another process"), database.write(Fence("crawl", 2)) as connection:
        next_numbers(connection, "entry", 1)
    with database.write(Fence("crawl", 3)) as connection:
        assert list(next_numbers(connection, "entry")) == [1]


def test_write_when_fence_is_taken_meanwhile_then_taker_waits(postgres_url: str) -> None:
    database, other = connect(postgres_url), connect(postgres_url, patience=0.05)
    with database.write() as connection:
        connection.execute(insert(schema.lease).values(name="crawl", fence=1))
    with database.write(Fence("crawl", 1)), pytest.raises(DatabaseError, match="busy"), other.write() as connection:
        connection.execute(update(schema.lease).values(fence=2))
    database.close()
    other.close()


def test_write_when_another_program_holds_the_file_then_busy(sqlite_url: str) -> None:
    database = connect(sqlite_url, patience=0.05)
    blocker = sqlite.driver.connect(str(_path(sqlite_url)), isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseError, match="busy"), database.write():
        pass
    blocker.execute("ROLLBACK")
    with database.write():
        pass
    blocker.close()
    database.close()


def test_write_when_other_writers_stay_too_long_then_busy(sqlite_url: str) -> None:
    first, second = connect(sqlite_url), connect(sqlite_url, patience=0.05)
    with first.write(), pytest.raises(DatabaseError, match=r"busy: other writers held it for 0\.05 s"), second.write():
        pass
    first.close()
    second.close()


def test_write_when_file_is_replaced_then_refused(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    path = _path(sqlite_url)
    shutil.copyfile(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)
    with pytest.raises(DatabaseError, match="gone or was replaced"), database.write():
        pass
    path.unlink()
    with pytest.raises(DatabaseError, match="gone or was replaced"), database.write():
        pass
    assert not path.exists()
    database.close()


def test_write_when_disk_is_full_then_storage_full_and_rolled_back(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    with pytest.raises(StorageFull, match="cannot write"), database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
        connection.execute(insert(schema.counter), [{"name": f"n{n}", "value": n} for n in range(20_000)])
    with database.read() as connection:
        assert connection.execute(select(schema.counter.c.name)).scalars().all() == sorted(COUNTERS)
    database.close()


def test_write_when_rows_break_a_rule_then_the_bug_is_seen(database: Database) -> None:
    with pytest.raises(exc.IntegrityError), database.write() as connection:
        connection.execute(insert(schema.portal_state).values(portal="nobody", state="x", since=CREATED_AT))


def test_write_when_many_threads_write_then_none_is_lost(database: Database) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(25):
                with database.write() as connection:
                    next_numbers(connection, "entry")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.write() as connection:
        assert list(next_numbers(connection, "entry")) == [101]


_KILLED = """
import os, sys
from storage.engine import connect, next_numbers
database = connect(sys.argv[1])
with database.write() as connection:
    next_numbers(connection, "entry", 5)
with database.write() as connection:
    next_numbers(connection, "entry", 5)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.slow
def test_write_when_killed_before_commit_then_only_the_committed_stays(database_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, database_url], cwd=ROOT, check=False)
    assert done.returncode == -9
    reader = connect(database_url, readonly=True)
    with reader.read() as connection:
        assert connection.execute(select(schema.counter.c.value).where(schema.counter.c.name == "entry")).scalar() == 5
    reader.close()
    database = connect(database_url)
    with database.write() as connection:
        assert list(next_numbers(connection, "entry")) == [6]
    database.close()


def test_connect_when_sqlite_then_settings_of_the_design(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    with database.write() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "mmap_size", "busy_timeout")
        }
    database.close()
    assert found == {
        "journal_mode": "wal" if sqlite.wal_is_safe() else "delete", "synchronous": 2, "foreign_keys": 1,
        "trusted_schema": 0, "mmap_size": 0, "busy_timeout": 30000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
     ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True)],
)  # fmt: skip
def test_wal_is_safe_when_version_is_fixed_then_true(version: tuple[int, int, int], safe: bool) -> None:
    assert sqlite.wal_is_safe(version) is safe


_OLD_SQLITE = """
import sqlite3.dbapi2, sys
sys.modules["pysqlite3"] = None
from datetime import UTC, datetime
from storage import sqlite
from storage.engine import connect, create, next_numbers
assert sqlite.driver is sqlite3.dbapi2
create(sys.argv[1], now=datetime(2026, 1, 1, tzinfo=UTC))
database = connect(sys.argv[1])
with database.write() as connection:
    print(connection.exec_driver_sql("PRAGMA journal_mode").scalar(), list(next_numbers(connection, "entry")))
database.close()
"""


@pytest.mark.slow
def test_create_when_only_the_standard_module_is_there_then_works_and_is_readable(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'phuongchi.db'}"
    done = subprocess.run(
        [sys.executable, "-c", _OLD_SQLITE, url],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    number = sqlite3.sqlite_version_info
    mode = "wal" if sqlite.wal_is_safe((number[0], number[1], number[2])) else "delete"
    assert done.stdout.split() == [mode, "[1]"]
    connect(url).close()


def test_connect_when_path_has_signs_of_a_uri_then_opened(tmp_path: Path) -> None:
    folder = tmp_path / "kho lưu 100% #1 ?x=1"
    folder.mkdir()
    url = URL.create("sqlite", database=str(folder / "phuongchi.db")).render_as_string(hide_password=False)
    create(url, now=CREATED_AT)
    connect(url).close()
    assert (folder / "phuongchi.db").is_file()


def test_file_lock_when_held_then_busy_and_free_after(tmp_path: Path) -> None:
    with file_lock(tmp_path / "lock", patience=0), pytest.raises(LockBusy), file_lock(tmp_path / "lock", patience=0):
        pass
    with file_lock(tmp_path / "lock", patience=0):
        pass


def test_file_lock_when_freed_while_waiting_then_got(tmp_path: Path) -> None:
    free = threading.Event()
    taken = threading.Event()

    def holder() -> None:
        with file_lock(tmp_path / "lock", patience=0):
            taken.set()
            free.wait(10)

    thread = threading.Thread(target=holder)
    thread.start()
    taken.wait(10)
    threading.Timer(0.05, free.set).start()
    with file_lock(tmp_path / "lock", patience=10):
        assert free.is_set()
    thread.join()
