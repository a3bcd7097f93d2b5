"""The spider: one response in, one Found out, and no request ever."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.items import Found
from crawler.links.discover import SLICE
from crawler.links.heads import content_type
from spiders.portal import PortalSpider
from tests.links.builders import HOME, make_plan, sitemap


def respond(body: bytes, **meta: object) -> Response:
    request = Request(HOME + "tin", meta=dict(meta))
    return HtmlResponse(
        HOME + "tin", body=body, request=request, headers={"Content-Type": 'Text/HTML; Charset="UTF-8"; a=b'}
    )


def test_start_when_the_crawl_begins_then_asks_for_nothing() -> None:
    async def collect() -> list[object]:
        return [item async for item in PortalSpider(portal="xa").start()]

    assert asyncio.run(collect()) == []


def parsed(response: Response) -> list[Found]:
    async def collect() -> list[Found]:
        return [found async for found in PortalSpider().parse(response)]

    return asyncio.run(collect())


def test_parse_when_a_response_comes_then_yields_what_was_found() -> None:
    body = '<p><a href="/bai-1">Phường tổ chức ngày hội hiến máu</a></p>'.encode()
    [found] = parsed(respond(body, plan=make_plan()))
    assert isinstance(found, Found)
    assert [link.url for link in found.links] == [HOME + "bai-1"]


@pytest.mark.slow
def test_parse_when_a_sitemap_is_long_then_others_have_their_turn_between_its_slices() -> None:
    body = sitemap(2 * SLICE + 10)
    turns: list[int] = []

    async def others() -> None:
        while True:
            turns.append(len(seen))
            await asyncio.sleep(0)

    seen: list[Found] = []

    async def collect() -> None:
        task = asyncio.ensure_future(others())
        async for found in PortalSpider().parse(respond(body, plan=make_plan())):
            seen.extend((found,))
        task.cancel()

    asyncio.run(collect())
    assert [len(found.links) for found in seen] == [SLICE, SLICE, 10]
    assert {1, 2} <= set(turns)


def test_parse_when_no_plan_is_given_then_says_so() -> None:
    with pytest.raises(TypeError, match="no PortalPlan"):
        parsed(respond(b"<p>", plan=None))


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ('Text/HTML; Charset="UTF-8"; a=b', ("text/html", "utf-8")),
        ("application/rss+xml ;charset = x; charset=ISO-8859-1", ("application/rss+xml", "iso-8859-1")),
        ("", ("", "")),
        (";", ("", "")),
    ],
)
def test_content_type_when_head_is_odd_then_is_read_anyway(header: str, named: tuple[str, str]) -> None:
    assert content_type(header) == named
