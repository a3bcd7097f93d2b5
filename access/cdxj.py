"""The captures of an address as an index of web archives lists them (CDXJ), asked as pywb's own server is asked.

The lines name file, offset and length of records in the archive's folder `warc/`, so that a replay tool that has the folder can
show them. What may not be shown is in no line, nor is what a browser drew of a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.answers import answer
from access.api.captures import at
from access.api.parameters import Address
from access.api.problems import Problem
from access.api.schemas import problems
from access.api.serving import Here, Serving
from access.exports.wacz import surt
from storage.errors import FixityError
from storage.reader.captures import CaptureLine, hidden_captures
from storage.warc.heads import head_of

router = APIRouter(tags=["web archives"])

MOST = 10_000
"""Lines of one answer at most."""

FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
STAMP = "%Y%m%d%H%M%S"
_TEXT = {
    "content": {"text/x-cdxj": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}}
}

Entry = Mapping[str, str]
Stamp = Annotated[str, Query(pattern=r"^\d{0,14}$")]


@router.get(
    "/cdx", response_class=Response, responses={200: {"description": "One capture a line", **_TEXT}, **problems()}
)  # fmt: skip
def cdx(
    request: Request,
    here: Here,
    url: Address,
    output: Annotated[Literal["cdxj", "json"], Query(description="`json`: an object a line")] = "cdxj",
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    first: Annotated[Stamp, Query(alias="from", description="Digits of a time (UTC), included")] = "",
    last: Annotated[Stamp, Query(alias="to", description="Digits of a time (UTC), included")] = "",
    sort: Annotated[Literal["", "reverse", "closest"], Query()] = "",
    closest: Annotated[Stamp, Query(description="The nearest to this time come first")] = "",
    filter: Annotated[
        list[str] | None,
        Query(max_length=10, description="`[!][=]field:text`: holds it, or with `=` is it; `!`: does not"),
    ] = None,
    fl: Annotated[str, Query(max_length=200, description="Names of fields, parted by commas")] = "",
    match: Annotated[Literal["exact"], Query(alias="matchType")] = "exact",
) -> Response:
    """The captures of an address, whatever its scheme and `www.`, the oldest first."""
    chosen = [_filter(text) for text in filter or ()]
    wanted = _fields(fl)
    captures = [one for one in visible(here, url) if surt(one.url) == surt(url)]
    captures = _ordered([one for one in captures if _within(stamp(one), first, last)], sort, closest)
    found = (entry for entry in _entries(here, captures) if all(test(entry) for test in chosen))
    lines = [_line(entry, output, wanted) for entry, _ in zip(found, range(limit), strict=False)]
    kind = "text/x-cdxj" if output == "cdxj" else "application/x-ndjson"
    return answer(request, "".join(lines).encode(), kind)


def visible(here: Serving, url: str) -> list[CaptureLine]:
    """The captures of an address that may be shown, in the order of time. Raises Problem for what is no web address."""
    found = [one for one in at(here, url) if one.origin != "rendered"]
    hidden = hidden_captures(here.source.db, found)
    return [one for one in found if one.entry not in hidden]


def stamp(one: CaptureLine) -> str:
    """A capture's time as indexes write it."""
    return one.fetched_at.astimezone(UTC).strftime(STAMP)


def parsed(digits: str) -> datetime:
    """The first instant that some digits of a time mean. Raises Problem."""
    lowest = "19700101000000"
    try:
        return datetime.strptime(digits + lowest[len(digits) :], STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise Problem("invalid-request", f"no time: {digits}") from error


def _entries(here: Serving, captures: Iterable[CaptureLine]) -> Iterator[Entry]:
    """What the index says of each; nothing of those whose file is lost."""
    for one in captures:
        with suppress(FixityError):
            head = head_of(here.source.folder, one.record)
            revisit = head.get("warc-type") == "revisit"
            yield {
                "urlkey": surt(one.url), "timestamp": stamp(one), "url": one.url,
                "mime": "warc/revisit" if revisit else one.media_type or "unk",
                **({"status": str(one.status)} if one.status else {}),
                "digest": head.get("warc-payload-digest", ""), "length": str(one.record.length),
                "offset": str(one.record.offset), "filename": one.record.file,
            }  # fmt: skip


def _line(entry: Entry, output: str, wanted: Sequence[str]) -> str:
    shown = {name: entry[name] for name in (wanted or FIELDS) if name in entry}
    if output == "json":
        return json.dumps(shown, ensure_ascii=False) + "\n"
    rest = {name: value for name, value in shown.items() if name not in ("urlkey", "timestamp")}
    return f"{entry['urlkey']} {entry['timestamp']} {json.dumps(rest, ensure_ascii=False)}\n"


def _within(at: str, first: str, last: str) -> bool:
    return first.ljust(14, "0") <= at <= last.ljust(14, "9")


def _ordered(captures: list[CaptureLine], sort: str, closest: str) -> list[CaptureLine]:
    if closest:
        wished = parsed(closest)
        return sorted(captures, key=lambda one: abs(one.fetched_at - wished))
    return captures[::-1] if sort == "reverse" else captures


def _filter(text: str) -> Callable[[Entry], bool]:
    """What a filter asks of a line; no patterns: they could be made to take for ever. Raises Problem."""
    negated, rest = text.startswith("!"), text.removeprefix("!")
    exact, rest = rest.startswith("="), rest.removeprefix("=")
    name, colon, value = rest.partition(":")
    if not colon or name not in FIELDS or len(value) > 500:
        raise Problem("invalid-request", f"filter: write field:text, with one of {', '.join(FIELDS)}")

    def holds(entry: Entry) -> bool:
        found = entry.get(name, "")
        return (found == value if exact else value in found) != negated

    return holds


def _fields(text: str) -> list[str]:
    names = [name for name in text.replace(" ", "").split(",") if name]
    if unknown := set(names) - set(FIELDS):
        raise Problem("invalid-request", f"fl: no such field: {', '.join(sorted(unknown))}")
    return names
