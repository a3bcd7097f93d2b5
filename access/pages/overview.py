"""The archive at a glance: how large it is and how its articles spread over time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.api.serving import Here
from access.pages.charts import bars
from access.pages.frame import show
from storage.reader.growth import ever, size

router = APIRouter(include_in_schema=False)

SIZE = "size"
"""What the archive's size is called among the figures that are kept."""

_FEW = 20_000
"""Articles that are counted while a visitor waits."""


@router.get("/tong-quan")
def overview(request: Request, here: Here) -> Response:
    """Size and growth, with a drawing and the same as a table."""
    counted = here.figures.here if ever(here.source.db) <= _FEW else here.figures.beside
    found = counted(SIZE, size)
    chart = bars(found.value.by_time) if found and found.value.by_time else None
    return show(
        request, "overview.html", found=found, size=found.value if found else None, chart=chart,
        failed=here.figures.failed(SIZE),
    )  # fmt: skip
