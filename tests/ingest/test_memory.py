"""What a reader remembers of pages that it has just read: never anything else than reading them again would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from crawler.ingest.driver.desk import opened
from crawler.ingest.driver.memory import BYTES, UNPACKED, Memory, Unpacked
from crawler.ingest.read import Captured, read
from crawler.ingest.template import learn
from storage.records import Capture, Portal, RecordRef, Sighting, Template
from storage.redaction import Veil
from tests.ingest.archives import Archive, path_of, story

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
PORTAL = Portal("a.gov.vn", "https://a.gov.vn/", hosts=("a.gov.vn",))
WORDS = ("đường", "trường", "trạm", "chợ", "đình")


def body(number: int) -> bytes:
    word = WORDS[number]
    text = f"<p>Phường đã khởi công sửa chữa {word} làng sau nhiều năm bà con mong đợi, kinh phí do ngân sách cấp.</p>"
    return (
        f"<html><title>Sửa {word} làng</title><div><h1>Khởi công sửa {word} làng</h1>{text * 3}</div></html>".encode()
    )


def captured(number: int, *said: str) -> Captured:
    url = f"https://a.gov.vn/{number}.html"
    capture = Capture(number, PORTAL.id, url, "article", AT, 200, RecordRef("keep", "", 0, 0), "text/html", "utf-8")
    return Captured(
        capture, body(number), PORTAL, tuple(Sighting(url, PORTAL.url, "listing", 0, one, "", AT) for one in said)
    )


def learned(*numbers: int) -> Template:
    return learn([(n, f"https://a.gov.vn/{n}.html", body(n), "utf-8") for n in numbers], portal=PORTAL.id, version=1)


def test_reading_when_made_before_is_the_same_one() -> None:
    memory = Memory()

    assert memory.read(captured(1), None) is memory.read(captured(1), None)
    assert memory.read(captured(1), None) == read(captured(1), template=None)


def test_reading_when_only_its_kind_was_asked_for_before_is_whole() -> None:
    memory = Memory()

    assert memory.is_article(captured(1))
    assert memory.read(captured(1), None) == read(captured(1), template=None)
    assert memory.is_article(captured(1))
    assert memory.read(captured(1), None) is memory.read(captured(1), None)


def test_reading_when_a_list_says_more_is_made_anew() -> None:
    memory = Memory()
    memory.read(captured(1), None)
    told = captured(1, "Sửa trường làng cho con em trong phường")

    assert memory.read(told, None) == read(told, template=None)
    assert memory.read(told, None) != memory.read(captured(1), None)


def test_reading_when_another_template_has_the_same_version_is_made_anew() -> None:
    memory = Memory()
    blank = replace(learn((), portal=PORTAL.id, version=1), learned_from=(0, 1, 2, 3))
    first = memory.read(captured(4), blank)

    assert memory.read(captured(4), learned(0, 1, 2, 3)) is not first


def test_pages_when_too_large_to_be_kept_are_opened_anew() -> None:
    memory = Memory()
    large = replace(captured(1), body=body(1) + b" " * BYTES)
    kept = memory.page(large)

    assert memory.page(large) is kept
    memory.page(captured(2))
    assert memory.page(large) is not kept


def test_record_when_it_was_looked_at_is_not_unpacked_again_to_be_read(archive: Archive) -> None:
    captures = [archive.put(path_of(number), story(number)) for number in range(3)]
    desk = archive.desk()
    whole, _ = opened(desk, captures)
    gone = (archive.folder / "warc").rename(archive.folder / "gone")

    assert opened(desk, captures) == (whole, [])
    assert opened(archive.desk(), captures)[0] == []
    gone.rename(archive.folder / "warc")


def test_record_when_something_was_redacted_or_its_row_changed_is_unpacked_anew() -> None:
    memory, veil, record = Memory(), Veil(), Unpacked(body(1))
    capture = captured(1).capture
    memory.hold(capture, veil, record)

    assert memory.unpacked(capture, veil) is record
    assert memory.unpacked(capture, Veil()) is None
    assert memory.unpacked(replace(capture, charset="windows-1258"), veil) is None


def test_records_when_too_large_to_be_kept_are_let_go_the_oldest_first() -> None:
    memory, veil = Memory(), Veil()
    first, second = captured(1).capture, captured(2).capture
    memory.hold(first, veil, Unpacked(b" " * (UNPACKED - 1_000)))
    memory.hold(first, veil, Unpacked(b" " * (UNPACKED - 1_000)))
    assert memory.unpacked(first, veil)

    memory.hold(second, veil, Unpacked(b""))
    assert memory.unpacked(first, veil) is None
    assert memory.unpacked(second, veil)


def test_records_when_they_have_no_body_are_let_go_all_the_same() -> None:
    memory, veil, first = Memory(), Veil(), captured(1).capture
    for number in range(UNPACKED // 1_000 + 1):
        memory.hold(replace(first, entry=number), veil, Unpacked(b""))
    assert memory.unpacked(replace(first, entry=0), veil) is None
    assert memory.unpacked(replace(first, entry=number), veil)
