"""Runs a crawl batch: one Scrapy crawler in this process, for as long as its portals have pages to ask.

A Twisted reactor starts once in a process, so a batch is a process of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.spiders import Spider

from crawler.fetch.batch import SETTING, Assignment, Batch, FetchSettings
from crawler.fetch.engine import LeanCrawler
from crawler.fetch.network import PortalHandler
from crawler.fetch.repair import repair

__all__ = ["SETTING", "Assignment", "Batch", "FetchSettings", "crawl_batch", "repair"]


def crawl_batch(batch: Batch, *, now: Callable[[], datetime], report: Callable[[Mapping[str, Any]], None]) -> None:
    """Visit the portals of a batch, and return when all their visits have ended.

    `report` hears small events: `start`, `page`, `visit`, and every ten seconds `beat`: silence means a crawl that
    hangs. Visits are begun and ended in the database; a portal or a page that fails never raises. SIGTERM and SIGINT
    end the crawl in order; then, and when the archive cannot go on, raises what did it: Stopped, Held, StorageFull,
    DatabaseError. Whatever was reported is stored, and the same run can go on.
    """
    assignment = Assignment(batch, now=now, report=report)
    settings = batch_settings(assignment)
    process = _Process(settings)
    process.crawl("portal")
    process.start(install_signal_handlers=threading.current_thread() is threading.main_thread())
    if assignment.trouble is not None:
        raise assignment.trouble
    if process.bootstrap_failed or not assignment.closed:
        what = "started" if process.bootstrap_failed else "ended in order"
        raise RuntimeError(f"the crawl could not be {what}; the log says why")


def batch_settings(assignment: Assignment) -> Settings:
    """Scrapy's settings for a batch: the wiring table and what the batch asks for."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    fetch = assignment.batch.settings
    values = {
        SETTING: assignment,
        "ADDONS": {},
        "LOG_INSTALL_ROOT_HANDLER": False,  # logging is the caller's
        "USER_AGENT": fetch.user_agent,
        "CONCURRENT_REQUESTS": fetch.active * fetch.per_server,
        "CONCURRENT_REQUESTS_PER_DOMAIN": fetch.per_server,
        "DOWNLOAD_TIMEOUT": fetch.timeout,
        "DOWNLOAD_MAXSIZE": fetch.max_body,
    }
    settings.setdict(values, priority="cmdline")
    return settings


class _Process(AsyncCrawlerProcess):
    """Scrapy's process with our engine, which on the first signal also sets a limit to how long it waits for answers."""

    def _create_crawler(self, spidercls: type[Spider] | str) -> LeanCrawler:
        known = self.spider_loader.load(spidercls) if isinstance(spidercls, str) else spidercls
        return LeanCrawler(known, self.settings)

    def _signal_shutdown(self, signum: int, _: Any) -> None:
        super()._signal_shutdown(signum, _)
        from twisted.internet import reactor

        grace = self.settings[SETTING].batch.settings.grace
        reactor.callFromThread(reactor.callLater, grace, PortalHandler.abandon)
