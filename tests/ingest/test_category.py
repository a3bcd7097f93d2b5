"""The section of a page: a way from the home page is told from a menu, a box's heading from what only stands above."""

from __future__ import annotations

import pytest

from crawler.ingest.clean import is_furniture
from crawler.ingest.dates import is_date_line
from crawler.ingest.extract import Knowledge, extract

TITLE = "Thông báo về việc treo cờ Tổ quốc nhân dịp lễ 30/4 trên địa bàn phường"
URL = "https://hoaan.example.gov.vn/tin-tuc/thong-bao/treo-co-12.html"
TEXT = "<p>UBND phường thông báo các cơ quan, đơn vị và hộ gia đình treo cờ Tổ quốc từ ngày 29/4 đến hết ngày 01/5/2024.</p>"


def category(above: str, *, title: str = f"<h1>{TITLE}</h1>", site: str = "") -> str:
    page = f"<html><head><title>{TITLE}</title></head><body><div>{above}<div>{title}<div>{TEXT}</div></div></div></body></html>"
    known = Knowledge(site=(site,) if site else (), noise=is_furniture, dated=is_date_line)
    return extract(page.encode(), url=URL, charset="", known=known).category


@pytest.mark.parametrize(
    "way",
    [
        '<div class="breadcrumb"><a href="/">Trang chủ</a> <a href="/tb">Thông báo</a></div>',
        '<div id="duong-dan"><a href="/"><i class="fa fa-home"></i></a> <a href="/tb">Thông báo</a></div>',
        '<div><a href="/">Trang chủ</a> » <a href="/tin-tuc">Tin tức</a> » <a href="/tb">Thông báo</a></div>',
        '<div><a href="/">Trang chủ</a> &gt; <a href="/tin-tuc">Tin tức</a> &gt; Thông báo</div>',
        f'<ul><li><a href="/">Trang chủ</a></li><li><a href="/tb">Thông báo</a></li><li>{TITLE}</li></ul>',
        '<ol><li><a href="/">1. Trang chủ</a></li><li><a href="/x">2. Thông báo</a></li></ol>',
        '<div><a href="/">Trang nhất</a> <a href="/tin-tuc/">Tin tức</a> <a href="/tin-tuc/thong-bao/">Thông báo</a></div>',
        '<div><a href="/">Trang chủ</a> / <a href="/tb">Thông báo</a> / <span>Thông báo về việc treo cờ Tổ quốc…</span></div>',
        '<div><a href="/">Trang chủ</a> <a href="/tb">Thông báo</a></div>',
    ],
)
def test_category_when_links_lie_behind_each_other_is_the_last_step(way: str) -> None:
    assert category(way) == "Thông báo"


@pytest.mark.parametrize(
    "menu",
    [
        '<div><a href="/">Trang chủ</a> <a href="/gt">Giới thiệu</a> <a href="/tt">Tin tức</a> <a href="/vb">Văn bản</a></div>',
        '<div><a href="/">Trang chủ</a> | <a href="/tt">Tin tức</a></div>',
        '<ul><li><a href="/">Trang chủ</a></li><li><a href="/tt">Tin tức</a></li><li><a href="/lh">Liên hệ</a></li></ul>',
        '<div><a href="/">Trang chủ</a> <a href="/lh">Liên hệ</a></div>',
        '<div><a href="/">Trang chủ</a> <a href="/tt">Tin tức</a></div><div>PHƯỜNG HÒA AN</div><p>Đường dây nóng: 0236</p>',
    ],
)
def test_category_when_a_menu_is_all_there_is_stays_unknown(menu: str) -> None:
    assert category(menu) == ""


def test_category_when_a_box_has_a_heading_is_that_heading() -> None:
    assert category("<h2>Hoạt động các phường</h2>") == "Hoạt động các phường"
    assert category('<div><div><span class="portlet-title">khối phường</span></div></div>') == "khối phường"


@pytest.mark.parametrize(
    "above",
    [
        "<div>7</div>",
        "<div>Thứ hai, 22/04/2024</div>",
        "<div><p>Tin mới</p><p>LIÊN KẾT</p></div>",
        "<p>Cổng thông tin điện tử phường Hòa An</p>",
        "<p>Phường Hòa An</p>",
        "<p>CHUYÊN MỤC</p>",
        "<p>Lượt xem: 12</p>",
    ],
)
def test_category_when_something_else_stands_above_stays_unknown(above: str) -> None:
    assert category(above, site="Phường Hòa An") == ""


def test_category_when_the_line_above_stands_in_another_column_stays_unknown() -> None:
    columns = f"<table><tr><td><p>LIÊN KẾT</p></td><td><b>{TITLE}</b>"
    assert category("", title=f"{columns}{TEXT}</td></tr></table>") == ""
