"""The API about itself: which archive it is, its OpenAPI document, the shapes of its answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from access import changes as feed
from access.api.answers import json_answer
from access.api.schemas import ARTICLE_SCHEMA, answers, components
from access.api.serving import Here
from storage import reader
from storage.reader.feed import last_event
from storage.text import instant_text

router = APIRouter(prefix="/api/v1", tags=["archive"])

VERSION = "1.0"
"""Of the API: the first number is that of its address, the second grows with what is added."""

_ABOUT = """Read-only access to an archive of Vietnamese ward portals: articles with dates and the evidence for them, every
state of each, the same story on other portals, and the bytes that were received. Lists are paged by `next`; every answer has
an entity tag; errors are problem details (RFC 9457). Fields are added, never renamed."""


@router.get("", responses=answers("About", "The archive"))
def about(request: Request, here: Here) -> Response:
    """Which archive this is, and where its change feed stands."""
    found = reader.about(here.source.db)
    value = {
        "schema": "phuongchi.archive/1", "archive": found.id, "epoch": found.epoch,
        "created_at": instant_text(found.created_at), "cursor": feed.cursor(found, last_event(here.source.db)),
        "software": here.options.software,
    }  # fmt: skip
    return json_answer(request, value)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document of this API."""
    return json_answer(request, request.app.openapi())


@router.get("/article.schema.json", include_in_schema=False)
def article_schema(request: Request) -> Response:
    """The JSON Schema of an article."""
    return json_answer(request, ARTICLE_SCHEMA)


def describe(app: FastAPI) -> None:
    """Let the app's OpenAPI document be ours: with our shapes and problems instead of the framework's."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title="Phường Chí", version=VERSION, description=_ABOUT, routes=app.routes)
            made.setdefault("components", {})["schemas"] = components()
            for path in made["paths"].values():
                path["get"]["responses"].pop("422", None)
            made["info"]["license"] = {"name": "Apache-2.0 (the program; the content: see `rights` of each article)"}
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
