"""What is remembered from page to page holds none of them: lxml's strings hold the tree that they come from."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from crawler import platforms
from crawler.links.elements import Elements
from crawler.links.listings import find_links
from tests.links.builders import HOME, make_plan

PAGE = """<html><head><link rel="next" href="/held/by/nobody?page=2"></head>
<body><a href="/held/by/nobody">x</a><script>held.by = "nobody"</script></body></html>"""


class Watched(etree.ElementBase):  # type: ignore[misc]  # lxml has no types
    """An element that can be watched: lxml's own cannot."""


@pytest.mark.parametrize(
    "seen",
    [
        lambda tree: platforms.recognise(HOME, Elements(tree), {}),
        lambda tree: find_links(Elements(tree), make_plan(), HOME + "held"),
    ],
    ids=["recognise", "find_links"],
)
def test_remembered_when_a_page_was_seen_then_nothing_of_it_is_held(seen: Callable[[Any], object]) -> None:
    parser = etree.HTMLParser()
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=Watched))
    tree = etree.fromstring(PAGE, parser)
    elements = list(tree.iter("link", "a", "script"))
    watched = [weakref.ref(element) for element in elements]
    seen(tree)
    del tree, elements
    gc.collect()
    assert [element() for element in watched] == [None, None, None]
