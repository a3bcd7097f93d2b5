"""The last step before the network: TLS rules by portal, and requests that can be abandoned when the program must end."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions

from crawler.fetch.batch import SETTING
from crawler.fetch.guard import hosts_of
from crawler.fetch.tls import Faults, PortalTls
from crawler.fetch.wire import Patience, PatientAgent, Places, StrictFactory


class Abandoned(Exception):
    """A request was cut off because the program must end, or its visit has ended; its page stays unasked."""


class PortalHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 client with TLS rules by portal.

    One object serves http, another https; `flights` are those of all of them, `faults` the certificates' of both.
    """

    flights: dict[Request, asyncio.Future[Response]] = {}  # noqa: RUF012  # shared on purpose: there is one crawl per process
    faults = Faults()

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        batch = crawler.settings[SETTING].batch
        connect = min(batch.settings.connect, batch.settings.timeout)
        patience = Patience(connect, batch.settings.first_byte, batch.settings.idle)
        factory: Any = partial(StrictFactory, patience=patience)
        self._pool._factory = factory
        portals = batch.portals
        excused = [host for portal in portals if portal.tls == "accept-invalid" for host in hosts_of(portal)]
        strict: Any = self._contextFactory
        policy: Any = PortalTls(strict, frozenset(excused), self.faults)
        from twisted.internet import reactor

        self._places = Places(reactor, policy, connect, self._pool)

    async def download_request(self, request: Request) -> Response:
        """Fetch one request; see Scrapy's handler for what it raises."""
        # What came of a body that breaks off is kept, marked as truncated.
        agent = PatientAgent(
            places=self._places, contextFactory=self._contextFactory, pool=self._pool,
            maxsize=self._default_maxsize, fail_on_dataloss=False, crawler=self._crawler,
        )  # fmt: skip
        with wrap_twisted_exceptions():
            flight = agent.download_request(request).asFuture(asyncio.get_running_loop())
            self.flights[request] = flight
            try:
                return await flight
            except asyncio.CancelledError:
                raise Abandoned(request.url) from None
            finally:
                del self.flights[request]

    @classmethod
    def abandon(cls) -> None:
        """Cut all connections that wait for an answer; their pages stay unasked."""
        for request in list(cls.flights):
            cls.cut(request)

    @classmethod
    def cut(cls, request: Request) -> bool:
        """Cut the connection on which a request waits for its answer; it ends as Abandoned. False where it waits on none."""
        if (flight := cls.flights.get(request)) is None:
            return False
        flight.cancel()
        return True
