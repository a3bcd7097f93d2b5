"""What `show --evidence` says beside the dates: where fields stand on the page, what was rejected, what is thrown away."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.ingest import template as templates
from phuongchi.evidence import INSIDE, KNOWN, OUTSIDE, RECURS, Claim, Lost, view_of
from storage import engine, reader, warc
from storage.engine import Database
from storage.records import DateCandidate, Dates
from storage.writer import queue
from tests.builders import NOW, make_date, make_portal, make_reading, put_article
from tests.cli.conftest import Archive

TITLES = ("Phường Hưng Phúc tổng kết năm 2023", "Ra quân dọn vệ sinh", "Thông báo nghỉ lễ", "Mời họp tổ dân phố")


def page(title: str, *paragraphs: str) -> bytes:
    """A page of the portal: the same frame around every article."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<html><head><title>{title} - Phường Hưng Phúc</title></head><body>
      <div class="menu"><a href="/">Trang chủ</a> <p>Đường dây nóng: 0238.3830.{len(title)}</p></div>
      <div class="main"><h1>{title}</h1><div class="ngay">26/12/2023</div><div class="text">{text}</div>
      <p class="sign">Lê Hương</p></div><div class="right"><p>{title[::-1]}</p></div></body></html>""".encode()


def put(db: Database, folder: Path, body: bytes, **reading: object) -> str:
    """Store a page in a WARC file, and the article that was read from it; returns the article's id."""
    writer = warc.WarcWriter(folder, series="keep", run=1, archive="x", software="test", opened_at=NOW)
    ref = writer.write(
        warc.Exchange("https://a.vn/", "GET", (), 200, "OK", (), body, NOW), entry=1, metadata={}
    )  # fmt: skip
    writer.close()
    return put_article(db, make_reading(TITLES[0], **reading), record=ref)


@pytest.fixture
def story(archive: Archive) -> str:
    """An article in the archive with its page, on a portal whose furniture was learned; returns its id."""
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    rejected = DateCandidate("2026-11-02", "day", "meta", "embedded", "02/11/2026", "clock of the page")
    updated = DateCandidate("2023-12-27", "day", "page-update", "printed", "27/12/2023")
    reading = make_reading()
    body = page(TITLES[0], reading.paragraphs[0], "Chia sẻ bài viết", "Không đọc được.", reading.paragraphs[1])
    name = put(db, archive.folder, body, dates=Dates(make_date(evidence="26/12/2023"), rejected=(rejected, updated)))
    samples = [
        (
            number,
            "",
            page(title, *(f"{title} {word}, câu dài hơn sáu mươi ký tự để thành một đoạn văn." for word in "ab")),
            "",
        )
        for number, title in enumerate(TITLES[1:])
    ]
    with db.write() as connection:
        queue.put_template(connection, templates.learn(samples, portal=make_portal().id, version=1), now=NOW)
    db.close()
    return name


def test_view_when_lines_are_in_no_field_then_each_has_its_reason(archive: Archive, story: str) -> None:
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db", readonly=True)
    state = reader.state(db, story)
    assert state is not None
    view = view_of(db, archive.folder, state)
    db.close()
    assert view is not None
    assert view.learned_from == 3
    assert view.title is not None
    assert view.title.place.endswith("div.main > h1")
    assert view.place.endswith("div.text > p")
    assert view.claims == (Claim("title", f"{TITLES[0]} - Phường Hưng Phúc", longer=True),)
    assert [found.text for found in view.signed] == ["Lê Hương"]
    assert set(view.lost) == {
        Lost("Trang chủ", RECURS),
        Lost("Đường dây nóng: 0238.3830.34", RECURS),
        Lost("Chia sẻ bài viết", INSIDE),
        Lost("Không đọc được.", INSIDE),
        Lost(TITLES[0][::-1], OUTSIDE),
    }


def test_view_when_nothing_was_learned_then_known_furniture_is_named(archive: Archive) -> None:
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    name = put(db, archive.folder, page(TITLES[0]))
    state = reader.state(db, name)
    assert state is not None
    view = view_of(db, archive.folder, state)
    assert view is not None
    assert view.learned_from == 0
    assert Lost("Trang chủ", KNOWN) in view.lost
    (archive.folder / "warc" / state.capture.file).unlink()
    assert view_of(db, archive.folder, state) is None
    db.close()


def test_show_evidence_when_asked_then_every_field_says_where_it_is_from(archive: Archive, story: str) -> None:
    done = archive.quick("show", story, "--evidence")
    assert done.code == 0, done.err
    assert f"Tiêu đề | title: «{TITLES[0]}» [body > div.main > h1]: lấy | taken\n" in done.out
    assert f"  «{TITLES[0]} - Phường Hưng Phúc» (tên trang | document title): bỏ | rejected: có thêm" in done.out
    assert "  2023-12-26 (day, head-line, printed) «26/12/2023»: lấy | taken\n" in done.out
    assert "  2026-11-02 (day, meta, embedded) «02/11/2026»: bỏ | rejected: clock of the page\n" in done.out
    assert "«27/12/2023»: lấy làm ngày cập nhật | taken as that of an update\n" in done.out
    assert "  «Lê Hương» [body > div.main > p.sign]: lấy | taken\n" in done.out
    assert "thrown away: 5 dòng | lines (học từ 3 trang | learned from 3 pages)" in done.out
    assert done.out.index("Không đọc được.") < done.out.index("Trang chủ")  # what may be a loss comes first


def test_show_evidence_when_the_page_is_gone_then_says_so(archive: Archive, story: str) -> None:
    for file in (archive.folder / "warc").iterdir():
        file.unlink()
    done = archive.quick("show", story, "--evidence")
    assert (done.code, done.err) == (0, "")
    assert "the page itself is gone or may not be shown" in done.out
    assert "lấy | taken" in done.out
