"""Articles that come as data instead of a page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.ingest.data import page_of
from crawler.ingest.read import Captured, read
from storage.records import Capture, Reading, RecordRef
from tests.ingest.archives import PORTAL

BODY = (
    "<p>Sáng nay, Ủy ban nhân dân phường tổ chức hội nghị tổng kết công tác năm và triển khai nhiệm vụ quý tới.</p>"
    "<h2>Kết quả</h2><ul><li>Thu ngân sách đạt 102% dự toán</li></ul>"
)
VIETNAMESE = {
    "id": 7, "tieuDe": "Hội nghị tổng kết công tác năm của phường", "duongDan": "/bai-viet/hoi-nghi-tong-ket-7",
    "ngayDang": "2026-10-01T20:30:00Z", "noiDung": BODY, "tacGia": "Nguyễn Văn An",
    "tepDinhKem": [{"tenTep": "Báo cáo năm.pdf", "url": "/tep/bao-cao.pdf"}, "/tep/ke-hoach.docx"],
}  # fmt: skip
ENGLISH = {
    "title": "Hội nghị tổng kết công tác năm của phường", "slug": "hoi-nghi", "url": "/bai-viet/hoi-nghi-tong-ket-7",
    "published_at": "2026-10-01T20:30:00Z", "content": BODY, "author": {"name": "Nguyễn Văn An"},
    "attachments": [{"name": "Báo cáo năm.pdf", "url": "/tep/bao-cao.pdf"}, {"url": "/tep/ke-hoach.docx"}],
}  # fmt: skip


def reading_of(body: str, media_type: str = "application/json") -> Reading:
    capture = Capture(
        1, PORTAL.id, PORTAL.url + "api/bai-viet/7", "article", datetime(2026, 10, 5, tzinfo=UTC), 200,
        RecordRef("keep", "a.warc.gz", 0, 1), media_type=media_type,
    )  # fmt: skip
    return read(Captured(capture, page_of(body.encode(), media_type), PORTAL), template=None)


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: {"data": one}, lambda one: {"code": 0, "result": {"item": one}}]
)
@pytest.mark.parametrize("fields", [VIETNAMESE, ENGLISH], ids=["Vietnamese", "English"])
def test_reading_when_an_article_is_json_then_its_fields_are_its_parts(fields: dict[str, Any], wrap: Any) -> None:
    found = reading_of(json.dumps(wrap(fields)))
    assert (found.article, found.title, found.authors) == (True, VIETNAMESE["tieuDe"], ("Nguyễn Văn An",))
    assert found.paragraphs[0].startswith("Sáng nay, Ủy ban nhân dân phường") and found.paragraphs[0].endswith(
        "quý tới."
    )
    assert found.paragraphs[1:] == ("Kết quả", "Thu ngân sách đạt 102% dự toán")
    assert [file.url.removeprefix(PORTAL.url) for file in found.attachments] == ["tep/bao-cao.pdf", "tep/ke-hoach.docx"]
    assert found.attachments[0].name == "Báo cáo năm.pdf"
    assert found.aliases == (PORTAL.url + "bai-viet/hoi-nghi-tong-ket-7",)
    published = found.dates.published
    assert published is not None
    assert (published.value, published.basis) == ("2026-10-02T03:30:00+07:00", "embedded")
    assert published.evidence == f'"{"ngayDang" if fields is VIETNAMESE else "published_at"}": "2026-10-01T20:30:00Z"'


def test_reading_when_the_text_is_plain_then_its_lines_are_paragraphs() -> None:
    found = reading_of(
        json.dumps({**ENGLISH, "content": "Ủy ban phường thông báo lịch nghỉ lễ & Tết.\nMời bà con theo dõi."})
    )
    assert found.paragraphs == ("Ủy ban phường thông báo lịch nghỉ lễ & Tết.", "Mời bà con theo dõi.")


def test_reading_when_no_date_is_given_then_none_is_invented() -> None:
    found = reading_of(json.dumps({name: value for name, value in ENGLISH.items() if name != "published_at"}))
    assert found.dates.published is None


@pytest.mark.parametrize("data", ["[]", "{", '{"error": "not found"}', "null", "[" * 10_000])
def test_reading_when_json_is_no_article_then_it_is_read_as_none(data: str) -> None:
    assert not reading_of(data).article


def test_reading_when_a_shell_carries_its_article_then_that_is_read() -> None:
    data = json.dumps({"props": {"pageProps": {"post": ENGLISH, "related": [VIETNAMESE, VIETNAMESE]}}})
    shell = (
        f'<html><body><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{data}</script>'
        '<script src="/main.js"></script></body></html>'
    )
    found = reading_of(shell, "text/html")
    assert (found.article, found.title) == (True, ENGLISH["title"])
    drawn = shell.replace("</div>", f"<h1>Thông báo</h1>{BODY * 8}</div>")
    assert page_of(drawn.encode(), "text/html") == drawn.encode()


def test_reading_when_json_gives_the_address_for_people_then_it_is_cited() -> None:
    from crawler.ingest.driver.storing import cited

    found = reading_of(json.dumps(ENGLISH))
    capture = Capture(1, PORTAL.id, PORTAL.url + "api/bai-viet/7", "article", datetime(2026, 10, 5, tzinfo=UTC), 200,
                      RecordRef("keep", "a.warc.gz", 0, 1), media_type="application/json")  # fmt: skip
    assert cited(Captured(capture, b"", PORTAL), found) == PORTAL.url + "bai-viet/hoi-nghi-tong-ket-7"
    assert cited(Captured(replace(capture, media_type="text/html"), b"", PORTAL), found) == capture.url
