"""Portals, and the runs in which they were visited."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from access.api.answers import json_answer
from access.api.articles import page
from access.api.parameters import LARGEST, LONGEST, Cursor, Limit, Number, packed, unpacked
from access.api.problems import Problem
from access.api.schemas import answers
from access.api.serving import Here
from storage.reader import catalogue, runs
from storage.reader.catalogue import PortalRow
from storage.reader.runs import RunLine, VisitLine
from storage.text import instant_text

router = APIRouter(prefix="/api/v1", tags=["portals"])

PortalId = Annotated[str, Path(max_length=LONGEST, description="A portal's id")]


@router.get("/portals", responses=answers("PortalPage", "One page of portals"))
def portals(request: Request, here: Here, limit: Limit = 100, after: Cursor = "") -> Response:
    """All portals, by id."""
    behind = unpacked(after, str)[0] if after else ""
    found = catalogue.portals(here.source.db, after=behind, limit=limit + 1)
    more = packed(found[limit - 1].id) if len(found) > limit else None
    return page(request, here, "phuongchi.portals/1", [_portal(one) for one in found[:limit]], more)


@router.get("/portals/{id:path}", responses=answers("Portal", "The portal, and how much is kept of it", missing=True))
def portal(request: Request, here: Here, id: PortalId) -> Response:
    """One portal, with the number of its articles."""
    found = catalogue.portal(here.source.db, id)
    if found is None:
        raise Problem("not-found", "there is no such portal")
    kept = catalogue.kept(here.source.db, id)
    counts = {"articles": kept.articles, "removed": kept.removed, "newest": kept.newest and instant_text(kept.newest)}
    return json_answer(request, {**_portal(found), **counts})


@router.get("/runs", tags=["runs"], responses=answers("RunPage", "One page of runs"))
def every_run(request: Request, here: Here, limit: Limit = 50, after: Cursor = "") -> Response:
    """All runs, the newest first."""
    before = min(unpacked(after, int)[0], LARGEST) if after else 0
    found = runs.runs(here.source.db, before=before, limit=limit + 1)
    more = packed(found[limit - 1].id) if len(found) > limit else None
    return page(request, here, "phuongchi.runs/1", [_run(one) for one in found[:limit]], more)


@router.get("/runs/{number}", tags=["runs"], responses=answers("Run", "The run with its visits", missing=True))
def one_run(request: Request, here: Here, number: Number) -> Response:
    """One run, and what became of each portal in it."""
    found = runs.run(here.source.db, number)
    if found is None:
        raise Problem("not-found", f"there is no run {number}")
    return json_answer(request, {**_run(found[0]), "visits": [_visit(one) for one in found[1]]})


def _portal(one: PortalRow) -> dict[str, Any]:
    state = None
    if one.state:
        state = {"name": one.state, "cause": one.cause or None, "since": one.since and instant_text(one.since)}
    return {
        "schema": "phuongchi.portal/1", "id": one.id, "url": one.url, "name": one.name or None, "unit": one.unit or None,
        "province": one.province or None, "platform": one.platform or None, "enabled": one.enabled,
        "retired": one.retired, "added_at": instant_text(one.added_at), "state": state,
    }  # fmt: skip


def _run(one: RunLine) -> dict[str, Any]:
    instants = {name: (at := getattr(one, name)) and instant_text(at) for name in ("slot", "started_at", "ended_at")}
    return {
        "schema": "phuongchi.run/1", "id": one.id, "kind": one.kind, "state": one.state, **instants,
        "exit_code": one.exit_code, "resumed": one.resumed, "version": one.version,
    }  # fmt: skip


def _visit(one: VisitLine) -> dict[str, Any]:
    return {
        "portal": one.portal, "state": one.state, "cause": one.cause or None, "counts": one.counts,
        "started_at": one.started_at and instant_text(one.started_at),
        "ended_at": one.ended_at and instant_text(one.ended_at),
    }  # fmt: skip
