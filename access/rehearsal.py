"""Before a server listens it asks itself for its pages, for the languages and the words of this archive.

What is made once then is there when the first visitor comes: templates, statements, patterns, the size of the archive, and on
PostgreSQL connections whose servers have looked the tables up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from urllib.parse import urlencode

from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Scope

from access.api.serving import Source
from storage.errors import PhuongChiError
from storage.reader import ArticleLine, Filters, articles, runs
from storage.reader.runs import RunLine

SECONDS = 5.0
"""A rehearsal that takes longer is broken off: whoever waits for the server waits long enough."""

_NEWEST = 6
"""Newest articles whose first words are searched for: some hundred texts each, whose words are known then."""

_OTHERS = 3
"""Further visitors that a server of PostgreSQL is rehearsed with: each has a connection of its own there."""

log = logging.getLogger("phuongchi.serve")


async def rehearse(app: ASGIApp, source: Source) -> None:
    """Ask the application for each kind of page. What goes wrong is for the visitor who asks in earnest to hear, and keeps no
    server from starting."""
    try:
        async with asyncio.timeout(SECONDS):
            db = source.db
            newest = await run_in_threadpool(lambda: articles(db, Filters(visibility="public"), limit=_NEWEST))
            last = await run_in_threadpool(lambda: runs.runs(db, limit=1))
            others = _OTHERS if db.dialect == "postgresql" else 0
            await asyncio.gather(
                _act(app, [*_pages(newest, last), *_searches(newest)]),
                *(_act(app, _searches(newest[:1])) for _ in range(others)),
            )
    except (TimeoutError, PhuongChiError):
        pass
    except Exception:
        log.exception("the rehearsal ended by an error")


def _pages(newest: Sequence[ArticleLine], last: Sequence[RunLine]) -> list[str]:
    """The addresses, in each language, of pages that an archive has whatever is in it; of its last run, its newest article."""
    pages = ["/", "/tim", "/nguon", "/phien", "/da-go", "/don-vi?ten=phuong", "/tong-quan", "/gioi-thieu", "/van-hanh"]
    pages += [f"/phien/{run.id}" for run in last]
    for line in newest[:1]:
        asked: list[dict[str, str]] = [{"province": line.province}, {"kind": line.kind}, {"portal": line.portal}]
        pages += [f"/tim?{urlencode(one)}" for one in asked]
        pages += [f"/bai/{line.id}", f"/bai/{line.id}/so-sanh", f"/nguon/{line.portal}"]
    return [*(address for page in pages for address in (page, f"/en{page}")), "/atom"]


def _searches(newest: Sequence[ArticleLine]) -> list[str]:
    words = [" ".join(line.title.split()[:2]) for line in newest]
    return [f"/tim?{urlencode({'q': some, 'order': 'relevance'})}" for some in words]


async def _act(app: ASGIApp, paths: Iterable[str]) -> None:
    for path in paths:
        with suppress(Exception):  # it was answered and logged as any visitor's
            await _ask(app, path)


async def _ask(app: ASGIApp, path: str) -> None:
    """One request of this machine's own, whose answer nobody reads."""
    bare, _, query = path.partition("?")
    scope: Scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": bare, "raw_path": bare.encode(),
        "root_path": "", "query_string": query.encode(), "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
        "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 0),
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    await app(scope, receive, send)
