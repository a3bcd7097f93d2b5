"""The sample portals keep their promises: gold answers, is linked, is printed; what is unknown is a 404."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import html

from phuongchi.demo.site import Reply
from tests.unseen.base import Portal
from tests.unseen.sites.catalogue import SITES

HOST = "portal.test"


@cache
def portal(name: str) -> Portal:
    return SITES[name]()


def ask(site: Portal, target: str, hit: int = 1) -> Reply:
    return site.reply(target, {"host": HOST}, night=1, hit=hit)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def links(site: Portal, target: str) -> list[str]:
    reply = ask(site, target)
    fields = dict(reply.headers)
    if "Location" in fields:
        return [_local(target, fields["Location"])]
    if not fields.get("Content-Type", "").startswith("text/html") or not reply.body.strip():
        return []
    tree = html.fromstring(reply.body, parser=html.HTMLParser(encoding="utf-8"))
    bases = tree.xpath("//base/@href")
    here = bases[0] if bases else f"http://{HOST}{target}"
    found = (urljoin(here, href) for href in tree.xpath("//a/@href"))
    return [_local(target, address) for address in found if urlsplit(address).netloc == HOST]


def _local(target: str, address: str) -> str:
    parts = urlsplit(urljoin(f"http://{HOST}{target}", address))
    return quote(parts.path or "/", safe="/%") + (f"?{parts.query}" if parts.query else "")


@cache
def reachable(name: str) -> dict[str, int]:
    """Every address that links lead to from the entry, with its status."""
    site = portal(name)
    status: dict[str, int] = {}
    waiting = [site.entry]
    while waiting:
        target = waiting.pop(0)
        if target in status or site.forbidden(target):
            continue
        assert len(status) < 1500, "endless addresses"
        status[target] = ask(site, target).status
        waiting += links(site, target)
    return status


@pytest.mark.parametrize("name", SITES)
def test_gold_is_reachable_by_links(name: str) -> None:
    seen = reachable(name)
    site = portal(name)
    assert [gold.path for gold in site.gold(1) if gold.path not in seen] == []
    assert len({gold.path for gold in site.gold(1)}) == len({gold.title for gold in site.gold(1)}) == len(site.gold(1))
    assert 15 <= len(site.gold(1)) <= 40


@pytest.mark.parametrize("name", SITES)
def test_no_link_is_dead_but_those_that_should_be(name: str) -> None:
    dead = [target for target, status in reachable(name).items() if status == 404]
    assert [target for target in dead if not re.search(r"/(wp-json|xmlrpc|poll\d)|/Documents/vb/", target)] == []


@pytest.mark.parametrize("name", SITES)
def test_gold_is_printed(name: str) -> None:
    site = portal(name)
    for gold in site.gold(1):
        reply = ask(site, gold.path)
        assert reply.status == 200
        tree = html.fromstring(reply.body, parser=html.HTMLParser(encoding="utf-8"))
        for scrap in tree.xpath("//script|//style"):
            scrap.drop_tree()
        text = words(" ".join(tree.itertext()))
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
    assert ask(site, path, 1).body == ask(site, path, 1).body
    if name != "static_jsonld":
        assert ask(site, path, 1).body != ask(site, path, 2).body


@pytest.mark.parametrize("name", SITES)
def test_a_portal_has_the_short_and_the_odd(name: str) -> None:
    golds = portal(name).gold(1)
    assert sum(len(gold.paragraphs) <= 1 for gold in golds) >= 2, "no notice of one sentence"
    assert any(gold.attachments for gold in golds)
    assert any(" | " in line for gold in golds for line in gold.paragraphs), "no table"
    assert any(len(gold.captions) >= 4 for gold in golds), "no gallery"
    assert any(len(gold.paragraphs) >= 8 for gold in golds)
