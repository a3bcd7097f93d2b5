"""Whole articles without personal data, where what marks it stands in another line."""

from __future__ import annotations

from access.masking import masked_address, without_personal_data
from access.pages.frame import is_web
from access.personal import MASK


def test_file_when_its_tables_head_lists_birthdays_then_the_rows_lose_them() -> None:
    text = "STT | Họ tên | Ngày sinh\n1 | Nguyễn Văn An | 05/6/2012\n2 | Trần Thị Bình | 17/11/2013"
    files = [{"name": "a.xlsx", "text": text}]
    article = {"paragraphs": ["Danh sách học sinh"], "title": "Danh sách", "attachments": files}
    shown = without_personal_data(article)

    assert shown["attachments"][0]["text"] == f"STT | Họ tên | Ngày sinh\n1 | {MASK}\n2 | {MASK}"


def test_address_when_its_words_or_the_article_mark_a_number_then_it_is_masked_and_others_stay() -> None:
    assert masked_address("http://a.vn/don-cccd-012345678901.html") == f"http://a.vn/don-cccd-{MASK}.html"
    assert masked_address("http://a.vn/lien%20he?sdt=0912345678") == f"http://a.vn/lien%20he?sdt={MASK}"
    for url in ("http://a.vn/tin-tuc/20240418-hop-123456.html", "http://a.vn/1712345678/ke-hoach-12-2024?id=987654321"):
        assert masked_address(url) == url
    assert masked_address("http://a.vn/987654321", frozenset({"987654321"})) == f"http://a.vn/{MASK}"
    assert not is_web(f"http://a.vn/{MASK}")


def test_address_when_the_field_that_marks_its_number_is_not_wanted_then_it_is_masked_all_the_same() -> None:
    article = {
        "schema": "phuongchi.article/1", "id": "a", "title": "Ủng hộ", "paragraphs": [], "lead": "", "text": "",
        "captions": ["Số tài khoản: 1903 4567 8901 23"], "url": "http://a.vn/ung-ho-19034567890123.html",
        "urls": ["http://a.vn/20241105123456.html"], "personal_data": [], "text_sha256": "",
    }  # fmt: skip
    shown = without_personal_data(article, frozenset({"url", "urls"}))
    assert (shown["url"], shown["urls"]) == (f"http://a.vn/ung-ho-{MASK}.html", article["urls"])
    assert set(shown) == {"schema", "id", "url", "urls"}
