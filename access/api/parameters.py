"""Parameters that several addresses share: the filters of a search, pages, fields of an object."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from fastapi import Depends, Path, Query
from pydantic import BeforeValidator

from access.api.problems import Problem
from access.api.schemas import ARTICLE_FIELDS
from access.queries import NO_PLACE
from storage.reader import Filters
from storage.records import Kind

LONGEST = 200
"""Characters of a text that is searched for, and of every other parameter but addresses."""

MOST = 200
"""Items on one page at most."""

MEANINGS: Mapping[str, str] = {
    "words": "Words, `\"phrases\"`, `begin*`, `-not`; accents, case and tone placement do not matter",
    "since": "From this day, month or year: `2024-07-14`, `2024-07`, `2024` (Vietnamese time): printed date, else first seen",
    "until": "To this day, month or year, included",
    "seen_since": "First seen by the archive from this day, month or year",
    "seen_until": "First seen by the archive to this day, month or year, included",
    "portal": "A portal's id",
    "ward": "Name or code of a ward, of today or of the past",
    "province": "Name of a province",
    "platform": "The software of the portal",
    "kind": "What it is",
    "category": "The portal's own section",
    "basis": "How the published date is known",
    "attachments": "Only with files, or only without",
    "removed": "Also articles that are gone from their portal",
    "hidden": "Also restricted, withheld and redacted articles, as tombstones without content; "
    "not together with `q`, `category`, `basis`",
}  # fmt: skip
"""What each filter asks for, by the name of its field."""

_CHOICES: Mapping[str, tuple[str, ...]] = {"kind": get_args(Kind), "basis": ("printed", "embedded", "inferred")}
_NAMES = {"words": "q"}
_INTERNAL = ("visibility",)
_TELLING = ("words", "category", "basis")
"""Filters by what a page says."""


def _chosen(given: Any) -> Any:
    """What was chosen in a form: it sends an empty text where nobody has chosen."""
    return None if given == "" else given


def _asked() -> Iterator[tuple[str, inspect.Parameter]]:
    """Each field of Filters that may be asked for, with the parameter of a request that fills it."""
    for field in dataclasses.fields(Filters):
        if field.name in _INTERNAL:
            continue
        meaning = MEANINGS.get(field.name, "")
        kind: Any = str
        if isinstance(field.default, bool) or field.default is None:
            kind, query = (bool if field.default is not None else bool | None), Query(description=meaning)
            if field.default is None:
                kind = Annotated[kind, BeforeValidator(_chosen)]
        elif field.name in _CHOICES:
            kind, query = Literal[_CHOICES[field.name]] | None, Query(description=meaning)
            kind = Annotated[kind, BeforeValidator(_chosen)]
        else:
            query = Query(description=meaning, max_length=LONGEST)
        default = None if field.name in _CHOICES else field.default
        name = _NAMES.get(field.name, field.name)
        yield field.name, inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, query]
        )  # fmt: skip


def _filters() -> Callable[..., Filters]:
    parameters = dict(_asked())
    fields = {parameter.name: field for field, parameter in parameters.items()}

    def read(**given: Any) -> Filters:
        values: dict[str, Any] = {
            fields[name]: "" if value is None and name != "attachments" else value for name, value in given.items()
        }
        if values["hidden"] and any(values[name].strip() for name in _TELLING):
            raise Problem(
                "invalid-request",
                "hidden: not together with q, category or basis, which would tell what hidden texts say",
                vi="“hidden” không đi cùng q, category hoặc basis",
            )
        return Filters(**values, visibility="" if values["hidden"] else "public")

    read.__signature__ = inspect.Signature(list(parameters.values()))  # type: ignore[attr-defined]
    return read


Asked = Annotated[Filters, Depends(_filters())]
"""The filters of a request."""

Limit = Annotated[int, Query(ge=1, le=MOST, description="Items on a page")]
Cursor = Annotated[str, Query(max_length=LONGEST, description="`next` of the page before")]
ArticleId = Annotated[str, Path(pattern="^a[a-z2-7]{16}$", description="An article's id")]
LARGEST = 2**31 - 1
"""The largest number of a revision or run: what PostgreSQL keeps them in."""

Number = Annotated[int, Path(ge=1, le=LARGEST, description="A number")]
Entry = Annotated[int, Path(ge=1, le=2**53, description="A capture's entry number")]
Address = Annotated[str, Query(min_length=1, max_length=2000, description="A web address")]


def _wanted(
    fields: Annotated[str, Query(max_length=1000, description="Names of fields, parted by commas; without: all")] = "",
) -> frozenset[str]:
    names = frozenset(name.strip() for name in fields.split(",") if name.strip())
    if unknown := sorted(names - ARTICLE_FIELDS):
        raise Problem("invalid-request", f"fields: no such field: {', '.join(unknown)}")
    return names


Fields = Annotated[frozenset[str], Depends(_wanted)]
"""The fields of an article that are wanted; empty: all."""


def only(article: Mapping[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    """An article with these fields, in its own order; `schema` and `id` are always there."""
    return {name: value for name, value in article.items() if not fields or name in fields or name in ("schema", "id")}


def packed(*parts: str | int) -> str:
    """A place in a list as a text that means nothing to others."""
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()


def unpacked(text: str, *kinds: type) -> list[Any]:
    """The parts of such a text. Raises Problem unless they are of these kinds."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError(text)
        read = [_part(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, binascii.Error, OverflowError, RecursionError) as error:
        raise Problem(
            "invalid-request", "after: no cursor of this list", cure="Give `next` of the page before", vi=NO_PLACE
        ) from error
    return read


def _part(part: Any, kind: type) -> Any:
    """A part as what it should be. Raises ValueError."""
    if kind is int and type(part) is int and 0 <= part < 2**63:
        return part
    if kind is str and isinstance(part, str) and "\0" not in part and part.encode():
        return part
    raise ValueError(part)
