"""Portals for people: all of them, and one with its publications, its states and what is known of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.parameters import LONGEST
from access.api.problems import Problem
from access.api.serving import Here
from access.pages.calendar import calendar
from access.pages.finding import newest
from access.pages.frame import show
from access.pages.kept import kept
from access.pages.words import MISSING, STATES
from storage.reader import catalogue, past
from storage.reader.completeness import by_month
from storage.reader.listed import dated, listed

router = APIRouter(include_in_schema=False)

PAGE = 100
Year = Annotated[int | None, Query(ge=1, le=9999)]
_FURNITURE = 60
"""Lines of furniture that are shown of a layout."""


@router.get("/nguon")
def portals(
    request: Request,
    here: Here,
    ten: Annotated[str, Query(max_length=LONGEST)] = "",
    trang_thai: Annotated[str, Query(max_length=32)] = "",
    after: Annotated[str, Query(max_length=255)] = "",
) -> Response:
    """The portals by id, those of a name or state where one is asked for."""
    found = catalogue.portals(here.source.db, name=ten, state=trang_thai, after=after, limit=PAGE + 1)
    more = found[PAGE - 1].id if len(found) > PAGE else ""
    return show(request, "portals.html", found=found[:PAGE], more=more, name=ten, state=trang_thai, states=STATES)


@router.get("/nguon/{id:path}")
def portal(request: Request, here: Here, id: str, nam: Year = None) -> Response:
    """One portal; `nam` is the year of its calendar."""
    db = here.source.db
    found = catalogue.portal(db, id)
    if found is None:
        raise Problem("not-found", f"there is no portal {id}", vi=f"Không có nguồn {id}.")
    stored, published = past.published(db, id)
    complete = kept(request).get(("completeness", id), lambda: by_month(listed(db, id, settled=False), dated(db, id)))
    layouts = past.layouts(db, id)
    return show(
        request, "portal.html",
        portal=found, kept=stored, states=STATES,
        calendar=calendar(published, nam) or calendar(published), history=past.states(db, id), layouts=layouts,
        furniture=layouts[0].furniture[:_FURNITURE] if layouts else (), robots=past.robots(db, id),
        newest=newest(here, id), complete=complete, missing=MISSING,
        removed=past.vanished(db, portal=id, limit=5),
    )  # fmt: skip
