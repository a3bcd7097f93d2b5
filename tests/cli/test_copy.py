"""`db copy`: an archive moved to PostgreSQL and back, interrupted, and refused where it would go wrong."""

from __future__ import annotations

import json
import signal
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import URL

from storage import engine, runs, schema
from storage.engine import Database, Fence
from storage.errors import DatabaseError, Held
from storage.upkeep import copying
from tests.access.conftest import fill
from tests.access.served import Library
from tests.builders import NOW
from tests.cli.conftest import Archive
from tests.conftest import new_database


@pytest.fixture
def empty(postgres: URL) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with new_database(postgres) as url:
        yield url.set(drivername="postgresql").render_as_string(hide_password=False)


def opened(archive: Archive) -> Database:
    """The archive's own SQLite database."""
    return engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}")


@pytest.fixture
def stocked(archive: Archive) -> Archive:
    """An archive with a few articles, revisions and decisions."""
    db = opened(archive)
    fill(Library(db, archive.folder))
    with db.write() as connection:
        connection.execute(insert(schema.alert).values(id=41, cause="thử", opened_at=NOW, detail="Đèn & ủy ban"))
    db.close()
    return archive


def told(archive: Archive) -> list[str]:
    """What an archive says: export, answers of searches, changes."""
    asked = (
        ("export", "jsonl"), ("changes",), ("search", "hung vuong", "--json"), ("search", "lễ hội", "--json"),
        ("search", "thong bao", "--json"),
    )  # fmt: skip
    done = [archive.quick(*words) for words in asked]
    assert not any(one.code for one in done), done
    return [one.out for one in done]


def test_copy_to_postgresql_and_back_says_the_same_and_numbers_go_on(stocked: Archive, empty: str) -> None:
    before = told(stocked)
    moved = stocked.quick("db", "copy", "--to", empty, "--switch")
    assert moved.code == 0, moved.err
    assert tomllib.loads((stocked.folder / "phuongchi.toml").read_text())["database"] == empty
    assert told(stocked) == before
    assert "Lễ hội" in before[0]
    assert json.loads(before[3].splitlines()[0])
    db = engine.connect(empty)
    with db.write() as connection:
        made = insert(schema.alert).values(cause="mới", opened_at=NOW).returning(schema.alert.c.id)
        assert connection.execute(made).scalar_one() == 42
    db.close()
    back = stocked.quick("db", "copy", "--to", "trở-lại.db", "--switch")
    assert back.code == 0, back.err
    assert (stocked.folder / "trở-lại.db").is_file()
    assert told(stocked) == before


@pytest.mark.slow
def test_copy_when_killed_and_resumed_then_it_is_whole_though_the_source_changed(stocked: Archive, empty: str) -> None:
    before, configured = told(stocked), (stocked.folder / "phuongchi.toml").read_text()
    dead = stocked.run("db", "copy", "--to", empty, "--switch", PHUONGCHI_KILL="database.committed:12")
    assert dead.code == -signal.SIGKILL, dead.err
    assert (stocked.folder / "phuongchi.toml").read_text() == configured
    again = stocked.quick("db", "copy", "--to", empty)
    assert again.code == 2
    assert "--resume" in again.err
    db = opened(stocked)
    with db.write() as connection:
        connection.execute(schema.portal.update().values(added_at=NOW.replace(year=2020)))
    db.close()
    done = stocked.quick("db", "copy", "--to", empty, "--resume", "--switch")
    assert done.code == 0, done.err
    assert "copied anew" in done.err
    assert told(stocked) == before
    db = engine.connect(empty)
    with db.read() as connection:
        assert {at.year for at in connection.execute(select(schema.portal.c.added_at)).scalars()} == {2020}
    db.close()


def test_copy_when_a_run_is_under_way_or_the_target_is_in_use_then_it_refuses(stocked: Archive) -> None:
    db = opened(stocked)
    with runs.hold(db, stocked.folder):
        held = stocked.quick("db", "copy", "--to", "kho-2.db")
    with db.read() as connection:
        portal = connection.execute(select(schema.portal.c.id).limit(1)).scalar_one()
    reading = runs.take_portal(db, portal, holder="reader", ttl=60)
    read = stocked.quick("db", "copy", "--to", "kho-2.db")
    assert reading is not None
    runs.release(db, reading)
    db.close()
    assert (held.code, read.code) == (3, 3)
    assert f"{portal} is being read" in read.err
    assert not (stocked.folder / "kho-2.db").exists()
    used = stocked.quick("db", "copy", "--to", "phuongchi.db")
    assert used.code == 2
    assert "holds an archive already" in used.err


@pytest.mark.slow
def test_copy_when_others_wait_to_write_then_they_are_refused_and_nothing_is_lost(
    database: Database, tmp_path: Path
) -> None:
    late, target = engine.connect(database.url), f"sqlite:///{tmp_path / 'nơi-mới.db'}"
    alert = insert(schema.alert).values(cause="muộn", opened_at=NOW)

    def write(fence: Fence | None) -> None:
        with late.write(fence) as connection:
            connection.execute(alert)

    with runs.hold(database, tmp_path) as fence, ThreadPoolExecutor(2) as pool:
        waiting: list[Future[None]] = []
        copying.copy(
            database, target, now=NOW, resume=False, say=lambda line: None,
            switch=lambda: waiting.extend(pool.submit(write, one) for one in (None, fence)),
        )  # fmt: skip
        with pytest.raises(DatabaseError, match="has moved from"):
            waiting[0].result()
        with pytest.raises(Held):
            waiting[1].result()
    with database.read() as connection:
        assert connection.execute(select(schema.alert.c.id)).all() == []
    with pytest.raises(DatabaseError, match="has moved from"), late.write():
        pass
    late.close()
    copied = engine.connect(target)
    with runs.hold(copied, tmp_path) as again, copied.write(again) as connection:
        assert again.number > fence.number
        connection.execute(alert)
    copied.close()
