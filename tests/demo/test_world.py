"""The sample world is what it says: pages of the right size, gold that stands on them, nights that differ as intended."""

from __future__ import annotations

import html
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest

from phuongchi.demo.articles import fold
from phuongchi.demo.compare import FIELDS, compare
from phuongchi.demo.seeds import find_seeds, load_seeds
from phuongchi.demo.site import Gold, Site, serve
from phuongchi.demo.world import sample_sites

HOST = {"host": "127.0.0.1:8800"}
BASE = "http://127.0.0.1:8800/"
SITES = {site.name: site for site in sample_sites(find_seeds())}
SEEDS = find_seeds()


def page(site: Site, target: str, *, night: int = 1, hit: int = 1) -> str:
    return site.reply(target, HOST, night=night, hit=hit).body.decode()


def text_of(source: str) -> str:
    """The text of a page, white space folded, as a reader could see it at best."""
    tree = lxml.html.fromstring(source)
    for element in tree.xpath("//script | //style"):
        element.drop_tree()
    return fold(" ".join(tree.itertext()))


def squeeze(text: str) -> str:
    """Without any white space: tags may or may not stand where a space is."""
    return re.sub(r"\s+", "", html.unescape(text))


TRAPS = ("p_p_auth=", "pop_up")
"""Links with a session key, new on each page: whoever follows them never comes home."""


@cache
def crawl(name: str, night: int = 1) -> dict[str, int]:
    """Everything reachable by plain links but `TRAPS`, with its status; redirects are followed."""
    site = SITES[name]
    seen: dict[str, int] = {}
    waiting = ["/"]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        reply = site.reply(target, HOST, night=night, hit=len(seen))
        seen[target] = reply.status
        headers = dict(reply.headers)
        if "Location" in headers:
            waiting.append(headers["Location"])
        elif reply.body.lstrip().startswith(b"<!DOCTYPE html") or b"<html" in reply.body[:200]:
            for link in set(lxml.html.fromstring(reply.body).xpath("//a/@href")):
                address = urlsplit(urljoin(BASE + target.lstrip("/"), link))
                if address.netloc == "127.0.0.1:8800" and not any(trap in link for trap in TRAPS):
                    path = address.path.partition(";jsessionid=")[0]
                    waiting.append(path + (f"?{address.query}" if address.query else ""))
        assert len(seen) < 200, "the site has a trap without end"
    return seen


@pytest.fixture(params=sorted(SITES))
def site(request: pytest.FixtureRequest) -> Site:
    return SITES[request.param]


@pytest.fixture(params=[1, 2], ids=["night one", "night two"])
def night(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_there_are_six_platforms() -> None:
    assert len({site.platform for site in SITES.values()}) >= 6
    for site in SITES.values():
        assert 8 <= len(site.gold(1)) <= 13


def test_every_article_answers_with_a_page_of_real_size(site: Site, night: int) -> None:
    for gold in site.gold(night):
        reply = site.reply(gold.path, HOST, night=night, hit=5)
        assert reply.status == 200, gold.path
        assert 40_000 < len(reply.body) < 90_000, (gold.path, len(reply.body))


def test_gold_stands_on_the_page(site: Site, night: int) -> None:
    for gold in site.gold(night):
        text = squeeze(text_of(page(site, gold.path, night=night)))
        for string in (gold.title, *gold.captions, *gold.authors, *gold.credits):
            assert squeeze(string) in text, (gold.path, string)
        for paragraph in gold.paragraphs:
            assert squeeze(paragraph.replace(" | ", "")) in text, (gold.path, paragraph)
        if gold.published_basis == "printed" and gold.published_at:
            year, month, day = gold.published_at[:10].split("-")
            assert f"{day}/{month}/{year}" in text
            assert gold.published_precision == "day" or gold.published_at[11:16] in text


def test_paragraphs_stand_in_order_once(site: Site) -> None:
    for gold in site.gold(1):
        assert len(set(gold.paragraphs)) == len(gold.paragraphs), gold.path
        assert all(paragraph and fold(paragraph) == paragraph for paragraph in gold.paragraphs)


def test_the_event_is_a_date_of_the_first_paragraph(site: Site) -> None:
    for gold in site.gold(2):
        if gold.event_date:
            _, month, day = (int(part) for part in gold.event_date.split("-"))
            forms = rf"\b0?{day}([/-]0?{month}\b| tháng 0?{month}\b| và )"
            assert re.search(forms, gold.paragraphs[0]), (gold.path, gold.event_date)
        if gold.published_basis == "inferred":
            assert gold.published_at == gold.event_date


def test_furniture_is_on_the_page_and_in_no_gold_text(site: Site) -> None:
    for gold in site.gold(1):
        text = squeeze(text_of(page(site, gold.path)))
        own = "\n".join((gold.title, *gold.paragraphs, *gold.captions))
        for string in gold.boilerplate:
            assert string not in own, (gold.path, string)
            on_page = squeeze(string) in text or squeeze(string) in squeeze(page(site, gold.path))
            assert on_page or string == "Tập tin đính kèm", (gold.path, string)


def test_attachments_are_served(site: Site) -> None:
    for gold in site.gold(2):
        source = page(site, gold.path, night=2)
        for path in gold.attachments:
            assert f'href="{path}"' in source
            reply = site.reply(path, HOST, night=1, hit=1)
            assert reply.status == 200
            assert reply.body[:4] in (b"%PDF", b"PK\x03\x04"), path
            assert reply == site.reply(path, HOST, night=2, hit=9)


def test_counters_move_and_nothing_else(site: Site) -> None:
    path = site.gold(1)[0].path
    first, again, later = page(site, path, hit=4), page(site, path, hit=4), page(site, path, hit=5)
    assert first == again
    assert text_of(first) != text_of(later)


@pytest.mark.slow
def test_every_article_is_linked_and_nothing_breaks(site: Site, night: int) -> None:
    seen = crawl(site.name, night)
    assert {gold.path for gold in site.gold(night)} <= set(seen)
    broken = {target for target, status in seen.items() if status == 404 and "tim-kiem" not in target}
    assert not {target for target in broken if not re.search(r"search", target)}, broken


def test_lists_have_several_pages(site: Site) -> None:
    assert any(re.search(r"cur=3|page=3|page/3|page-3", target) for target in crawl(site.name))


def test_unknown_addresses_answer_404(site: Site) -> None:
    for target in (
        "/khong-co-trang-nay",
        "/?gd=4&cn=28&tc=999999",
        "/tin-tuc/-/view_content/1-x.html",
        "/vi/news/x/y-9.html",
    ):
        if target.startswith("/?") and site.name != "hue":
            continue
        assert site.reply(target, HOST, night=1, hit=1).status == 404, target


def test_who_has_robots_feeds_and_sitemaps() -> None:
    def have(path: str) -> set[str]:
        return {site.name for site in SITES.values() if site.reply(path, HOST, night=1, hit=1).status == 200}

    assert have("/robots.txt") == {"nukeviet", "quangngai"}
    assert have("/sitemap.xml") == {"nukeviet"}
    assert have("/vi/news/rss/") == {"nukeviet"}
    feed = page(SITES["quangngai"], "/web/phuong-tra-giang/tin-tuc-su-kien/-/asset_publisher/JmXe4Tz7nGwB/rss")
    assert feed.count("<item>") == 5
    nukeviet = SITES["nukeviet"]
    listed = page(nukeviet, "/sitemap-vi.news.xml")
    assert all(f"<loc>{BASE.rstrip('/')}{gold.path}</loc>" in listed for gold in nukeviet.gold(1))


def test_one_article_under_other_addresses() -> None:
    hanoi, hue = SITES["hanoi"], SITES["hue"]
    number = hanoi.gold(1)[0].path.split("/")[-1].partition("-")[0]
    title = html.escape(hanoi.gold(1)[0].title)
    assert title in page(hanoi, f"/tin-tuc?p_p_id=101&_101_assetEntryId={number}&_101_type=content")
    assert title in page(hanoi, hanoi.gold(1)[0].path + ";jsessionid=0A1B")
    category = hue.gold(1)[0].path.split("&")
    assert html.escape(hue.gold(1)[0].title) in page(hue, f"/?{category[2]}&{category[1]}&gd=4")


def test_nukeviet_prints_its_malformed_time_and_answers_304() -> None:
    site = SITES["nukeviet"]
    gold = next(gold for gold in site.gold(1) if gold.published_precision == "minute")
    reply = site.reply(gold.path, HOST, night=1, hit=1)
    assert gold.published_at is not None
    malformed = f"{gold.published_at[:10]}+07{gold.published_at[11:19]}"
    assert f'property="article:published_time" content="{malformed}"' in reply.body.decode()
    stamp = dict(reply.headers)["Last-Modified"]
    assert site.reply(gold.path, HOST | {"if-modified-since": stamp}, night=2, hit=8).status == 304


def test_night_two_differs_exactly_as_intended() -> None:
    new: dict[str, int] = {}
    edited: list[tuple[Gold, Gold]] = []
    for site in SITES.values():
        before = {gold.path: gold for gold in site.gold(1)}
        after = {gold.path: gold for gold in site.gold(2)}
        assert set(before) <= set(after)
        if len(after) > len(before):
            new[site.name] = len(after) - len(before)
        edited += [(gold, after[path]) for path, gold in before.items() if gold != after[path]]
        assert all(gold.night == 2 for path, gold in after.items() if path not in before)
    assert new == {"hanoi": 1, "hue": 1, "nukeviet": 2}
    [(old, revised)] = edited
    assert revised.night == 2
    changed = [
        number for number, pair in enumerate(zip(old.paragraphs, revised.paragraphs, strict=True)) if pair[0] != pair[1]
    ]
    assert len(changed) == 1
    assert replace(revised, paragraphs=old.paragraphs, night=1) == old


def test_the_server_shows_every_site_on_a_port_of_its_own() -> None:
    with serve(list(SITES.values())) as world:
        assert len(set(world.urls.values())) == len(SITES)
        for name, url in world.urls.items():
            path = SITES[name].gold(1)[0].path
            with urllib.request.urlopen(urljoin(url, path)) as answer:
                assert answer.status == 200
        assert len(world.requests) == len(SITES)


# The comparison


def export(gold: Gold) -> dict[str, Any]:
    """A perfect export of one article."""
    return {**asdict(gold), "url": BASE.rstrip("/") + gold.path, "urls": [],
            "attachments": [{"url": BASE.rstrip("/") + path} for path in gold.attachments]}  # fmt: skip


def test_a_perfect_export_compares_as_perfect(site: Site) -> None:
    gold = site.gold(2)
    result = compare([export(one) for one in gold], gold, BASE)
    assert result.perfect, (result.differences[:2], result.leaks[:2])
    assert result.exact == dict.fromkeys(FIELDS, len(gold))


def test_faults_are_named() -> None:
    gold = SITES["hanoi"].gold(1)
    exported = [export(one) for one in gold[1:]]
    exported[0]["paragraphs"] = [*exported[0]["paragraphs"], "Tin đọc nhiều", gold[4].title]
    exported[1]["published_at"] = "2020-01-01"
    exported.append({"url": BASE + "gioi-thieu", "title": "Giới thiệu chung", "paragraphs": []})
    result = compare(exported, gold, BASE)
    assert result.missing == (gold[0].path,)
    assert result.extra == (BASE + "gioi-thieu",)
    assert [(leak.path, leak.string) for leak in result.leaks] == [
        (gold[1].path, "Tin đọc nhiều"),
        (gold[1].path, gold[4].title),
    ]
    assert {(difference.path, difference.field) for difference in result.differences} == {
        (gold[1].path, "paragraphs"), (gold[2].path, "published_at"),
    }  # fmt: skip
    assert not result.perfect


def test_an_article_under_its_other_address_is_recognised() -> None:
    gold = SITES["hue"].gold(1)
    exported = [export(one) for one in gold]
    layout, category, number = gold[0].path.removeprefix("/?").split("&")
    exported[0]["url"] = f"{BASE}?{number}&{category}&{layout}"
    exported[1]["url"] = f"{BASE}something-else"
    result = compare(exported, gold, BASE)
    assert not result.missing
    assert not result.extra
    assert result.exact["address"] == len(gold) - 1


# The real seeds


@pytest.fixture
def seeds() -> Iterator[Path]:
    if SEEDS is None:
        pytest.skip("SKIPPED: real seeds not beside the project")
    yield SEEDS


def test_the_gold_of_each_seed_is_its_expected_reading(seeds: Path) -> None:
    loaded = load_seeds(seeds)
    assert len(loaded) == 5
    for seed in loaded:
        [gold] = [gold for gold in SITES[seed.site].gold(1) if gold.title == fold(seed.article.title)]
        found = json.loads(json.dumps(asdict(gold)))
        for name, value in seed.expected.items():
            if name in found and name != "boilerplate":
                assert found[name] == value, (seed.site, name)
        assert set(seed.expected["boilerplate"]) <= set(gold.boilerplate)


@pytest.mark.slow
def test_the_seeds_keep_their_own_lines(seeds: Path) -> None:
    for seed in load_seeds(seeds):
        [gold] = [gold for gold in SITES[seed.site].gold(1) if gold.title == fold(seed.article.title)]
        source = page(SITES[seed.site], gold.path)
        for line in (seeds / seed.expected["file"]).read_text(encoding="utf-8").split("\n"):
            assert squeeze(line) in squeeze(text_of(source)), line
        raw = (seeds / seed.expected["file"]).read_text(encoding="utf-8")
        body = lxml.html.fromstring(source).text_content()
        assert all(line.strip(" ") in body for line in raw.split("\n") if line.startswith("\N{NO-BREAK SPACE}"))
