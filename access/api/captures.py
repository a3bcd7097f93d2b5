"""Captures: what came from an address and when, and the bytes themselves, inert."""

from __future__ import annotations

import codecs
import html
import re
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.answers import answer, json_answer
from access.api.articles import page
from access.api.parameters import LONGEST, Cursor, Entry, Limit, packed, unpacked
from access.api.problems import Problem
from access.api.schemas import answers, problems
from access.api.serving import Here, Serving
from access.masking import masked_address
from storage import warc
from storage.reader import captures as stored
from storage.reader.captures import CaptureLine, Keys
from storage.text import fold, instant_text
from storage.warc import Payload
from storage.warc.reader import read_bytes

router = APIRouter(prefix="/api/v1", tags=["captures"])

INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What makes bytes of others harmless: nothing in them runs, nothing guesses what they are."""

LEAST = 20
"""Letters of a title that tells of its article; shorter ones stand in too many pages."""

_TAG, _WORD = re.compile(r"<[^>]*>"), re.compile(r"[^\W_]+")
_ESCAPE = re.compile(r"\\+(?:u([0-9a-f]{4})|u\{0*([0-9a-f]{1,4})\}|x([0-9a-f]{2}))", re.IGNORECASE)
_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_REFUSED = "It belongs to an article that may not be shown"


@router.get("/captures", responses=answers("CapturePage", "One page of captures"))
def listed(
    request: Request,
    here: Here,
    portal: Annotated[str, Query(max_length=LONGEST, description="Only of this portal (id), by address")] = "",
    url: Annotated[str, Query(max_length=2000, description="Only of this address, in the order of time")] = "",
    limit: Limit = 100,
    after: Cursor = "",
) -> Response:
    """What was asked and what came, in the order in which it entered the archive; never the bytes."""
    behind = unpacked(after, int)[0] if after else 0
    if url:
        every = [one for one in at(here, url) if not portal or one.portal == portal]
        start = next((number for number, one in enumerate(every, 1) if one.entry == behind), 0)
        found = every[start : start + limit + 1]
    else:
        found = stored.captures(here.source.db, portal=portal, after=behind, limit=limit + 1)
    more = packed(found[limit - 1].entry) if len(found) > limit else None
    hidden = stored.hidden_captures(here.source.db, found)
    items = [as_object(here, one, hidden) for one in found[:limit]]
    return page(request, here, "phuongchi.captures/1", items, more)


@router.get("/captures/{entry}", responses=answers("Capture", "The capture", missing=True))
def one(request: Request, here: Here, entry: Entry) -> Response:
    """One capture, by its entry number."""
    found = _capture(here, entry)
    return json_answer(request, as_object(here, found, stored.hidden_captures(here.source.db, [found])))


@router.get(
    "/captures/{entry}/body", response_class=Response,
    responses={200: {"description": "The bytes", **_BYTES}, **problems(missing=True, s403=_REFUSED, s500="Damaged")},
)  # fmt: skip
def body(request: Request, here: Here, entry: Entry) -> Response:
    """The body as it was received, its coding undone: a memento of its address (RFC 7089), to be saved and never run."""
    found = _visible(here, entry)
    payload = _readable(here, found)
    name = f"capture-{entry}{_ending(found)}"
    timemap = f"{here.base(request)}/timemap/link/{found.url}"
    headers = {
        **INERT, "Content-Disposition": f'attachment; filename="{name}"',
        "Memento-Datetime": f"{found.fetched_at:%a, %d %b %Y %H:%M:%S} GMT",
        "Link": f'<{header_safe(found.url)}>; rel="original", <{header_safe(timemap)}>; rel="timemap"; '
                f'type="application/link-format", <{here.base(request)}/timegate/{header_safe(found.url)}>; rel="timegate"',
        **({"X-Archive-Truncated": payload.truncated} if payload.truncated else {}),
    }  # fmt: skip
    return answer(request, payload.body, "application/octet-stream", headers=headers, packed=False)


@router.get(
    "/captures/{entry}/record", response_class=Response,
    responses={200: {"description": "The record", **_BYTES}, **problems(missing=True, s403=_REFUSED, s500="Damaged")},
)  # fmt: skip
def record(request: Request, here: Here, entry: Entry) -> Response:
    """The WARC record as it stands in its file: one gzip member."""
    found = _visible(here, entry)
    _readable(here, found)
    data = read_bytes(here.source.folder, found.record)
    headers = {**INERT, "Content-Disposition": f'attachment; filename="capture-{entry}.warc.gz"'}
    return answer(request, data, "application/octet-stream", headers=headers, packed=False)


def at(here: Serving, url: str) -> list[CaptureLine]:
    """The captures of an address on all portals. Raises Problem for what is no web address."""
    return stored.captures_at(here.source.db, keys_of(here, url))


def keys_of(here: Serving, url: str) -> Keys:
    """The keys of an address by platform. Raises Problem for what is no web address."""
    try:
        return keys_by_platform(here, url)
    except ValueError as error:
        raise Problem("invalid-request", "url: not an http or https address") from error


def keys_by_platform(here: Serving, url: str) -> Keys:
    """As `keys_of`. Raises ValueError."""
    return {name: here.source.key_of(url, name) for name in stored.platforms(here.source.db)}


def as_object(here: Serving, found: CaptureLine, hidden: set[int]) -> dict[str, Any]:
    """A capture as an object; `hidden` are the entries of those whose bytes may not be had."""
    url, location = (masked_address(one) if here.options.masked else one for one in (found.url, found.location))
    return {
        "schema": "phuongchi.capture/1", "id": found.entry, "portal": found.portal, "url": url,
        "purpose": found.purpose, "fetched_at": instant_text(found.fetched_at), "status": found.status,
        "media_type": found.media_type or None, "charset": found.charset or None, "location": location or None,
        "payload_sha256": found.payload_sha256 or None, "size": found.size, "truncated": found.truncated or None,
        "origin": found.origin, "tls": found.tls or None, "warc": found.record.file, "offset": found.record.offset,
        "length": found.record.length, "hidden": found.entry in hidden,
    }  # fmt: skip


def header_safe(url: str) -> str:
    """An address as a header can carry it."""
    return re.sub(r"[^!#$&-;=?-\[\]_a-z~%]", lambda one: "".join(f"%{byte:02X}" for byte in one[0].encode()), url)


def _visible(here: Serving, entry: int) -> CaptureLine:
    found = _capture(here, entry)
    if here.options.masked:
        raise Problem("hidden", "this server hides personal data, which bytes as received may hold")
    if stored.hidden_captures(here.source.db, [found]):
        raise Problem("hidden", _REFUSED)
    return found


def _readable(here: Serving, found: CaptureLine) -> Payload:
    """What came. Raises Problem when it tells of a withheld article of its portal: pages of others link to it by its title."""
    payload = warc.read_payload(here.source.folder, found.record)
    titles = [
        words for title in stored.withheld_titles(here.source.db, found.portal) if len(words := _words(title)) > LEAST
    ]
    if titles:
        text = payload.body.decode(_charset(found), "replace")
        said = _words(text), _words(_plain(text)), _words(_plain(_TAG.sub(" ", text)))
        if any(title in one for title in titles for one in said):
            raise Problem("hidden", "It tells of an article that may not be shown")
    return payload


def _plain(text: str) -> str:
    """What a text says if scripts, feeds and addresses wrote its letters as `\\u1ea1`, `&amp;aacute;` or `%E1%BA%A1`."""
    text = _ESCAPE.sub(lambda one: chr(int(one[1] or one[2] or one[3], 16)), text)
    return unquote(html.unescape(html.unescape(text)).replace("+", " "))


def _words(text: str) -> str:
    return " " + " ".join(_WORD.findall(fold(text))) + " "


def _charset(found: CaptureLine) -> str:
    try:
        return codecs.lookup(found.charset or "utf-8").name
    except LookupError:
        return "utf-8"


def _capture(here: Serving, entry: int) -> CaptureLine:
    found = stored.capture(here.source.db, entry)
    if found is None:
        raise Problem("not-found", f"there is no capture {entry}")
    return found


_ENDINGS = {"text/html": ".html.txt", "application/pdf": ".pdf", "text/xml": ".xml.txt", "application/json": ".json"}


def _ending(found: CaptureLine) -> str:
    """An ending that no browser opens as a page."""
    return _ENDINGS.get(found.media_type, ".bin")
