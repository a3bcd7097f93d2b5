"""The hold-out portals keep their promises on both nights: gold answers, is linked, is printed; the nights \
differ as said."""

from __future__ import annotations

from functools import cache

import pytest

from tests.holdout.edition import TwoNights
from tests.holdout.sites.catalogue import SITES
from tests.unseen.walking import ask, reachable, text_of, words


@cache
def portal(name: str) -> TwoNights:
    return TwoNights(SITES[name])


@pytest.mark.slow
@pytest.mark.parametrize("night", [1, 2])
@pytest.mark.parametrize("name", SITES)
def test_gold_is_reachable_and_no_link_is_dead(name: str, night: int) -> None:
    site = portal(name)
    seen, golds = reachable(lambda target: ask(site, target, night=night), site.entry), site.gold(night)
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
        reply = ask(site, gold.path, night=night)
        assert reply.status == 200
        assert 30_000 <= len(reply.body) <= 120_000
        text = text_of(reply)
        for line in (gold.title, *gold.paragraphs, *gold.captions, *gold.authors):
            for piece in line.split(" | "):
                assert words(piece) in text, (gold.path, piece)
        for attachment in gold.attachments:
            assert ask(site, attachment, night=night).status == 200
            assert attachment.rsplit("/", 1)[1].encode() in reply.body


@pytest.mark.parametrize("name", SITES)
def test_the_nights_differ_as_said(name: str) -> None:
    site = portal(name)
    added, edited = site.changed()
    assert len(added) == 1
    assert len(edited) == SITES[name].edits
    assert len(site.gold(2)) == len(site.gold(1)) + 1
    path = site.gold(1)[3].path
    assert ask(site, path).body == ask(site, path).body
    assert ask(site, path).body != ask(site, path, hit=2).body
    assert ask(site, "/khong-co-trang-nay-4711").status == 404


@pytest.mark.parametrize("name", SITES)
def test_a_portal_has_the_short_and_the_odd(name: str) -> None:
    golds = portal(name).gold(1)
    assert sum(len(gold.paragraphs) <= 1 for gold in golds) >= 2, "no notice of one sentence"
    assert any(gold.attachments for gold in golds)
    assert any(" | " in line for gold in golds for line in gold.paragraphs), "no table"
    assert any(len(gold.paragraphs) >= 8 for gold in golds)
