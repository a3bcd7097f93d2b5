"""The sample portals keep their promises: gold answers, is linked, is printed; what is unknown is a 404."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.unseen.base import Portal
from tests.unseen.sites.catalogue import SITES
from tests.unseen.walking import ask, reachable, text_of, words


@cache
def portal(name: str) -> Portal:
    return SITES[name]()


@cache
def reached(name: str) -> dict[str, int]:
    site = portal(name)
    return reachable(lambda target: ask(site, target), site.entry, closed=site.forbidden)


@pytest.mark.slow
@pytest.mark.parametrize("name", SITES)
def test_gold_is_reachable_by_links(name: str) -> None:
    seen = reached(name)
    site = portal(name)
    assert [gold.path for gold in site.gold(1) if gold.path not in seen] == []
    assert len({gold.path for gold in site.gold(1)}) == len({gold.title for gold in site.gold(1)}) == len(site.gold(1))
    assert 15 <= len(site.gold(1)) <= 40


@pytest.mark.parametrize("name", SITES)
def test_no_link_is_dead_but_those_that_should_be(name: str) -> None:
    dead = [target for target, status in reached(name).items() if status == 404]
    assert [target for target in dead if not re.search(r"/(wp-json|xmlrpc|poll\d)|/Documents/vb/", target)] == []


@pytest.mark.parametrize("name", SITES)
def test_gold_is_printed(name: str) -> None:
    site = portal(name)
    for gold in site.gold(1):
        reply = ask(site, gold.path)
        assert reply.status == 200
        text = text_of(reply)
        for line in (gold.title, *gold.paragraphs, *gold.captions, *gold.authors):
            for piece in line.split(" | "):
                assert words(piece) in text, (gold.path, piece)
        for attachment in gold.attachments:
            assert ask(site, attachment).status == 200
            assert attachment.rsplit("/", 1)[1].encode() in reply.body
        assert not set(gold.boilerplate) & set(gold.paragraphs)


@pytest.mark.parametrize("name", SITES)
def test_pages_have_the_size_of_real_ones(name: str) -> None:
    site = portal(name)
    for path in (site.entry, *(gold.path for gold in site.gold(1))):
        reply = ask(site, path)
        if reply.status == 200:
            assert 30_000 <= len(reply.body) <= 150_000, (path, len(reply.body))


@pytest.mark.parametrize("name", SITES)
def test_unknown_addresses_and_counters(name: str) -> None:
    site = portal(name)
    for target in ("/khong-co-trang-nay-4711", "/x/y/z.aspx?id=99999", "/wp-json/wp/v2/posts"):
        assert ask(site, target).status == 404
    path = site.gold(1)[0].path
    assert ask(site, path).body == ask(site, path).body
    if name != "static_jsonld":
        assert ask(site, path).body != ask(site, path, hit=2).body


@pytest.mark.parametrize("name", SITES)
def test_a_portal_has_the_short_and_the_odd(name: str) -> None:
    golds = portal(name).gold(1)
    assert sum(len(gold.paragraphs) <= 1 for gold in golds) >= 2, "no notice of one sentence"
    assert any(gold.attachments for gold in golds)
    assert any(" | " in line for gold in golds for line in gold.paragraphs), "no table"
    assert any(len(gold.captions) >= 4 for gold in golds), "no gallery"
    assert any(len(gold.paragraphs) >= 8 for gold in golds)
