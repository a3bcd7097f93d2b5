from __future__ import annotations

from lxml import etree

from crawler.links.elements import Elements

PAGE = """<html><body><area href="/1"><a href="/2">x</a><area href="/3"><p onclick="go('/4')">x</p><p class="big">x</p>
<div itemtype="https://schema.org/Article" data-id="1"></div><b data-href="/5">x</b><i data-id="6">x</i></body></html>"""


def test_elements_when_several_names_are_asked_for_then_stand_in_the_pages_order() -> None:
    elements = Elements(etree.fromstring(PAGE, etree.HTMLParser()))
    assert [one.get("href") for one in elements.all("a", "area", "nav")] == ["/1", "/2", "/3"]
    assert elements.all("nav") == []


def test_elements_when_their_attributes_say_something_then_are_telling() -> None:
    elements = Elements(etree.fromstring(PAGE, etree.HTMLParser()))
    assert [one.tag for one in elements.telling] == ["p", "div", "b"]
