"""Wards and communes through time: what each was made of, what became of it, and the portals that stood for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.answers import json_answer
from access.api.parameters import LONGEST
from access.api.schemas import answers
from access.api.serving import Here
from storage.reader import units as stored
from storage.reader.units import Served, Told, Unit

router = APIRouter(prefix="/api/v1", tags=["units"])


@router.get("/units", responses=answers("Units", "The units of that name or code; none if `items` is empty"))
def units(
    request: Request,
    here: Here,
    name: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST,
            description="A name, or a code: `19804`, or `19804@2024` for who had it then",
        ),
    ],
) -> Response:
    """The units that a name or code means, of today and of the past; both are used again, so there may be several."""
    found = [_told(one) for one in stored.history(here.source.db, name)]
    return json_answer(request, {"schema": "phuongchi.units/1", "items": found})


def _told(one: Told) -> dict[str, Any]:
    owners = [one.unit, *(unit for unit, _ in one.made_of)]
    return {
        **_unit(one.unit),
        "made_of": [{**_unit(unit), "share": share or None} for unit, share in one.made_of],
        "became": [_unit(unit) for unit in one.became],
        "portals": [
            {**_served(served), "of": unit.code}
            for unit, some in zip(owners, one.portals, strict=True)
            for served in some
        ],
    }  # fmt: skip


def _unit(one: Unit) -> dict[str, Any]:
    return {
        "code": one.code, "since": one.since or None, "until": one.until or None, "name": one.name, "kind": one.kind,
        "district": one.district or None, "province": one.province,
    }  # fmt: skip


def _served(one: Served) -> dict[str, Any]:
    return {"portal": one.portal, "since": one.since or None, "until": one.until or None}
