"""A page drawn by Chromium that has no network: whatever the page asks for is fetched by the crawl, or refused.

    captured page -> Chromium -> request -> the crawl's own way (guard, robots.txt, pace, WARC) -> answer -> … -> the DOM

So nothing that a page's scripts do can reach an address the crawl may not reach: names are resolved and connections made by
the crawl alone. Needs the extra `browser` (playwright) and a Chromium of the system; both are loaded only when asked for.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from storage.errors import UsageError

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Page, Playwright, Route, WebSocketRoute

log = logging.getLogger(__name__)

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""What a Chromium is called on systems that package one."""

CURE: Final = "pip install 'phuongchi[browser]' and apt install chromium, or set fetch.browser = \"off\""

MOST_REQUESTS = 60
"""Answers that one page may ask for."""

LARGEST_DOM = 8 * 2**20
"""Characters of a drawn page that are kept."""

_ASKED = frozenset(("script", "xhr", "fetch", "other"))
"""Kinds of requests that the crawl is asked for: pictures, fonts, films, frames and sockets change no text."""

_CLOSING = 10.0
_DROPPED = frozenset(
    ("content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection", "content-security-policy")
)
_ARGUMENTS = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-extensions", "--mute-audio", "--disable-domain-reliability",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
)  # fmt: skip
_NOWHERE = "http://nowhere.invalid:9"
"""The only way out that Chromium is given; it leads nowhere."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the crawl got for a request of a page: as it goes to the page, decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page after its scripts have run. `asked` answers were fetched for it, `refused` were not; `complete` is False when
    it was still busy at the end of its time."""

    html: str = field(repr=False)
    asked: int
    refused: int
    complete: bool
    engine: str


Fetch = Callable[[str], Awaitable[Answer | None]]
"""Fetches an address for a page, or says None where it must not or cannot be had."""


class NotDrawn(Exception):
    """A page could not be drawn."""


def find_chromium(path: str = "") -> str:
    """The Chromium to use: the one at `path` if it is given. Raises UsageError when it, or the extra, is not there."""
    if find_spec("playwright") is None:
        raise UsageError('fetch.browser = "auto", but the extra `browser` is not installed', cure=CURE)
    found = shutil.which(path) if path else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        missing = f"no browser at {path}" if path else "no Chromium was found"
        raise UsageError(f'fetch.browser = "auto", but {missing}', cure=CURE)
    return found


class Browser:
    """One Chromium for all pages of a batch, begun with the first; each page has a context of its own, without a past."""

    def __init__(self, path: str, *, user_agent: str, seconds: float) -> None:
        self._path, self._agent, self._seconds = path, user_agent, seconds
        self._driver: Playwright | None = None
        self._chromium: Chromium | None = None
        self._starting = asyncio.Lock()

    @property
    def begun(self) -> bool:
        """Whether one was started."""
        return self._driver is not None

    async def draw(self, url: str, page: Answer, fetch: Fetch) -> Drawn:
        """The page that came from `url` after its scripts have run. Raises NotDrawn."""
        from playwright.async_api import Error

        chromium = await self._started()
        try:
            context = await chromium.new_context(
                user_agent=self._agent, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", accept_downloads=False,
                service_workers="block", viewport={"width": 1280, "height": 2000},
            )  # fmt: skip
        except Error as error:
            await self.close()
            raise NotDrawn(_words(error)) from error
        try:
            return await _Sitting(url, page, fetch, self._seconds, chromium.version).drawn(context)
        except (Error, TimeoutError) as error:
            raise NotDrawn(_words(error)) from error
        finally:
            try:
                await asyncio.wait_for(context.close(), _CLOSING)
            except (Error, TimeoutError):
                await self.close()  # a page that cannot be closed goes with its browser

    async def close(self) -> None:
        """End the browser, if one runs; the next page begins another."""
        from playwright.async_api import Error

        driver, chromium, self._driver, self._chromium = self._driver, self._chromium, None, None
        for one in (chromium.close() if chromium else None, driver.stop() if driver else None):
            if one is not None:
                with suppress(Error, TimeoutError):
                    await asyncio.wait_for(one, _CLOSING)

    async def _started(self) -> Chromium:
        from playwright.async_api import Error, async_playwright

        async with self._starting:
            if self._chromium is not None and self._chromium.is_connected():
                return self._chromium
            await self.close()
            self._driver = await async_playwright().start()
            try:
                self._chromium = await self._driver.chromium.launch(
                    executable_path=self._path, args=list(_ARGUMENTS), proxy={"server": _NOWHERE},
                    chromium_sandbox=os.geteuid() != 0, handle_sigint=False, handle_sigterm=False, handle_sighup=False,
                )  # fmt: skip
            except Error as error:
                await self.close()
                raise NotDrawn(f"{self._path} could not be started: {_words(error)}") from error
            return self._chromium


class _Sitting:
    """The drawing of one page."""

    def __init__(self, url: str, page: Answer, fetch: Fetch, seconds: float, engine: str) -> None:
        self._url, self._page, self._fetch, self._seconds, self._engine = url, page, fetch, seconds, engine
        self._begun = False
        self._asked = self._refused = 0

    async def drawn(self, context: BrowserContext) -> Drawn:
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", _hang_up)
        page = await context.new_page()
        context.on("page", lambda other: asyncio.ensure_future(other.close()) if other is not page else None)
        complete = True
        try:
            async with asyncio.timeout(self._seconds):
                await page.goto(self._url, wait_until="domcontentloaded", timeout=0)
                await page.wait_for_load_state("networkidle", timeout=0)
        except TimeoutError:
            complete = False
        return Drawn(await self._dom(page), self._asked, self._refused, complete, f"Chromium {self._engine}")

    async def _dom(self, page: Page) -> str:
        async with asyncio.timeout(_CLOSING):
            size = await page.evaluate("document.documentElement ? document.documentElement.outerHTML.length : 0")
            if not isinstance(size, int) or size > LARGEST_DOM:
                raise NotDrawn(f"the page grew to {size} characters")
            return await page.content()

    async def _answer(self, route: Route) -> None:
        from playwright.async_api import Error

        with suppress(Error):  # the page is gone
            request = route.request
            if request.resource_type == "document":
                await self._document(route)
            elif request.resource_type == "stylesheet":
                await route.fulfill(status=200, content_type="text/css", body="")
            else:
                wanted = request.method == "GET" and request.resource_type in _ASKED and self._asked < MOST_REQUESTS
                answer = await self._got(request.url) if wanted else None
                await (_give(route, answer) if answer is not None else self._refuse(route))

    async def _document(self, route: Route) -> None:
        """The page itself, once; it leads nowhere else, and has no frames."""
        if self._begun or route.request.url.partition("#")[0] != self._url.partition("#")[0]:
            self._refused += 1
            await route.fulfill(status=204)  # so it stays where it is; an error would be shown in its place
            return
        self._begun = True
        await _give(route, self._page)

    async def _got(self, url: str) -> Answer | None:
        self._asked += 1
        answer = await self._fetch(url)
        self._asked -= answer is None
        return answer

    async def _refuse(self, route: Route) -> None:
        self._refused += 1
        await route.abort("blockedbyclient")


async def _give(route: Route, answer: Answer) -> None:
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _DROPPED}
    await route.fulfill(status=answer.status, headers=headers, body=answer.body)


async def _hang_up(socket: WebSocketRoute) -> None:
    await socket.close()


def _words(error: BaseException) -> str:
    """An error in one line."""
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__
