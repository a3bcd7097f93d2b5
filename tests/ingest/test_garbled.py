"""One page, garbled in each way that portals know, is read as the page that was meant: title, text, caption, byline."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from tests.cases.golden import reading

URL = "https://phuong.example.gov.vn/tin-tuc/hoi-nghi-15.html"
META = {"url": URL, "fetched_at": "2024-05-20T15:00:00+00:00", "purpose": "article"}
TITLE = "Hội nghị tổng kết công tác năm 2023"
TEXT = "Đảng ủy phường Hòa Xuân vừa tổ chức hội nghị tổng kết công tác năm 2023 và triển khai nhiệm vụ năm tới."
MORE = "KẾT QUẢ BẦU CỬ ĐÃ ĐƯỢC THÔNG QUA: 98,6 % ĐỒNG Ý; ông Lã Văn Bá nói “đã rõ” trước 40 cử tri."
CAPTION = "Quang cảnh hội nghị"
AUTHOR = "Nguyễn Văn Bình"
PAGE = f"""<html><head><title>{TITLE}</title></head><body><div class="menu"><a href="/">Trang chủ</a></div>
<div class="news"><h1>{TITLE}</h1><p class="date">16/05/2024 08:30</p><p>{TEXT}</p>
<figure><img src="/a.jpg" alt=""><figcaption>{CAPTION}</figcaption></figure><p>{MORE}</p>
<p style="text-align:right"><b>Tin, ảnh: {AUTHOR}</b></p></div></body></html>"""


def as_windows(data: bytes) -> str:
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


def disguised(page: str) -> str:
    """The headline in letters that only look like letters, as people paste them from social networks."""
    bold = "".join(chr(0x1D400 + ord(c) - 65) if c.isascii() and c.isupper() else c for c in TITLE)
    return page.replace(f"<h1>{TITLE}", f"<h1>{unicodedata.normalize('NFD', bold)}")


GARBLED: dict[str, Callable[[], bytes]] = {
    "decomposed": lambda: unicodedata.normalize("NFD", PAGE).encode(),
    "mathematical letters": lambda: disguised(PAGE).encode(),
    "icelandic eth": lambda: PAGE.replace("Đ", "Ð").encode(),
    "zero width and odd spaces": lambda: (
        PAGE.replace(" phường", "\u00a0ph\u200bường").replace(" tổ", "\u2003tổ").encode()
    ),
    "utf-16": lambda: PAGE.encode("utf-16-le"),
    "encoded twice": lambda: as_windows(PAGE.encode()).encode(),
    "encoded three times": lambda: as_windows(as_windows(PAGE.encode()).encode()).encode(),
    "encoded twice through latin-1": lambda: PAGE.encode().decode("latin-1").encode(),
}


@pytest.mark.parametrize("way", GARBLED)
def test_read_when_page_is_garbled_then_as_it_was_meant(way: str) -> None:
    found = reading(GARBLED[way](), META)
    assert found.article
    assert found.title == TITLE
    assert found.paragraphs == (TEXT, MORE)
    assert found.captions == (CAPTION,)
    assert found.authors == (AUTHOR,)
    assert not {"mojibake", "legacy-font", "undecodable"} & set(found.flags)


def test_read_when_a_byte_of_each_letter_is_lost_then_flagged_and_left() -> None:
    lossy = PAGE.replace("phường", "phÆ°á»ng")
    found = reading(lossy.encode(), META)
    assert "mojibake" in found.flags
    assert "phÆ°á»ng" in found.paragraphs[0]


def test_read_when_an_old_font_is_used_for_some_words_then_flagged_and_left() -> None:
    mixed = PAGE.replace("tổ chức hội nghị", "tæ chøc héi nghÞ")
    found = reading(mixed.encode(), META)
    assert "legacy-font" in found.flags
    assert "tæ chøc héi nghÞ" in found.paragraphs[0]


def test_read_when_bytes_cannot_be_decoded_then_flagged() -> None:
    found = reading(PAGE.encode().replace("tới".encode(), b"t\xe1i"), META)
    assert "undecodable" in found.flags
