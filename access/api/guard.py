"""What every request passes before anything looks at the archive: method, name, length, room; and what each answer says of
how it may be used."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access.api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from access.api.serving import Options

LONGEST_QUERY = 8000
"""Bytes of a query string that are looked at."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page of ours may load: nothing but its own files. Answers that set a stricter one keep it."""

_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
LATER = 15
"""Seconds after which somebody who may not wait for news should come again."""
_ALWAYS = ("/health",)
_API = ("/api/", "/atom", "/cdx", "/timemap/", "/timegate/")


class Room:
    """How many requests there are: worked on, waiting for that, and waiting for news. The last take no seat from the others."""

    def __init__(self, options: Options) -> None:
        self.places = asyncio.Semaphore(options.concurrent)
        self.patience, self.seats, self.outside = options.patience, options.waiting, options.following
        self.here = self.away = 0

    @property
    def is_full(self) -> bool:
        """Whether one more request finds no seat."""
        return self.here >= self.seats


class Slot:
    """A place among those whose requests are worked on; whoever waits for something else gives it up meanwhile."""

    def __init__(self, room: Room) -> None:
        self._room, self._held = room, False

    async def take(self) -> bool:
        """Wait for a place; False if there was none in time."""
        try:
            async with asyncio.timeout(self._room.patience):
                await self._room.places.acquire()
        except TimeoutError:
            return False
        self._held = True
        return True

    def give(self) -> None:
        """Let the next one in."""
        if self._held:
            self._held = False
            self._room.places.release()

    @asynccontextmanager
    async def left(self) -> AsyncIterator[None]:
        """Be without a place and a seat for a while. Raises Problem when too many are, or there is none to come back to."""
        room = self._room
        if room.away >= room.outside:
            raise Problem(
                "busy", "as many as this server lets wait are waiting for news; ask without `wait`, or come again later",
                headers={"Retry-After": str(LATER)},
            )  # fmt: skip
        self.give()
        room.here, room.away = room.here - 1, room.away + 1
        try:
            yield
        finally:
            room.here, room.away = room.here + 1, room.away - 1
        if not await self.take():
            raise busy()


def busy() -> Problem:
    """There is no room for a request."""
    return Problem("busy", "this server has as many requests as it can work on; come again in a moment")


class Guard:
    """The outermost part of the app: a plain ASGI application around it."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        self._app, self._options = app, options
        self._room = Room(options)
        self._names = frozenset(name.lower() for name in (*_LOOPBACK, *options.names))
        self._headers = {**_HEADERS, **({} if options.indexed else {"X-Robots-Tag": "noindex, nofollow"})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = self._with_headers(scope, send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await self._said(refusal, scope)(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await self._preflight(send)
        else:
            await self._within(scope, receive, send)

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer where there is room. The place is free again when the answer begins: a slow client holds none."""
        slot, room = Slot(self._room), self._room
        full = room.is_full
        room.here += 1
        try:
            if scope["path"] not in _ALWAYS and (full or not await slot.take()):
                await self._said(busy(), scope)(scope, receive, send)
                return

            async def send_on(message: Message) -> None:
                if message["type"] == "http.response.start":
                    slot.give()
                await send(message)

            await self._app({**scope, "method": "GET", "phuongchi.slot": slot}, receive, send_on)
        finally:
            slot.give()
            room.here -= 1

    def _said(self, problem: Problem, scope: Scope) -> Response:
        """A problem as whoever asks can read it."""
        request = Request(scope)
        shown: Response = request.app.state.show_problem(request, problem)
        return shown

    def _refusal(self, scope: Scope) -> Problem | None:
        """Why a request is not answered, if so."""
        if scope["method"] not in ("GET", "HEAD") and not self._is_preflight(scope):
            return Problem(
                "method-not-allowed", "only GET and HEAD", vi="Chỉ GET và HEAD.", headers={"Allow": "GET, HEAD"}
            )
        host = Headers(scope=scope).get("host", "")
        if not self._is_ours(host):
            return Problem(
                "unknown-host", "set serve.url or --host to the name by which this server is asked",
                vi="Máy chủ này không mang tên ấy; người vận hành đặt tên bằng serve.url hoặc --host.",
            )  # fmt: skip
        if len(scope["query_string"]) > LONGEST_QUERY:
            return Problem(
                "too-long", f"a query has at most {LONGEST_QUERY} bytes", vi=f"Nhiều nhất {LONGEST_QUERY} byte."
            )  # fmt: skip
        if b"%00" in scope["query_string"] or "\0" in scope["path"]:
            return Problem(
                "invalid-request", "the address holds a character that no text has (NUL)",
                vi="Địa chỉ chứa ký tự không có trong văn bản nào (NUL).",
            )  # fmt: skip
        return None

    def _is_preflight(self, scope: Scope) -> bool:
        asked = Headers(scope=scope)
        return self._options.cors and scope["method"] == "OPTIONS" and "access-control-request-method" in asked

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server: one of its names, or any address (names lead astray, addresses do not)."""
        bare = host.lower()
        name = bare[1:].partition("]")[0] if bare.startswith("[") else bare.rpartition(":")[0] or bare
        if name.rstrip(".") in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _preflight(self, send: Send) -> None:
        allowed = (b"access-control-allow-methods", b"GET, HEAD"), (b"access-control-allow-headers", b"If-None-Match")
        await send({"type": "http.response.start", "status": 204, "headers": list(allowed)})
        await send({"type": "http.response.body", "body": b""})

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        """Sends on with what every answer says; without a body where only the head was asked for."""
        head_only = scope["method"] == "HEAD"

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                for name, value in self._said_of(scope):
                    headers.setdefault(name, value)
                message = {**message, "headers": headers.raw}
            elif head_only and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        return send_on

    def _said_of(self, scope: Scope) -> Iterator[tuple[str, str]]:
        yield from self._headers.items()
        shared = self._options.cors and is_for_programs(scope["path"])
        yield "Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin"
        if shared:
            yield "Access-Control-Allow-Origin", "*"
            yield "Access-Control-Expose-Headers", "ETag, Link, Memento-Datetime, Retry-After"


def is_for_programs(path: str, starts: Iterable[str] = _API) -> bool:
    """Whether an address belongs to programs rather than to people."""
    return path.startswith(tuple(starts))
