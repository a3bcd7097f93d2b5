"""news-please's recursive crawler for portals on loopback; loaded by news-please, imports nothing of ours.

Portals of a bench differ by their ports, and Scrapy leaves out allowed domains that have one.
"""

from typing import Any

from newsplease.crawler.spiders.recursive_crawler import RecursiveCrawler


class LoopbackCrawler(RecursiveCrawler):
    """The same, kept to the host without its port."""

    name = "LoopbackCrawler"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.allowed_domains = [self.allowed_domains[0].partition(":")[0]]
