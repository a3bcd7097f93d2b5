"""One spider for every portal: it looks at a response and says what it found. What is asked next is not its business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import scrapy
from scrapy.http import Response

from crawler.items import Found, PortalPlan
from crawler.links.discover import slices
from crawler.links.heads import content_type

LARGE = 256 * 1024
"""Bytes of a page beyond which its links are looked for beside the crawl's loop, so that everybody else is served meanwhile."""

_ASIDE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="links")
"""One at a time: what a large page takes in memory is taken once."""


class PortalSpider(scrapy.Spider):
    """Finds the links of one page at a time.

    `portal` is the id of the portal to crawl, for the bare `scrapy crawl portal -a portal=ID`; empty for all of a batch. The
    plan of a response's portal comes in `response.meta["plan"]`. Never yields a request: the frontier hands out pages.
    """

    name = "portal"

    def __init__(self, portal: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.portal = portal

    async def start(self) -> AsyncIterator[Any]:
        """No first requests: the frontier has them."""
        return
        yield

    async def parse(self, response: Response, **arguments: Any) -> AsyncIterator[Found]:
        """What one response is and where it leads; a long list comes in slices, and others have their turn between two."""
        plan = response.meta["plan"]
        if not isinstance(plan, PortalPlan):
            raise TypeError(f"{response.url}: meta['plan'] is no PortalPlan")
        named = content_type((response.headers.get("Content-Type") or b"").decode("latin-1"))
        url = response.meta.get("address") or response.url
        pieces = slices(response.body, url=url, media_type=named[0], charset=named[1], plan=plan)
        while (found := await self._next(pieces, large=len(response.body) > LARGE)) is not None:
            yield found
            await asyncio.sleep(0)

    async def _next(self, pieces: Iterator[Found], *, large: bool) -> Found | None:
        if not large:
            return next(pieces, None)
        return await asyncio.get_running_loop().run_in_executor(_ASIDE, next, pieces, None)
