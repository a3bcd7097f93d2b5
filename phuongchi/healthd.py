"""`/health/live`, `/health/ready`, `/health` and `/metrics`, answered by the scheduler itself, at work or waiting.

Live: the loop turns. Ready: the database answers, whether this process leads or stands by. Questions are answered from a thread
and at most every few seconds anew, so that whoever asks often costs nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phuongchi import __version__
from phuongchi.logs import environment_mask
from storage.errors import PhuongChiError, UsageError

if TYPE_CHECKING:
    import uvicorn

    from monitoring.health import Vitals
    from phuongchi.archive import Archive

FRESH = 30.0
"""Seconds for which what was gathered is good enough."""

AGAIN = 2.0
"""Seconds between two tries of a scheduler that stands by to answer where its leader does."""

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Health:
    """An ASGI application. `gather` asks the database (it may block), `leading` says whether this process works the nights."""

    gather: Callable[[], Vitals]
    leading: Callable[[], bool]
    fresh: float = FRESH
    _found: Vitals | PhuongChiError | None = None
    _at: float = 0.0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, scope: MutableMapping[str, Any], receive: object, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, kind, body = await self._answer(str(scope["method"]), str(scope["path"]).rstrip("/"))
        headers = [
            (b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"),
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, method: str, path: str) -> tuple[int, str, bytes]:
        if method not in ("GET", "HEAD"):
            return 405, "text/plain", b"GET only\n"
        if path == "/health/live":
            return _json(200, {"live": True})
        if path not in ("/health", "/health/ready", "/metrics"):
            return 404, "text/plain", b"/health/live /health/ready /health /metrics\n"
        found = await self._vitals()
        if isinstance(found, PhuongChiError):
            said = environment_mask()(found.message)
            return _json(503, {"status": "CRITICAL", "ready": False, "error": said, "cure": found.cure})
        if path == "/health/ready":
            return _json(200, {"ready": True, "leader": self.leading()})
        return self._told(path, found)

    def _told(self, path: str, found: Vitals) -> tuple[int, str, bytes]:
        from monitoring import health, metrics

        judgement = health.judge(found)
        if path == "/metrics":
            text = metrics.exposition(found, judgement, version=__version__, leading=self.leading())
            return 200, metrics.CONTENT_TYPE, text
        document = {**health.document(judgement, found), "leader": self.leading(), "version": __version__}
        return _json(503 if judgement.level == health.CRITICAL else 200, document)

    async def _vitals(self) -> Vitals | PhuongChiError:
        async with self._turn:
            if self._found is None or time.monotonic() - self._at >= self.fresh:
                try:
                    self._found = await asyncio.to_thread(self.gather)
                except PhuongChiError as error:
                    self._found = error
                self._at = time.monotonic()
            return self._found


def health_of(archive: Archive, leading: Callable[[], bool]) -> Health:
    """The health of an archive, asked through a connection of its own."""

    def gather() -> Vitals:
        from phuongchi.vitals import vitals

        db = archive.connect(readonly=True)
        try:
            return vitals(archive, db)
        finally:
            db.close()

    return Health(gather, leading)


def _json(status: int, value: object) -> tuple[int, str, bytes]:
    return status, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode() + b"\n"


@contextlib.asynccontextmanager
async def answering(
    place: tuple[str, int] | None, app: Health, *, leader: Callable[[], str] = lambda: ""
) -> AsyncIterator[int]:
    """Answer at `place` while the block runs; the port is handed out. Nothing is opened where `place` is None.

    Raises UsageError when it is taken; if there is a `leader` (named in words), whom this process waits to take over from, the
    place may be its, and is waited for: then 0 is handed out.
    """
    if place is None:
        yield 0
        return
    try:
        listener = _listener(place)
    except UsageError:
        if not leader():
            raise
        listener = None
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:  # signals are the scheduler's
            yield

    options = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, server_header=False, limit_concurrency=32,
        timeout_keep_alive=5, timeout_graceful_shutdown=2, proxy_headers=False, ws="none",
    )  # fmt: skip
    server = Server(options)
    serving = asyncio.create_task(_serve(server, place, listener))
    try:
        yield int(listener.getsockname()[1]) if listener is not None else 0
    finally:
        server.should_exit = True
        if listener is None and not server.started:
            serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _serve(server: uvicorn.Server, place: tuple[str, int], listener: socket.socket | None) -> None:
    """Serve at a place, as soon as it is free."""
    while listener is None:
        await asyncio.sleep(AGAIN)
        with contextlib.suppress(UsageError):
            listener = _listener(place)
    with listener:
        await server.serve(sockets=[listener])


def _listener(place: tuple[str, int]) -> socket.socket:
    host, port = place
    try:
        return socket.create_server(place, family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=64)
    except OSError as error:
        raise UsageError(
            f"monitor.listen: cannot listen on {host}:{port}: {error.strerror or error}", cure="Give another place"
        ) from error
