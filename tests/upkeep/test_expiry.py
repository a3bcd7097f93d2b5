"""Old `watch` files go, and nothing that anything rests on goes with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import select

from storage import runs, schema
from storage.engine import Database, next_numbers
from storage.records import RecordRef
from storage.upkeep import expiry, fixity, ledger, rebuild
from storage.upkeep.expiry import Watched
from storage.warc import Original, WarcWriter, read_exchange, read_manifest, read_payload
from storage.writer import keeping, queue
from storage.writer.needed import needed, turns
from storage.writer.queue import capture_of
from tests.builders import NOW, put_capture
from tests.ingest.archives import Archive, path_of, story
from tests.storage.warcs import exchange
from tests.upkeep.archives import damage

LIST = b"<html><a href='/'>x</a></html>"
GONE = "<p>Không tìm thấy trang</p>".encode()


def watched(name: str, **facts: object) -> Watched:
    return Watched(name, NOW, 10, "", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("files", "going"),
    [
        ([watched("a")], {"a"}),
        ([watched("a", unread=1), watched("b")], {"b"}),
        ([watched("a", damaged=True)], set()),
        ([watched("a", held_by=frozenset({"later"}))], set()),
        ([watched("a", held_by=frozenset({"b"})), watched("b")], {"a", "b"}),
        ([watched("a", held_by=frozenset({"b"})), watched("b", held_by=frozenset({"a"}))], {"a", "b"}),
        ([watched("a", held_by=frozenset({"b"})), watched("b", held_by=frozenset({"c"})), watched("c", unread=2)], set()),
    ],
)  # fmt: skip
def test_decide_when_files_are_old_then_those_go_on_which_nothing_rests(files: list[Watched], going: set[str]) -> None:
    plan = expiry.decide(files)
    assert {file.name for file in plan.going} == going
    assert set(plan.staying) == {file.name for file in files} - going


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([(1, 200, "new"), (2, 200, "unchanged"), (3, 304, "unchanged")], []),
        ([(1, 200, "new"), (2, 404, "absent"), (3, 404, "absent"), (4, 503, ""), (5, 200, "unchanged")], [2, 3, 5]),
        ([(1, 200, "new"), (2, 200, "absent"), (3, 200, "unchanged"), (4, 200, "unchanged")], [2, 3]),
        ([(1, 301, ""), (2, 301, ""), (3, 200, "new"), (4, 301, "unchanged"), (5, 301, "unchanged")], [3, 4]),
    ],
)
def test_turns_when_a_page_goes_moves_and_returns_then_those_answers(
    answers: list[tuple[int, int, str]], kept: list[int]
) -> None:
    assert list(turns(answers)) == kept


@pytest.fixture
def two_nights(database: Database, tmp_path: Path) -> tuple[Archive, list[str]]:
    """Articles, a list and rechecks: an edit, a page that is gone, others as they were; each night in a file of its own."""
    archive = Archive(database, tmp_path)
    archive.fill(4)
    first, names = archive.writer, []
    for night, body in enumerate((story(3, extra="<p>Phường bổ sung danh sách sau niêm yết.</p>"), b"")):
        archive.writer = WarcWriter(
            tmp_path, series="watch", run=5 + night, archive="test", software="test", opened_at=archive.at
        )
        archive.put("tin-tuc/", LIST, purpose="listing", days=1)
        archive.put(path_of(2), story(2, hits=9 + night))
        archive.put(path_of(1), GONE, status=404)
        if body:
            archive.put(path_of(3), body)
        archive.read()
        size, sha256 = archive.writer.close()
        _closed(archive, size, sha256)
        names.append(archive.writer.name)
    archive.writer = first
    return archive, names


def _closed(archive: Archive, size: int, sha256: str) -> None:
    table = schema.warc_file
    values = {"state": "closed", "bytes": size, "sha256": sha256, "closed_at": archive.at, "series": "watch"}
    with archive.db.write() as conn:
        conn.execute(table.update().where(table.c.name == archive.writer.name).values(**values))


def numbers(archive: Archive) -> list[int]:
    with archive.db.write() as conn:
        return list(next_numbers(conn, "entry"))


def let_go(archive: Archive, *, days: int = 90) -> expiry.Plan:
    """What the command does after everything is in order."""
    now = archive.at + timedelta(days=days)
    with runs.hold(archive.db, archive.folder) as fence:
        names = expiry.old(archive.db, before=now - timedelta(days=60))
        plan = expiry.prepare(keeping.Keeper(archive.db, archive.folder, fence, "test", now), names)
        expiry.carry_out(archive.db, archive.folder, fence, plan.going, now=now)
    return plan


def test_files_when_old_then_gone_with_a_ledger_line_and_what_is_needed_stays_readable(
    two_nights: tuple[Archive, list[str]],
) -> None:
    archive, names = two_nights
    before = {place.entry for place in rebuild.survey(archive.folder).places}
    with archive.db.read() as conn:
        shown = {change.entry for name in names for change in needed(conn, name)}
        gone = set(conn.execute(select(schema.capture.c.entry).where(schema.capture.c.status == 404)).scalars())
        states = set(conn.execute(select(schema.revision.c.entry)).scalars())
    assert shown == gone | (states & shown) and states & shown
    assert {file.name for file in let_go(archive).going} == set(names)
    [line] = [line for line in ledger.read(archive.folder) if line.what == "expired"]
    assert {file["name"] for file in line.facts["files"]} == set(names) == set(expiry.gone(archive.folder))
    assert not [
        name for name in names if (archive.folder / "warc" / name).exists() or name in read_manifest(archive.folder)
    ]
    present = fixity.presence(archive.db, archive.folder)
    assert (present.missing, present.strangers) == ((), ())
    left = {place.entry for place in rebuild.survey(archive.folder).places}
    assert shown <= left < before
    with archive.db.read() as conn:
        kept = conn.execute(select(schema.capture).where(schema.capture.c.entry.in_(shown))).mappings().all()
    for row in kept:
        ref = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        assert read_payload(archive.folder, ref).status == row["status"]
    assert let_go(archive).going == ()


@pytest.mark.long_on_postgresql
def test_files_when_gone_then_reading_everything_again_leaves_them_alone(two_nights: tuple[Archive, list[str]]) -> None:
    archive, _ = two_nights
    let_go(archive)
    with archive.db.write() as conn:
        assert queue.reread(conn, archive.portal.id)
    assert "failed" not in archive.read()
    assert archive.events().count("revised") == 1


@pytest.mark.long_on_postgresql
def test_files_when_young_unread_damaged_or_referred_to_then_they_stay(two_nights: tuple[Archive, list[str]]) -> None:
    archive, names = two_nights
    assert let_go(archive, days=30).going == ()
    with archive.db.write() as conn:
        table = schema.capture
        here = select(table.c.entry).where(table.c.file == names[0]).limit(1).scalar_subquery()
        conn.execute(table.update().where(table.c.entry == here).values(unread=True))
    place = archive.folder / "warc" / names[1]
    damage(place, place.stat().st_size // 2)
    plan = let_go(archive)
    assert (plan.going, set(plan.staying)) == ((), set(names))


def repeated(archive: Archive, series: Literal["keep", "watch"], file: str, *, status: int, run: int) -> int:
    """The page that answered so in that file says the same again; returns the entry of that."""
    with archive.db.read() as conn:
        table = schema.capture
        query = select(table).where(table.c.file == file, table.c.status == status).order_by(table.c.entry).limit(1)
        first = capture_of(conn.execute(query).mappings().one())
    writer = WarcWriter(archive.folder, series=series, run=run, archive="test", software="test", opened_at=archive.at)
    [entry] = numbers(archive)
    made = exchange(
        first.url, body=read_payload(archive.folder, first.record).body, status=status, fetched_at=archive.at
    )
    ref = writer.write(made, entry=entry, metadata={}, original=Original(first.url, first.fetched_at, first.record))
    with archive.db.write() as conn:
        put_capture(conn, replace(first, entry=entry, record=ref, size=len(made.body)), key=first.key)
    archive.writer = writer
    _closed(archive, *writer.close())
    return entry


def payload(archive: Archive, entry: int) -> bytes:
    """What the answer with this entry number says."""
    with archive.db.read() as conn:
        row = conn.execute(select(schema.capture).where(schema.capture.c.entry == entry)).mappings().one()
    return read_payload(archive.folder, capture_of(row).record).body


@pytest.mark.long_on_postgresql
def test_files_when_a_later_file_repeats_an_answer_in_one_then_that_one_stays(
    two_nights: tuple[Archive, list[str]],
) -> None:
    archive, names = two_nights
    archive.at += timedelta(days=60)
    entry = repeated(archive, "watch", names[1], status=200, run=9)
    plan = let_go(archive, days=59)
    assert ([file.name for file in plan.going], set(plan.staying)) == ([names[0]], {names[1]})
    assert payload(archive, entry) == LIST


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("series", ["watch", "keep"])
def test_files_when_a_page_that_is_gone_says_so_in_the_same_words_then_they_hold_nothing(
    two_nights: tuple[Archive, list[str]], series: Literal["keep", "watch"]
) -> None:
    archive, names = two_nights  # in `keep` as it was copied by earlier releases
    entries = [repeated(archive, series, names[1], status=404, run=run) for run in (9, 10)]
    plan = let_go(archive)
    assert set(names) <= {file.name for file in plan.going}
    assert plan.staying == {}
    found = {place.entry: place.ref for place in rebuild.survey(archive.folder).places}
    for entry in entries:
        assert payload(archive, entry) == GONE
        assert read_exchange(archive.folder, found[entry]).body == GONE
