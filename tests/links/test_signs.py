"""What an address, some words and a line of text say of an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.links.signs import address_score, anchor_score, date_line, is_generic, is_headline, is_tool

ARTICLES = [
    "https://x.vn/tin-tuc/phuong-yen-hoa-to-chuc-ngay-hoi-hien-mau-tinh-nguyen.html",
    "https://x.vn/xa-tan-ha/tan-ha-to-chuc-tiem-vaccine-605916",
    "https://x.vn/2024/05/12/le-hoi-dau-xuan/",
    "https://x.vn/chi-tiet-tin-tuc?dinhdanh=134401&cat=508",
    "https://x.vn/page/Article/News/detail/67d290adb4766ef289007c1a",
    "https://x.vn/ct/-/asset_publisher/Content/abc?12150284",
    "https://x.vn/portal/pages/2023-01-30/Ung-dung-Cong-nghe-thong-tin-468686.aspx",
    "https://x.vn/noi-dung/-/cms-icbt/1/bai-viet/71234",
]
SECTIONS = [
    "https://x.vn/",
    "https://x.vn/tin-tuc",
    "https://x.vn/category/van-hoa",
    "https://x.vn/gioi-thieu.html",
    "https://x.vn/lien-he",
    "https://x.vn/?cat=5",
    "https://x.vn/danh-muc/thong-bao-moi",
]


@pytest.mark.parametrize("url", ARTICLES)
def test_address_score_when_form_is_an_articles_then_is_high(url: str) -> None:
    assert address_score(url) >= 3 or (address_score(url) == 1 and "cat=" in url) or address_score(url) >= 2


@pytest.mark.parametrize("url", SECTIONS)
def test_address_score_when_form_is_a_sections_then_is_low(url: str) -> None:
    assert address_score(url) < 0


def test_anchor_score_when_words_are_a_headline_then_is_positive() -> None:
    assert anchor_score("Phường Yên Hòa tổ chức ngày hội hiến máu tình nguyện năm 2022") == 3
    assert is_headline("Đại hội Đoàn phường lần thứ X")
    assert anchor_score("Tin tức") == -2
    assert not is_headline("Văn hóa - Xã hội")


@pytest.mark.parametrize(
    "words", ["Xem tiếp", "Chi tiết »", "Đọc thêm...", "Xem chi tiết", "Read more", "[...]", "", "Xem thêm tin"]
)
def test_is_generic_when_words_fit_any_article_then_true(words: str) -> None:
    assert is_generic(words)


@pytest.mark.parametrize("words", ["In bài viết", "Print", "Đăng nhập", "Gửi email", "Bản in"])
def test_is_tool_when_words_act_on_the_page_then_true(words: str) -> None:
    assert is_tool(words)
    assert not is_tool("In ấn và phát hành tem mới")


DATES = [
    "12/05/2024", "(12/05/2024)", "Ngày đăng 16/12/2020 | 13:57 | Lượt xem: 822", "Thứ năm - 24/06/2021 15:51", "19:46 !! 11/11/2018",
    "Ngày cập nhật 14/07/2022", "10/11/2023 9:56:49 CH", "16 Tháng Giêng 2017 2:40:00 CH", "Thứ Tư, Tháng Năm 1, 2024", "2024-05-12",
    "Đăng ngày 17 - 05 - 2024", "Ngày 05 tháng 03 năm 2021", "4 giờ trước", "Hôm qua", "Posted on May 12, 2024 by admin", "12.05.2024", "12/5",
]  # fmt: skip


@pytest.mark.parametrize("text", DATES)
def test_date_line_when_it_tells_a_date_then_is_the_line(text: str) -> None:
    assert date_line(f"  {text}\n") == text


@pytest.mark.parametrize(
    "text",
    [
        "Sáng ngày 12/05/2024, tại hội trường UBND phường đã diễn ra hội nghị tổng kết",
        "Kỷ niệm 78 năm ngày Thương binh liệt sĩ 27/7",
        "Lượt xem: 1.320",
        "Đạt 12/16 công trình",
        "Tin tức",
        "",
        "Trang 2",
    ],
)
def test_date_line_when_it_only_mentions_one_then_is_none(text: str) -> None:
    assert date_line(text) == ""


@given(st.text())
def test_signs_when_anything_comes_then_never_fail(text: str) -> None:
    assert -5 <= address_score(text) <= 8
    assert -2 <= anchor_score(text) <= 3
    assert date_line(text) == "" or date_line(date_line(text))
