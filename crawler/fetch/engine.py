"""Scrapy's engine for a batch, without what nobody here listens to: a request is one task from the frontier to its answer.

Scrapy takes a request through six tasks, a queue of its slot, five signals and a failure that tells the spider nothing. Whose
turn a server is, is the frontier's to say.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.python.failure import Failure

from crawler.fetch.outcomes import Settled

log = logging.getLogger(__name__)


class Engine(ExecutionEngine):
    """Carries requests out; opening, closing, and what the spider is told, are Scrapy's."""

    def _start_scheduled_request(self) -> bool:
        """Begin the next request; False when there is none at this moment."""
        assert self._slot is not None
        request = self._slot.scheduler.next_request()
        if request is None:
            return False
        self._slot.add_request(request)
        self.downloader.active.add(request)
        asyncio.ensure_future(self._carry_out(request))  # noqa: RUF006  # what it awaits holds it
        return True

    async def _carry_out(self, request: Request) -> None:
        """Ask, and hand the spider what is for it: pages, and requests without an answer."""
        assert self._slot is not None
        try:
            result = await self._asked(request)
            self._slot.nextcall.schedule()
            if result is not None:
                await maybe_deferred_to_future(self.scraper.enqueue_scrape(result, request))
        except Exception:
            log.exception("%s: the answer went astray", request.url)
        finally:
            self._slot.remove_request(request)
            self._slot.nextcall.schedule()

    async def _asked(self, request: Request) -> Response | Failure | None:
        """The page, or why there is none; None where nothing is left to do."""
        try:
            response = await self._answered(request)
        except Settled:
            return None
        except Exception:
            return Failure()  # type: ignore[no-untyped-call]
        finally:
            self.downloader.active.discard(request)
        response.request = request
        return response

    async def _answered(self, request: Request) -> Response:
        """The answer, after all middlewares; they are ours, plain functions, and none takes a request's place."""
        looks: Any = self.downloader.middleware.methods
        try:
            for look in looks["process_request"]:
                look(request=request)
            response: Response = await self._handler(request).download_request(request)
        except Exception as error:
            for look in looks["process_exception"]:
                look(request=request, exception=error)
            raise
        for look in looks["process_response"]:
            response = look(request=request, response=response)
        return response

    def _handler(self, request: Request) -> Any:
        """What speaks the scheme of a request: one of two, as the guard has let it out."""
        return self.downloader.handlers._get_handler(request.url.partition(":")[0].lower())


class LeanCrawler(Crawler):
    """Scrapy's crawler with this engine."""

    def _create_engine(self) -> Engine:
        return Engine(self, lambda _: self.stop_async())
