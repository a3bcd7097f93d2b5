"""Runs for people: when the portals were visited, and what a night brought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.parameters import LARGEST, Number
from access.api.problems import Problem
from access.api.serving import Here
from access.pages.frame import show
from access.pages.words import ALERTS, CALM, CAUSES, EVENTS, STATES, VISITS
from storage import reader
from storage.reader import runs as stored
from storage.reader.nights import HAPPENED, Happening

router = APIRouter(include_in_schema=False)

PAGE = 60
_NAMED = 50
"""Articles of one kind of event that are named, the newest ones."""
_NOT_VISITED = ("pending", "unvisited")
_PORTALS = 100
"""Portals that a run's page lists: those of which there is most to say; and alerts, the newest."""


@router.get("/phien")
def runs(request: Request, here: Here, before: Annotated[int, Query(ge=0, le=LARGEST)] = 0) -> Response:
    """The runs, the newest first."""
    found = stored.runs(here.source.db, before=before, limit=PAGE + 1)
    more = found[PAGE - 1].id if len(found) > PAGE else 0
    return show(request, "runs.html", found=found[:PAGE], more=more, visits=VISITS)


@router.get("/phien/{number}")
def run(request: Request, here: Here, number: Number) -> Response:
    """One run: what came in, changed and vanished, and how each portal's visit ended."""
    found = reader.night_of_run(here.source.db, number, totals=False)
    if found is None:
        raise Problem("not-found", f"there is no run {number}", vi=f"Không có phiên số {number}.")
    told = sorted(found.portals, key=lambda one: (one.state == "done", -sum(one.events.values()), one.id))
    return show(
        request, "run.html", number=number, night=found, total=found.events,
        portals=told[:_PORTALS], left=max(0, len(told) - _PORTALS),
        visited=sum(one.state not in _NOT_VISITED for one in found.portals),
        wanting=[one for one in found.portals if one.standing and one.standing.state not in CALM], listed=_PORTALS,
        freed=[one for one in found.portals if one.robots_override or one.tls_unverified],
        happened=_by_kind(found.happened), states=STATES, why=CAUSES, causes=ALERTS, visits=VISITS, events=EVENTS,
    )  # fmt: skip


def _by_kind(happened: Iterable[Happening]) -> dict[str, list[Happening]]:
    """What happened to articles, some of each kind, in the order in which a report tells it."""
    found: dict[str, list[Happening]] = {kind: [] for kind in HAPPENED}
    for one in happened:
        found[one.kind].append(one)
    return {kind: some[-_NAMED:][::-1] for kind, some in found.items() if some}
