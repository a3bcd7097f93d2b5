"""A server on loopback over a database of a test, and a small library with real bytes behind it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
import uvicorn
from sqlalchemy import update

from access.api.serving import Options, Source
from access.app import create_app
from crawler.links.keys import page_key
from phuongchi.commands.serve import listen
from storage import schema
from storage.engine import Database, next_numbers
from storage.records import Attachment
from storage.serving import connect_to_serve
from storage.warc import WarcWriter
from storage.writer import articles
from tests.builders import (
    NOW,
    load,
    make_capture,
    make_portal,
    make_reading,
    make_sighting,
    on_slate,
    put_capture,
    put_portal,
)
from tests.storage.warcs import exchange

PORTAL = make_portal()
URL = PORTAL.url


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: urllib3.HTTPHeaderDict
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and how to ask it."""

    base: str
    app: Any
    pool: urllib3.PoolManager

    def get(self, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, **query: Any) -> Answer:
        """Ask for a path; names that end in `_` lose it."""
        asked = urlencode({name.rstrip("_"): value for name, value in query.items()})
        url = f"{self.base}{path}" + (f"?{asked}" if asked else "")
        answer = self.pool.request(method, url, headers=headers, redirect=False, retries=False, decode_content=False)
        return Answer(answer.status, answer.headers, answer.data)

    def api(self, path: str, **query: Any) -> Any:
        """The object at a path of the API, which must be there."""
        found = self.get(f"/api/v1{path}", **query)
        assert found.status == 200, found.body
        return found.json


@contextmanager
def serve(database: str, folder: Path, *, seconds: float = 20.0, **options: Any) -> Iterator[Server]:
    """Serve the archive whose database is at this address, until the block ends."""
    source = Source(lambda: connect_to_serve(database, seconds=seconds), folder, page_key)
    app = create_app(source, Options(**options))
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with urllib3.PoolManager(num_pools=4, maxsize=32, block=False) as pool:
            yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}", app, pool)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class Library:
    """Writes an archive as the two halves do: each state of an article rests on a capture whose bytes are in a file."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.db, self.folder, self.ids = database, folder, {}
        self._writer = WarcWriter(folder, series="keep", run=1, archive="abc", software="test", opened_at=NOW)
        with database.write() as connection:
            put_portal(connection, PORTAL)

    def capture(
        self, path: str, body: bytes = b"<p>Tin</p>" * 200, *, portal: Any = PORTAL, minutes: int = 0, **facts: Any
    ) -> Any:
        """A capture of one address with its bytes."""
        with self.db.write() as connection:
            put_portal(connection, portal)
            (entry,) = next_numbers(connection, "entry")
            url, at = portal.url + path, NOW + timedelta(minutes=minutes or entry)
            made = exchange(url, body=body, fetched_at=at, status=facts.get("status", 200))
            key = page_key(url, portal.platform)
            record = self._writer.write(made, entry=entry, metadata={"portal": portal.id, "key": key})
            one = make_capture(entry, portal=portal.id, url=url, record=record, payload_sha256=made.sha256,
                               size=len(body), fetched_at=at, key=key, **facts)  # fmt: skip
            put_capture(connection, one, key=key)
        self._writer.sync()
        return one

    def article(
        self,
        title: str,
        *,
        path: str = "",
        kind: str = "created",
        body: bytes = b"",
        portal: Any = PORTAL,
        **reading: Any,
    ) -> str:
        """An article at its own address; returns its id."""
        path = path or f"tin-tuc/{len(self.ids)}.html"
        made = self.capture(path, body or f"<h1>{title}</h1>".encode() * 50, portal=portal)
        read = make_reading(title, **{"identity": page_key(made.url), **reading})
        with self.db.write() as connection:
            (number,) = next_numbers(connection, "article")
            with on_slate(connection, made.portal, _key) as slate:
                name = slate.create(made, read, url=made.url, number=number)
            articles.publish(connection, [(kind, name, made.fetched_at)])
        self.ids[title] = name
        return name

    def revise(self, name: str, **changes: Any) -> None:
        """Another state of an article."""
        with self.db.read() as connection:
            stored = load(connection, name)
        made = self.capture(stored.url.removeprefix(URL), f"<h1>{changes}</h1>".encode() * 50)
        with self.db.write() as connection:
            read = replace(stored.reading, **changes)
            with on_slate(connection, made.portal, _key) as slate:
                slate.revise(stored, made, read, tuple(changes))
            articles.publish(connection, [("revised", name, made.fetched_at)])

    def set_visibility(self, name: str, visibility: str, kind: str = "withheld") -> None:
        """Hide or show an article."""
        with self.db.write() as connection:
            table = schema.article
            connection.execute(update(table).where(table.c.id == name).values(visibility=visibility))
            articles.publish(connection, [(kind, name, NOW)])

    def close(self) -> None:
        """Finish the WARC file."""
        self._writer.close()


def _key(url: str) -> str:
    return page_key(url)


__all__ = ["URL", "Answer", "Attachment", "Library", "Server", "make_sighting", "serve"]
