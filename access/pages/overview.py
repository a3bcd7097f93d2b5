"""The archive at a glance: how large it is and how its articles spread over time."""

from __future__ import annotations

import threading
import time

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.api.serving import Here
from access.pages.charts import bars
from access.pages.frame import show
from storage.engine import Database
from storage.reader.growth import Size, size

router = APIRouter(include_in_schema=False)

KEPT = 600.0
"""Seconds for which a count is shown: counting a large archive takes longer than a page may."""

_lock = threading.Lock()


@router.get("/tong-quan")
def overview(request: Request, here: Here) -> Response:
    """Size and growth, with a drawing and the same as a table."""
    found = _size(request, here.source.db)
    return show(request, "overview.html", size=found, chart=bars(found.by_time) if found.by_time else None)


def _size(request: Request, db: Database) -> Size:
    """The size, counted a while ago at most; one count at a time."""
    state = request.app.state
    with _lock:
        if getattr(state, "counted_at", -KEPT) + KEPT <= time.monotonic():
            state.size, state.counted_at = size(db), time.monotonic()
        found: Size = state.size
    return found
