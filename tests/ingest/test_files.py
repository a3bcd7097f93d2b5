"""Files of an article on a portal of unknown software: in whatever way they are offered they are found, and none of their
labels, tables and captions is text. What the portal offers on page after page is no article's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

import pytest
from lxml import html

from crawler.ingest import template as templates
from crawler.ingest.looks import offered
from crawler.ingest.read import Captured, read
from storage.records import Capture, Portal, Reading, RecordRef, Sighting, Template

HOST = "https://phuongtan.example.gov.vn"
FILE, OTHER = "/Upload/VanBan/kh-777.pdf", "/Upload/VanBan/pl-778.docx"
TITLE = "Kế hoạch treo cờ Tổ quốc nhân dịp lễ 30/4 và 01/5 của phường"
FIRST = "UBND phường thông báo các cơ quan, đơn vị và hộ gia đình trên địa bàn treo cờ Tổ quốc từ ngày 29/4 đến hết ngày 01/5."
LAST = "Đề nghị các khu phố tuyên truyền, vận động nhân dân thực hiện nghiêm túc nội dung thông báo này theo đúng quy định."
SHOWN = quote(HOST + FILE, safe="")
UUID = "0b3c5d1e-1111-2222-3333-444455556666"
NAME = "Kế hoạch số 777 của UBND phường"

WAYS = {
    "list below a heading": (f'<div>Tệp đính kèm:</div><ul><li><a href="{FILE}">{NAME}</a></li></ul>', FILE),
    "line with its size": (f'<p><b>Tài liệu đính kèm:</b> <a href="{FILE}">{NAME}</a> (245 KB)</p>', FILE),
    "table with a button": (
        "<table><tr><th>STT</th><th>Tệp đính kèm</th><th>Dung lượng</th><th>Tải về</th></tr>"
        f'<tr><td>1</td><td>kh-777.pdf</td><td>120 KB</td><td><a href="{FILE}">Tải về</a></td></tr></table>',
        FILE,
    ),
    "table with names and icons": (
        "<table><tr><td>TT</td><td>Tên tệp</td><td>Ngày</td><td>Thao tác</td></tr><tr><td>1</td>"
        f'<td>{NAME}</td><td>12/03/2025</td><td><a href="/GetFile.ashx?id=7"><img src="/i/d.gif"></a></td></tr></table>',
        "/GetFile.ashx?id=7",
    ),
    "viewer": (f'<iframe src="https://docs.google.com/gview?url={SHOWN}&embedded=true"></iframe>', FILE),
    "viewer of its own": (f'<iframe src="/ViewerJS/#..{FILE}"></iframe>', FILE),
    "viewer without a name": (f'<iframe src="/js/web/index.html?file={quote(FILE)}"></iframe>', FILE),
    "office": (f'<iframe src="https://view.officeapps.live.com/op/embed.aspx?src={SHOWN}"></iframe>', FILE),
    "object round embed": (f'<object type="application/pdf"><embed src="{FILE}"></object>', FILE),
    "object with a link": (f'<object data="{FILE}"><p>Không xem được? <a href="{FILE}">Tải về</a></p></object>', FILE),
    "frame filled late": (f'<p><iframe data-src="{FILE}#toolbar=1"></iframe></p>', FILE),
    "handler": ('<p><a href="/DownloadFile.aspx?id=7">Tải về</a></p>', "/DownloadFile.aspx?id=7"),
    "library": (f'<p>File đính kèm <a href="/documents/20182/7/{UUID}">{NAME}</a></p>', f"/documents/20182/7/{UUID}"),
    "parameter": ('<p><a href="/vi/news/?download=1&amp;id=7">kh-777.pdf</a></p>', "/vi/news/?download=1&id=7"),
    "interface": (f'<div><a href="/api/files/7">{NAME}</a> <span>1,2 MB</span></div>', "/api/files/7"),
    "address like a page's": (f'<div><h4>Tài liệu đính kèm</h4><p><a href="/media/7">{NAME}</a></p></div>', "/media/7"),
    "button's attribute": (f'<div><button data-file="{FILE}">Xem chi tiết</button></div>', FILE),
    "button's script": (f"<div><button onclick=\"window.open('{FILE}')\">Tải về</button></div>", FILE),
    "link's script": (f"<p><a href=\"#\" onclick=\"window.open('{FILE}');return false\">Tải tệp</a></p>", FILE),
    "link to a script": (f"<p><a href=\"javascript:window.open('{FILE}')\">{NAME}</a></p>", FILE),
    "box named as one of other articles": (
        f'<div class="news-related-files"><h4>Tệp tin liên quan</h4><ul><li><a href="{FILE}"><span>{NAME}</span></a> <i>182 KB</i>'
        "</li></ul></div>",
        FILE,
    ),
    "heading of other articles": (
        f'<div class="related"><dl><dt>Nội dung liên quan</dt><dd><a href="{FILE}">{NAME}</a></dd></dl></div>',
        FILE,
    ),
    "box of a script": (f'<div class="pdf-viewer" data-pdf="{FILE}"></div>', FILE),
    "card": (
        f'<div><div>Tệp đính kèm</div><div><div>{NAME}</div><div>312 KB</div><div><a href="{FILE}">Tải xuống</a></div></div></div>',
        FILE,
    ),
    "frame, link and button": (
        f'<div><object data="{FILE}" type="application/pdf"></object><a href="{FILE}">kh-777</a><a href="{FILE}">Tải về</a></div>',
        FILE,
    ),
    "file's name with a word of labels": ('<p><a href="/GetFile.ashx?id=7">Tệp phu-luc.docx</a></p>', "/GetFile.ashx?id=7"),
    "pointing word": (f'<p>Xem chi tiết <a href="{FILE}">tại đây</a></p>', FILE),
    "link over lines": (f'<a href="{FILE}"><div>kh-777.pdf</div><div>120 KB</div></a>', FILE),
}  # fmt: skip

RELATED = "".join(
    f'<li><a href="/tin/{n}.html">Phường ra quân dọn vệ sinh các tuyến đường, đợt {n}</a></li>' for n in range(5)
)
HEAD = '<div class="top"><a href="/Upload/huong-dan.pdf">Hướng dẫn sử dụng cổng</a><a href="/tin-tuc">Tin tức</a></div>'
FOOT = (
    "<div class='foot'><p>Địa chỉ: 12 Trần Phú. Điện thoại: 0236.382.115</p><p>© Bản quyền thuộc UBND phường</p></div>"
)


def side(number: int) -> str:
    """A column with documents that recur and some that change, and a frame with the portal's own."""
    recent = "".join(
        f'<li><a href="/Upload/chung-{n}.pdf">Công văn chung số {n} về phòng dịch mùa hè</a></li>' for n in range(3)
    )
    fresh = f'<li><a href="/Upload/rieng-{number}.pdf">Thông báo riêng số {number} về lịch tiếp công dân</a></li>'
    frame = f'<iframe src="https://docs.google.com/viewer?url={HOST}/Upload/banner.pdf"></iframe>'
    return f'<div class="box"><div>Văn bản mới</div><ul>{recent}{fresh}</ul></div><div class="box">{frame}</div>'


def boxed(title: str, text: str, files: str, number: int) -> str:
    """Files in the article's box behind the text's."""
    return f"""{HEAD}<div class="w"><div class="m"><h1>{title}</h1><div>12/03/2025 08:15</div><div class="c">{text}</div>
    <div class="t"><a href="#">In trang</a></div>{files}<div><h3>Tin liên quan</h3><ul>{RELATED}</ul></div></div>
    <div class="s">{side(number)}</div></div>{FOOT}"""


def flat(title: str, text: str, files: str, number: int) -> str:
    """Cells of a layout table, the column first, and no box round the text."""
    return f"""<table><tr><td>{HEAD}</td></tr><tr><td>{side(number)}</td><td><h2>{title}</h2><div>12/03/2025 08:15</div>{text}
    {files}<div><h3>Tin liên quan</h3><ul>{RELATED}</ul></div></td></tr></table>{FOOT}"""


def shared(title: str, text: str, files: str, number: int) -> str:
    """The column right behind the files, in the container of headline and text."""
    return f"""{HEAD}<div class="p"><h1>{title}</h1><div>12/03/2025 08:15</div><div class="c">{text}</div>{files}
    {side(number)}</div>{FOOT}"""


def parted(title: str, text: str, files: str, number: int) -> str:
    """Headline, text and files in boxes of their own."""
    return f"""{HEAD}<div class="m"><div class="h1"><h1>{title}</h1><div>12/03/2025 08:15</div></div><div class="h2">{text}</div>
    <div class="h3">{files}</div><div><h3>Tin liên quan</h3><ul>{RELATED}</ul></div></div><div class="s">{side(number)}</div>{FOOT}"""


Frame = Callable[[str, str, str, int], str]
FRAMES = (boxed, flat, shared, parted)
TEXT = f"<p>{FIRST}</p><p>{LAST}</p>"
PORTAL = Portal("phuongtan.example.gov.vn", f"{HOST}/", hosts=("phuongtan.example.gov.vn",))
FETCHED = datetime(2025, 5, 20, 15, tzinfo=UTC)


def page(frame: Frame, text: str, files: str, *, title: str = TITLE, number: int = 12) -> bytes:
    return f"<html><head><title>{title}</title></head><body>{frame(title, text, files, number)}</body></html>".encode()


@lru_cache(maxsize=8)
def template(frame: Frame) -> Template:
    """What is learned from eight news pages, one of them with a file."""
    pages = []
    for number in range(100, 108):
        text = "".join(
            f"<p>Tổ dân phố {n} đã họp lần thứ {number * n} và bàn {n * 7 + number} việc của khu.</p>"
            for n in range(1, 6)
        )
        text = text.replace("việc", ("việc", "chuyện", "nội dung", "vấn đề")[number % 4]).replace(
            "đã họp", ("đã họp", "họp")[number % 2]
        )
        file = f'<p>Tệp đính kèm: <a href="/Upload/a{number}.pdf">a{number}.pdf</a></p>' if number == 103 else ""
        body = page(frame, text, file, title=f"Khu phố {number} họp bàn việc {chr(number)} của quý", number=number)
        pages.append((number, f"{HOST}/tin/{number}.html", body, ""))
    return templates.learn(pages, portal=PORTAL.id, version=1)


def seen(frame: Frame, text: str, files: str, *, learned: bool, sighted: bool = True) -> Reading:
    url = f"{HOST}/tin/12.html"
    capture = Capture(1, PORTAL.id, url, "article", FETCHED, 200, RecordRef("keep", "", 0, 0), "text/html", "")
    sightings = (Sighting(url, PORTAL.url, "listing", 0, TITLE, "", FETCHED),) if sighted else ()
    captured = Captured(capture, page(frame, text, files), PORTAL, sightings)
    return read(captured, template=template(frame) if learned else None)


def files_of(found: Reading) -> list[str]:
    return [file.url.removeprefix(HOST) for file in found.attachments]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("learned", [False, True])
def test_read_when_a_text_has_a_file_then_has_that_file_and_the_text_alone(
    way: str, frame: Frame, learned: bool
) -> None:
    markup, address = WAYS[way]
    found = seen(frame, TEXT, markup, learned=learned)
    assert files_of(found) == [address]
    assert list(found.paragraphs) == [FIRST, LAST]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("learned", [False, True])
def test_read_when_a_file_is_all_there_is_then_is_an_article_without_text(
    way: str, frame: Frame, learned: bool
) -> None:
    markup, address = WAYS[way]
    for sighted in (True, False):
        found = seen(frame, "", markup, learned=learned, sighted=sighted)
        assert found.article, found.reason
        assert (found.title, files_of(found), found.paragraphs) == (TITLE, [address], ())


@pytest.mark.parametrize(
    ("way", "name"),
    [
        ("list below a heading", NAME),
        ("table with names and icons", NAME),
        ("table with a button", "kh-777.pdf"),
        ("viewer", "kh-777.pdf"),
        ("pointing word", "kh-777.pdf"),
        ("button's script", "kh-777.pdf"),
        ("file's name with a word of labels", "Tệp phu-luc.docx"),
    ],
)
def test_read_when_a_file_has_a_name_anywhere_then_is_called_by_it(way: str, name: str) -> None:
    assert [file.name for file in seen(boxed, TEXT, WAYS[way][0], learned=False).attachments] == [name]


CONTENT = {
    "files of procedures": (
        "<table><tr><td>STT</td><td>Tên thủ tục</td><td>Thời hạn</td><td>Biểu mẫu</td></tr>"
        f'<tr><td>1</td><td>Đăng ký khai sinh</td><td>03 ngày</td><td><a href="{FILE}">Tải về</a></td></tr>'
        f'<tr><td>2</td><td>Đăng ký kết hôn</td><td>05 ngày</td><td><a href="{OTHER}">Tải về</a></td></tr></table>',
        ["STT | Tên thủ tục | Thời hạn | Biểu mẫu", "1 | Đăng ký khai sinh | 03 ngày", "2 | Đăng ký kết hôn | 05 ngày"],
    ),
    "links in a sentence": (
        f'<p>Căn cứ <a href="{FILE}">Quyết định số 777/QĐ-UBND</a> và <a href="{OTHER}">phụ lục</a>, các khu phố thực hiện.</p>',
        ["Căn cứ Quyết định số 777/QĐ-UBND và phụ lục, các khu phố thực hiện."],
    ),
    "a document's register": (
        "<table><tr><td>Số ký hiệu</td><td>777/KH-UBND</td></tr><tr><td>Người ký</td><td>Trần Văn An</td></tr><tr><td>Tệp đính kèm</td>"
        f'<td><a href="{FILE}">kh-777.pdf</a> <a href="{OTHER}">pl-778.docx</a></td></tr></table>',
        ["Số ký hiệu | 777/KH-UBND", "Người ký | Trần Văn An"],
    ),
    "forms": (
        f'<p>1. Đơn đăng ký nuôi con nuôi: tải <a href="{FILE}">tại đây</a>.</p><p>2. Đơn của cha mẹ: tải <a href="{OTHER}">tại đây</a>.</p>',
        ["1. Đơn đăng ký nuôi con nuôi: tải tại đây.", "2. Đơn của cha mẹ: tải tại đây."],
    ),
    "who signed": (
        f'<p>CHỦ TỊCH</p><p>Nguyễn Văn Hòa</p><p><a href="{FILE}">kh-777.pdf</a></p><p><a href="{OTHER}">pl-778.docx</a></p>',
        ["CHỦ TỊCH", "Nguyễn Văn Hòa"],
    ),
}


@pytest.mark.parametrize("case", CONTENT)
@pytest.mark.parametrize("learned", [False, True])
def test_read_when_files_stand_amid_text_then_the_text_stays(case: str, learned: bool) -> None:
    markup, text = CONTENT[case]
    found = seen(boxed, f"<p>{FIRST}</p>{markup}", "", learned=learned)
    assert list(found.paragraphs) == [FIRST, *text]
    assert files_of(found) == [FILE, OTHER]


BEHIND = {
    "names and a source": '<p><b>Lê Thị Mai</b></p><p>Nguồn: Văn phòng UBND phường</p><div><a href="{}">kh-777.pdf</a></div>',
    "neighbours": '<div><a href="/tin/1.html">Bài trước</a> <a href="/tin/2.html">Bài sau</a></div><p>Tệp đính kèm: <a href="{}">a.pdf</a></p>',
    "named aside": '<aside class="widget"><h3>Tài liệu đính kèm</h3><ul><li><a href="{}">Kế hoạch treo cờ</a></li></ul></aside>',
    "a foot": '<footer><span>File kèm theo: <a href="{}">Kế hoạch treo cờ</a></span></footer>',
}


@pytest.mark.parametrize("case", BEHIND)
def test_read_when_other_lines_stand_between_text_and_file_then_has_the_file(case: str) -> None:
    assert files_of(seen(boxed, TEXT, BEHIND[case].format(FILE), learned=True)) == [FILE]


def test_read_when_a_file_stands_in_the_articles_box_on_every_page_then_is_no_articles() -> None:
    banner = '<div><a href="/Upload/noi-quy.pdf">Nội quy đăng tin của cổng</a></div>'

    def bannered(title: str, text: str, files: str, number: int) -> str:
        return boxed(title, text, files + banner, number)

    assert files_of(seen(bannered, TEXT, WAYS["pointing word"][0], learned=True)) == [FILE]


@pytest.mark.parametrize(
    ("picture", "file"),
    [
        ("/icons/file-pdf.png", True),
        ("/images/logo.png", False),
        ("data:image/png;base64,/" + "ti-fa-" * 100_000, False),
    ],
)
def test_link_round_a_picture_offers_a_file_if_the_picture_is_named_so_not_by_what_is_drawn(
    picture: str, file: bool
) -> None:
    assert offered(html.fragment_fromstring(f'<a href="/7"><img src="{picture}"></a>'), {"href": "/7"}) is file
