"""The captures of an address as an index of web archives lists them (CDXJ), asked as pywb's own server is asked.

The lines name file, offset and length of records in the archive's folder `warc/`, so that a replay tool that has the folder can
show them. What may not be shown is in no line, nor is what a browser drew of a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access.api.answers import answer
from access.api.captures import at
from access.api.parameters import Address
from access.api.problems import Problem
from access.api.schemas import problems
from access.api.serving import Here, Serving
from access.exports.wacz import surt
from access.masking import masked_address
from storage.errors import FixityError
from storage.reader.captures import CaptureLine, Under, captures_under, hidden_captures, host_of
from storage.warc.heads import head_of

router = APIRouter(tags=["web archives"])

MOST = 10_000
"""Lines of one answer at most."""

FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
STAMP = "%Y%m%d%H%M%S"
_SPANS = {
    4: timedelta(days=366), 6: timedelta(days=31), 8: timedelta(days=1), 10: timedelta(hours=1), 12: timedelta(minutes=1),
    14: timedelta(seconds=1),
}  # fmt: skip
"""What so many digits of a time mean, in length: the longest year and month."""
_TEXT = {
    "content": {"text/x-cdxj": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}}
}

Entry = Mapping[str, str]
Filter = tuple[str, Callable[[Entry], bool]]
Match = Literal["exact", "prefix", "host", "domain"]
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
    match: Annotated[
        Match,
        Query(
            alias="matchType", description="As `url=http://a.vn/tin/*` (prefix) and `url=*.a.vn` (domain) say it, too"
        ),
    ] = "exact",
) -> Response:
    """The captures of an address, whatever its scheme and `www.`, the oldest first; or of all addresses that begin alike."""
    chosen = [_filter(text) for text in filter or ()]
    wanted = _fields(fl)
    address, kind = _asked(url, match)
    since, until = parsed(first) if first else None, _behind(last) if last else None
    captures = visible(here, address) if kind == "exact" else _under(here, address, kind, since, until)
    captures = [one for one in captures if kind != "exact" or surt(one.url) == surt(address)]
    captures = _ordered([one for one in captures if _within(stamp(one), first, last)], sort, closest)
    found = (entry for entry in _entries(here, captures, chosen) if all(test(entry) for _, test in chosen))
    lines = [_line(entry, output, wanted) for entry, _ in zip(found, range(limit), strict=False)]
    return answer(request, "".join(lines).encode(), "text/x-cdxj" if output == "cdxj" else "application/x-ndjson")


def _asked(url: str, match: Match) -> tuple[str, Match]:
    """The address and how much of it counts; a star says it as `matchType` does."""
    if url.startswith("*."):
        return url[2:], "domain"
    if url.endswith("*"):
        return url[:-1], "prefix"
    return url, match


def _under(here: Serving, url: str, kind: Match, since: datetime | None, until: datetime | None) -> list[CaptureLine]:
    """The captures of the addresses that begin as this one, by address and time. Raises Problem, also for more than `MOST`."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError as error:
        raise Problem("invalid-request", "url: not an http or https address") from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if kind == "prefix" else "/"
    under = Under(
        parts.netloc.lower().removeprefix("www."),
        path,
        subdomains=kind == "domain",
        since=since,
        until=until,
    )
    found = captures_under(here.source.db, under, limit=MOST + 1)
    if len(found) > MOST:
        raise Problem(
            "invalid-request", f"url: over {MOST} captures: narrow it down by from and to, or by a longer url"
        )
    if under.subdomains:
        found = [one for one in found if f".{host_of(one.url)}".endswith(f".{under.host}")]
    return sorted(_shown(here, found), key=lambda one: (surt(one.url), stamp(one)))


def visible(here: Serving, url: str) -> list[CaptureLine]:
    """The captures of an address that may be shown, in the order of time. Raises Problem for what is no web address."""
    return _shown(here, at(here, url))


def _shown(here: Serving, captures: Iterable[CaptureLine]) -> list[CaptureLine]:
    """Those of some captures that may be shown; where personal data is hidden, none whose address tells some."""
    found = [
        one
        for one in captures
        if one.origin != "rendered" and not (here.options.masked and masked_address(one.url) != one.url)
    ]
    hidden = hidden_captures(here.source.db, found)
    return [one for one in found if one.entry not in hidden]


def stamp(one: CaptureLine) -> str:
    """A capture's time as indexes write it."""
    return one.fetched_at.astimezone(UTC).strftime(STAMP)


def parsed(digits: str) -> datetime:
    """The first instant that some digits of a time mean. Raises Problem."""
    if len(digits) not in _SPANS:
        raise Problem("invalid-request", f"no time: {digits}: write 4, 6, 8, 10, 12 or 14 digits, as 2024 or 202411")
    lowest = "19700101000000"
    try:
        return datetime.strptime(digits + lowest[len(digits) :], STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise Problem("invalid-request", f"no time: {digits}") from error


def _behind(digits: str) -> datetime | None:
    """An instant behind all that some digits of a time mean; None if there is no later one. Raises Problem."""
    with suppress(OverflowError):
        return parsed(digits) + _SPANS[len(digits)]
    return None


def _entries(here: Serving, captures: Iterable[CaptureLine], chosen: Sequence[Filter]) -> Iterator[Entry]:
    """What the index says of each that the filters let through as far as the database knows; nothing of lost files."""
    early = [test for name, test in chosen if name not in ("mime", "digest")]
    for one in captures:
        known = {
            "urlkey": surt(one.url), "timestamp": stamp(one), "url": one.url,
            **({"status": str(one.status)} if one.status else {}),
            "length": str(one.record.length), "offset": str(one.record.offset), "filename": one.record.file,
        }  # fmt: skip
        if not all(test(known) for test in early):
            continue
        with suppress(FixityError):
            head = head_of(here.source.folder, one.record)
            revisit = head.get("warc-type") == "revisit"
            mime = "warc/revisit" if revisit else one.media_type or "unk"
            yield {**known, "mime": mime, "digest": head.get("warc-payload-digest", "")}


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


def _filter(text: str) -> Filter:
    """What a filter asks of which field of a line; no patterns: they could be made to take for ever. Raises Problem."""
    negated, rest = text.startswith("!"), text.removeprefix("!")
    exact, rest = rest.startswith("="), rest.removeprefix("=")
    name, colon, value = rest.partition(":")
    if not colon or name not in FIELDS or len(value) > 500:
        raise Problem("invalid-request", f"filter: write field:text, with one of {', '.join(FIELDS)}")

    def holds(entry: Entry) -> bool:
        found = entry.get(name, "")
        return (found == value if exact else value in found) != negated

    return name, holds


def _fields(text: str) -> list[str]:
    names = [name for name in text.replace(" ", "").split(",") if name]
    if unknown := set(names) - set(FIELDS):
        raise Problem("invalid-request", f"fl: no such field: {', '.join(sorted(unknown))}")
    return names
