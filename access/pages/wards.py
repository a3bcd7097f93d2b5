"""Wards through time for people: what a ward was made of, what became of it, and the portals that stood for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from access.api.parameters import LONGEST
from access.api.problems import Problem
from access.api.serving import Here
from access.pages.frame import show
from storage.reader import catalogue, units

router = APIRouter(include_in_schema=False)

MOST = 200
"""Wards of one name that are listed."""


@router.get("/don-vi")
def wards(request: Request, here: Here, ten: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """A place to type the name of a ward, old or new; and those that have it."""
    return show(request, "wards.html", name=ten, found=units.called(here.source.db, ten)[:MOST])


@router.get("/don-vi/{code}")
def ward(request: Request, here: Here, code: Annotated[str, Path(max_length=16, pattern=r"^\d+$")]) -> Response:
    """The wards that had a code, each with its history."""
    told = units.history(here.source.db, code)
    if not told:
        raise Problem("not-found", f"there is no ward {code}", vi=f"Không có phường, xã nào mang mã {code}.")
    served = {one.portal for each in told for some in each.portals for one in some}
    names = {portal: catalogue.portal(here.source.db, portal) for portal in sorted(served)}
    return show(
        request, "ward.html", told=told, names={key: one.name for key, one in names.items() if one and one.name}
    )  # fmt: skip
