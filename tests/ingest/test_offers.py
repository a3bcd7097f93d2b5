"""Which links and frames of an article are attachments, under which address."""

from __future__ import annotations

import pytest

from crawler.ingest.clean import ends_article, is_furniture
from crawler.ingest.extract import Knowledge, extract
from crawler.ingest.stamps import is_date_line
from tests.cases.golden import reading

URL = "https://hoaan.example.gov.vn/tin-tuc/treo-co-12.html"
HOST = "https://hoaan.example.gov.vn"
KNOWN = Knowledge(noise=is_furniture, dated=is_date_line, ends=ends_article)


def found(inner: str, *, after: str = "") -> list[tuple[str, str]]:
    page = f"""<html><head><title>Thông báo về việc treo cờ Tổ quốc nhân dịp lễ 30/4</title></head><body>
    <div class="main"><div class="detail"><h1>Thông báo về việc treo cờ Tổ quốc nhân dịp lễ 30/4</h1><div class="text">
    <p>UBND phường thông báo các cơ quan, đơn vị và hộ gia đình treo cờ Tổ quốc từ ngày 29/4 đến hết ngày 01/5/2024.</p>
    {inner}</div></div>{after}<div class="other"><p>Phòng Văn hóa phường tiếp dân thứ năm</p>
    <p><a href="/upload/lich.pdf">Lịch tiếp dân</a></p></div></div></body></html>"""
    read = extract(page.encode(), url=URL, charset="", known=KNOWN)
    return [(file.url.removeprefix(HOST), file.name) for file in read.attachments]


@pytest.mark.parametrize(
    ("markup", "address", "name"),
    [
        ('<a href="/upload/tb 12 (1).pdf">Thông báo số 12</a>', "/upload/tb%2012%20(1).pdf", "Thông báo số 12"),
        ('<a href="/upload/thông báo.docx">tại đây</a>', "/upload/th%C3%B4ng%20b%C3%A1o.docx", "thông báo.docx"),
        ('<a href="/files/anh.png" download>anh.png</a>', "/files/anh.png", "anh.png"),
        ('<a href="/h.ashx?id=3">tb-12.pdf (245,1 KB)</a>', "/h.ashx?id=3", "tb-12.pdf (245,1 KB)"),
        ('<a href="/vanban/33" title="TB 12"><i class="fa fa-download"></i></a>', "/vanban/33", "TB 12"),
        ('<a href="/vanban/33"><img src="/img/download.gif"> TB số 12</a>', "/vanban/33", "TB số 12"),
        ('<a href="/vanban/get?id=33">Tải về</a>', "/vanban/get?id=33", "Tải về"),
        ('<a href="/vi/news/?download=1&amp;id=2&amp;f=0">de-an.pdf</a>', "/vi/news/?download=1&id=2&f=0", "de-an.pdf"),
        (
            '<a href="https://drive.google.com/file/d/1Ab/view?usp=sharing">Xem tại đây</a>',
            "https://drive.google.com/file/d/1Ab/view?usp=sharing",
            "Xem tại đây",
        ),
        ('<object data="/upload/tb.pdf" type="application/pdf"></object>', "/upload/tb.pdf", "tb.pdf"),
        ('<object><param name="src" value="/upload/tb.pdf"></object>', "/upload/tb.pdf", "tb.pdf"),
        ('<embed src="/Handler.ashx?id=9" type="application/pdf">', "/Handler.ashx?id=9", "Handler.ashx"),
        ('<iframe src="/upload/tb.pdf#toolbar=0"></iframe>', "/upload/tb.pdf", "tb.pdf"),
        (
            '<iframe src="https://docs.google.com/viewer?url=https%3A%2F%2Fhoaan.example.gov.vn%2Fa%2Ftb.pdf&embedded=true">',
            "/a/tb.pdf",
            "tb.pdf",
        ),
        ('<iframe src="//docs.google.com/gview?url=http://x.vn/tb.doc&embedded=1">', "http://x.vn/tb.doc", "tb.doc"),
        ('<iframe src="/ViewerJS/#../upload/tb.pdf"></iframe>', "/upload/tb.pdf", "tb.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=/upload/tb.pdf"></iframe>', "/upload/tb.pdf", "tb.pdf"),
        (
            '<iframe src="https://view.officeapps.live.com/op/embed.aspx?src=https://hoaan.example.gov.vn/a/tb.xlsx">',
            "/a/tb.xlsx",
            "tb.xlsx",
        ),
    ],
)
def test_attachments_when_offered_in_any_way_are_found(markup: str, address: str, name: str) -> None:
    assert found(f"<p>Xem: {markup}</p>") == [(address, name)]


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/tin-tuc/khac-13.html">Tin khác của phường về lễ 30/4</a>',
        '<a href="#pdf0"><i class="fa fa-file-pdf-o"></i> Xem trước</a>',
        '<a href="javascript:void(0)">Tải về</a>',
        '<a href="/van-ban/chi-tiet-33.html">Tải về</a>',
        '<iframe src="https://www.youtube.com/embed/abc"></iframe>',
        '<iframe src="https://www.google.com/maps/embed?pb=x"></iframe>',
        '<a href="https://docs.google.com/forms/d/e/1F/viewform">Phiếu góp ý</a>',
        '<a href="mailto:a@x.vn">a@x.vn</a>',
    ],
)
def test_attachments_when_a_link_leads_elsewhere_are_none(markup: str) -> None:
    assert found(f"<p>Xem: {markup}</p>") == []


def test_attachments_when_a_box_of_files_follows_the_body_are_found() -> None:
    box = """<div class="panel"><div><strong>File đính kèm</strong></div><div><a href="#p">Xem trước</a>
    <a href="/upload/a.pdf">a.pdf</a></div><div><a href="/upload/b.docx">b.docx</a> <small>31.2 KB</small></div></div>
    <div><p>Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p></div>"""
    assert [address for address, _ in found("", after=box)] == ["/upload/a.pdf", "/upload/b.docx"]


def test_attachments_when_a_box_heads_other_news_are_none() -> None:
    box = '<div><h4>Tin liên quan</h4><p><a href="/upload/c.pdf">Công khai ngân sách quý I</a></p></div>'
    assert found("", after=box) == []


def test_read_when_a_file_is_all_there_is_above_a_list_is_an_article() -> None:
    title = "Báo cáo số 120/BC-UBND công khai quyết toán ngân sách năm 2023"
    links = "".join(f'<li><a href="/tin/{n}">Phường ra quân dọn vệ sinh môi trường đợt {n}</a></li>' for n in range(6))
    page = f"""<title>{title}</title><div id="main"><div class="item"><h2>{title}</h2><div>24/07/2024 13:37</div>
    <div class="tags"><ul><li><a href="/tag/a">cải cách</a></li></ul></div><div>Văn bản gốc:</div>
    <div><ul><li><a href="/item/download/41_fe8e">bao-cao-120.pdf</a></li></ul></div>
    <div><h3>Mới nhất từ văn phòng</h3><ul>{links}</ul></div></div></div>"""
    listing = {"anchor": title, "source": "listing"}
    meta = {"url": URL, "fetched_at": "2024-08-01T00:00:00+00:00", "purpose": "article", "sightings": [listing]}
    found = reading(page.encode(), meta)
    assert found.article
    assert [file.name for file in found.attachments] == ["bao-cao-120.pdf"]


def test_read_when_a_page_shows_one_uploaded_picture_is_no_article() -> None:
    page = """<title>anh-1 – UBND xã</title><main><article><h1>anh-1</h1><div>Thứ Sáu, Tháng Bảy 12, 2024 tại 1024 × 768 trong
    <a href="/tin">Xã trao quà cho hộ nghèo đón năm mới</a></div><div><p><img src="/a1.jpg" width="1024"></p>
    <p style="text-align:center">Nụ cười của em Hoàng Thị Quý</p></div></article></main>"""
    meta = {"url": f"{HOST}/tin/anh-1/", "fetched_at": "2024-08-01T00:00:00+00:00", "purpose": "article"}
    assert not reading(page.encode(), meta).article


def test_read_when_a_frame_shows_the_file_drops_the_line_of_its_link_and_button() -> None:
    link = '<a href="/u/ke-hoach-51.pdf">ke-hoach-51</a><a href="/u/ke-hoach-51.pdf" class="nut" download>Tải xuống</a>'
    page = f"""<html><head><title>Kế hoạch treo cờ dịp lễ 30/4</title></head><body><h1>Kế hoạch treo cờ dịp lễ 30/4</h1><div class="t">
    <p>UBND phường ban hành kế hoạch treo cờ Tổ quốc tại các cơ quan, đơn vị và hộ gia đình trên địa bàn phường.</p>
    <div class="hop"><object data="/u/ke-hoach-51.pdf" type="application/pdf"></object>{link}</div></div></body></html>"""
    read = reading(page.encode(), {"url": URL, "fetched_at": "2024-05-20T15:00:00+00:00"})
    assert len(read.paragraphs) == 1
    assert [file.url.removeprefix(HOST) for file in read.attachments] == ["/u/ke-hoach-51.pdf"]


def test_files_when_the_container_of_the_text_is_called_a_widget_are_the_articles() -> None:
    other = "<p>Cổng thông tin của phường tiếp nhận phản ánh của người dân mọi ngày trong tuần, kể cả ngày lễ.</p>" * 3
    page = f"""<html><head><title>Báo cáo quyết toán ngân sách năm 2026</title></head><body><div class="post">
    <div class="elementor-widget elementor-widget-heading"><h2>Báo cáo quyết toán ngân sách năm 2026</h2></div>
    <div class="elementor-widget elementor-widget-theme-post-content"><p>Phường công khai số liệu quyết toán thu 6.671 triệu
    đồng, chi 9.388 triệu đồng theo quy định của Luật Ngân sách nhà nước.</p><p><a href="/uploads/bao-cao-369.pdf">bao-cao-369.pdf</a></p></div></div><div class="sidebar">{other}</div></body></html>"""
    read = extract(page.encode(), url=URL, charset="", known=KNOWN)
    assert [file.url for file in read.attachments] == [f"{HOST}/uploads/bao-cao-369.pdf"]


@pytest.mark.parametrize(
    "file", ['<embed src="/upload/tb.pdf" type="application/pdf">', '<p><a href="/upload/tb.pdf">tb.pdf</a></p>']
)
def test_attachments_when_links_to_other_articles_stand_before_the_file_has_it(file: str) -> None:
    others = '<div class="x"><a href="/tin-tuc/hoi-thao-13.html">Khai mạc hội thao toàn phường</a><a href="/tin-tuc/treo-den-14.html">Treo đèn</a></div>'
    assert found(others + file) == [("/upload/tb.pdf", "tb.pdf")]
    assert found(others.replace("/tin-tuc/", "/video/") + file) == []
