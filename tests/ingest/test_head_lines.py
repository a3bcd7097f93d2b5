"""Lines of date and byline as systems glue them to their neighbours, read through the whole of the reading half."""

from __future__ import annotations

import pytest

from storage.records import Reading
from tests.cases.golden import reading

TITLE = "Phường Bình An triển khai công tác phòng cháy, chữa cháy năm 2024"
TEXT = """<p>Sáng 12/5, UBND phường Bình An tổ chức hội nghị triển khai công tác phòng cháy, chữa cháy cho các tổ dân phố.</p>
<p>Hội nghị kết thúc tốt đẹp sau một buổi làm việc nghiêm túc, với sự tham gia của đông đảo người dân trong phường.</p>"""


def read_page(head: str, *, foot: str = "") -> Reading:
    page = f"<title>{TITLE}</title><div><div><h1>{TITLE}</h1>{head}<div>{TEXT}</div>{foot}</div></div>"
    meta = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    return reading(page.encode(), meta)


@pytest.mark.parametrize(
    "head",
    [
        '<div><span>13/05/2024 07:14</span><span class="acc">A- A A+ | Tăng tương phản Giảm tương phản</span></div>',
        "<div><span>Lượt xem: 30</span><span>13/05/2024 07:14</span></div>",
        "<div><i></i>13/05/2024 07:14<i></i>1.204<i></i>0</div>",
        "<div><b>Ngày đăng</b>13/05/2024<em>07:14</em></div>",
        "<div><span>Tin hoạt động</span> | <span>13/05/2024 07:14</span></div>",
        '<ul><li>13/05/2024 07:14</li><li><a href="/in">In trang</a></li></ul>',
        "<p><span>1</span><span>3/05/2024 07:14</span></p>",
        "<ul><li><i></i><span><time>13/05/2024</time></span></li><li><time>7:14 sáng</time></li></ul>",
        "<table><tr><td>13/05/2024 7:14 SA&nbsp;<a href='#'>In trang</a> | <a href='/gui'>Gửi cho bạn bè</a></td></tr></table>",
    ],
)
def test_read_when_the_date_is_glued_to_its_neighbours_finds_it(head: str) -> None:
    found = read_page(head)
    assert found.dates.published is not None
    assert (found.dates.published.value, found.dates.published.source) == ("2024-05-13T07:14:00+07:00", "head-line")
    assert [text[:8] for text in found.paragraphs] == ["Sáng 12/", "Hội nghị"]


@pytest.mark.parametrize(
    "line",
    [
        "<p><a href='/hoat-dong'>Tin hoạt động</a> <span>13/05/2024, 07:14 (GMT+7)</span></p>",
        "<p><span>Tin hoạt động</span><span>•</span><span>13/05/2024 07:14</span><span>•</span><span>2 phút đọc</span></p>",
    ],
)
def test_read_when_the_section_stands_beside_the_date_amid_the_text_then_both_are_no_text(line: str) -> None:
    trail = "<div><a href='/'>Trang chủ</a> / <a href='/hoat-dong'>Tin hoạt động</a></div>"
    page = f"<title>{TITLE}</title><div>{trail}<div><h1>{TITLE}</h1><div>{line}{TEXT}</div></div></div>"
    found = reading(
        page.encode(), {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    )
    assert [text[:8] for text in found.paragraphs] == ["Sáng 12/", "Hội nghị"]
    assert found.dates.published is not None
    assert found.dates.published.value == "2024-05-13T07:14:00+07:00"


@pytest.mark.parametrize(
    "foot",
    [
        '<footer><time datetime="2024-05-13T07:14:00+07:00">Tháng Năm 13, 2024</time> bởi <span class="author vcard"><a>Lê Hân</a></span></footer>',
        "<div>Đăng ngày 13/05/2024 bởi Lê Hân</div>",
        "<div>Đăng bởi Lê Hân | 13/05/2024</div>",
        "<div>Lê Hân - 13/05/2024 07:14</div>",
    ],
)
def test_read_when_date_and_byline_stand_behind_the_text_reads_both(foot: str) -> None:
    found = read_page("", foot=foot)
    assert found.authors == ("Lê Hân",)
    assert found.dates.published is not None
    assert found.dates.published.value[:10] == "2024-05-13"
    assert len(found.paragraphs) == 2


@pytest.mark.parametrize(
    ("head", "minute"),
    [
        ("Lê Hân Cập nhật lúc: 07:14 | 13/05/2024", "2024-05-13T07:14"),
        ("Tin và ảnh: Lê Hân 13 Tháng Năm 2024 7:14:00 SA", "2024-05-13T07:14"),
        ("Lê Hân Thứ hai - 13/05/2024 07:14 1.204 0", "2024-05-13T07:14"),
    ],
)
def test_read_when_the_head_line_begins_with_the_byline_reads_author_and_minute(head: str, minute: str) -> None:
    found = read_page(f"<div>{head}</div>", foot="<p>Ảnh: Cao Nam</p>")
    date = found.dates.published or found.dates.updated
    assert (found.authors, found.credits, date and date.value[:16]) == (("Lê Hân",), ("Cao Nam",), minute)
    assert [text[:8] for text in found.paragraphs] == ["Sáng 12/", "Hội nghị"]


def test_read_when_an_account_posted_it_names_no_author() -> None:
    assert read_page("<div>13/05/2024 bởi admin</div>").authors == ()
    assert read_page("", foot="<div>13/05/2024 bởi ubndbinhan</div>").authors == ()


def test_read_when_the_page_is_dated_before_what_it_tells_flags_the_conflict() -> None:
    assert "date-conflict" in read_page("<div>11/05/2024</div>").flags
    assert "date-conflict" not in read_page("<div>13/05/2024</div>").flags


@pytest.mark.parametrize(
    "heading",
    [
        "<div><span>{}</span> <span>Thứ hai, ngày 13/05/2024, 07:14 (GMT+7)</span></div>",
        "<h1>{}<br>13/05/2024 07:14</h1>",
        "<h2>kinh tế - xã hội <span>{}</span></h2><p>13/05/2024 07:14</p>",
    ],
)
def test_read_when_headline_shares_its_line_with_date_or_section_takes_it_alone(heading: str) -> None:
    page = f"<title>{TITLE}</title><div><div>{heading.format(TITLE)}<div>{TEXT}</div></div></div>"
    meta = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    found = reading(page.encode(), meta)
    assert found.title == TITLE
    assert found.dates.published is not None
    assert found.dates.published.value == "2024-05-13T07:14:00+07:00"


@pytest.mark.parametrize(("tag", "sighted"), [("h1", True), ("h4", False)])
def test_read_when_a_slogan_looks_more_like_a_headline_takes_the_plain_line_that_says_what_the_page_is_called(
    tag: str, sighted: bool
) -> None:
    slogan = f"<{tag} class='title'><b>Chung tay xây dựng đô thị văn minh</b></{tag}><div>12/06/2024</div>"
    page = f"<title>{TITLE}</title><div>{slogan}<div><div>{TITLE}</div><div>13/05/2024 07:14</div><div>{TEXT}</div></div></div>"
    meta: dict[str, object] = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    if sighted:
        meta["sightings"] = [{"anchor": TITLE, "source": "listing"}]
    assert reading(page.encode(), meta).title == TITLE


FILE = "<p><a href='/tep/qd-45.pdf'>qd-45.pdf</a></p>"


@pytest.mark.parametrize(
    "signature",
    [
        "<table><tr><td>Nơi nhận:<br>- Lưu: VT.</td><td><b>KT. CHỦ TỊCH</b><br><b>PHÓ CHỦ TỊCH</b><br><br><b>Lê Văn Hân</b></td></tr></table>",
        "<p><b>T/M UBND PHƯỜNG</b></p><p><b>CHỦ TỊCH</b></p><p><b>Lê Văn Hân</b></p>",
        "<p>TM.ỦY BAN NHÂN DÂN</p><p><b>Lê Văn Hân</b></p>",
    ],
)
@pytest.mark.parametrize("file", [FILE, "", f"<div class='files'><b>Tệp đính kèm</b>{FILE}</div>"])
def test_read_when_a_document_is_signed_keeps_the_name_in_the_text_whatever_follows(signature: str, file: str) -> None:
    page = f"<title>{TITLE}</title><div><div><h1>{TITLE}</h1><p>13/05/2024</p><div>{TEXT}{signature}{file}</div></div></div>"
    meta = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    found = reading(page.encode(), meta)
    assert found.paragraphs[-1].endswith("Lê Văn Hân")
    assert found.authors == ()
    assert len(found.attachments) == bool(file)


def test_read_when_files_follow_the_byline_in_the_text_reads_it() -> None:
    page = f"<title>{TITLE}</title><div><div><h1>{TITLE}</h1><div>{TEXT}<p>Minh Thư, LQH</p>{FILE}</div></div></div>"
    meta = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    found = reading(page.encode(), meta)
    assert found.authors == ("Minh Thư", "LQH")
    assert len(found.paragraphs) == 2


def test_read_when_comments_follow_the_date_line_behind_the_text_reads_the_byline_above_it() -> None:
    foot = (
        "<p>Lê Hân</p><div>Ngày đăng: 13/05/2024 07:14 | Cập nhật: 14/05/2024 08:15</div><h4>Ý kiến bạn đọc (1)</h4>"
        "<div><b>Trần Văn Lộc</b> <i>14/05/2024 09:30</i><p>Rất mong phường sớm sửa đoạn đường này.</p></div>"
    )
    page = f"<title>{TITLE}</title><div><div><h1>{TITLE}</h1>{TEXT}{foot}</div></div>"
    meta = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2024-06-20T15:00:00+00:00"}
    found = reading(page.encode(), meta)
    assert found.dates.published is not None and found.dates.published.value == "2024-05-13T07:14:00+07:00"
    assert (found.authors, [text[:8] for text in found.paragraphs]) == (("Lê Hân",), ["Sáng 12/", "Hội nghị"])


@pytest.mark.parametrize(
    "comments",
    [
        "<div><b>Trần Văn Lộc</b> <i>14/05/2024 09:30</i><p>Rất mong phường sớm sửa đoạn đường này.</p></div>",
        "<div><b>Trần Văn Lộc</b> <i>14/05/2024 09:30</i><p>Hay</p></div><div><b>Lê Mai</b> <i>15/05/2024 09:30</i><p>Tốt</p></div>",
    ],
)
def test_read_when_readers_commented_below_an_unknown_heading_names_none_of_them(comments: str) -> None:
    found = read_page("<div>13/05/2024 07:14</div>", foot=f"<h4>Trao đổi thêm cùng chúng tôi</h4>{comments}")
    assert found.authors == ()
    assert found.dates.published is not None and found.dates.published.value == "2024-05-13T07:14:00+07:00"


def test_read_when_the_time_is_printed_in_a_foot_named_apart_then_belongs_to_the_day_above() -> None:
    time = '<abbr class="published" title="2024-05-13T07:14:00+07:00">07:14</abbr>'
    foot = f'<div class="footer">Người đăng: <span>Trang tin Bình An</span> vào lúc {time}</div>'
    found = read_page("<div>Thứ Hai, 13 tháng 5, 2024</div>", foot=foot).dates.published
    assert found is not None
    assert (found.value, found.precision, found.basis) == ("2024-05-13T07:14:00+07:00", "minute", "printed")
