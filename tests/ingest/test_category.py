"""The section of a page: a way from the home page is told from a menu, a box's heading from what only stands above."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler import platforms
from crawler.ingest.clean import ends_article, is_furniture
from crawler.ingest.extract import Knowledge, extract, page
from crawler.ingest.places import Layout
from crawler.ingest.stamps import is_date_line
from storage.text import fold

TITLE = "Thông báo về việc treo cờ Tổ quốc nhân dịp lễ 30/4 trên địa bàn phường"
URL = "https://hoaan.example.gov.vn/tin-tuc/thong-bao/treo-co-12.html"
TEXT = "<p>UBND phường thông báo các cơ quan, đơn vị và hộ gia đình treo cờ Tổ quốc từ ngày 29/4 đến hết ngày 01/5/2024.</p>"


def category(above: str, *, title: str = f"<h1>{TITLE}</h1>", site: str = "") -> str:
    page = f"<html><head><title>{TITLE}</title></head><body><div>{above}<div>{title}<div>{TEXT}</div></div></div></body></html>"
    known = Knowledge(site=(site,) if site else (), noise=is_furniture, dated=is_date_line, ends=ends_article)
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


@pytest.mark.parametrize(
    "mark",
    [
        '<div>bởi <a href="/author/ubnd">UBND</a> trong <a href="/category/tb" rel="category tag">Thông báo</a></div>',
        '<div class="entry-categories"><a href="/c/tb" rel="tag">Thông báo</a></div>',
        '<div><a href="/chuyen-muc/tb" rel="tag">Thông báo</a></div>',
        '<p>Đăng trong <a href="/tb">Thông báo</a></p>',
        '<div><span>Chuyên mục</span> <a href="/tb">Thông báo</a></div>',
        '<dl><dt>Danh mục:</dt><dd><a href="/tb">Thông báo</a></dd></dl>',
        "<p>Chuyên mục: <a>Thông báo</a></p>",
        '<p><b>Đăng tại</b><a href="/tb">Thông báo</a></p>',
    ],
)
@pytest.mark.parametrize("below", [True, False])
def test_category_when_the_page_says_where_it_was_posted_is_that(mark: str, below: bool) -> None:
    title = f"<h1>{TITLE}</h1>"
    assert category("", title=f"{title}{TEXT}{mark}" if below else f"{mark}{title}") == "Thông báo"


@pytest.mark.parametrize(
    "mark",
    [
        '<div><a href="/tag/30-4" rel="tag">treo cờ</a></div>',
        '<h4>Tin khác</h4><div><a href="/category/tb" rel="category">Thông báo</a></div>',
        '<p>Xem chuyên mục này mỗi ngày, đăng trong <b>Bản tin</b> <a href="/x">của phường</a></p>',
    ],
)
def test_category_when_links_are_tags_or_of_others_stays_unknown(mark: str) -> None:
    assert category("", title=f"<h1>{TITLE}</h1>{TEXT}{mark}") == ""


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ('<ul><li><a href="/">Trang chủ</a></li><li><a href="/muc/3">Thông báo</a></li><li><a href="/vb">Văn bản</a></li></ul>', "Thông báo"),
        ('<ul><li><a href="/">Trang chủ</a></li><li><a href="/gt">Giới thiệu</a></li><li><a href="/vb">Văn bản</a></li></ul>', ""),
        ('<ul><li><a href="/">Trang chủ</a></li><li><a href="/muc/4">Thông báo</a></li><li><a href="/vb">Văn bản</a></li></ul>', ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", ["Thẻ:", "Tags:", "Từ khóa"])
def test_category_when_a_tag_is_a_section_of_the_menu_is_that(menu: str, expected: str, label: str) -> None:
    mark = f'<div><span>{label}</span> <a href="/muc/3">Thông báo</a></div>'
    above = f"{menu}<p>PHƯỜNG HÒA AN</p><p>Số 1 đường Chợ</p><p>Đường dây nóng: 0236</p><p>Chào mừng lễ 30/4</p>"
    assert category(above, title=f"<h1>{TITLE}</h1>{TEXT}{mark}") == expected


@pytest.mark.parametrize(("terms", "expected"), [(("Thông báo",), "Thông báo"), (("Thông báo", "treo cờ"), "")])
def test_category_when_the_platform_has_a_place_for_it_is_the_one_link_there(
    terms: tuple[str, ...], expected: str
) -> None:
    links = "".join(f'<li><a href="/taxonomy/term/{n}">{term}</a></li>' for n, term in enumerate(terms))
    page = f"<html><body><div><h1>{TITLE}</h1>{TEXT}<div class='field-name-field-tags'><ul>{links}</ul></div></div></body></html>"
    drupal = platforms.load()["drupal"]
    known = Knowledge(platform=drupal.selectors, noise=is_furniture, dated=is_date_line)
    assert extract(page.encode(), url=URL, charset="", known=known).category == expected


@pytest.mark.parametrize(("name", "expected"), [("Trình xuất bản nội dung", ""), ("Tin hoạt động", "Tin hoạt động")])
def test_category_when_a_box_is_titled_the_same_everywhere_is_a_section_only_if_one_leads_there(
    name: str, expected: str
) -> None:
    menu = '<ul><li><a href="/">Trang chủ</a></li><li><a href="/hd">Tin hoạt động</a></li><li><a href="/tb">Thông báo</a></li><li><a href="/vb">Văn bản</a></li></ul>'
    page = f"<html><head><title>{TITLE}</title></head><body>{menu}<div><h2>{name}</h2><div><h1>{TITLE}</h1>{TEXT}</div></div></body></html>"
    layout = Layout(furniture=frozenset({fold(name)}))
    known = Knowledge(layout=layout, noise=is_furniture, dated=is_date_line)
    assert extract(page.encode(), url=URL, charset="", known=known).category == expected


def test_category_when_it_is_asked_again_then_it_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    found = page.find_category
    monkeypatch.setattr(page, "find_category", lambda *told: looked.append("for it") or found(*told))
    known = Knowledge(noise=is_furniture, dated=is_date_line, ends=ends_article)
    read = replace(extract(f"<h1>{TITLE}</h1>{TEXT}".encode(), url=URL, charset="", known=known), title="Khác")
    assert (read.category, read.category, looked) == ("", "", ["for it"])
