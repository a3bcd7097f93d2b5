"""What a sample portal is, and the loopback server that shows several of them.

A site answers one request as a value; the server adds the network and the night. Each site listens on a port of its own,
so that to the crawler they are different portals on different servers.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. `headers` may override `Content-Type`; `Content-Length` is added by the server."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Gold:
    """The perfect reading of one sample article, in the terms of the export (`docs/` has the fields).

    `path` is its canonical address on the site (path and query); `night` is the first night on which this state is
    shown, so an article that is edited on night two has two golds with one path.
    """

    path: str
    title: str
    paragraphs: tuple[str, ...]
    published_at: str | None
    published_precision: str | None = "day"
    published_source: str | None = "head-line"
    published_basis: str | None = "printed"
    event_date: str | None = None
    category: str | None = None
    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    night: int = 1


class Site(Protocol):
    """A sample portal. `reply` must be a pure function of its arguments."""

    name: str
    platform: str

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """Answer `GET target` (path and query). `hit` counts requests, for visitor counters that never repeat."""
        ...

    def gold(self, night: int) -> Sequence[Gold]:
        """The articles that a perfect crawl of this night holds, in their state of this night."""
        ...


@dataclass
class World:
    """Running sites: `urls[name]` is where each one answers. Set `night` to move the world on.

    `requests` holds `(site name, target, headers)` of everything asked, in order; `down` names sites that refuse to answer.
    """

    sites: Mapping[str, Site]
    urls: dict[str, str] = field(default_factory=dict)
    night: int = 1
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    down: set[str] = field(default_factory=set)


def _handler(world: World, site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = (
            -1
        )  # head and body in one packet: in two, each answer waits 40 ms for the first one's acknowledgement

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            world.requests.append((site.name, self.path, headers))
            if site.name in world.down:
                self.close_connection = True
                return
            reply = site.reply(self.path, headers, night=world.night, hit=len(world.requests))
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent: `World.requests` is the log."""

    return Handler


@contextmanager
def serve(sites: Sequence[Site], *, base_port: int = 0) -> Iterator[World]:
    """Serve each site on its own port of 127.0.0.1 until the block ends.

    With `base_port` the sites take consecutive ports from there (so that portal ids are the same in every run); with 0 the
    system chooses. Raises OSError if a port is taken.
    """
    world = World({site.name: site for site in sites})
    servers: list[ThreadingHTTPServer] = []
    try:
        for offset, site in enumerate(sites):
            port = base_port + offset if base_port else 0
            server = ThreadingHTTPServer(("127.0.0.1", port), _handler(world, site))
            server.daemon_threads = True
            servers.append(server)
            world.urls[site.name] = f"http://127.0.0.1:{server.server_address[1]}/"
            threading.Thread(target=server.serve_forever, daemon=True).start()
        yield world
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
