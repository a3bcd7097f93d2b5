"""What this archive is, how to cite it, whom to ask; what robots may do; and, for its operators, what needs a person."""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from access.api.problems import Problem
from access.api.serving import Here
from access.pages.frame import show
from access.pages.words import ALERTS, CALM, STATES
from storage import overview
from storage.reader import catalogue

router = APIRouter(include_in_schema=False)


@router.get("/gioi-thieu")
def about(request: Request, here: Here) -> Response:
    """What the archive is, and how to ask for a correction or a removal."""
    return show(request, "about.html", operator=here.options.operator, contact=here.options.contact)


@router.get("/van-hanh")
def operators(request: Request, here: Here) -> Response:
    """The portals by state, those first that need a person. Only for this machine unless the settings say otherwise.

    A server with a public address is behind a proxy on this machine, perhaps one that does not say for whom it asks: then
    nobody is taken for this machine.
    """
    if not here.options.operators_view and (here.options.url or not _is_local(request)):
        raise Problem(
            "hidden", "the operators' page is shown to this machine only; see serve.operators_view",
            vi="Trang vận hành chỉ hiện trên chính máy này; xem serve.operators_view.",
        )  # fmt: skip
    by_state = catalogue.by_state(here.source.db)
    troubled = [name for name in by_state if name not in CALM]
    portals = catalogue.in_states(here.source.db, troubled, limit=200) if troubled else []
    return show(
        request,
        "operators.html",
        by_state=by_state,
        portals=portals,
        alerts=overview.alerts(here.source.db),
        states=STATES,
        causes=ALERTS,
    )


robots = APIRouter(include_in_schema=False)


@robots.get("/robots.txt")
def robots_txt(here: Here) -> Response:
    """Nothing for search engines, unless they are let in; the API never."""
    closed = "/api/" if here.options.indexed else "/"
    return PlainTextResponse(f"User-agent: *\nDisallow: {closed}\n")


def _is_local(request: Request) -> bool:
    """Whether a request comes from this machine itself, not through a proxy on it."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
