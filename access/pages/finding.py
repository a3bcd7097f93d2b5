"""The search page: what people type, facets over the newest answers, a timeline, and where to go on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access import queries
from access.api.parameters import LONGEST, Asked
from access.api.serving import Here, Serving
from access.pages.charts import bars, months
from access.pages.frame import show
from access.pages.language import address, language_of
from access.pages.veil import veiled
from access.pages.words import BASES, KINDS
from access.queries import Found
from storage import reader
from storage.errors import UsageError
from storage.reader import ArticleLine, Filters
from storage.reader.facets import COUNTED, Facets, facets

router = APIRouter(include_in_schema=False)

Order = Annotated[Literal["newest", "relevance"], Query()]
After = Annotated[str, Query(max_length=LONGEST)]
_NAMES = {"words": "q"}
_SHOWN = 12
"""Values of a facet that are offered."""


@router.get("/tim")
def search(request: Request, here: Here, asked: Asked, order: Order = "newest", after: After = "") -> Response:
    """A search, or the newest articles where nothing is asked for. What may not be shown is not found here."""
    language = language_of(request.url.path)
    asked = replace(asked, hidden=False, visibility="public")
    db, given = here.source.db, _given(asked)
    context: dict[str, Any] = {
        "asked": asked,
        "given": given,
        "order": order,
        "kinds": KINDS,
        "bases": BASES,
        "after": after,
    }
    try:
        known = reader.known(db, asked, limit=COUNTED + 1) if not after else None
        found = queries.search_as_much(db, asked, after=after, by_relevance=order == "relevance", known=known)
        counted = facets(db, known.newest) if known else None
    except UsageError as error:
        refused = error.vi if language == "vi" else str(error)
        return show(request, "search.html", **context, status=400, found=None, refused=refused, groups=[], chart=None)
    saved = address(language, "/tim", **given, order=order if order != "newest" else "")
    more = address(language, "/tim", **given, order=order, after=found.after) if found.after else ""
    drawn = bars(months(counted.months)) if counted and len(counted.months) > 1 else None
    return show(
        request, "search.html", **context, found=_veiled(here, found), refused="", saved=saved, more=more, chart=drawn,
        counted=counted, groups=_groups(counted) if counted else [], names=counted.names if counted else {},
    )  # fmt: skip


@router.get("/")
def start(request: Request, here: Here) -> Response:
    """Where a visitor begins: a place to type, and what came last."""
    return show(request, "start.html", newest=newest(here))


def newest(here: Serving, portal: str = "") -> Sequence[ArticleLine]:
    """The ten newest articles, of all portals or of one."""
    return _veiled(here, queries.search(here.source.db, Filters(portal=portal, visibility="public"), limit=10)).articles


def _veiled(here: Serving, found: Found) -> Found:
    """What everybody may read of an answer."""
    public = tuple(line for line in found.articles if line.visibility == "public")
    return replace(found, articles=tuple(map(veiled, public)) if here.options.veiled else public)


def _given(asked: Filters) -> Mapping[str, object]:
    """What was asked for, by the names of the parameters: what a link must carry to ask for it again."""
    values = {
        _NAMES.get(field.name, field.name): getattr(asked, field.name)
        for field in dataclasses.fields(asked)
        if field.name != "visibility" and getattr(asked, field.name) != field.default
    }
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}


def _groups(found: Facets) -> list[tuple[str, list[tuple[str, int]]]]:
    """The facets by the parameter that each would set, with those of its values that most answers have."""
    years: dict[str, int] = {}
    for month, number in found.months.items():
        years[month[:4]] = years.get(month[:4], 0) + number
    all_groups = {
        "province": found.provinces, "ward": found.wards, "portal": found.portals, "kind": found.kinds,
        "year": dict(sorted(years.items())[::-1]), "cluster": found.clusters,
    }  # fmt: skip
    return [(name, list(values.items())[:_SHOWN]) for name, values in all_groups.items() if values]
