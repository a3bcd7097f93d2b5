"""Whether the server and its database answer: for supervisors and load balancers, asked without waiting for room."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.api.answers import json_answer
from access.api.serving import Here
from storage import reader

router = APIRouter()


@router.get("/health", include_in_schema=False)
def health(request: Request, here: Here) -> Response:
    """200 when the database can be read, else 503."""
    about = reader.about(here.source.db)
    return json_answer(request, {"status": "ok", "archive": about.id, "epoch": about.epoch})
