"""Every error as problem details (RFC 9457): a stable type, what happened, what to do."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from access.changes import OldCursor
from storage.errors import Away, DatabaseError, FixityError, TooSlow, UsageError

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:phuongchi:problem:"
RETRY_AFTER = 2
"""Seconds after which a client that met no room may come again."""

KINDS: Mapping[str, tuple[int, str]] = {
    "invalid-request": (400, "The request cannot be understood"),
    "unknown-host": (400, "This server does not go by that name"),
    "hidden": (403, "This may not be shown"),
    "not-found": (404, "There is no such thing here"),
    "method-not-allowed": (405, "This server only reads: GET and HEAD"),
    "old-cursor": (410, "The cursor is of another epoch"),
    "too-long": (414, "The query is too long"),
    "damaged": (500, "Bytes of the archive are not what was written"),
    "internal": (500, "The server made a mistake"),
    "busy": (503, "No room now"),
    "too-slow": (503, "The question took too long"),
    "no-database": (503, "The database cannot be reached"),
    "away": (503, "The place of the archived bytes cannot be reached"),
}
"""Each kind of problem with its status and title."""

log = logging.getLogger("phuongchi.serve")


class Problem(Exception):
    """An answer that is an error. `kind` is one of KINDS; `more` are further members of the object.

    `detail` is for programs and English pages, `vi` says it to Vietnamese readers; where it is empty, the kind says enough.
    """

    def __init__(
        self, kind: str, detail: str, *, vi: str = "", headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.vi, self.more = kind, detail, vi, more
        self.headers = dict(headers or {})
        self.status, self.title = KINDS[kind]
        if self.status == 503:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER))

    def body(self) -> dict[str, Any]:
        """The object of RFC 9457."""
        return {
            "type": PREFIX + self.kind, "title": self.title, "status": self.status, "detail": self.detail,
            **{name: value for name, value in self.more.items() if value},
        }  # fmt: skip


def as_json(problem: Problem) -> Response:
    """A problem as programs get it."""
    text = json.dumps(problem.body(), ensure_ascii=False)
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(text, problem.status, media_type=MEDIA_TYPE, headers=headers)


def problem_of(error: Exception) -> Problem:
    """What goes wrong in the archive, as a problem. A bug of ours says nothing of itself outside."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            faults = [_fault(one) for one in error.errors()]
            said = "; ".join(f"{fault['name']}: {fault['reason']}" for fault in faults)
            return Problem("invalid-request", said, vi="; ".join(map(_in_vietnamese, error.errors())), errors=faults)
        case OldCursor():
            return Problem("old-cursor", error.message, cure=error.cure)
        case UsageError():
            return Problem("invalid-request", error.message, vi=error.vi, cure=error.cure)
        case TooSlow():
            return Problem(
                "too-slow", "it took longer than this server gives a question", cure=error.cure,
                vi="Câu hỏi này mất nhiều thời gian hơn mức cho phép; hãy thu hẹp rồi thử lại.",
            )  # fmt: skip
        case DatabaseError():
            log.error("%s", error)
            return Problem("no-database", "the archive's database cannot be read at this moment")
        case Away():
            log.error("%s", error)
            return Problem("away", "what was archived is kept elsewhere, and cannot be read at this moment")
        case FixityError():
            log.error("%s", error)
            return Problem(
                "damaged", "the bytes are damaged or missing; the operator finds them with `phuongchi verify`"
            )
        case HTTPException(status_code=404):
            return Problem("not-found", "no such address")
        case HTTPException(status_code=405):
            return Problem("method-not-allowed", "only GET and HEAD", headers={"Allow": "GET, HEAD"})
    return Problem("internal", "an error was written to the server's log")


def _fault(one: Mapping[str, Any]) -> dict[str, str]:
    place, *names = (str(part) for part in one["loc"])
    return {"in": place, "name": ".".join(names), "reason": str(one["msg"])}


def _in_vietnamese(one: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in one["loc"][1:])
    match one["type"]:
        case "missing" | "string_too_short":
            return f"thiếu “{name}”"
        case "string_too_long":
            return f"“{name}” dài quá {one['ctx']['max_length']} ký tự"
    return f"giá trị của “{name}” không dùng được"


def install(app: FastAPI) -> None:
    """Let the app answer every error by `app.state.show_problem`: JSON for programs, a page for people."""

    async def handle(request: Request, error: Exception) -> Response:
        shown: Response = request.app.state.show_problem(request, problem_of(error))
        return shown

    ours = (Problem, UsageError, Away, DatabaseError, FixityError)
    for kind in (*ours, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handle)
