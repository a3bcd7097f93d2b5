"""Articles: found, one by one, as they were before, and what differs between two states."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access import diff, queries
from access.api.answers import json_answer
from access.api.parameters import LARGEST, ArticleId, Asked, Cursor, Fields, Limit, Number, only, packed, unpacked
from access.api.problems import Problem
from access.api.schemas import answers
from access.api.serving import Here, Serving
from access.api.view import characters, shown
from access.effort import as_much
from access.personal import masked
from access.shape import Article
from storage import reader
from storage.reader import ArticleLine, ArticleState, Filters, RevisionLine
from storage.reader.sequence import in_order
from storage.reader.units.values import Meant
from storage.text import instant_text

router = APIRouter(prefix="/api/v1", tags=["articles"])

_ORDERS = "`relevance`: what holds the words best, of the newest; `entry`: as they entered the archive, for reading all"
Revision = Annotated[int, Query(ge=1, le=LARGEST, description="A revision's number")]


@router.get("/articles", responses=answers("ArticlePage", "One page of articles"))
def find(
    request: Request,
    here: Here,
    asked: Asked,
    fields: Fields,
    order: Annotated[Literal["newest", "relevance", "entry"], Query(description=_ORDERS)] = "newest",
    limit: Limit = 20,
    after: Cursor = "",
    hits: Annotated[bool, Query(description="Also where the words stand in each")] = False,
) -> Response:
    """Articles that are asked for, whole. `next` leads to the following page."""
    if order == "entry":
        items, more = _in_order(here, asked, fields, after=after, limit=limit)
        return page(request, here, "phuongchi.articles/1", items, more)
    found = queries.search(
        here.source.db, asked, limit=limit, after=after, by_relevance=order == "relevance", hits=False
    )
    stand: dict[str, Any] = {}
    marks = hits and not here.options.masked  # pieces of texts would show what the texts hide

    def make(lines: Sequence[ArticleLine]) -> list[Article]:
        made = objects(here, asked, [line.id for line in lines], fields)
        held = {article["id"] for article in made}
        told = reader.illustrated(here.source.db, asked.words, lines) if marks else ()
        stand.update({line.id: _hits(line) for line in told if line.heading and line.id in held})
        return [only(one, fields) for one in made]

    items, count = as_much(found.articles, make, characters)
    said = {**({"hits": stand} if hits else {}), **_meant(found.meant)}
    return page(request, here, "phuongchi.articles/1", items, found.first(count).after or None, **said)


def _in_order(
    here: Serving, asked: Filters, fields: frozenset[str], *, after: str, limit: int
) -> tuple[list[Article], str | None]:
    behind = unpacked(after, int)[0] if after else 0
    found = in_order(here.source.db, asked, after=behind, limit=limit + 1)

    def make(some: Sequence[tuple[int, str]]) -> list[Article]:
        return [only(one, fields) for one in objects(here, asked, [name for _, name in some], fields)]

    items, count = as_much(found[:limit], make, characters)
    return items, packed(found[count - 1][0]) if len(found) > count else None


def objects(
    here: Serving, asked: Filters, names: list[str], fields: frozenset[str] = frozenset(), *, for_people: bool = False
) -> list[Article]:
    """The articles of a page. Those that may not be shown are found only, as tombstones, by who asks for them."""
    states = reader.states(here.source.db, names)
    visible = [one for one in states if asked.hidden or one.visibility == "public"]
    return shown(here, visible, fields, for_people=for_people)


def _hits(line: ArticleLine) -> dict[str, Any]:
    """Where the words stand: pieces of title and text, and the files that hold them."""
    snippet = line.snippet.segments if line.snippet else ()
    return {
        "title": [dataclasses.asdict(piece) for piece in line.heading],
        "snippet": [dataclasses.asdict(piece) for piece in snippet],
        "files": [{"name": file.name, "url": file.url} for file in line.files],
    }


def _meant(found: Meant) -> dict[str, Any]:
    """What the names of places stood for, if any were given."""
    if not found.units:
        return {}
    return {"meant": {name: [unit.title for unit in getattr(found, name)] for name in ("units", "includes")}}


def page(
    request: Request, here: Serving, schema: str, items: list[Any], more: str | None, **said: Any
) -> Response:  # fmt: skip
    """One page of a list, and what else is `said` of it; the header `Link` leads to the next one, too."""
    headers = {}
    if more:
        onward = request.url.include_query_params(after=more)
        headers["Link"] = f'<{here.base(request)}{onward.path}?{onward.query}>; rel="next"'
    return json_answer(request, {"schema": schema, "items": items, "next": more, **said}, headers=headers)


@router.get("/articles/{id}", responses=answers("Article", "The article as it stands", missing=True))
def one(request: Request, here: Here, id: ArticleId, fields: Fields) -> Response:
    """One article. A restricted, withheld or redacted one is a tombstone without content."""
    return json_answer(request, only(_article(here, id), fields))


@router.get("/articles/{id}/revisions", responses=answers("RevisionPage", "Its states", missing=True))
def history(request: Request, here: Here, id: ArticleId) -> Response:
    """The states of an article, oldest first, without their texts."""
    open_to_all = _state(here, id).visibility == "public"
    title = (masked if here.options.masked else str) if open_to_all else lambda _: ""
    items = [_line(line, title(line.title)) for line in reader.history(here.source.db, id)]
    if here.options.masked:  # who guesses what a mask hides could prove it by the digest
        items = [{**item, "text_sha256": None} for item in items]
    return page(request, here, "phuongchi.revisions/1", items, None)


@router.get("/articles/{id}/revisions/{number}", responses=answers("Article", "A state of it", missing=True))
def revision(request: Request, here: Here, id: ArticleId, number: Number, fields: Fields) -> Response:
    """An article as it was in one of its states."""
    return json_answer(request, only(_article(here, id, number), fields))


@router.get(
    "/articles/{id}/diff", responses=answers("Diff", "What differs", missing=True, s403="Its text may not be shown")
)
def compare(
    request: Request,
    here: Here,
    id: ArticleId,
    old: Annotated[Revision, Query(alias="from")],
    new: Annotated[Revision, Query(alias="to")],
) -> Response:
    """Two states of an article compared by word, field by field."""
    before, after = _article(here, id, old), _article(here, id, new)
    if after["visibility"] != "public":
        raise Problem("hidden", f"article {id} is {after['visibility']}")
    found = diff.between(diff.fields_of(before), diff.fields_of(after))
    return json_answer(request, diff.as_json(old, new, found, article=id))


def _article(here: Serving, name: str, revision: int | None = None) -> Article:
    return shown(here, [_state(here, name, revision)])[0]


def _state(here: Serving, name: str, revision: int | None = None) -> ArticleState:
    found = reader.state(here.source.db, name, revision=revision)
    if found is None:
        raise Problem("not-found", f"there is no article {name}" + (f" with a revision {revision}" if revision else ""))
    return found


def _line(line: RevisionLine, title: str) -> dict[str, Any]:
    return {
        "number": line.number, "seen_at": instant_text(line.seen_at), "changed": list(line.changed),
        "title": title, "published_at": line.published_at or None, "reader": line.reader,
        "text_sha256": line.text_sha256, "capture": line.entry,
    }  # fmt: skip
