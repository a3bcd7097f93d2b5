"""The hold-out portals keep their promises on both nights: gold answers, is linked, is printed; the nights \
differ as said."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import html

from phuongchi.demo.site import Reply
from tests.holdout.edition import TwoNights
from tests.holdout.sites.catalogue import SITES

HOST = "portal.test"


@cache
def portal(name: str) -> TwoNights:
    return TwoNights(SITES[name])


def ask(site: TwoNights, target: str, night: int = 1, hit: int = 1) -> Reply:
    return site.reply(target, {"host": HOST}, night=night, hit=hit)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def charset(reply: Reply) -> str:
    return "cp1258" if "1258" in dict(reply.headers)["Content-Type"] else "utf-8"


def tree_of(reply: Reply) -> html.HtmlElement:
    return html.fromstring(reply.body.decode(charset(reply)).encode(), parser=html.HTMLParser(encoding="utf-8"))


def links(site: TwoNights, target: str, night: int) -> list[str]:
    reply = ask(site, target, night)
    fields = dict(reply.headers)
    if "Location" in fields:
        return [local(target, fields["Location"])]
    if not fields.get("Content-Type", "").startswith("text/html"):
        return []
    tree = tree_of(reply)
    here = next(iter(tree.xpath("//base/@href")), f"http://{HOST}{target}")
    found = (urljoin(here, href) for href in tree.xpath("//a/@href"))
    return [local(target, address) for address in found if urlsplit(address).netloc == HOST]


def local(target: str, address: str) -> str:
    parts = urlsplit(urljoin(f"http://{HOST}{target}", address))
    return quote(parts.path or "/", safe="/%") + (f"?{parts.query}" if parts.query else "")


@cache
def reachable(name: str, night: int) -> dict[str, int]:
    site = portal(name)
    status: dict[str, int] = {}
    waiting = [site.entry]
    while waiting:
        target = waiting.pop(0)
        if target not in status:
            assert len(status) < 1500, "endless addresses"
            status[target] = ask(site, target, night).status
            waiting += links(site, target, night)
    return status


@pytest.mark.slow
@pytest.mark.parametrize("night", [1, 2])
@pytest.mark.parametrize("name", SITES)
def test_gold_is_reachable_and_no_link_is_dead(name: str, night: int) -> None:
    seen, golds = reachable(name, night), portal(name).gold(night)
    known = {target.partition("?inheritRedirect")[0].casefold() for target in seen}
    assert [gold.path for gold in golds if gold.path.casefold() not in known] == []
    assert [target for target, status in seen.items() if status == 404] == []
    assert len({gold.path for gold in golds}) == len({gold.title for gold in golds}) == len(golds)
    assert 15 <= len(golds) <= 30


@pytest.mark.slow
@pytest.mark.parametrize("night", [1, 2])
@pytest.mark.parametrize("name", SITES)
def test_gold_is_printed(name: str, night: int) -> None:
    site = portal(name)
    for gold in site.gold(night):
        reply = ask(site, gold.path, night)
        assert reply.status == 200
        assert 30_000 <= len(reply.body) <= 120_000
        tree = tree_of(reply)
        for scrap in tree.xpath("//script|//style|//head"):
            scrap.drop_tree()
        text = words(" ".join(tree.itertext()))
        for line in (gold.title, *gold.paragraphs, *gold.captions, *gold.authors):
            for piece in line.split(" | "):
                assert words(piece) in text, (gold.path, piece)
        for attachment in gold.attachments:
            assert ask(site, attachment, night).status == 200
            assert attachment.rsplit("/", 1)[1].encode() in reply.body


@pytest.mark.parametrize("name", SITES)
def test_the_nights_differ_as_said(name: str) -> None:
    site = portal(name)
    added, edited = site.changed()
    assert len(added) == 1
    assert len(edited) == SITES[name].edits
    assert len(site.gold(2)) == len(site.gold(1)) + 1
    path = site.gold(1)[3].path
    assert ask(site, path, 1, 1).body == ask(site, path, 1, 1).body
    assert ask(site, path, 1, 1).body != ask(site, path, 1, 2).body
    assert ask(site, "/khong-co-trang-nay-4711").status == 404


@pytest.mark.parametrize("name", SITES)
def test_a_portal_has_the_short_and_the_odd(name: str) -> None:
    golds = portal(name).gold(1)
    assert sum(len(gold.paragraphs) <= 1 for gold in golds) >= 2, "no notice of one sentence"
    assert any(gold.attachments for gold in golds)
    assert any(" | " in line for gold in golds for line in gold.paragraphs), "no table"
    assert any(len(gold.paragraphs) >= 8 for gold in golds)
