"""Files of articles on a real archive: WARC bytes in, texts by capture, states, search and events out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from access import queries
from access.shape import Article
from crawler.ingest import driver
from crawler.links.patterns import page_key
from storage import reader, schema
from storage.engine import Database, next_numbers
from storage.reader import Filters, captures
from storage.records import Capture
from storage.warc import Exchange, WarcWriter
from storage.writer import queue, words
from tests.builders import NOW, make_portal, put_capture, put_portal
from tests.documents import docx, pdf, scan

PORTAL = make_portal("https://phuonghoabinh.gov.vn/")
PLAN = "Kế hoạch diễn tập phòng cháy năm 2026\nTổ dân phố Thượng Nguồn tham gia đầy đủ"
PDF = "application/pdf"


def page(*files: str, title: str = "Phường Hòa Bình thông báo kế hoạch diễn tập", extra: str = "") -> bytes:
    links = "".join(f'<li><a href="{file}">Tệp {file.rpartition("/")[2]}</a></li>' for file in files)
    return f"""<html><head><title>{title}</title></head><body><div class="main"><h1>{title}</h1><p>05/05/2026 08:14</p>
    <div class="content"><p>Ủy ban nhân dân phường Hòa Bình thông báo đến các hộ gia đình trên địa bàn được biết.</p>
    <p>Đề nghị các tổ trưởng tổ dân phố thông báo rộng rãi đến nhân dân, chi tiết trong tệp kèm theo.</p>{extra}
    <ul>{links}</ul></div></div></body></html>""".encode()


@dataclass
class Archive:
    """A folder with a database, into which a test puts pages and files as the fetching half does."""

    db: Database
    folder: Path
    at: datetime = NOW
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.writer = WarcWriter(self.folder, series="keep", run=1, archive="test", software="test", opened_at=NOW)
        with self.db.write() as connection:
            put_portal(connection, PORTAL)

    def put(
        self, path: str, body: bytes, media_type: str = "text/html", robots: str = "", **changes: object
    ) -> Capture:
        """One more response, waiting to be read."""
        self.at += timedelta(minutes=1)
        url, declared = (
            PORTAL.url + path,
            (("Content-Type", media_type), *((("X-Robots-Tag", robots),) if robots else ())),
        )
        exchange = Exchange(url=url, method="GET", request_head=(), status=200, reason="", fetched_at=self.at, body=body,
                            response_head=declared)  # fmt: skip
        purpose = "article" if media_type == "text/html" else "attachment"
        values = {"purpose": purpose, "media_type": media_type, "charset": "utf-8", "size": len(body), **changes}
        with self.db.write() as connection:
            (entry,) = next_numbers(connection, "entry")
            record = self.writer.write(exchange, entry=entry, metadata={})
            capture = Capture(
                entry=entry, portal=PORTAL.id, url=url, fetched_at=self.at, status=200, record=record, key=page_key(url),
                payload_sha256=sha256(body).hexdigest(), **values,  # type: ignore[arg-type]
            )  # fmt: skip
            put_capture(connection, capture, key=capture.key, unread=True)
        return capture

    def desk(self) -> driver.Desk:
        return driver.Desk(
            self.db, self.folder, PORTAL, None, lambda: self.at, lambda capture: self.seen.append(capture.url)
        )

    def read(self) -> dict[str, int]:
        return dict(driver.read_portal(self.desk(), at_end=True).verdicts)

    def articles(self) -> list[Article]:
        return queries.newest(self.db, PORTAL.id, 9)

    def found(self, words: str) -> list[tuple[str, ...]]:
        """For each article that is found, the names of its files in which words were found."""
        return [tuple(file.name for file in line.files) for line in queries.search(self.db, Filters(words)).articles]

    def rebuilt(self) -> None:
        """Fail unless an index that is made anew answers the same: nothing of what went was left in it."""
        asked = ("thuong nguon", "phong chay", "ke-hoach.pdf", "ho gia dinh")
        before = [self.found(words) for words in asked]
        with self.db.write() as connection:
            words.rebuild(connection)
        assert [self.found(words) for words in asked] == before

    def events(self) -> list[str]:
        with self.db.read() as connection:
            return list(connection.execute(select(schema.event.c.kind).order_by(schema.event.c.seq)).scalars())


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Iterator[Archive]:
    made = Archive(database, tmp_path)
    yield made
    made.writer.close()


def test_file_when_read_after_its_article_then_text_search_and_an_event(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf", "/f/phu-luc.docx"))
    file = archive.put("f/ke-hoach.pdf", pdf(PLAN, "Trang hai"), PDF)
    assert archive.read() == {"new": 1, "attachment": 1}
    (article,) = archive.articles()
    plan, annex = article["attachments"]
    assert (plan["text"], plan["pages"], plan["flag"]) == (PLAN + "\n\nTrang hai", 2, None)
    assert (plan["sha256"], plan["size"], plan["media_type"]) == (file.payload_sha256, file.size, PDF)
    assert (annex["text"], annex["flag"], annex["sha256"]) == (None, None, None)
    assert archive.events() == ["created", "reextracted"]
    assert article["revisions"] == 1
    assert "Thượng Nguồn" not in article["text"]
    for asked in ("thuong nguon", "Thượng Nguồn", '"dân phố Thượng"', "ke-hoach.pdf"):
        assert archive.found(asked) == [("Tệp ke-hoach.pdf",)], asked
    assert archive.found("hộ gia đình") == [()], "only the page says it"
    assert archive.found("hộ gia đình thượng nguồn") == [("Tệp ke-hoach.pdf",)], "half in the page, half in the file"
    assert archive.found("thượng lưu") == []


def test_file_when_read_before_its_article_then_shown_at_once(archive: Archive) -> None:
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    assert archive.read() == {"attachment": 1}
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    archive.put(
        "tin/nhac-lai-dien-tap.html", page("/f/ke-hoach.pdf", title="Nhắc lại việc tham gia diễn tập phòng cháy")
    )
    assert archive.read() == {"new": 2}
    assert [article["attachments"][0]["text"] for article in archive.articles()] == [PLAN, PLAN]
    assert len(archive.found("thuong nguon")) == 2
    assert archive.events() == ["created", "created"]


def test_file_when_replaced_under_its_address_then_a_state_that_differs_in_its_files_alone(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    old = archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.read()
    new = archive.put("f/ke-hoach.pdf", pdf("Kế hoạch đã hoãn đến quý sau"), PDF)
    assert archive.read() == {"attachment": 1}
    (article,) = archive.articles()
    first, second = queries.history(archive.db, article["id"])
    assert (second.changed, second.seen_at, second.entry) == (("attachments",), new.fetched_at, first.entry)
    assert first.text_sha256 == second.text_sha256
    before = queries.article(archive.db, article["id"], revision=1)["attachments"][0]
    assert (before["sha256"], before["text"]) == (old.payload_sha256, PLAN)
    assert article["attachments"][0]["sha256"] == new.payload_sha256
    assert archive.events() == ["created", "reextracted", "revised"]
    assert archive.found("thuong nguon") == []
    assert archive.found("da hoan") == [("Tệp ke-hoach.pdf",)]
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    assert archive.read() == {"unchanged": 1}, "the page itself did not change"


def test_file_when_a_web_page_came_in_its_place_then_it_waits_and_makes_no_revision(archive: Archive) -> None:
    notice = b"<!DOCTYPE html><html><body><h1>He thong dang bao tri</h1></body></html>"
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    archive.put("f/ke-hoach.pdf", notice, "text/html", purpose="attachment")
    assert archive.read() == {"new": 1, "attachment": 1}
    assert archive.articles()[0]["attachments"][0]["flag"] == "not-a-document"
    file = archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    assert archive.read() == {"attachment": 1}
    (shown,) = archive.articles()[0]["attachments"]
    assert (shown["text"], shown["flag"], shown["sha256"]) == (PLAN, None, file.payload_sha256)
    archive.put("f/ke-hoach.pdf", notice, "text/html", purpose="attachment")
    assert archive.read() == {"attachment": 1}
    assert archive.articles()[0]["attachments"] == [shown], "a notice takes no file away"
    assert archive.events() == ["created", "reextracted", "reextracted"]
    archive.put(
        "tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf", extra="<p>Thời gian bắt đầu được dời sang chiều.</p>")
    )
    assert archive.read() == {"revised": 1}
    assert archive.articles()[0]["attachments"] == [shown]


def test_files_when_more_than_an_article_is_found_by_then_the_first_are_and_can_be_taken_out(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MOST_CHARACTERS", 120)
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf", "/f/phu-luc.docx"))
    archive.put("f/phu-luc.docx", docx("Danh sách trực ban đêm"), "application/zip")
    assert archive.read() == {"new": 1, "attachment": 1}
    assert archive.found("trực ban đêm") == [("Tệp phu-luc.docx",)]
    archive.put("f/ke-hoach.pdf", pdf(PLAN, PLAN), PDF)
    archive.read()
    assert (archive.found("trực ban đêm"), archive.found("thuong nguon")) == ([], [("Tệp ke-hoach.pdf",)])


def test_file_when_asked_again_and_the_same_then_nothing_happens(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.read()
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.read()
    assert archive.events() == ["created", "reextracted"]
    assert archive.articles()[0]["revisions"] == 1


@pytest.mark.slow
def test_article_when_revised_or_read_again_then_its_files_keep_their_texts(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.read()
    archive.put(
        "tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf", extra="<p>Thời gian bắt đầu được dời sang chiều.</p>")
    )
    assert archive.read() == {"revised": 1}
    assert archive.articles()[0]["attachments"][0]["text"] == PLAN
    assert archive.found("thuong nguon") == [("Tệp ke-hoach.pdf",)]
    events = archive.events()
    with archive.db.write() as connection:
        queue.reread(connection, PORTAL.id)
    archive.read()
    assert archive.events() == events, "the same captures mean the same"
    assert archive.found("thuong nguon") == [("Tệp ke-hoach.pdf",)]


def test_article_when_it_drops_a_file_then_its_words_are_gone_from_search(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf", "/f/phu-luc.docx"))
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.put("f/phu-luc.docx", docx("Danh sách trực ban đêm"), "application/zip")
    archive.read()
    assert archive.found("trực ban đêm") == [("Tệp phu-luc.docx",)]
    archive.put("tin/thong-bao-dien-tap.html", page("/f/phu-luc.docx"))
    archive.read()
    assert (archive.found("thuong nguon"), archive.found("trực ban đêm")) == ([], [("Tệp phu-luc.docx",)])


def test_files_when_some_cannot_be_read_then_flagged_and_the_others_are(archive: Archive) -> None:
    names = ("quet.pdf", "hong.pdf", "ke-hoach.pdf", "cu.doc", "cat.pdf")
    archive.put("tin/thong-bao-dien-tap.html", page(*(f"/f/{name}" for name in names)))
    archive.put("f/quet.pdf", scan(2), PDF)
    archive.put("f/hong.pdf", pdf(PLAN)[:500], PDF)
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.put("f/cu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword")
    archive.put("f/cat.pdf", pdf(PLAN)[:600], PDF, truncated="length")
    assert archive.read() == {"new": 1, "attachment": 5}
    files = {file["name"].removeprefix("Tệp "): file for file in archive.articles()[0]["attachments"]}
    assert {name: files[name]["flag"] for name in names} == {
        "quet.pdf": "no-text-layer", "hong.pdf": "damaged", "ke-hoach.pdf": None, "cu.doc": "unsupported", "cat.pdf": "too-large",
    }  # fmt: skip
    assert (files["quet.pdf"]["pages"], files["quet.pdf"]["text"]) == (2, "")


def test_file_when_its_server_asks_that_no_archive_shows_it_then_no_text_of_it_and_its_bytes_are_hidden(
    archive: Archive,
) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf", "/f/phu-luc.docx"))
    asked = archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF, robots="noindex, noarchive")
    free = archive.put("f/phu-luc.docx", docx("Phụ lục"), "application/msword", robots="noindex")
    assert archive.read() == {"new": 1, "attachment": 2}
    plan, annex = archive.articles()[0]["attachments"]
    assert (plan["flag"], plan["text"], annex["flag"], annex["text"]) == ("noarchive", "", None, "Phụ lục")
    assert archive.found("thuong nguon") == []
    lines = captures.captures(archive.db, portal=PORTAL.id)
    assert captures.hidden_captures(archive.db, lines) == {asked.entry}
    assert reader.hidden_pages(archive.db, restricted=False) == {(PORTAL.id, asked.key)}
    assert reader.hidden_pages(archive.db) == frozenset() and free.entry


@pytest.mark.parametrize("again", [PLAN, "Kế hoạch mới"])
def test_file_when_its_server_asks_later_that_no_archive_shows_it_then_no_earlier_text_either(
    archive: Archive, again: str
) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.read()
    (article,) = archive.articles()
    assert article["attachments"][0]["text"] == PLAN
    assert archive.found("thuong nguon") == [("Tệp ke-hoach.pdf",)]
    archive.put("f/ke-hoach.pdf", pdf(again), PDF, robots="noarchive")
    archive.read()
    assert archive.events()[-1] == ("reextracted" if again == PLAN else "revised")
    for state in (queries.article(archive.db, article["id"], revision=1), *archive.articles()):
        (file,) = state["attachments"]
        assert (file["text"], file["pages"], file["flag"]) == ("", None, "noarchive")
    assert archive.found("thuong nguon") == archive.found("kế hoạch mới") == []
    archive.rebuilt()


def test_file_when_its_server_no_longer_asks_then_found_and_shown_again(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    asked = archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF, robots="noarchive")
    archive.read()
    archive.put("f/ke-hoach.pdf", page("/"), "text/html", purpose="attachment")  # a page in its place asks for nothing
    archive.read()
    assert (archive.found("thuong nguon"), archive.articles()[0]["attachments"][0]["flag"]) == ([], "noarchive")
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    archive.read()
    (article,) = archive.articles()
    (file,) = article["attachments"]
    assert (file["text"], file["flag"], article["revisions"]) == (PLAN, None, 1)
    assert archive.found("thuong nguon") == [("Tệp ke-hoach.pdf",)]
    assert archive.events() == ["created", "reextracted", "reextracted"]
    assert captures.hidden_captures(archive.db, captures.captures(archive.db)) == set() and asked.entry
    archive.rebuilt()


def test_file_when_an_earlier_version_read_it_then_read_again_for_what_its_server_asks(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF, robots="noarchive")
    archive.read()
    name = archive.articles()[0]["id"]
    with archive.db.write() as connection:  # as it was read before there was such a flag
        with words.kept(connection, [name]):
            connection.execute(schema.file_text.update().values(text=PLAN, flag="", reader="files/1"))
        queue.reread(connection, PORTAL.id)
    archive.read()
    assert archive.articles()[0]["attachments"][0]["flag"] == "noarchive"


def test_file_when_a_reader_died_of_it_then_flagged_and_tried_again_only_when_asked(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    poison = archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    driver.give_up(archive.desk(), poison.entry, "parse-limit")
    assert archive.read() == {"new": 1}
    assert archive.articles()[0]["attachments"][0]["flag"] == "parse-limit"
    assert poison.url not in archive.seen
    with archive.db.write() as connection:
        queue.reread(connection, PORTAL.id)
    archive.read()
    assert archive.articles()[0]["attachments"][0]["text"] == PLAN
    assert archive.events() == ["created", "reextracted"]


def test_file_when_its_bytes_are_gone_then_failed_and_the_others_are_read(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/a.pdf", "/f/ke-hoach.pdf"))
    lost = archive.put("f/a.pdf", pdf("Mất"), PDF)
    archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    with archive.db.write() as connection:
        rows = schema.capture
        connection.execute(rows.update().where(rows.c.entry == lost.entry).values(offset=lost.record.offset + 7))
    assert archive.read() == {"new": 1, "failed": 1, "attachment": 1}
    assert [file["text"] for file in archive.articles()[0]["attachments"]] == [None, PLAN]


def test_file_when_another_portal_has_one_at_the_same_key_then_apart(archive: Archive) -> None:
    archive.put("tin/thong-bao-dien-tap.html", page("/f/ke-hoach.pdf"))
    other = make_portal("https://phuongkhac.gov.vn/")
    with archive.db.write() as connection:
        put_portal(connection, other)
    file = archive.put("f/ke-hoach.pdf", pdf(PLAN), PDF)
    with archive.db.write() as connection:
        rows = schema.capture
        connection.execute(rows.update().where(rows.c.entry == file.entry).values(portal=other.id))
    archive.read()
    driver.read_portal(driver.Desk(archive.db, archive.folder, other, None, lambda: NOW), at_end=True)
    assert archive.articles()[0]["attachments"][0]["text"] is None
