"""The reading half as a whole: pure, never at a loss, and right on the pages of the sample world."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.sites import read_site
from phuongchi.demo.seeds import find_seeds
from phuongchi.demo.site import Site
from phuongchi.demo.world import sample_sites
from storage.text import normalise
from tests.cases.golden import fields, reading

SITES = {site.name: site for site in sample_sites(find_seeds())}
META = {"url": "https://phuong.example.gov.vn/tin/1", "fetched_at": "2024-05-20T15:00:00+00:00"}
TAGS = (
    "div",
    "p",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "h1",
    "h2",
    "b",
    "a",
    "span",
    "br",
    "img",
    "article",
    "center",
    "iframe",
)
TEXTS = st.sampled_from(
    (
        "Sáng 26/12, UBND phường tổ chức hội nghị tổng kết năm 2023.",
        "Lượt xem: 12",
        "Các tin khác",
        "Tin bài: Lê Hương",
        "content:",
        "\xa0" * 30,
        "15/05/2024 08:30",
        "…",
        "Đ\u0309",
        "<",
        "&nbsp;",
        "Ảnh: V.C",
        "",
        "Sáng nay, UBND phường tổ chức hội nghị bàn về công tác cải cách hành chính trong sáu tháng cuối năm. " * 3,
        "<h1>Phường họp bàn công tác cải cách hành chính</h1>",
    )
)
PIECES = st.one_of(
    TEXTS,
    st.text(max_size=20),
    st.sampled_from(TAGS).map(lambda tag: f'<{tag} class="news" href="/tin/2" src="/a.jpg">'),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", SITES)
def test_read_when_site_is_known_equals_the_gold(name: str) -> None:
    site: Site = SITES[name]
    result = read_site(site, bare=False)
    assert result.comparison.differences == ()
    assert result.missed == []
    assert result.false == []
    assert result.comparison.leaks == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", SITES)
def test_read_when_nothing_was_learned_still_finds_the_text(name: str) -> None:
    result = read_site(SITES[name], bare=True)
    assert result.comparison.exact["paragraphs"] == result.comparison.exact["title"] == result.comparison.total


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=40).map("".join))
def test_read_when_page_is_anything_gives_clean_values(page: str) -> None:
    found = reading(page.encode("utf-8", "surrogatepass"), META)
    assert found.article or found.reason
    for text in (*found.paragraphs, *found.captions, found.title):
        assert text == normalise(text)
        assert unicodedata.is_normalized("NFC", text)
    assert all(found.paragraphs)
    assert found.lead == "" or found.lead in found.paragraphs
    assert 0.0 <= found.confidence <= 1.0


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_read_when_body_is_no_text_at_all_is_no_article(body: bytes) -> None:
    assert reading(body, META) == reading(body, META)


@pytest.mark.parametrize(
    "end", ["<div id=fb-root></div>", "<p></p>", "<ul></ul>", "<table></table>", "<section></section>"]
)
@pytest.mark.parametrize("foot", ["", "<div class=f>Địa chỉ: 12 đường Trung tâm. Điện thoại: 0236 3812345</div>"])
def test_read_when_the_page_ends_with_a_block_of_nothing_then_its_text_is_found(foot: str, end: str) -> None:
    text = "Buổi họp thứ {} của UBND phường bàn về công tác cải cách hành chính trong sáu tháng cuối năm."
    story = tuple(map(text.format, range(1, 4)))
    inner = "".join(f"<p>{line}</p>" for line in story)
    page = f"<body><div><h1>Phường họp bàn công tác cải cách</h1>{inner}</div>{foot}{end}</body>"
    found = reading(page.encode(), {**META, "purpose": "article"})
    assert found.paragraphs == story
    assert found.title == "Phường họp bàn công tác cải cách"


def test_read_when_selectors_are_given_they_win() -> None:
    page = (
        "<html><body><h1>Cổng thông tin</h1><div class=x><b class=t>Tiêu đề riêng của bài</b></div>"
        "<div class=y>Đoạn văn thứ nhất của trang này.</div>"
        "<div class=z>Đoạn khác dài hơn nhiều, nhưng không phải là bài viết.</div>"
    ).encode()
    meta = {**META, "selectors": {"title": ".t", "body": ".y"}, "purpose": "article"}
    found = reading(page, meta)
    assert found.title == "Tiêu đề riêng của bài"
    assert found.paragraphs == ("Đoạn văn thứ nhất của trang này.",)


def test_read_when_selector_is_no_css_goes_the_general_way() -> None:
    page = (Path(__file__).parent.parent / "cases" / "notice-1" / "page.html").read_bytes()
    meta = {**META, "selectors": {"body": "div[["}}
    assert fields(reading(page, meta), META["url"]) == fields(reading(page, META), META["url"])
