"""Portals for people: all of them, and one with its publications, its states and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.parameters import LONGEST
from access.api.problems import Problem
from access.api.serving import Here, Serving
from access.pages.calendar import calendar
from access.pages.finding import newest
from access.pages.frame import show
from access.pages.words import MISSING, STATES
from storage.engine import Database
from storage.reader import catalogue, past
from storage.reader.catalogue import Kept
from storage.reader.completeness import Completeness, by_month
from storage.reader.listed import dated, listed
from storage.reader.past import RobotsVersion

router = APIRouter(include_in_schema=False)

PAGE = 100
Year = Annotated[int | None, Query(ge=1, le=9999)]
_FURNITURE = 60
"""Lines of furniture that are shown of a layout."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is counted of a portal: its articles, by day of publication, its versions of robots.txt, and how complete it is.

    `at` is when, `complete_at` when the last was counted; None: just now, for this visitor.
    """

    kept: Kept
    published: Mapping[str, int]
    robots: Sequence[RobotsVersion]
    complete: Sequence[Completeness]
    at: datetime | None = None
    complete_at: datetime | None = None


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
    numbers = _numbers(here, id)
    layouts = past.layouts(db, id)
    return show(
        request, "portal.html",
        portal=found, numbers=numbers, failed=here.figures.failed(("portal", id)), states=STATES,
        calendar=calendar(numbers.published, nam) or calendar(numbers.published) if numbers else None,
        history=past.states(db, id), layouts=layouts,
        furniture=layouts[0].furniture[:_FURNITURE] if layouts else (),
        newest=newest(here, id), missing=MISSING,
        removed=past.vanished(db, portal=id, limit=5),
    )  # fmt: skip


def _numbers(here: Serving, portal: str) -> Numbers | None:
    """What is counted of a portal; None of one that is too large to be counted at once, if nobody has asked before."""
    db = here.source.db
    if not catalogue.is_large(db, portal):
        found = here.figures.here(("completeness", portal), lambda db: _complete(db, portal))
        return replace(_counted(db, portal, found.value), complete_at=found.at)
    counted = here.figures.beside(("portal", portal), lambda db: _counted(db, portal, _complete(db, portal)))
    return replace(counted.value, at=counted.at, complete_at=counted.at) if counted else None


def _counted(db: Database, portal: str, complete: Sequence[Completeness]) -> Numbers:
    kept, published = past.published(db, portal)
    return Numbers(kept, published, past.robots(db, portal), complete)


def _complete(db: Database, portal: str) -> Sequence[Completeness]:
    return by_month(listed(db, portal, settled=False), dated(db, portal))
