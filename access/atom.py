"""What is new, for feed readers: Atom (RFC 4287) of any search, the newest first, with the further pages (RFC 5005)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from access import queries
from access.api.answers import answer
from access.api.articles import objects
from access.api.parameters import Asked, Cursor
from access.api.schemas import problems
from access.api.serving import Here, Serving
from access.effort import as_much
from access.pages.frame import is_web
from access.shape import Article
from storage import reader
from storage.text import instant_text

router = APIRouter(tags=["feeds"])

MEDIA_TYPE = "application/atom+xml"
SHOWN = frozenset({
    "title", "url", "lead", "authors", "ward", "portal", "category", "published_at", "capture", "tombstone",
})  # fmt: skip
"""Fields of an article that an entry tells."""
_NAMESPACE = "http://www.w3.org/2005/Atom"
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML = {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}


@router.get("/atom", response_class=Response, responses={200: {"description": "A feed", **_XML}, **problems()})
def atom(
    request: Request,
    here: Here,
    asked: Asked,
    limit: Annotated[int, Query(ge=1, le=100, description="Entries of a page")] = 30,
    after: Cursor = "",
) -> Response:
    """A feed of the articles that are asked for: of a portal, a ward, a province, of any search."""
    found = queries.search(here.source.db, asked, limit=limit, after=after, hits=False)
    articles, count = as_much(
        [line.id for line in found.articles],
        lambda some: objects(here, asked, list(some), SHOWN, for_people=True),
    )
    more = found.first(count).after
    given = {name: value for name, value in request.query_params.multi_items() if name != "after"}
    feed = _feed(request, here, given)
    base, path = here.base(request), request.url.path
    _link(feed, "self", f"{base}{path}{_query({**given, **({'after': after} if after else {})})}", MEDIA_TYPE)
    _link(feed, "first", f"{base}{path}{_query(given)}", MEDIA_TYPE)
    if more:
        _link(feed, "next", f"{base}{path}{_query({**given, 'after': more})}", MEDIA_TYPE)
    shown = [article for article in articles if article["tombstone"] is None]
    newest = max(
        (_touched(article) for article in shown), default=instant_text(reader.about(here.source.db).created_at)
    )
    _text(feed, "updated", newest)
    linked = here.options.masked or not here.options.veiled  # the API hides what the feed hides
    feed.extend(_entry(base, article, linked=linked) for article in shown)
    return answer(request, tostring(feed, encoding="utf-8", xml_declaration=True), MEDIA_TYPE)


def _feed(request: Request, here: Serving, given: Mapping[str, str]) -> Element:
    """The feed without entries; its id is that of the archive and what was asked of it, on whatever server."""
    about = reader.about(here.source.db)
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "vi"})
    wanted = _query(dict(sorted((name, value) for name, value in given.items() if name != "limit")))
    _text(feed, "id", f"urn:phuongchi:{about.id}:atom{wanted}")
    said = ", ".join(value for name, value in given.items() if name != "limit")
    _text(feed, "title", "Phường Chí" + (f": {said}" if said else ""))
    _text(feed, "generator", here.options.software)
    author = SubElement(feed, "author")
    _text(author, "name", "Phường Chí")
    return feed


def _entry(base: str, article: Article, *, linked: bool) -> Element:
    entry = Element("entry")
    _text(entry, "id", f"urn:phuongchi:{article['id']}")
    _text(entry, "title", article["title"] or article["url"])
    _text(entry, "updated", _touched(article))
    if (published := _full(article["published_at"])) is not None:
        _text(entry, "published", published)
    author = SubElement(entry, "author")
    _text(author, "name", ", ".join(article["authors"]) or article["ward"] or article["portal"])
    if article["category"]:
        SubElement(entry, "category", {"term": _fit(article["category"])})
    _text(entry, "summary", article["lead"])
    page = f"{base}/bai/{article['id']}"
    _link(entry, "alternate", article["url"] if is_web(article["url"]) else page)
    _link(entry, "related", page, "text/html")
    if linked:
        _link(entry, "via", f"{base}/api/v1/articles/{article['id']}", "application/json")
    return entry


def _touched(article: Article) -> str:
    """When the state that is shown was received: that never changes unless the article does."""
    return str(article["capture"]["fetched_at"])


def _full(date: str | None) -> str | None:
    """A date as RFC 3339 wants it; None for one that is not known to the day. Midnight in Viet Nam where no time is known."""
    if not date or len(date) < 10:
        return None
    if len(date) == 10:
        return f"{date}T00:00:00+07:00"
    return datetime.fromisoformat(date).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _link(parent: Element, rel: str, href: str, kind: str = "") -> None:
    SubElement(parent, "link", {"rel": rel, "href": _fit(href), **({"type": kind} if kind else {})})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _fit(text)


def _fit(text: str) -> str:
    """A text without what XML cannot hold."""
    return _UNFIT.sub("", text)


def _query(given: Mapping[str, Any]) -> str:
    return f"?{urlencode(given)}" if given else ""
