"""The change feed: what happened to articles, at least once, in one order for everybody; who is up to date may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from access import changes as feed
from access.api.answers import json_answer
from access.api.guard import Slot
from access.api.news import LOOK_EVERY, Stand
from access.api.parameters import LONGEST
from access.api.schemas import answers
from access.api.serving import Here, Serving
from access.api.view import characters, shown
from access.effort import as_much
from storage import reader
from storage.reader.feed import last_event
from storage.records import Event

router = APIRouter(prefix="/api/v1", tags=["changes"])

LONGEST_WAIT = 60
"""Seconds that a request may wait for something to happen."""

NOTHING: Stand = (0, 0)

_GONE = "The cursor is of another epoch: forget it, read all articles again (`cursor` in `/api/v1` is where to go on)"
After = Annotated[str, Query(max_length=LONGEST, description="A cursor; without: from the beginning")]


@router.get("/changes", responses=answers("ChangePage", "What happened behind the cursor, oldest first", s410=_GONE))
async def changes(
    request: Request,
    here: Here,
    after: After = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Entries at most")] = 200,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait if nothing happened yet")] = 0,
    expand: Annotated[bool, Query(description="With each entry the article as it stands now")] = False,
) -> Response:
    """What happened to articles. Go on with `next` until nothing comes; then wait with `wait`.

    An entry may come twice after an interruption, never is one missed: store the objects, then `next`. Restricted, withheld
    and redacted articles come as tombstones.
    """
    most = min(limit, 200) if expand else limit
    slot: Slot = request.scope["phuongchi.slot"]
    until = asyncio.get_running_loop().time() + wait
    while True:
        known = await here.news.stand(partial(_stand, here)) if wait else NOTHING
        found = await run_in_threadpool(_page, here, after, most, expand)
        left = until - asyncio.get_running_loop().time()
        if found["items"] or left <= 0 or here.stopping.is_set() or await request.is_disconnected():
            return json_answer(request, found)
        async with slot.left():
            await _wait_for_news(request, here, known, left)


async def _wait_for_news(request: Request, here: Serving, known: Stand, seconds: float) -> None:
    """Wait until the feed stands elsewhere than is known; no longer than the server runs or anybody listens."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while await here.news.stand(partial(_stand, here)) == known:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await here.stopping.wait()
                if here.stopping.is_set() or await request.is_disconnected():
                    return


def _stand(here: Serving) -> Stand:
    return reader.about(here.source.db).epoch, last_event(here.source.db)


def _page(here: Serving, after: str, limit: int, expand: bool) -> dict[str, Any]:
    db = here.source.db
    about = reader.about(db)
    start = feed.place(about, after)
    events = reader.events(db, after=start, limit=limit)

    def make(some: Sequence[Event]) -> list[dict[str, Any]]:
        items = [feed.entry(about, event, masked=here.options.masked) for event in some]
        if expand:
            states = reader.states(db, list({event.article for event in some}))
            objects = {article["id"]: article for article in shown(here, states)}
            items = [{**item, "object": objects.get(item["article"])} for item in items]
        return items

    items, _ = as_much(events, make, lambda item: characters(item.get("object") or {}))
    return {
        "schema": "phuongchi.changes/1", "archive": about.id, "epoch": about.epoch, "items": items,
        "next": items[-1]["cursor"] if items else feed.cursor(about, start),
        "more": len(items) == limit or len(items) < len(events),
    }  # fmt: skip
