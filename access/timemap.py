"""Memento (RFC 7089): the captures of an address in the order of time, and the one nearest to a date.

A memento is what `/api/v1/captures/…/body` gives: the bytes as received, to be saved and never run on this server. Only whole
answers (status 200) are mementos.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, Request
from starlette.responses import Response

from access.api.answers import answer, json_answer
from access.api.captures import header_safe
from access.api.problems import Problem
from access.api.schemas import problems
from access.api.serving import Here, Serving
from access.cdxj import visible
from storage.reader.captures import CaptureLine
from storage.text import instant_text

router = APIRouter(tags=["web archives"])

LINKS = "application/link-format"
LONGEST = 2000
_MISSING = problems(missing=True)
_COLLAPSED = re.compile(r"^(https?):/+", re.IGNORECASE)


@router.get(
    "/timemap/link/{url:path}", response_class=Response,
    responses={200: {"description": "Its captures", "content": {LINKS: {"schema": {"type": "string"}}}}, **_MISSING},
)  # fmt: skip
def links(request: Request, here: Here, url: str) -> Response:
    """The captures of an address as links."""
    address, found = _mementos(request, here, "/timemap/link/")
    span = f'from="{_date(found[0])}"; until="{_date(found[-1])}"'
    lines = [
        f'<{address}>; rel="original"',
        f'<{_at(request, here, "timemap/link", address)}>; rel="self"; type="{LINKS}"; {span}',
        f'<{_at(request, here, "timegate", address)}>; rel="timegate"',
        *(
            f'<{_memento(request, here, one)}>; rel="{_place(number, len(found))}"; datetime="{_date(one)}"'
            for number, one in enumerate(found)
        ),
    ]
    return answer(request, ",\n".join(lines).encode() + b"\n", LINKS)


@router.get(
    "/timemap/json/{url:path}", response_class=Response,
    responses={200: {"description": "Its captures", "content": {"application/json": {"schema": {"type": "object"}}}},
               **_MISSING},
)  # fmt: skip
def as_json(request: Request, here: Here, url: str) -> Response:
    """The captures of an address as JSON."""
    address, found = _mementos(request, here, "/timemap/json/")
    every = [{"datetime": instant_text(one.fetched_at), "uri": _memento(request, here, one)} for one in found]
    value: dict[str, Any] = {
        "original_uri": address, "timegate_uri": _at(request, here, "timegate", address),
        "timemap_uri": {"link_format": _at(request, here, "timemap/link", address),
                        "json_format": _at(request, here, "timemap/json", address)},
        "mementos": {"first": every[0], "last": every[-1], "list": every},
    }  # fmt: skip
    return json_answer(request, value)


@router.get(
    "/timegate/{url:path}", response_class=Response, status_code=302,
    responses={302: {"description": "To the capture nearest to Accept-Datetime, else to the newest"}, **_MISSING},
)  # fmt: skip
def timegate(request: Request, here: Here, url: str) -> Response:
    """To the capture of an address that is nearest to the header `Accept-Datetime`, else to the newest."""
    address, found = _mementos(request, here, "/timegate/")
    wished = _wished(request.headers.get("accept-datetime", ""))
    chosen = min(found, key=lambda one: abs(one.fetched_at - wished)) if wished else found[-1]
    listed = _at(request, here, "timemap/link", address)
    link = f'<{address}>; rel="original", <{listed}>; rel="timemap"; type="{LINKS}"'
    headers = {
        "Location": _memento(request, here, chosen), "Vary": "accept-datetime", "Link": link,
        "Cache-Control": "no-cache",
    }  # fmt: skip
    return Response(None, 302, headers=headers)


def _mementos(request: Request, here: Serving, prefix: str) -> tuple[str, Sequence[CaptureLine]]:
    """The address that a path of ours ends with, safe in a header, and its mementos. Raises Problem when there are none."""
    address = asked_address(request, prefix)
    found = [one for one in visible(here, address) if one.status == 200]
    if not found:
        raise Problem("not-found", "this address was not captured")
    return header_safe(address), found


def asked_address(request: Request, prefix: str) -> str:
    """The address behind `prefix`, as it was written: with its query, its escapes as they are. Raises Problem."""
    raw = bytes(request.scope["raw_path"]).decode("latin-1").partition("?")[0]
    address = raw.partition(prefix)[2]
    if "://" not in address and re.match(r"https?%3A", address, re.IGNORECASE):
        address = unquote(address)
    elif request.scope["query_string"]:
        address += "?" + bytes(request.scope["query_string"]).decode("latin-1")
    if len(address) > LONGEST:
        raise Problem("too-long", f"an address has at most {LONGEST} characters")
    if not re.match(r"https?:/", address, re.IGNORECASE):
        address = f"http://{address}"
    return _COLLAPSED.sub(r"\1://", address)


def _wished(text: str) -> datetime | None:
    """The time that somebody asks for; None if they do not care. Raises Problem."""
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError) as error:
        raise Problem("invalid-request", "Accept-Datetime: write it as Thu, 31 May 2007 20:35:00 GMT") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _place(number: int, count: int) -> str:
    """Where a memento stands among the others, in the words of the standard."""
    return " ".join((*(["first"] if number == 0 else []), *(["last"] if number == count - 1 else []), "memento"))


def _date(one: CaptureLine) -> str:
    return f"{one.fetched_at.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT"


def _memento(request: Request, here: Serving, one: CaptureLine) -> str:
    return f"{here.base(request)}/api/v1/captures/{one.entry}/body"


def _at(request: Request, here: Serving, part: str, address: str) -> str:
    return f"{here.base(request)}/{part}/{address}"
