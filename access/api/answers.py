"""Every answer that can be kept: a strong entity tag from what it says, 304 for who has it, compression for who wants it."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

JSON = "application/json"
_WORTH = 1000
"""Bytes below which compression saves nothing."""


def json_answer(request: Request, value: Any, *, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return answer(request, body, JSON, headers=headers)


def answer(
    request: Request, body: bytes, media_type: str, *, headers: Mapping[str, str] | None = None, packed: bool = True
) -> Response:
    """`body` with its tag; 304 if the client has it. The tag of a compressed answer is another one (RFC 9110, 8.8.3)."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    head = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", **(headers or {})}
    small = packed and len(body) >= _WORTH and _takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{digest}-gzip"' if small else f'"{digest}"'
    if _has(request.headers.get("if-none-match", ""), digest):
        return Response(None, 304, headers={**head, "ETag": tag})
    if small:
        head["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=5, mtime=0)
    return Response(body, 200, headers={**head, "ETag": tag}, media_type=media_type)


def _has(given: str, digest: str) -> bool:
    """Whether If-None-Match names what we would send, in either coding (weak comparison)."""
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return bool(tags & {"*", f'"{digest}"', f'"{digest}-gzip"'})


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
