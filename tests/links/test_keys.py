"""Addresses without noise: what is the same page has one key, what is not never shares one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.links.keys import absolute, ask_form, page_key

SAME = [
    ("http://xa.vn/tin", "https://www.xa.vn/tin/", "xa.vn/tin"),
    ("http://xa.vn:80/", "https://xa.vn:443/index.html", "xa.vn/"),
    ("http://xa.vn/Default.aspx?tabid=119", "http://xa.vn/?tabid=119", "xa.vn/?tabid=119"),
    ("http://xa.vn/index.php/cat/bai-1.html", "http://xa.vn/cat/bai-1.html", "xa.vn/cat/bai-1.html"),
    ("http://xa.vn/tin?b=2&a=1", "http://xa.vn/tin?a=1&b=2&utm_source=fb&fbclid=x#top", "xa.vn/tin?a=1&b=2"),
    ("http://xa.vn/tin;jsessionid=A1B2?x=1", "http://xa.vn/tin?x=1", "xa.vn/tin?x=1"),
    ("http://xa.vn/tin?print=1", "http://xa.vn/tin", "xa.vn/tin"),
    ("http://xa.vn/Pages/Tin.aspx?ItemID=5", "http://xa.vn/pages/tin.aspx?itemid=5", "xa.vn/pages/tin.aspx?itemid=5"),
    ("http://xa.vn/đồng-nai", "http://xa.vn/%c4%91%E1%BB%93ng-nai", "xa.vn/%C4%91%E1%BB%93ng-nai"),
    ("http://xa.vn/a/./b/../c//d", "http://xa.vn/a/c/d", "xa.vn/a/c/d"),
    ("http://xa.vn/tin-1?pageindex=0", "http://xa.vn/tin-1", "xa.vn/tin-1"),
    ("http://xa.vn/a?Source=%2Fhome", "http://xa.vn/a", "xa.vn/a"),
    ("http://xa.vn/(S(lit3py55t21z5v55))/a.aspx", "http://xa.vn/(S(aaaa3py55t21z5v5))/a.aspx", "xa.vn/a.aspx"),
    ("http://127.0.0.1:8801/a/", "http://127.0.0.1:8801/a", "127.0.0.1:8801/a"),
    ("https://x.vn/?gd=4&cn=28&tc=1472", "http://x.vn/?tc=1472&gd=4&cn=121", "x.vn/!tc/1472"),
    (
        "https://q.vn/khoi-phuong/-/view_content/155546-sinh-hoat.html",
        "https://q.vn/tin?p_p_id=101&p_p_lifecycle=0&_101_struts_action=%2Fasset_publisher%2Fview_content&_101_assetEntryId=155546",
        "q.vn/!asset/155546",
    ),
    (
        "https://q.vn/a/-/asset_publisher/Content/abc?12150284",
        "https://q.vn/b/-/asset_publisher/Content/xyz?12150284",
        "q.vn/!entry/12150284",
    ),
]
DIFFERENT = [
    ("http://xa.vn/tin?id=1", "http://xa.vn/tin?id=2"),
    ("http://xa.vn/tin?page=1", "http://xa.vn/tin"),
    ("http://xa.vn/Tin", "http://xa.vn/tin"),
    ("http://xa.vn:8080/tin", "http://xa.vn/tin"),
    ("http://xa.vn/?12150284", "http://xa.vn/?12150285"),
    ("http://xa.vn/Article/ab+c@/t.html", "http://xa.vn/Article/ab%20c@/t.html"),
    ("http://xa.vn/?lang=en", "http://xa.vn/"),
    ("http://xa.vn/a?source=tin", "http://xa.vn/a"),
    ("http://xa.vn/?gd=4&cn=28", "http://xa.vn/?gd=4&cn=29"),
]


@pytest.mark.parametrize(("one", "other", "key"), SAME)
def test_page_key_when_only_noise_differs_then_is_the_same(one: str, other: str, key: str) -> None:
    assert page_key(one) == page_key(other) == key


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_page_key_when_pages_differ_then_differs(one: str, other: str) -> None:
    assert page_key(one) != page_key(other)


def test_page_key_when_platform_is_known_then_its_identity_counts() -> None:
    first = "https://xa.vn/vi/news/van-hoa/le-hoi-dau-xuan-41.html"
    moved = "https://xa.vn/vi/news/savefile/tin-tuc/le-hoi-dau-xuan-moi-41.html"
    assert page_key(first, "nukeviet") == page_key(moved, "nukeviet") == "xa.vn/!nv/vi/news/41"
    assert page_key(first, "nukeviet") != page_key("https://xa.vn/vi/laws/le-hoi-dau-xuan-41.html", "nukeviet")
    assert page_key(first) != page_key(moved)


def test_page_key_when_it_is_no_web_address_then_says_so() -> None:
    with pytest.raises(ValueError, match="not an http"):
        page_key("mailto:ubnd@xa.vn")


slugs = st.text(string.ascii_lowercase + "-", min_size=1, max_size=20)
numbers = st.integers(0, 10**9)
texts = st.text(max_size=40)


@given(texts, texts)
def test_page_key_when_asked_again_then_stays(path: str, query: str) -> None:
    url = f"http://www.xa.vn/{path}?{query}"
    try:
        key = page_key(url)
    except ValueError:
        return
    assert page_key("http://" + key) == key


@given(st.lists(st.tuples(slugs, numbers), min_size=1, max_size=6, unique_by=lambda pair: pair[0]), st.randoms())
def test_page_key_when_parameters_change_places_then_stays(pairs: list[tuple[str, int]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(pairs)
    random.shuffle(shuffled)
    one, other = ("&".join(f"{name}={value}" for name, value in some) for some in (pairs, shuffled))
    assert page_key(f"http://xa.vn/tin?{one}") == page_key(f"http://xa.vn/tin?{other}")


FORMS = [
    "http://xa.vn/tin-tuc/{slug}-{id}.html",
    "http://xa.vn/tin-tuc/{slug}-{id}",
    "http://xa.vn/vi/news/van-hoa/{slug}-{id}.html",
    "http://xa.vn/chi-tiet.aspx?id={id}",
    "http://xa.vn/Pages/noi-dung-tin.aspx?NewsID={id}",
    "http://xa.vn/?gd=4&cn=28&tc={id}",
    "http://xa.vn/?p={id}",
    "http://xa.vn/node/{id}",
    "http://xa.vn/tin/-/view_content/{id}-{slug}.html",
    "http://xa.vn/web/xa/news/-/details/{id}/{slug}",
    "http://xa.vn/a/-/asset_publisher/Content/{slug}?{id}",
    "http://xa.vn/index.php/tin-tuc/{id}-{slug}",
    "http://xa.vn/{slug}/{id}/",
]
PLATFORMS = [
    "",
    "liferay",
    "hue",
    "nukeviet",
    "sharepoint",
    "vnpt",
    "wordpress",
    "drupal",
    "joomla",
    "aspnet",
    "hanoi-2025",
]


@pytest.mark.parametrize("platform", PLATFORMS)
@given(form=st.sampled_from(FORMS), slug=slugs, one=st.integers(10_000, 10**9), other=st.integers(10_000, 10**9))
def test_page_key_when_ids_differ_then_never_collides(
    platform: str, form: str, slug: str, one: int, other: int
) -> None:
    keys = {page_key(form.format(slug=slug, id=number), platform) for number in {one, other}}
    assert len(keys) == len({one, other})


@pytest.mark.parametrize("platform", PLATFORMS)
@given(one=slugs, other=slugs)
def test_page_key_when_slugs_differ_then_never_collides(platform: str, one: str, other: str) -> None:
    names = {name.strip("-") or "x" for name in (one, other)}
    assert len({page_key(f"http://xa.vn/tin-tuc/{name}", platform) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("a/b", "http://xa.vn/tin/a/b"),
        (" /a b\n", "http://xa.vn/a b"),
        ("?page=2", "http://xa.vn/tin/?page=2"),
        ("//xa.vn/x", "http://xa.vn/x"),
        ("www.khac.gov.vn/x", "http://www.khac.gov.vn/x"),
        ("phuong1.gov.vn", "http://phuong1.gov.vn"),
        ("..\\anh\\tin.html", "http://xa.vn/anh/tin.html"),
        ("#top", None),
        ("", None),
        ("mailto:a@xa.vn", None),
        ("tel:0123", None),
        ("JavaScript:void(0)", None),
        ("http://[", None),
        ("http://xa.vn:999999/", None),
        ("ftp://xa.vn/a", None),
    ],
)
def test_absolute_when_written_so_then_means(href: str, url: str | None) -> None:
    assert absolute(href, "http://xa.vn/tin/") == url


def test_ask_form_when_portal_speaks_https_then_so_does_the_link() -> None:
    home = "https://www.xa.vn/"
    assert ask_form("http://xa.vn/tin tức?utm_source=a&id=1", home) == "https://www.xa.vn/tin%20t%E1%BB%A9c?id=1"
    assert ask_form("http://khac.vn/a", home) == "http://khac.vn/a"
    assert ask_form("http://xa.vn:8080/a", home) == "http://xa.vn:8080/a"
