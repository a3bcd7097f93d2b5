"""`serve`: pages and the API, read-only, in a process of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from phuongchi.commands.common import Session, command
from storage.errors import UsageError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from access.api.serving import Options
    from phuongchi.archive import Archive


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "serve")
    def serve(
        session: Session,
        host: Annotated[str, typer.Option("--host", help="Where to listen. Địa chỉ máy chủ.")] = "127.0.0.1",
        port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free. Cổng.")] = 8001,
    ) -> None:
        """Serve pages and the API, read-only, until stopped. Mở trang xem và API, chỉ đọc."""
        from access.api.serving import Source
        from access.app import create_app
        from crawler.links.keys import page_key
        from storage.serving import connect_to_serve

        archive = session.archive()
        url, seconds = archive.config.database, archive.config.serve.seconds
        with listen(host, port) as listener:
            source = Source(lambda: connect_to_serve(url, seconds=seconds), archive.folder, page_key)
            app = create_app(source, options_of(archive, host))
            name = f"[{host}]" if ":" in host else host
            address = f"http://{name}:{listener.getsockname()[1]}/"
            asyncio.run(_run(app, listener, lambda: session.voice.say(address)))


def options_of(archive: Archive, host: str) -> Options:
    """How the archive is served, as its settings say."""
    from access.api.serving import Options
    from phuongchi import __version__
    from phuongchi.portals.rows import is_loopback

    serve = archive.config.serve
    veiled = serve.public_view == "mask"
    alone = not serve.url and is_loopback(f"http://[{host}]/" if ":" in host else f"http://{host}/")
    names = [host, urlsplit(serve.url).hostname or ""]
    return Options(
        url=serve.url, names=tuple(filter(None, names)), cors=serve.cors, concurrent=serve.concurrent,
        veiled=veiled, masked={"mask": True, "full": False, "auto": veiled and not alone}[serve.public_api],
        indexed=serve.public_index, operators_view=serve.operators_view,
        operator=archive.config.operator, contact=archive.config.contact, software=f"PhuongChi/{__version__}",
        rehearsed=True, now=archive.clock.now,
    )  # fmt: skip


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises UsageError when the place is taken or is none of this machine.

    Its connections send at once: asyncio sees to that only where a socket names its protocol, which accepted ones do not.
    Else the second part of an answer waits for the reader's acknowledgement of the first, 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror or error}", cure="Give another --host or --port"
        ) from error


async def _run(app: FastAPI, listener: socket.socket, ready: Callable[[], object]) -> None:
    """Serve until a signal, and call `ready` when visitors are let in; answers under way are given to their end, whoever only
    waits is sent home."""
    import uvicorn

    from phuongchi.runners.local import stop_on_signals

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            try:
                await super().startup(sockets)
            except SystemExit as end:  # its own code means something else here; what went wrong was logged
                raise RuntimeError("the server could not start") from end
            if not self.should_exit:
                ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            if self.force_exit:  # visitors are not waited for any more; the application ends in order all the same
                await self.lifespan.shutdown()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # ours are set below: its own would end the process by the signal

    config = uvicorn.Config(
        app, access_log=False, server_header=False, log_level="warning", lifespan="on", proxy_headers=False,
        timeout_graceful_shutdown=10,
    )  # fmt: skip
    server = Server(config)

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True
        app.state.serving.stopping.set()
        threading.Thread(target=app.state.serving.figures.close, daemon=True).start()

    stop_on_signals(asyncio.get_running_loop(), stop)
    await server.serve(sockets=[listener])
