"""Feeds of all kinds, also broken and hostile ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.links.discover import discover
from crawler.links.feeds import parse_feed
from tests.links.builders import make_plan

BASE = "https://xa.example.vn/feed/"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Xã</title><link>https://xa.example.vn/</link>
<item><title><![CDATA[Hội nghị &amp; tổng kết]]></title><link>https://xa.example.vn/hoi-nghi-1.html</link><pubDate>Mon, 06 May 2024 08:00:00 +0700</pubDate></item>
<item><title>Lễ&nbsp;hội &lt;b&gt;đầu&lt;/b&gt; xuân</title><link> /le-hoi-2.html </link><description>x</description></item>
<item><title>Chỉ có guid</title><guid>https://xa.example.vn/guid-3.html</guid></item>
<item><title>Không địa chỉ</title><guid isPermaLink="false">77</guid></item>
<item><title>Hội nghị lần nữa</title><link>https://xa.example.vn/hoi-nghi-1.html?utm_source=rss</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://xa.example.vn/goc/"><title>x</title>
<link rel="self" href="/feed"/><entry><title type="html">Đại hội Đoàn</title><link rel="self" href="a.xml"/><link href="dai-hoi.html"/>
<published>2024-05-06T08:00:00Z</published><updated>2024-05-07T08:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>y</title></channel><item rdf:about="https://xa.example.vn/tin-9"><title>Tin</title>
<dc:date>2024-05-06</dc:date></item></rdf:RDF>"""


def test_parse_feed_when_rss_then_gives_items_in_order_and_once() -> None:
    links = discover(RSS.encode(), url=BASE, media_type="", charset="", plan=make_plan()).links
    assert [(link.url.rpartition("/")[2], link.anchor, link.date_text) for link in links] == [
        ("hoi-nghi-1.html", "Hội nghị & tổng kết", "Mon, 06 May 2024 08:00:00 +0700"),
        ("le-hoi-2.html", "Lễ hội đầu xuân", ""),
        ("guid-3.html", "Chỉ có guid", ""),
    ]


def test_parse_feed_when_atom_then_takes_the_alternate_link_and_publication() -> None:
    [link] = parse_feed(ATOM.encode(), BASE)
    assert (link.url, link.anchor, link.date_text) == (
        "https://xa.example.vn/goc/dai-hoi.html",
        "Đại hội Đoàn",
        "2024-05-06T08:00:00Z",
    )


def test_parse_feed_when_rdf_then_reads_it_too() -> None:
    [link] = parse_feed(RDF.encode(), BASE)
    assert (link.url, link.anchor, link.date_text) == ("https://xa.example.vn/tin-9", "Tin", "2024-05-06")


def test_parse_feed_when_prefix_is_undeclared_then_reads_on() -> None:
    body = "<rss><channel><item><title>Tin</title><dc:date>2024-05-06</dc:date><link>https://x.vn/a</link></item></channel></rss>"
    [link] = parse_feed(body.encode(), BASE)
    assert link.date_text == "2024-05-06"


def test_parse_feed_when_declaration_lies_about_encoding_then_keeps_the_letters() -> None:
    body = '\ufeff<?xml version="1.0" encoding="utf-16"?><rss><channel><item><title>Đại hội</title><link>https://x.vn/a</link></item></channel></rss>'
    [link] = parse_feed(body.encode(), BASE)
    assert link.anchor == "Đại hội"


def test_parse_feed_when_entities_are_a_trap_then_expands_none() -> None:
    body = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/hostname">]>
    <rss><channel><item><title>x &a; &b;</title><link>https://x.vn/a</link></item></channel></rss>"""
    [link] = parse_feed(body, BASE)
    assert link.anchor == "x &a; &b;"


def test_parse_feed_when_it_is_cut_off_then_gives_what_is_whole() -> None:
    assert [link.anchor for link in parse_feed(RSS[:420].encode(), BASE)][:1] == ["Hội nghị & tổng kết"]


@given(st.binary(max_size=300))
def test_parse_feed_when_it_is_anything_then_never_fails(body: bytes) -> None:
    list(parse_feed(body, BASE))
    list(parse_feed(b"<rss><channel><item><link>" + body, BASE))
