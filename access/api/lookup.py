"""Do you have this address?"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.api.answers import json_answer
from access.api.captures import header_safe, keys_by_platform, keys_of
from access.api.parameters import Address, Fields, only
from access.api.schemas import answers
from access.api.serving import Here
from access.api.view import shown
from storage import reader
from storage.reader.lookup import articles_at

router = APIRouter(prefix="/api/v1", tags=["articles"])


@router.get("/lookup", responses=answers("Lookup", "The articles at that address; none if `items` is empty"))
def lookup(request: Request, here: Here, url: Address, fields: Fields) -> Response:
    """The articles at an address, in whatever form: scheme, `www.`, final slash, session ids and tracking do not count,
    redirects that the archive has met are followed."""
    keys_of(here, url)
    found = articles_at(here.source.db, url, lambda address: keys_by_platform(here, address))
    states = reader.states(here.source.db, found)
    value = {
        "schema": "phuongchi.lookup/1", "url": url,
        "items": [only(article, fields) for article in shown(here, states)],
        "timemap": f"{here.base(request)}/timemap/link/{header_safe(url)}",
    }  # fmt: skip
    return json_answer(request, value)
