"""The one entry: what a response is, whatever its head says, and the first addresses of a portal."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Found
from crawler.links.discover import discover, seeds
from tests.links.builders import HOME, by_path, look, make_plan, roles
from tests.links.test_feeds import RSS
from tests.links.test_sitemaps import INDEX, URLSET

TITLE = "Phường tổ chức ngày hội hiến máu tình nguyện"


def ask(body: bytes, path: str, media_type: str = "text/html", charset: str = "") -> Found:
    return discover(body, url=HOME + path, media_type=media_type, charset=charset, plan=make_plan())


def test_discover_when_a_feed_is_sent_as_html_then_is_a_feed_within_the_portal() -> None:
    body = RSS.replace("/guid-3", "/guid-3").replace("https://xa.example.vn/guid", "https://khac.vn/guid").encode()
    found = ask(body, "feed/")
    assert found.purpose == "feed"
    assert [link.url for link in found.links] == [HOME + "hoi-nghi-1.html", HOME + "le-hoi-2.html"]
    assert {link.role for link in found.links} == {"article"}


def test_discover_when_a_sitemap_comes_packed_then_is_read() -> None:
    found = ask(gzip.compress(URLSET.encode()), "sitemap.xml.gz", "application/gzip")
    assert found.purpose == "sitemap"
    assert [link.role for link in found.links] == ["article", "article", "listing", "attachment"]
    assert [link.role for link in ask(INDEX.encode(), "sitemap.xml", "application/xml").links] == ["sitemap", "sitemap"]


def test_discover_when_robots_names_sitemaps_then_gives_those_of_the_portal() -> None:
    body = b"User-agent: *\nSitemap: https://xa.example.vn/sm.xml\nSitemap: https://khac.vn/sm.xml\n"
    found = ask(body, "robots.txt", "text/plain")
    assert (found.purpose, [link.url for link in found.links]) == ("other", [HOME + "sm.xml"])


def test_discover_when_page_is_xhtml_then_is_a_page() -> None:
    body = f'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body><a href="/bai-1">{TITLE}</a></body></html>'
    assert [link.url for link in ask(body.encode(), "tin", "application/xhtml+xml").links] == [HOME + "bai-1"]


# As windows-1258 writes it: the letter, then its tone.
TONES = "Nga\u0300y hô\u0323i hiê\u0301n máu ti\u0300nh nguyê\u0323n"


@pytest.mark.parametrize(
    ("encoding", "head", "charset"),
    [
        ("utf-8", "", "iso-8859-1"),
        ("utf-8", '<meta charset="windows-1252">', ""),
        ("utf-16", "", "utf-16"),
        ("utf-16", "", ""),
        ("utf-16-le", "", ""),
        ("cp1258", '<meta charset="windows-1258">', "no-such-charset"),
        ("cp1258", "", ""),
        ("cp1258", '<meta charset="utf-8">', ""),
        ("cp1258", '<meta charset="iso-8859-1">', ""),
    ],
)
def test_discover_when_charset_is_told_wrongly_or_late_then_words_are_right(
    encoding: str, head: str, charset: str
) -> None:
    html = f"<html><head>{head}</head><body><p><a href='/bai-1'>{TONES}</a></p></body></html>"
    [link] = ask(html.encode(encoding), "tin", charset=charset).links
    assert link.anchor == "Ngày hội hiến máu tình nguyện"


def test_discover_when_home_only_moves_on_then_follows() -> None:
    assert (
        roles(look("", "", head='<meta http-equiv="Refresh" content="0; URL=/web/guest/home">'))["web/guest/home"]
        == "listing"
    )
    assert roles(look("<script>window.location='/vi/'</script>", ""))["vi/"] == "listing"


def test_discover_when_home_gives_its_software_away_then_its_feeds_and_sitemaps_are_tried() -> None:
    head = '<meta name="generator" content="WordPress 6.5">'
    found = look(f'<a href="/bai-1">{TITLE}</a>', "", head=head)
    assert found.platform == "wordpress"
    assert {path: link.role for path, link in by_path(found).items() if link.role in ("feed", "sitemap")} == {
        "feed/": "feed",
        "wp-sitemap.xml": "sitemap",
        "sitemap_index.xml": "sitemap",
        "sitemap.xml": "sitemap",
    }
    assert look("<p>x</p>", "tin", head=head, plan=make_plan(platform="wordpress")).platform == ""


def test_discover_when_home_tells_nothing_then_common_feeds_are_tried_once() -> None:
    assert {path for path, role in roles(look("<p>x</p>", "")).items() if role == "feed"} == {
        "feed/",
        "rss/",
        "rss.xml",
    }
    assert "feed" not in roles(look("<p>x</p>", "tin")).values()


def test_discover_when_a_page_comes_where_a_feed_was_asked_then_is_nothing() -> None:
    assert look(f'<a href="/bai-1">{TITLE}</a>', "rss.xml").purpose == "other"


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"\x00", b"%PDF-1.4", b'{"a": 1}', b"\x1f\x8b\x08broken", b"<", b"<html>", b"<?xml?>", b"<a href"],
)
def test_discover_when_body_is_no_page_then_finds_nothing(body: bytes) -> None:
    found = ask(body, "x", "")
    assert found.links == ()
    assert found.purpose in ("other", "unknown")


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html", "application/xml", "image/png"]),
    st.sampled_from(["", "utf-8", "nonsense"]),
)
def test_discover_when_anything_comes_then_never_fails_and_stays_on_the_portal(
    body: bytes, media_type: str, charset: str
) -> None:
    for start in (b"", b"<html><body><a href='", b"<a href=/x>", b"<rss><item><link>", b"<urlset><url><loc>"):
        found = ask(start + body, "tin", media_type, charset)
        assert all(link.url.startswith(HOME) for link in found.links)


def test_seeds_when_nothing_is_known_then_home_and_sitemap() -> None:
    assert [(link.url, link.role) for link in seeds(make_plan())] == [
        (HOME + "sitemap.xml", "sitemap"),
        (HOME, "listing"),
    ]


def test_seeds_when_platform_is_known_then_its_feeds_within_the_scope() -> None:
    plan = make_plan(HOME + "xa-abc/", scope="/xa-abc/", platform="nukeviet-4")
    assert {link.url.removeprefix(HOME) for link in seeds(plan)} == {
        "xa-abc/", "xa-abc/vi/news/rss/", "xa-abc/news/rss/", "xa-abc/rss/", "xa-abc/sitemap.xml", "xa-abc/sitemap-vi.news.xml",
    }  # fmt: skip
