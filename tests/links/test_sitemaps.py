"""Sitemaps of all kinds, also packed and broken ones."""

from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from crawler.links.sitemaps import parse_sitemap, robots_sitemaps

BASE = "https://xa.example.vn/sitemap.xml"
URLSET = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://xa.example.vn/hoi-nghi-tong-ket-cong-tac-nam.html</loc><lastmod>2024-05-06</lastmod>
<image:image><image:loc>https://xa.example.vn/a.jpg</image:loc><image:title>Ảnh</image:title></image:image></url>
<url><loc>https://xa.example.vn/tin-1</loc><news:news><news:publication_date>2024-05-07</news:publication_date><news:title>Tin một</news:title></news:news></url>
<url><loc>https://xa.example.vn/</loc></url><url><loc>https://xa.example.vn/ke-hoach.pdf</loc></url><url><loc> </loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://xa.example.vn/wp-sitemap-posts-post-1.xml</loc><lastmod>2024-05-06</lastmod></sitemap>
<sitemap><loc>https://xa.example.vn/wp-sitemap-users-1.xml</loc></sitemap>
<sitemap><loc>https://xa.example.vn/wp-sitemap-taxonomies-post_tag-1.xml</loc></sitemap>
<sitemap><loc>/sitemap-vi.news.xml.gz</loc></sitemap></sitemapindex>"""


def test_parse_sitemap_when_urlset_then_gives_pages_with_dates() -> None:
    pages = list(parse_sitemap(URLSET.encode(), BASE))
    assert [(page.url.rpartition("/")[2], page.role, page.date_text, page.anchor) for page in pages] == [
        ("hoi-nghi-tong-ket-cong-tac-nam.html", "article", "2024-05-06", ""),
        ("tin-1", "article", "2024-05-07", "Tin một"),
        ("", "listing", "", ""),
        ("ke-hoach.pdf", "attachment", "", ""),
    ]


def test_parse_sitemap_when_index_then_gives_children_that_may_list_articles() -> None:
    children = list(parse_sitemap(INDEX.encode(), BASE))
    assert {child.role for child in children} == {"sitemap"}
    assert [child.url.rpartition("/")[2] for child in children] == [
        "wp-sitemap-posts-post-1.xml",
        "sitemap-vi.news.xml.gz",
    ]


def test_parse_sitemap_when_packed_then_unpacks() -> None:
    packed = gzip.compress(URLSET.encode())
    assert list(parse_sitemap(packed, BASE)) == list(parse_sitemap(URLSET.encode(), BASE))
    assert list(parse_sitemap(packed[:-9], BASE))
    assert not list(parse_sitemap(b"\x1f\x8bnothing", BASE))


def test_parse_sitemap_when_plain_text_then_takes_each_line() -> None:
    pages = parse_sitemap(
        b"\xef\xbb\xbfhttps://xa.example.vn/tin-1\nnothing\r\nhttps://xa.example.vn/tin-2\n", BASE + ".txt"
    )
    assert [page.url[-5:] for page in pages] == ["tin-1", "tin-2"]


def test_parse_sitemap_when_name_says_what_it_lists_then_believes_it() -> None:
    body = URLSET.replace("hoi-nghi-tong-ket-cong-tac-nam.html", "tin-ngan").encode()
    for name, role in (
        ("post-sitemap.xml", "article"),
        ("category-sitemap.xml", "listing"),
        ("sitemap.xml", "unknown"),
    ):
        found = next(parse_sitemap(body, f"https://xa.example.vn/{name}")).role
        assert found == role or (role == "unknown" and found in ("unknown", "listing"))


def test_robots_sitemaps_when_lines_name_them_then_gives_them_once() -> None:
    body = b"\xef\xbb\xbfUser-agent: *\nSitemap: https://xa.example.vn/a.xml\nSITEMAP : /b.xml\r\nsitemap:https://xa.example.vn/a.xml\n"
    assert [link.url for link in robots_sitemaps(body, "https://xa.example.vn/robots.txt")] == [
        "https://xa.example.vn/a.xml",
        "https://xa.example.vn/b.xml",
    ]


@given(st.binary(max_size=300))
def test_parse_sitemap_when_it_is_anything_then_never_fails(body: bytes) -> None:
    list(parse_sitemap(body, BASE))
    list(parse_sitemap(b"<urlset><url><loc>" + body, BASE))
    list(parse_sitemap(gzip.compress(body), BASE))
    robots_sitemaps(body, BASE)
