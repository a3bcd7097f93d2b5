"""One spider for every portal: it looks at a response and says what it found. What is asked next is not its business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.http import Response

from crawler.items import Found, PortalPlan
from crawler.links.discover import slices


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
        media_type, charset = content_type(response)
        for found in slices(response.body, url=response.url, media_type=media_type, charset=charset, plan=plan):
            yield found
            await asyncio.sleep(0)


def content_type(response: Response) -> tuple[str, str]:
    """Media type and charset as the HTTP head names them, lower case, empty where it does not."""
    header = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    media_type, _, rest = header.partition(";")
    charset = rest.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return media_type.strip(), charset
