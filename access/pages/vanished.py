"""What portals removed, the latest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.parameters import LONGEST, Cursor, packed, unpacked
from access.api.problems import Problem
from access.api.serving import Here
from access.pages.frame import show
from access.queries import NO_PLACE
from storage.reader import past
from storage.text import instant_text

router = APIRouter(include_in_schema=False)

PAGE = 50
Words = Annotated[str, Query(max_length=LONGEST)]


@router.get("/da-go")
def vanished(request: Request, here: Here, province: Words = "", portal: Words = "", after: Cursor = "") -> Response:
    """Articles that are gone from their portals; their texts stay here."""
    found = past.vanished(
        here.source.db, after=_place(after) if after else None, province=province, portal=portal, limit=PAGE + 1
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = packed(instant_text(last.removed_at), last.id) if last else ""
    return show(request, "vanished.html", found=found[:PAGE], more=more, province=province, portal=portal)


def _place(cursor: str) -> tuple[datetime, str]:
    at, last = unpacked(cursor, str, str)
    try:
        when = datetime.fromisoformat(at)
        if when.tzinfo is None:
            raise ValueError(at)
        return when.astimezone(UTC), last
    except (ValueError, OverflowError) as error:
        raise Problem("invalid-request", "after: no cursor of this list", vi=NO_PLACE) from error
