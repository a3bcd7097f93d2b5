"""The new database beside the old one, and in its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from storage import reader, schema
from storage.engine import Database, connect
from storage.errors import Held, UsageError
from storage.locks import file_lock
from storage.runs import hold
from storage.upkeep import ledger, rebuild
from storage.warc import WarcWriter
from tests.builders import NOW, put_portal
from tests.storage.warcs import exchange, open_writer
from tests.upkeep.archives import PORTAL, fill


def answers(folder: Path, *entries: int, series: str = "keep") -> WarcWriter:
    """A file whose metadata say what a rebuilt database needs."""
    writer = open_writer(folder, series)
    for entry in entries:
        note = {"portal": PORTAL.id, "key": f"k{entry}", "purpose": "article"}
        writer.write(exchange(f"{PORTAL.url}{entry}"), entry=entry, metadata=note)
    writer.close()
    return writer


def made_anew(url: str, folder: Path) -> str:
    rebuild.create(url, now=NOW)
    db = connect(rebuild.new_url(url))
    try:
        with hold(db, folder):
            rebuild.describe(db, folder, rebuild.survey(folder))
    finally:
        db.close()
    return rebuild.replace(url, folder, now=NOW)


def test_survey_when_an_answer_stands_in_both_series_then_once_in_keep(tmp_path: Path) -> None:
    answers(tmp_path, 3, 5, series="watch")
    keep = answers(tmp_path, 5, 2)
    found = rebuild.survey(tmp_path)
    assert [(place.entry, place.ref.series) for place in found.places] == [(2, "keep"), (3, "watch"), (5, "keep")]
    assert found.places[0].ref.file == keep.name
    assert (found.archive, found.portals, found.damages) == ("abc", {PORTAL.id: f"{PORTAL.url}5"}, ())
    assert {file.run for file in found.files} == {7}


def test_replace_when_done_twice_then_each_time_a_new_epoch_of_the_same_archive(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    fill(database, tmp_path)
    with database.write() as connection:
        connection.execute(insert(schema.alert).values(portal="", cause="old", opened_at=NOW))
    database.close()
    for epoch in (2, 3):
        before = made_anew(database_url, tmp_path)
        assert before.endswith(("before-reindex", "before_reindex"))
        db = connect(database_url)
        assert reader.archive(db) == ("abc", epoch)
        assert ledger.epoch(tmp_path) == epoch
        with db.write() as connection:
            assert connection.execute(select(schema.alert)).all() == []
            assert (
                connection.execute(select(schema.counter.c.value).where(schema.counter.c.name == "entry")).scalar() == 3
            )
            row = {"kind": "hand", "state": "done", "fence": 1, "started_at": NOW}
            assert connection.execute(insert(schema.run).values(**row).returning(schema.run.c.id)).scalar_one() == 1
        db.close()


def test_replace_when_the_old_database_has_a_log_then_it_is_folded_in_and_kept(sqlite_url: str, tmp_path: Path) -> None:
    answers(tmp_path, 1)
    old = connect(sqlite_url)
    with old.write() as connection:
        connection.execute(insert(schema.alert).values(portal="", cause="old", opened_at=NOW))
    made_anew(sqlite_url, tmp_path)  # `old` is still open, as that of a server
    old.close()
    kept = connect(sqlite_url + rebuild.BEFORE, readonly=True)
    new = connect(sqlite_url, readonly=True)
    for db, count in ((kept, 1), (new, 0)):
        with db.read() as connection:
            assert len(connection.execute(select(schema.alert)).all()) == count
        db.check_integrity()
        db.close()


def test_replace_when_the_old_file_is_no_database_then_kept_all_the_same(sqlite_url: str, tmp_path: Path) -> None:
    answers(tmp_path, 1)
    path = tmp_path / "phuongchi.db"
    path.write_bytes(b"no database" * 1000)
    before = made_anew(sqlite_url, tmp_path)
    assert Path(before).read_bytes() == b"no database" * 1000
    connect(sqlite_url).close()


def test_replace_when_a_crawl_began_meanwhile_then_held_and_nothing_changed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    answers(tmp_path, 1)
    rebuild.create(database_url, now=NOW)
    with hold(database, tmp_path), pytest.raises(Held, match="a crawl has begun meanwhile"):
        rebuild.replace(database_url, tmp_path, now=NOW)
    assert reader.archive(database)[1] == 1
    assert ledger.read(tmp_path) == []


def test_clear_when_an_attempt_was_interrupted_then_nothing_of_it_is_left(database_url: str, tmp_path: Path) -> None:
    rebuild.create(database_url, now=NOW)
    with rebuild.alone(tmp_path):
        rebuild.clear(database_url, tmp_path)
    assert rebuild.is_left(database_url)  # that one is under way
    rebuild.clear(database_url, tmp_path)
    assert not rebuild.is_left(database_url)
    rebuild.clear(database_url, tmp_path)
    connect(database_url).close()


def test_clear_when_the_old_database_got_its_second_name_then_that_one_alone_goes(
    sqlite_url: str, tmp_path: Path
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    before = path.with_name(path.name + rebuild.BEFORE)
    os.link(path, before)
    rebuild.clear(sqlite_url, tmp_path)
    assert path.exists()
    assert not before.exists()
    before.write_bytes(b"that of an earlier time")
    rebuild.clear(sqlite_url, tmp_path)
    assert before.exists()


def test_describe_when_nothing_says_which_archive_it_is_then_usage_error(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no WARC file in .* says"):
        made_anew(database_url, tmp_path)


def test_alone_when_another_one_rebuilds_then_held(tmp_path: Path) -> None:
    with file_lock(tmp_path / ".reindex.lock", patience=0), pytest.raises(Held), rebuild.alone(tmp_path):
        pass


def test_backfills_when_asked_for_twice_then_the_last_date_comes_back(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        put_portal(connection, PORTAL)
    for year in (2024, 2021):
        to = NOW.replace(year=year)
        ledger.append(tmp_path, "backfill", at=NOW, portal=PORTAL.id, to=to.isoformat())
    rebuild.put_backfills(database, tmp_path)
    with database.read() as connection:
        assert connection.execute(select(schema.portal.c.backfill_to)).scalar() == NOW.replace(year=2021)
