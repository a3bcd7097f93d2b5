"""What a reading stands on, and which changes of a page leave it as it was."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.ingest.ground import Ground, Shown, stands, unpack
from crawler.ingest.read import Captured, read
from storage.records import Reading
from tests.builders import NOW, make_capture, make_portal

URL = "https://phuonghoabinh.gov.vn/tin-tuc/ra-quan.html"
PAGE = """<!DOCTYPE html>
<html><head><title>Phường Hòa Bình ra quân tổng vệ sinh - Phường Hòa Bình</title>
<meta name="csrf-token" content="a1b2c3">
<meta property="og:title" content="Phường Hòa Bình ra quân tổng vệ sinh">
<script src="/js/site.js?v=1001"></script>
<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-05-12"}</script>
</head><body class="news">
<div id="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc/">Tin tức</a></li></ul></div>
<div class="hot"><p><a href="/tin-tuc/hoi-thao.html">Hội thao chào mừng ngày thành lập phường</a></p><span></span></div>
<div class="main"><h1>Phường Hòa Bình ra quân tổng vệ sinh</h1>
<p class="date">12/05/2026 08:15</p><p class="views">Lượt xem: 1.024</p>
<div class="content"><p>Sáng 12/5, UBND phường Hòa Bình tổ chức ra quân tổng vệ sinh môi trường tại 12 tổ dân phố.</p>
<p>Buổi ra quân có 341 người dự, thu gom ba tấn rác và khơi thông hai tuyến mương thoát nước của phường.</p>
<p>Phát biểu tại buổi ra quân, lãnh đạo phường cảm ơn bà con đã tham gia giữ gìn đường phố sạch đẹp.</p></div>
<p style="text-align:right"><b>Kim Dung</b></p>
<div class="files"><a href="/tep/ke-hoach-12.pdf">Kế hoạch số 12</a></div></div>
<div class="related"><h3>Tin liên quan</h3><ul><li><a href="/tin-tuc/a.html">Khám sức khỏe cho người cao tuổi của phường</a></li>
<li><a href="/tin-tuc/b.html">Tiếp công dân định kỳ tháng năm tại trụ sở</a></li></ul></div>
<div class="foot"><p>Lượt truy cập: 977</p><p>Hôm nay, 20/05/2026 09:00</p></div>
</body></html>"""

ROUND_IT = {
    "a counter": ("Lượt truy cập: 977", "Lượt truy cập: 1.205"),
    "the views beside the date": ("Lượt xem: 1.024", "Lượt xem: 1.311"),
    "the clock": ("Hôm nay, 20/05/2026 09:00", "Hôm nay, 21/05/2026 10:31"),
    "other news": (
        '/tin-tuc/a.html">Khám sức khỏe cho người cao tuổi của phường',
        '/tin-tuc/c.html">Trồng cây đầu năm ở nhà văn hóa',
    ),
    "a token": ('content="a1b2c3"', 'content="d4e5f6"'),
    "the number of a script": ("site.js?v=1001", "site.js?v=1002"),
}
OF_IT = {
    "the headline": ("<h1>Phường Hòa Bình ra quân", "<h1>Phường Hòa Bình phát động"),
    "the headline it claims": ('content="Phường Hòa Bình ra quân', 'content="Phường Hoà An ra quân'),
    "a word": ("ba tấn rác", "năm tấn rác"),
    "a number in the text": ("341 người", "342 người"),
    "the day": ("12/05/2026 08:15", "13/05/2026 08:15"),
    "the minute": ("12/05/2026 08:15", "12/05/2026 08:16"),
    "the day for machines": ('"2026-05-12"', '"2026-05-13"'),
    "the byline": ("Kim Dung", "Kim Liên"),
    "the file": ("ke-hoach-12.pdf", "ke-hoach-13.pdf"),
    "the file's name": ("Kế hoạch số 12<", "Kế hoạch số 13<"),
    "one more paragraph": ("sạch đẹp.</p></div>", "sạch đẹp.</p><p>Dịp này, phường trao 20 thùng rác.</p></div>"),
    "an empty place that is filled": ("<span></span>", "<span>Đính chính</span>"),
    "another look": ('class="hot"', 'class="hot" style="display:none"'),
    "one more line": ('<div class="foot">', '<div class="foot">\n'),
    "a second headline that a list gets": ("<h3>Tin liên quan</h3>", "<h3>Tin liên quan</h3><p>Đính chính</p>"),
}


FETCHED = datetime.fromisoformat("2026-05-20T09:00:00+07:00")


def reading_of(body: bytes, at: datetime = FETCHED) -> Reading:
    capture = make_capture(url=URL, fetched_at=at)
    return read(Captured(capture, body, make_portal("https://phuonghoabinh.gov.vn/")), template=None)


def shows_it(page: str, other: str, *, days: int = 1) -> bool:
    ground = reading_of(page.encode()).ground
    assert ground
    before, now = (Shown(body.encode(), FETCHED + timedelta(days=n)) for body, n in ((page, 0), (other, days)))
    return stands(unpack(ground), before, now, URL)


def edited(page: str, what: tuple[str, str]) -> str:
    assert what[0] in page
    return page.replace(what[0], what[1], 1)


@pytest.mark.parametrize("what", ROUND_IT.values(), ids=ROUND_IT)
def test_page_that_changed_round_its_article_shows_it(what: tuple[str, str]) -> None:
    assert shows_it(PAGE, edited(PAGE, what))


def test_page_that_changed_all_round_its_article_shows_it() -> None:
    page = PAGE
    for what in ROUND_IT.values():
        page = edited(page, what)
    assert shows_it(PAGE, page)


@pytest.mark.parametrize("what", OF_IT.values(), ids=OF_IT)
def test_page_whose_article_may_have_changed_is_read(what: tuple[str, str]) -> None:
    assert not shows_it(PAGE, edited(PAGE, what))


@pytest.mark.parametrize("what", ROUND_IT.values(), ids=ROUND_IT)
def test_what_changes_with_an_edit_does_not_hide_it(what: tuple[str, str]) -> None:
    assert not shows_it(PAGE, edited(edited(PAGE, what), OF_IT["a word"]))


@pytest.mark.parametrize("what", OF_IT.values(), ids=OF_IT)
def test_source_of_one_line_is_told_by_its_tags(what: tuple[str, str]) -> None:
    line = PAGE.replace("\n", " ")
    assert not shows_it(line, edited(line, what))
    assert shows_it(line, edited(line, ROUND_IT["a counter"]))


def test_day_that_is_told_in_several_elements_is_the_day() -> None:
    page = PAGE.replace("12/05/2026 08:15", "<b>12</b>/<b>05</b>/<b>2026</b> 08:15")
    assert not shows_it(page, page.replace("<b>12</b>/<b>05", "<b>13</b>/<b>05"))


def test_page_that_says_today_each_night_has_a_clock() -> None:
    page = PAGE.replace('<div class="main">', '<div class="main"><p>Thứ tư, 20/05/2026</p>')
    assert shows_it(page, page.replace("Thứ tư, 20/05/2026", "Thứ năm, 21/05/2026"))
    assert not shows_it(page, page.replace("Thứ tư, 20/05/2026", "Thứ sáu, 22/05/2026"))


def test_day_of_the_fetch_is_no_clock_where_it_dates_the_page() -> None:
    page = PAGE.replace("12/05/2026 08:15", "20/05/2026 08:15").replace('"2026-05-12"', '"2026-05-20"')
    published = reading_of(page.encode()).dates.published
    assert published is not None
    assert published.value.startswith("2026-05-20")
    assert not shows_it(page, page.replace("20/05/2026 08:15", "21/05/2026 08:15"))


LINKED = {
    "below": ("<p>Tác giả: <a href='/t/1'>Nguyễn Thị Kim Dung</a></p>", "Kim Dung", "Kim Liên"),
    "a source": ("<p>Theo <a href='/t/2'>Báo Tuổi Trẻ</a></p>", "Tuổi Trẻ", "Thanh Niên"),
    "a name and a day": ("<p><a href='/t/3'>Phan Thanh - Thu Huyền</a> 16:42 12/05/2026</p>", "Thu Huyền", "Thu Hiền"),
    "a day beside a name": (
        "<p><a href='/t/3'>Phan Thanh - Thu Huyền</a> 16:42 12/05/2026</p>",
        "16:42 12/05",
        "16:42 13/05",
    ),
    "a name alone": ("<p><a href='/t/4'>Lê Văn Minh Châu</a></p>", "Minh Châu", "Minh Anh"),
}


@pytest.mark.parametrize("line", LINKED.values(), ids=LINKED)
def test_byline_that_is_a_link_is_part_of_it(line: tuple[str, str, str]) -> None:
    said, old, new = line
    page = PAGE.replace('<p style="text-align:right"><b>Kim Dung</b></p>', said)
    assert not shows_it(page, page.replace(old, new))


@pytest.mark.parametrize("kind", ["pdf", "docm", "xlsx"])
def test_file_that_only_its_words_tell_is_seen(kind: str) -> None:
    page = PAGE.replace('<div class="foot">', '<div class="foot"><p><a href="/tep?id=12">Đang cập nhật</a></p>')
    assert not shows_it(page, page.replace('/tep?id=12">Đang cập nhật', f'/tep?id=13">Kế hoạch 12.{kind}'))


def test_day_for_machines_in_the_body_is_told_however_its_kind_is_spelled() -> None:
    data = '<script type="application/LD+JSON">{"@type":"NewsArticle","datePublished":"2026-05-12"}</script>'
    page = PAGE.replace("</body>", f"{data}</body>")
    assert not shows_it(page, page.replace(data, data.replace("05-12", "05-13")))


def test_claim_behind_a_script_in_a_comment_is_one() -> None:
    page = PAGE.replace(
        "</title>", '</title><!-- <script> --><meta property="article:published_time" content="2026-05-12">'
    )
    assert not shows_it(page, page.replace('content="2026-05-12"', 'content="2026-05-13"'))


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le"])
def test_source_that_is_not_written_in_ascii_has_no_ground(name: str) -> None:
    assert reading_of(PAGE.encode(name)).ground == ""


def test_source_in_an_old_charset_has_its_ground() -> None:
    body = PAGE.encode("windows-1258", "xmlcharrefreplace")
    ground = unpack(reading_of(body).ground)
    other = body.replace(b"977", b"978")
    assert body != other
    assert stands(ground, Shown(body, NOW), Shown(other, NOW), URL)


def test_xml_declaration_leaves_lines_where_they_are() -> None:
    page = '\n\n<?xml version="1.0"\n encoding="utf-8"?>\n' + PAGE
    assert not shows_it(page, edited(page, OF_IT["a word"]))
    assert shows_it(page, edited(page, ROUND_IT["the views beside the date"]))


def test_page_of_no_article_has_no_ground() -> None:
    assert reading_of(b"<html><body><p>Trang kh\xc3\xb4ng t\xe1\xbb\x93n t\xe1\xba\xa1i</p></body></html>").ground == ""


spots = st.tuples(st.integers(0, 60_000), st.integers(0, 9_000))
spans = st.lists(st.tuples(spots, spots), max_size=6).map(tuple)


@given(st.builds(Ground, st.integers(1, 60_000), spots, st.booleans(), st.booleans(), spans, spans))
def test_what_was_packed_is_unpacked(ground: Ground) -> None:
    assert unpack(ground.pack()) == ground


@pytest.mark.parametrize("packed", ["", "12", "1 2 00 3", "1 2.3 00 4.5-6", "1 2.3 0 4.5-6.7"])
def test_nothing_else_is_unpacked(packed: str) -> None:
    with pytest.raises(ValueError):
        unpack(packed)
