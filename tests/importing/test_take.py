"""Captures of others: what comes in, what it means beside our own, and what bad input does."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from access.exports import Maker, Order
from access.exports.wacz import export_wacz
from crawler import importing
from crawler.importing import Job, Taken, Times
from storage import runs, schema
from storage.engine import Database
from storage.errors import UsageError
from storage.reader import Filters
from storage.redaction import applying, making, veil
from storage.upkeep import fixity, ledger
from storage.warc import records_of
from storage.writer import imports
from tests.access.test_wacz import indexed_by_others, lines
from tests.importing.foreign import Answer, write
from tests.ingest.archives import PORTAL, Archive, path_of, story
from tests.storage.warcs import check

OLD = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def url_of(number: int) -> str:
    return PORTAL.url + path_of(number)


def stories(*numbers: int, at: datetime = OLD, how: str = "plain", extra: str = "") -> list[Answer]:
    return [Answer(url_of(number), at + timedelta(hours=number), story(number, extra=extra), how) for number in numbers]


def brought(archive: Archive, *paths: Path, times: Times | None = None, dry_run: bool = False) -> Taken:
    """Import files as the command does; nothing is read yet."""
    with importing.found(paths, archive.folder, times or Times(), free=0) as sources:
        job = Job(archive.db, archive.folder, "abc", "test", PORTAL, LATER)
        if dry_run:
            return importing.take(job, sources)
        with runs.hold(archive.db, archive.folder) as fence:
            begin = partial(imports.begin, archive.db, fence, now=LATER, version="test")
            return importing.take(replace(job, fence=fence, begin=begin), sources)


def states(archive: Archive, number: int) -> list[tuple[int, str, list[str]]]:
    """Number, day and changes of an article's states by time, the current one with a star."""
    revision, article, address = schema.revision, schema.article, schema.article_address
    query = (
        select(revision.c.number, revision.c.seen_at, revision.c.changed, article.c.revision)
        .join(article, article.c.id == revision.c.article)
        .join(address, address.c.article == article.c.id)
        .where(address.c.url == url_of(number))
        .order_by(revision.c.seen_at)
    )
    with archive.db.read() as conn:
        return [
            (row[0], f"{row.seen_at:%Y-%m}" + ("*" if row[0] == row[3] else ""), row.changed)
            for row in conn.execute(query)
        ]


@pytest.mark.parametrize("packed", [True, False])
def test_warc_of_others_when_a_portal_has_nothing_else_then_its_articles_are_read_in_the_order_of_their_times(
    archive: Archive, tmp_path: Path, packed: bool
) -> None:
    answers = [
        *stories(0, 1, how="chunked"), *stories(2, 3, how="gzip"), *stories(4, 5, 6),
        *stories(3, at=OLD + timedelta(days=40), extra="<p>Bổ sung: đợt hai tổ chức trong tháng 7.</p>"),
        Answer(PORTAL.url + "anh.jpg", OLD, b"\xff\xd8", media_type="image/jpeg"),
        Answer("https://phuongkhac.gov.vn/" + path_of(1), OLD, story(1)),
    ]  # fmt: skip
    file = write(tmp_path / ("cu.warc.gz" if packed else "cu.warc"), answers[::-1], packed=packed)
    assert (counted := brought(archive, file, dry_run=True)).new == 8
    assert archive.count("capture") == 0
    done = brought(archive, file)
    assert (done.new, done.known, done.outside, done.aside, done.problems) == (8, 0, 1, 1, [])
    assert (counted.new, counted.outside, counted.aside) == (8, 1, 1)
    assert archive.read() == {"new": 7, "revised": 1}
    assert states(archive, 3) == [(1, "2026-06", []), (2, "2026-07*", ["text"])]
    with archive.db.read() as conn:
        row = conn.execute(select(schema.capture).where(schema.capture.c.entry == 1)).one()
    assert (row.url, row.fetched_at) == (url_of(0), OLD)
    assert (row.payload_sha256, row.size) == (hashlib.sha256(story(0)).hexdigest(), len(story(0)))
    assert row.origin.startswith(f"import:{file.name}@")
    assert row.origin.split("@")[1].split()[0] != "0"


def test_import_when_done_twice_and_from_another_container_then_adds_nothing(archive: Archive, tmp_path: Path) -> None:
    answers = [*stories(0, 1, 2), *stories(1, at=OLD + timedelta(days=30), how="revisit")]
    file = write(tmp_path / "cu.warc.gz", answers)
    package = tmp_path / "cu.wacz"
    with zipfile.ZipFile(package, "w") as wacz:
        wacz.writestr("archive/data.warc.gz", file.read_bytes())
    plain = write(tmp_path / "khac.warc", answers, packed=False)
    assert brought(archive, file).new == 4
    archive.read()
    before = {name: archive.count(name) for name in ("capture", "revision", "event", "warc_file")}
    for again in (file, package, plain):
        done = brought(archive, again)
        assert (done.new, done.known, done.problems) == (0, 4, [])
    assert archive.read() == {}
    assert {name: archive.count(name) for name in before} == before


def test_revisits_when_they_come_before_what_they_repeat_then_read_with_its_body(
    archive: Archive, tmp_path: Path
) -> None:
    answers = [*stories(1, at=OLD + timedelta(days=30), how="revisit"), *stories(0, 1, 2)]
    assert brought(archive, write(tmp_path / "cu.warc.gz", answers)).new == 4
    assert archive.read() == {"new": 3, "unchanged": 1}
    alone = brought(archive, write(tmp_path / "le.warc.gz", stories(7, how="revisit")))
    assert (alone.new, len(alone.problems)) == (0, 1)
    assert "le.warc.gz:" in alone.problems[0]


def test_capture_when_older_than_the_current_revision_then_history_and_the_current_state_stays(
    filled: Archive, tmp_path: Path
) -> None:
    old = [
        *stories(3, extra="<p>Bản đầu tiên, còn một đoạn sau này bị xóa.</p>"),
        *stories(4),
        Answer(url_of(5), OLD, b"<h1>404</h1>", status=404),
    ]
    assert brought(filled, write(tmp_path / "cu.warc.gz", old)).new == 3
    events = len(filled.events())
    assert filled.read() == {"unchanged": 2}
    assert filled.events()[events:] == ["history-added"] * 2
    assert states(filled, 3) == [(2, "2026-06", []), (1, "2026-11*", ["text"])]
    assert states(filled, 4) == [(1, "2026-11*", [])]
    with filled.db.read() as conn:
        rows = conn.execute(select(schema.article.c.first_seen, schema.article.c.removed_at)).all()
    assert sorted(row.first_seen for row in rows)[:2] == [OLD + timedelta(hours=3), OLD + timedelta(hours=4)]
    assert all(row.removed_at is None for row in rows)
    filled.put(path_of(3), story(3, hits=80))
    assert filled.read() == {"unchanged": 1}, "our own next capture is compared with the current state"
    filled.put(path_of(3), story(3, extra="<p>Một đoạn mới được thêm vào bài.</p>"))
    assert filled.read() == {"revised": 1}
    assert [number for number, *_ in states(filled, 3)] == [2, 1, 3]


def test_states_when_read_again_then_history_is_as_it_was(filled: Archive, tmp_path: Path) -> None:
    from storage.writer import queue

    old = [
        *stories(3, extra="<p>Bản đầu tiên, còn một đoạn sau này bị xóa.</p>"),
        *stories(3, at=OLD + timedelta(days=9)),
    ]
    brought(filled, write(tmp_path / "cu.warc.gz", old))
    filled.read()
    before, events = states(filled, 3), filled.events()
    with filled.db.write() as conn:
        queue.reread(conn, PORTAL.id)
    filled.read()
    assert (states(filled, 3), filled.events()) == (before, events)


def test_negative_answers_of_others_when_many_then_nothing_is_removed(filled: Archive, tmp_path: Path) -> None:
    gone = [
        Answer(url_of(6), datetime(2026, 11, 10, tzinfo=UTC) + timedelta(days=days), page, status=status)
        for days, (page, status) in enumerate(
            [
                (b"<h1>404</h1>", 404),
                (b"<html><body><h1>404 Not Found</h1><p>Trang khong ton tai</p></body></html>", 200),
            ]
            * 6
        )
    ]
    brought(filled, write(tmp_path / "sau.warc.gz", gone))
    filled.read()
    assert set(filled.events()) == {"created"}


@pytest.mark.slow
@pytest.mark.long_on_postgresql
def test_bad_input_when_damaged_cut_or_huge_then_named_with_offset_and_the_others_are_taken(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "cu.warc.gz", stories(0, 1, 2, 3))
    places = [member for member in records_of(file) if member.record and member.record.kind == "response"]
    data = bytearray(file.read_bytes())
    data[places[1].offset + places[1].length // 2] ^= 0xFF
    file.write_bytes(bytes(data[:-20]))
    done = brought(archive, file)
    assert done.new == 2
    assert [problem.split(": ")[0] for problem in done.problems] == [f"cu.warc.gz:{places[n].offset}" for n in (1, 3)]
    plain = write(tmp_path / "lon.warc", [Answer(url_of(8), OLD, b"x" * 135_000_000), *stories(9)], packed=False)
    done = brought(archive, plain)
    assert (done.new, len(done.problems)) == (1, 1)
    assert "larger than 128 MiB" in done.problems[0]
    bomb = write(tmp_path / "bom.warc.gz", [Answer(url_of(8), OLD, b"\0" * 135_000_000), *stories(10)])
    done = brought(archive, bomb)
    assert (done.new, len(done.problems)) == (1, 1)
    assert "larger than 128 MiB" in done.problems[0]
    nothing = tmp_path / "la.warc"
    nothing.write_bytes(b"this is no archive at all")
    assert "is no WARC file" in brought(archive, nothing).problems[0]


def test_wacz_when_a_part_is_damaged_or_none_then_said_so(archive: Archive, tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.warc.gz", stories(0, 1)), write(tmp_path / "b.warc.gz", stories(2))
    package = tmp_path / "cu.wacz"
    with zipfile.ZipFile(package, "w") as wacz:
        wacz.writestr("archive/../../../a.warc.gz", good.read_bytes())
        wacz.writestr("archive/b.warc.gz", bad.read_bytes())
    content = bytearray(package.read_bytes())
    content[content.index(bad.read_bytes()) + 300] ^= 1
    package.write_bytes(bytes(content))
    done = brought(archive, package)
    assert (done.new, len(done.problems)) == (2, 1)
    assert "archive/b.warc.gz at offset" in done.problems[0]
    package.write_bytes(b"PK nothing")
    assert "no whole WACZ file" in brought(archive, package).problems[0]
    assert not list(archive.folder.glob(".import-*"))


def test_what_was_imported_when_verified_then_whole_and_damage_is_found(archive: Archive, tmp_path: Path) -> None:
    page = tmp_path / "trang" / "mot.html"
    page.parent.mkdir()
    page.write_bytes(b"<!-- saved from url=(0050)" + url_of(9).encode() + b" -->" + story(9))
    file = write(tmp_path / "cu.warc.gz", [*stories(0, how="chunked"), *stories(1, how="gzip"), *stories(2)])
    assert brought(archive, file, page, times=Times(at=OLD)).new == 4
    [due] = fixity.due(archive.db, now=LATER, everything=True)
    assert fixity.check(archive.db, archive.folder, due) == []


def pages(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    first = folder / "da-luu.html"
    first.write_bytes(b"<!-- saved from url=(0050)" + url_of(0).encode() + b" -->\n" + story(0))
    yield first
    single = b"<!--\n Page saved with SingleFile \n url: %s \n saved date: Mon Jun 06 2026 09:30:00 GMT+0700 (ICT)\n-->"
    second = folder / "singlefile.html"
    second.write_bytes(single % url_of(1).encode() + story(1))
    yield second
    third = folder / "canonical.htm"
    third.write_bytes(story(2, head=f'<link rel="canonical" href="{url_of(2)}">'))
    yield third
    fourth = folder / "og.html"
    fourth.write_bytes(
        story(3, head=f'<link rel="canonical" href="{PORTAL.url}"><meta property="og:url" content="{url_of(3)}">')
    )
    yield fourth
    fifth = folder / "bang.html"
    fifth.write_bytes(story(4))
    yield fifth
    frames = folder / "bang_files"
    frames.mkdir()
    (frames / "khung.html").write_bytes(story(5, head=f'<link rel="canonical" href="{url_of(5)}">'))


def captures(database: Database) -> dict[str, datetime]:
    with database.read() as conn:
        return {
            row.url: row.fetched_at for row in conn.execute(select(schema.capture.c.url, schema.capture.c.fetched_at))
        }


@pytest.mark.slow
def test_saved_pages_when_they_say_where_and_when_then_taken_and_else_named(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "luu"
    made = list(pages(folder))
    unnamed = brought(archive, folder, dry_run=True)
    assert (unnamed.new, len(unnamed.problems)) == (1, 4), "the time of a file is no time of a capture"
    table = tmp_path / "bang.csv"
    table.write_text(f"file,url,fetched_at\nbang.html,{url_of(4)},2026-06-02\nog.html,,2026-06-02T10:00:00Z\n", "utf-8")
    done = brought(archive, folder, times=Times(importing.read_map(table), OLD))
    assert (done.new, done.problems) == (5, [])
    assert captures(archive.db) == {
        url_of(0): OLD, url_of(1): datetime(2026, 6, 6, 2, 30, tzinfo=UTC), url_of(2): OLD,
        url_of(3): datetime(2026, 6, 2, 10, tzinfo=UTC), url_of(4): datetime(2026, 6, 1, 17, tzinfo=UTC),
    }  # fmt: skip
    assert archive.read() == {"new": 5}
    again = brought(archive, *made, times=Times(importing.read_map(table), OLD))
    assert (again.new, again.known) == (0, 5)
    touched = brought(archive, made[0], times=Times(mtime=True), dry_run=True)
    assert touched.first == datetime.fromtimestamp(made[0].stat().st_mtime, UTC) or touched.problems


def test_canonical_when_several_files_claim_one_address_then_none_is_believed(archive: Archive, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.html").write_bytes(story(number, head=f'<link rel="canonical" href="{url_of(9)}">'))
    done = brought(archive, *(tmp_path / f"{number}.html" for number in range(3)), times=Times(at=OLD))
    assert (done.new, len(done.problems)) == (0, 3)
    assert "3 files say that they are" in done.problems[0]


@pytest.mark.parametrize(
    ("text", "wrong"), [("file,url,fetched_at\na.html,,gestern\n", "line 2"), ("name,url\n", "no column `file`")]
)
def test_mapping_when_it_cannot_be_used_then_its_line_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    table = tmp_path / "bang.csv"
    table.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=wrong):
        importing.read_map(table)


@pytest.mark.parametrize("name", ["nowhere.warc.gz", "tai-lieu.pdf"])
def test_path_when_it_is_missing_or_of_no_known_kind_then_usage_error(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    (tmp_path / "tai-lieu.pdf").write_bytes(b"%PDF")
    with pytest.raises(UsageError):
        brought(archive, tmp_path / name)


def test_capture_when_dated_in_the_future_then_refused(archive: Archive, tmp_path: Path) -> None:
    answers: Sequence[Answer] = stories(0, at=LATER + timedelta(days=1))
    done = brought(archive, write(tmp_path / "mai.warc.gz", answers))
    assert (done.new, len(done.problems)) == (0, 1)


@pytest.mark.slow
def test_files_of_an_import_when_read_by_others_then_sound_and_indexed_alike(archive: Archive, tmp_path: Path) -> None:
    page = tmp_path / "mot.html"
    page.write_bytes(b"<!-- saved from url=(0050)" + url_of(9).encode() + b" -->" + story(9))
    answers = [*stories(0, how="chunked"), *stories(1, 2), *stories(1, at=OLD + timedelta(days=3), how="revisit")]
    assert brought(archive, write(tmp_path / "cu.warc", answers, packed=False), page, times=Times(at=OLD)).new == 5
    [path] = (archive.folder / "warc").glob("*-1-*-keep.warc.gz")
    checked = check(path)
    assert checked.returncode == 0, checked.stdout
    out = tmp_path / "out.wacz"
    export_wacz(archive.db, archive.folder, out, Order(Filters(portal=PORTAL.id, hidden=True)), Maker("test", LATER))
    with zipfile.ZipFile(out) as package:
        [name] = [one for one in package.namelist() if one.startswith("archive/")]
        (tmp_path / "there").mkdir()
        (tmp_path / "there" / Path(name).name).write_bytes(package.read(name))
        ours = lines(gzip.decompress(package.read("indexes/index.cdx.gz")).decode())
    theirs = indexed_by_others([tmp_path / "there" / Path(name).name])
    assert len(ours) == 5
    assert sorted(map(repr, ours)) == sorted(map(repr, theirs))


def test_what_is_redacted_when_others_still_have_it_then_it_does_not_come_in(archive: Archive, tmp_path: Path) -> None:
    secret = "bà Nguyễn Thị Khuê, số điện thoại 0912 345 678"
    key = veil.make_key(archive.folder)
    rule = making.of_string(key, secret, reason="theo yêu cầu", who="x", at=OLD)
    ledger.append(archive.folder, "redact", at=OLD, **veil.as_line(rule))
    extra = f"<p>Liên hệ {secret} để đăng ký.</p>"
    file = write(tmp_path / "cu.warc.gz", [
        *stories(0, 1, extra=extra, how="gzip"), *stories(2, extra=extra), *stories(3, 4),
        *stories(2, at=OLD + timedelta(days=2), extra=extra, how="revisit"),
    ])  # fmt: skip
    page = tmp_path / "mot.html"
    page.write_bytes(b"<!-- saved from url=(0050)" + url_of(9).encode() + b" -->" + story(9, extra=extra))
    assert brought(archive, file, page, times=Times(at=OLD)).new == 7
    for path in (archive.folder / "warc").glob("*-1-*-keep.warc.gz"):
        for member in records_of(path):
            assert member.record is not None
            assert "Khuê".encode() not in member.record.block
    assert archive.read() == {"new": 6, "unchanged": 1}
    assert (again := brought(archive, file, page, times=Times(at=OLD))).new == 0
    assert again.known == 7


def redact(archive: Archive, secret: str) -> None:
    """Take a string out of everything that is there."""
    rule = making.of_string(veil.make_key(archive.folder), secret, reason="theo yêu cầu", who="x", at=OLD)
    ledger.append(archive.folder, "redact", at=OLD, **veil.as_line(rule))
    applying.apply(archive.db, archive.folder, None, now=LATER)


def test_import_when_what_came_before_was_redacted_then_adds_nothing_from_any_container(
    archive: Archive, tmp_path: Path
) -> None:
    extra = "<p>Liên hệ bà Nguyễn Thị Khuê để đăng ký.</p>"
    table = Answer(f"{PORTAL.url}documents/ds.pdf", OLD, b"%PDF-1.4 Khue", media_type="application/pdf")
    short = Answer(f"{PORTAL.url}tin-tuc/ngan.html", OLD, b"<p>Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b Khu\xc3\xaa</p>")
    said = [*stories(0, 1, extra=extra, how="gzip"), *stories(2, extra=extra, how="chunked"), *stories(3), table, short]
    file = write(tmp_path / "cu.warc.gz", said)
    assert brought(archive, file).new == 6
    archive.read()
    with archive.db.write() as conn:
        entry = conn.execute(select(schema.capture.c.entry).where(schema.capture.c.url == table.url)).scalar_one()
        here = schema.file_text.c.entry == entry
        assert conn.execute(schema.file_text.update().where(here).values(text="Nguyễn Thị Khuê")).rowcount == 1
    redact(archive, "Nguyễn Thị Khuê")
    before = archive.count("capture")
    (renamed := tmp_path / "khac.warc.gz").write_bytes(file.read_bytes())
    for again in (file, renamed, write(tmp_path / "moi.warc", said, packed=False)):
        assert (brought(archive, again).known, archive.count("capture")) == (6, before)
    other = stories(0, at=OLD + timedelta(days=1), extra=extra)
    assert brought(archive, write(tmp_path / "them.warc.gz", other)).new == 1


def test_import_when_something_else_is_redacted_then_saved_pages_of_one_address_are_all_kept(
    archive: Archive, tmp_path: Path
) -> None:
    redact(archive, "Nguyễn Thị Khuê")
    pages = [tmp_path / "mot.html", tmp_path / "hai.html"]
    for number, page in enumerate(pages):
        saved = b"<!-- saved from url=(0050)" + url_of(9).encode() + b" -->"
        page.write_bytes(saved + story(9, extra=f"<p>Bản lưu thứ {number}.</p>"))

    assert brought(archive, *pages, times=Times(at=OLD)).new == 2
