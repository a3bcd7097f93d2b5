"""Where answers come back to the frontier: a downloader middleware next to the engine, and a spider middleware."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.fetch.frontier import frontier_of
from crawler.fetch.outcomes import Settled
from crawler.items import Found


class AnswerMiddleware:
    """Settles every answer that is no page: redirects, robots.txt, 304, files, errors. Pages go on to the spider."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AnswerMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The page, decoded. Raises Settled when there is nothing left to do for the spider."""
        frontier = frontier_of(self._crawler)
        with frontier.crawl.watched():
            page = frontier.outcomes.arrived(request, response)
        if page:
            return response
        raise Settled(request.url)


class FoundMiddleware:
    """Takes what the spider found on a page; nothing goes on from here, there are no items and no pipelines."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FoundMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Hand the page with its links to the frontier; of a long list each slice goes into a transaction of its own."""
        frontier = frontier_of(self._crawler)
        found: Found | None = None
        async for item in result:
            if found is not None:
                with frontier.crawl.watched():
                    frontier.outcomes.slice_found(response, found)
            found = item if isinstance(item, Found) else found
        with frontier.crawl.watched():
            frontier.outcomes.found(response, found)
        return
        yield  # an asynchronous generator that yields nothing

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any]:
        """A page on which the spider failed is kept all the same."""
        frontier = frontier_of(self._crawler)
        if frontier.assignment.trouble is None:
            with frontier.crawl.watched():
                frontier.outcomes.unreadable(response, exception)
        return []
