"""The plain way, to compare with: Scrapy's link extractor, trafilatura with metadata, one SQLite commit an item.

    python -m bench.plain DATABASE URL...

Keeps no captures, no history and no evidence; every page is read where it is fetched.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import HtmlResponse, Response
from scrapy.linkextractors import LinkExtractor


class PlainSpider(Spider):
    """Follows every link of the given hosts and yields what trafilatura reads."""

    name = "plain"

    async def start(self) -> AsyncIterator[Any]:
        """One request for each address on the command line."""
        for url in self.urls:  # type: ignore[attr-defined]
            yield Request(url)

    def parse(self, response: Response) -> Iterator[Any]:
        """Links of the same host, and the page as trafilatura reads it."""
        if not isinstance(response, HtmlResponse):
            return
        place = urlsplit(response.url).netloc
        for link in LinkExtractor().extract_links(response):
            if urlsplit(link.url).netloc == place:
                yield Request(link.url)
        document = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if document is not None:
            yield {"url": response.url, "title": document.title, "date": document.date, "text": document.text}


class CommitEach:
    """One transaction an item, as most tutorials do it."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS article (url TEXT PRIMARY KEY, title, date, text)")

    @classmethod
    def from_crawler(cls, crawler: Any) -> CommitEach:
        """Built by Scrapy."""
        return cls(crawler.settings["PLAIN_DATABASE"])

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Store and commit."""
        self.connection.execute("INSERT OR REPLACE INTO article VALUES (:url, :title, :date, :text)", item)
        self.connection.commit()
        return item


def main(database: str, urls: list[str], max_pages: int = 100_000) -> None:
    """Crawl the sites at `urls` to the end, or until `max_pages` responses; prints how many of status 200 came, and of any."""
    process = AsyncCrawlerProcess(
        {
            "ITEM_PIPELINES": {CommitEach: 300},
            "PLAIN_DATABASE": database,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "CLOSESPIDER_PAGECOUNT": max_pages,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "DEPTH_PRIORITY": 1,
        }
    )
    crawler = process.create_crawler(PlainSpider)
    process.crawl(crawler, urls=urls)
    process.start()
    assert crawler.stats
    found = [crawler.stats.get_value(f"downloader/response_{name}", 0) for name in ("status_count/200", "count")]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
