"""Clusters: the same story on several portals, the earliest publisher first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from access.api.answers import json_answer
from access.api.articles import page
from access.api.parameters import Cursor, Limit, packed, unpacked
from access.api.problems import Problem
from access.api.schemas import answers
from access.api.serving import Here
from access.masking import masked_address
from access.personal import masked
from storage.reader import clusters as stored
from storage.reader.clusters import Member
from storage.text import instant_text

router = APIRouter(prefix="/api/v1", tags=["clusters"])

ClusterId = Annotated[str, Path(pattern="^a[a-z2-7]{16}$", description="A cluster's id, as articles name it")]


@router.get("/clusters", responses=answers("ClusterPage", "One page of clusters"))
def clusters(request: Request, here: Here, limit: Limit = 100, after: Cursor = "") -> Response:
    """All clusters, by id, with their sizes."""
    behind = unpacked(after, str)[0] if after else ""
    found = stored.clusters(here.source.db, after=behind, limit=limit + 1)
    more = packed(found[limit - 1][0]) if len(found) > limit else None
    items = [{"schema": "phuongchi.cluster/1", "id": name, "size": size} for name, size in found[:limit]]
    return page(request, here, "phuongchi.clusters/1", items, more)


@router.get("/clusters/{id}", responses=answers("Cluster", "The cluster with its articles", missing=True))
def cluster(request: Request, here: Here, id: ClusterId) -> Response:
    """One cluster in the order of spread; restricted, withheld and redacted articles are not named."""
    found = stored.cluster(here.source.db, id)
    if not found:
        raise Problem("not-found", f"there is no cluster {id}")
    masks = here.options.masked
    members = [
        _member(one, masked(one.title), masked_address(one.url)) if masks else _member(one, one.title, one.url)
        for one in found
    ]
    return json_answer(request, {"schema": "phuongchi.cluster/1", "id": id, "size": len(members), "articles": members})


def _member(one: Member, title: str, url: str) -> dict[str, Any]:
    return {
        "id": one.article, "portal": one.portal, "ward": one.place, "url": url, "title": title,
        "published_at": one.published_at or None, "first_seen": instant_text(one.first_seen),
        "removed_at": one.removed_at and instant_text(one.removed_at), "similarity": round(one.similarity, 4),
    }  # fmt: skip
