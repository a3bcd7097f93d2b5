"""The archive at a glance: how large it is and how its articles spread over time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.api.serving import Here
from access.pages.charts import bars
from access.pages.frame import show
from access.pages.kept import kept
from storage.reader.growth import size

router = APIRouter(include_in_schema=False)


@router.get("/tong-quan")
def overview(request: Request, here: Here) -> Response:
    """Size and growth, with a drawing and the same as a table."""
    db = here.source.db
    found = kept(request).get("size", lambda: size(db))
    return show(request, "overview.html", size=found, chart=bars(found.by_time) if found.by_time else None)
