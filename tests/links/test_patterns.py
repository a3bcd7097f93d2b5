"""Where the crawl may go, and the shape of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import PatternStat
from crawler.links.patterns import allowed, is_document, record, repeats, resolve, shape
from tests.links.builders import HOME, make_plan

ALLOWED = [
    "/",
    "/tin-tuc",
    "/tin-tuc/hoi-nghi-tong-ket-123.html",
    "/?p=123",
    "/?gd=4&cn=28&tc=9",
    "/2024/05/12/le-hoi/",
    "/van-ban/2024/",
    "/chi-tiet?id=5&page=2",
    "/tim-hieu-phap-luat/x",
    "/tin-trong-tinh/tin-hoat-dong",
    "/index.php?option=com_content&view=article&id=7",
    "/dang-ky-kinh-doanh",
    "/printing-x",
    "/?q=node/7",
    "/news.aspx?s=12",
    "/-/view_content/12-in-an.html",
    "/upload/ke-hoach.pdf",
    "/print-thu/tin-1",
    "/the-thao/tin",
    "/tac-gia-tac-pham",
    "/tin?p_p_id=101&p_p_lifecycle=0&p_p_state=maximized&p_p_mode=view&_101_struts_action=x&_101_assetEntryId=7&_101_type=content&_101_urlTitle=t",
]
REFUSED = [
    "/wp-admin/",
    "/wp-login.php",
    "/wp-json/wp/v2/posts",
    "/user/login",
    "/dang-nhap",
    "/tim-kiem?k=1",
    "/search/node",
    "/?s=abc",
    "/tag/le-hoi/",
    "/author/admin/",
    "/tu-khoa/abc",
    "/tin-1/print",
    "/print/tin-1",
    "/vi/news/savefile/a/b-1.html",
    "/PrintItem.aspx?ID=1",
    "/a?print=1",
    "/a?tmpl=component&print=1",
    "/a?format=pdf",
    "/tin-1/amp",
    "/a?replytocom=5",
    "/a?share=facebook",
    "/comments/feed/",
    "/2024/05/",
    "/2024/05/12/",
    "/?m=202405",
    "/lich?ngay=12/05/2024",
    "/a?year=2024&month=5",
    "/anh.jpg",
    "/video.mp4",
    "/style.css",
    "/a?p_p_state=pop_up",
    "/a?action=print",
    "/tin-1/comment-page-2/",
    "/tin-1/trackback/",
    "/a/a/a/b",
    "/1/2/3/4/5/6/7/8/9/10/11/12/13",
    "/a?b=1&c=2&d=3&e=4&f=5&g=6&h=7&i=8&j=9",
    "/calendar/2024",
    "/tin?mode=print",
    "/register.aspx",
]


@pytest.mark.parametrize("path", ALLOWED)
def test_allowed_when_it_may_be_a_page_then_goes(path: str) -> None:
    assert allowed("https://xa.example.vn" + path, make_plan())


@pytest.mark.parametrize("path", REFUSED)
def test_allowed_when_it_is_certainly_noise_then_refuses(path: str) -> None:
    assert not allowed("https://xa.example.vn" + path, make_plan())


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://xa.example.vn/xa-abc/tin", True),
        ("https://xa.example.vn/XA-ABC/tin", True),
        ("http://www.xa.example.vn/xa-abc", True),
        ("https://xa.example.vn/xa-abcd/tin", False),
        ("https://xa.example.vn/xa-def/tin", False),
        ("https://xa.example.vn/", False),
        ("https://xa.example.vn/upload/ke-hoach.docx", True),
        ("https://khac.example.vn/xa-abc/tin", False),
        ("https://xa.example.vn:8443/xa-abc/tin", False),
        ("https://xa.example.vn.evil.com/xa-abc/", False),
        ("https://khac.example.vn/ke-hoach.pdf", False),
    ],
)
def test_allowed_when_portal_is_a_folder_then_never_leaves_it(url: str, may: bool) -> None:
    plan = make_plan("https://xa.example.vn/xa-abc/", scope="/xa-abc/")
    assert allowed(url, plan) is may


def test_allowed_when_platform_knows_its_doubles_then_refuses_them() -> None:
    url = "https://xa.example.vn/vi/news/instant-rss/"
    assert not allowed(url, make_plan(platform="nukeviet"))
    assert not allowed("https://xa.example.vn/vi/statistics/", make_plan(platform="nukeviet"))
    assert allowed("https://xa.example.vn/vi/statistics/", make_plan())


def test_allowed_when_address_is_too_long_then_refuses() -> None:
    assert not allowed("https://xa.example.vn/" + "a" * 2_100, make_plan())


@given(st.text())
def test_allowed_when_anything_comes_then_never_fails(text: str) -> None:
    assert allowed(text, make_plan()) in (True, False)
    assert isinstance(shape(text), str)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.vn/tin-tuc/van-hoa/le-hoi-dau-xuan-nam-2025-4711.html", "/tin-tuc/van-hoa/*#.html"),
        ("https://x.vn/tin-tuc/van-hoa/hoi-thi-nau-an-cap-xa.html", "/tin-tuc/van-hoa/*.html"),
        ("https://x.vn/tin-tuc/", "/tin-tuc"),
        ("https://x.vn/?gd=4&cn=28&tc=1472", "/?cn=#&gd=#&tc=#"),
        ("https://x.vn/a/-/asset_publisher/Content/abc?12150284", "/a/-/asset_publisher/Content/abc?#"),
        ("https://x.vn/2024/05/12/le-hoi-dau-xuan-moi/", "/#/#/#/*"),
        ("https://x.vn/page/Article/News/detail/67d290adb4766ef289007c1a", "/page/Article/News/detail/#"),
        ("https://x.vn/dai-hoi-123.html", "/~#.html"),
        ("https://x.vn/tin?utm_source=a", "/tin"),
        ("nothing", ""),
    ],
)
def test_shape_when_addresses_are_of_one_kind_then_is_one(url: str, expected: str) -> None:
    assert shape(url) == expected


def test_record_when_a_shape_proved_itself_then_says_which() -> None:
    assert record(None) == record(PatternStat(1, 0)) == record(PatternStat(1, 99)) == 0
    assert record(PatternStat(3, 1)) == 1
    assert record(PatternStat(0, 29)) == 0
    assert record(PatternStat(0, 30)) == -1


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://x.vn/a/Ke%20hoach.PDF", True),
        ("https://x.vn/documents/20182/5/ke-hoach.docx/0b3c5d1e-1111-2222-3333-444455556666?t=16", True),
        ("https://x.vn/download.aspx?file=ke-hoach.xlsx", True),
        ("https://x.vn/c/document_library/get_file?uuid=1", True),
        ("https://x.vn/DownloadFile.aspx?id=7", True),
        ("https://x.vn/documents/20182/7/0b3c5d1e-1111-2222-3333-444455556666?t=16", True),
        ("https://x.vn/documents/20182/7/anh.jpg/0b3c5d1e-1111-2222-3333-444455556666", False),
        ("https://x.vn/vi/news/?download=1&id=2", True),
        ("https://x.vn/vi/news/?download=0", False),
        ("https://x.vn/api/files/7", True),
        ("https://x.vn/vi/download/", False),
        ("https://x.vn/tin-pdf", False),
    ],
)
def test_is_document_when_it_names_a_file_then_is_one(url: str, is_one: bool) -> None:
    assert is_document(url) is is_one


@pytest.mark.parametrize(
    ("url", "others", "articles", "expected"),
    [
        (HOME + "chi-tiet-tin?id=5&view=comments", 3, 0, True),
        (HOME + "chi-tiet-tin?id=5&view=comments", 2, 0, False),  # not enough of them were seen
        (HOME + "chi-tiet-tin?id=5&view=comments", 30, 1, False),  # one was an article of its own
        (HOME + "chi-tiet-tin?id=5", 3, 0, False),
        (HOME + "danh-sach?view=comments", 3, 0, False),  # no article's address
    ],
)
def test_repeats_when_parameters_behind_an_article_never_brought_another_then_true(
    url: str, others: int, articles: int, expected: bool
) -> None:
    patterns = {
        shape(HOME + "chi-tiet-tin?id=5"): PatternStat(9, 0),
        shape(HOME + "danh-sach"): PatternStat(0, 9),
        shape(url): PatternStat(articles, others) if "view" in url else PatternStat(9, 0),
    }
    assert repeats(url, patterns) is expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [("b.html", "tin/b.html"), ("../b.html", "b.html"), ("/b.html", "b.html"), ("?n=2", "tin/a.html?n=2")],
)
def test_resolve_when_the_base_has_a_path_and_a_query_then_only_its_folder_counts(href: str, expected: str) -> None:
    found = resolve(href, f"{HOME}tin/a.html?u=/x/y", make_plan())

    assert found is not None
    assert found[0] == HOME + expected
