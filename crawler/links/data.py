"""JSON as portals that are drawn by scripts send it: which of its fields are what, its lines as links, its article.

shell -> endpoints that it names (`crawler.links.endpoints`) -> a list: links | one article: its fields
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from crawler.items import Link
from crawler.links.keys import absolute, page_key
from crawler.links.paging import place_of
from crawler.links.signs import tidy

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "headline", "name", "tieude", "subject", "tenbai", "tenbaiviet", "tentin"),
    "address": ("url", "link", "href", "path", "permalink", "canonicalurl", "duongdan"),
    "date": ("publishedat", "publishedon", "publishdate", "publisheddate", "datepublished", "publicationdate", "pubdate",
             "published", "ngayxuatban", "ngaydang", "ngaydangtin", "postdate", "postedat", "date", "createdat",
             "createddate", "datecreated", "created", "ngaytao"),
    "updated": ("updatedat", "updateddate", "modifiedat", "modifieddate", "datemodified", "modified", "ngaycapnhat",
                "ngaysua"),
    "id": ("id", "_id", "articleid", "newsid", "postid", "slug", "alias"),
    "body": ("content", "noidung", "body", "contenthtml", "html", "fulltext", "articlebody", "bodyhtml", "detail", "chitiet",
             "noidungchitiet", "description"),
    "lead": ("lead", "summary", "sapo", "tomtat", "trichyeu", "description", "excerpt", "shortdescription", "mota"),
    "author": ("author", "tacgia", "byline", "authorname", "nguoiviet", "createdby"),
    "files": ("attachments", "files", "tepdinhkem", "dinhkem", "documents", "filedinhkem", "taptin"),
    "category": ("category", "categoryname", "chuyenmuc", "danhmuc", "tenchuyenmuc"),
}  # fmt: skip
"""Names that systems give to the parts of an article, in lower case without `_` and `-`; the surest first."""

_TAG = re.compile(r"<[^>]{1,300}>")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|ico|mp4|css|js|json|woff2?)(?:\?|$)", re.IGNORECASE)
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,120}")
_MORE = ("hasnext", "hasnextpage", "hasmore")
_PARTS = ("totalpages", "totalpage", "pagecount", "lastpage", "pages", "tongsotrang")
_ITEMS = ("total", "totalcount", "totalitems", "totalelements", "totalrecords", "recordstotal", "totalresults", "count",
          "tongso", "tongsobanghi")  # fmt: skip
_OF_LIST = re.compile(r"(?:get-?)?(?:list|all|latest|newest|paging|paged|page|danh-?sach)", re.IGNORECASE)
_OFFSET = re.compile(r"offset|start|limitstart|skip", re.IGNORECASE)
_MOST_NODES, _MOST_DETAILS, _DEEPEST = 50_000, 50, 4
_LEAST_BODY = 40
"""Characters of text that make an object with a title an article."""


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a list: its title, the address of its page or the id it is asked by, its date as written."""

    title: str
    address: str
    number: str
    date: str


def parse_json(body: bytes | str, base: str, *, platform: str = "") -> Iterator[Link]:
    """The items of a list in JSON, in their order: whatever has a title and an address. Nothing for what is none.

    Items with an id, of a list that is asked at `/…/posts` (or `/…/posts/list`), are taken to be asked at
    `/…/posts/<id>`, as most such services have it.
    """
    details = 0
    for position, line in enumerate(lines(body)):
        details += bool(line.number)
        guess = _detail(base, line.number) if line.number and details <= _MOST_DETAILS else ""
        for href in filter(None, (line.address, guess)):
            if (url := absolute(href, base)) is not None:
                yield Link(url, page_key(url, platform), "article", line.title, position, line.date)


def lines(data: bytes | str) -> Iterator[Line]:
    """Every object in a JSON document that has a title and an address or, as one of several, an id."""
    todo: list[tuple[Any, bool]] = [(loads(data), False)]
    seen = 0
    while todo and seen < _MOST_NODES:
        (node, listed), seen = todo.pop(), seen + 1
        if isinstance(node, dict):
            if (line := _line(node, listed=listed)) is not None:
                yield line
            todo.extend(reversed([(value, False) for value in node.values() if isinstance(value, dict | list)]))
        elif isinstance(node, list):
            several = sum(isinstance(value, dict) for value in node[:3]) > 1
            todo.extend(reversed([(value, several) for value in node[:_MOST_NODES] if isinstance(value, dict | list)]))


def loads(data: bytes | str) -> Any:
    """The value of a JSON document, None for what is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def next_part(data: bytes | str, url: str) -> str:
    """The address of the further part that a list in JSON tells of, empty if it tells of none.

    It gives the address, or says how many parts or items there are; then the number in its own address goes up by one.
    """
    top = loads(data)
    nodes = [node for node in (top, *(top.values() if isinstance(top, dict) else ())) if isinstance(node, dict)]
    fields = {name: value for node in reversed(nodes) for name, (_, value) in named(node).items()}
    given = next(
        (fields[name] for name in ("next", "nextpageurl", "nextpage", "nextlink") if leads(fields.get(name))), ""
    )
    place = next((token for token in urlsplit(url).query.split("&") if token and place_of(f"/?{token}")), "")
    if given or not place:
        return urljoin(url, given) if given else ""
    name, _, value = place.partition("=")
    number, offset = int(value), _OFFSET.fullmatch(name) is not None
    shown = max((len(value) for node in nodes for value in node.values() if isinstance(value, list)), default=0)
    seen = number + shown if offset else number * shown
    more = any(fields.get(name) is True for name in _MORE) or (not offset and number < _count(fields, _PARTS))
    if not shown or not (more or seen < _count(fields, _ITEMS)):
        return ""
    return url.replace(place, f"{name}={number + (shown if offset else 1)}", 1)


def article_in(data: bytes | str) -> Mapping[str, tuple[str, Any]] | None:
    """The parts of the one article that a JSON document is about: by part, the field's name as written and its value.

    It is the outermost object with a title and a text; a document with several of them side by side is a list and has none.
    """
    todo, depth = [loads(data)], 0
    while todo and depth < _DEEPEST:
        found = [parts for node in todo if isinstance(node, dict) and (parts := _parts(node)) is not None]
        if found:
            return found[0] if len(found) == 1 else None
        todo = [inner for node in todo for inner in _inside(node)]
        depth += 1
    return None


def words(value: object) -> str:
    """A value as a line of text, without markup; WordPress wraps its texts once more."""
    if isinstance(value, dict):
        value = value.get("rendered") or value.get("name") or value.get("hoTen")
    return tidy(html.unescape(_TAG.sub(" ", value[:2_000]))) if isinstance(value, str) else ""


def markup(value: object) -> str:
    """A value as HTML, empty if it is no text."""
    if isinstance(value, dict):
        value = value.get("rendered")
    return value if isinstance(value, str) else ""


def leads(value: object) -> bool:
    """Whether a value is the address of a page; a bare word may be anything."""
    if not isinstance(value, str) or " " in value or _PICTURE.search(value):
        return False
    return value.startswith(("/", "http://", "https://"))


def named(node: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """The fields of an object by their names in lower case without `_` and `-`, with the names as written."""
    return {re.sub(r"[_-]", "", name.lower()) or name: (name, value) for name, value in node.items()}


def _count(fields: Mapping[str, Any], names: tuple[str, ...]) -> int:
    """The first number among fields of these names."""
    values = (fields.get(name) for name in names)
    return next((int(value) for value in values if isinstance(value, int | str) and str(value).isdigit()), 0)


def _inside(node: object) -> list[Any]:
    """The values below, unless they are a list of several."""
    values = (
        list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) and len(node) == 1 else []
    )
    return [value for value in values if isinstance(value, dict) or (isinstance(value, list) and len(value) == 1)]


def _parts(node: Mapping[str, Any]) -> dict[str, tuple[str, Any]] | None:
    fields = named(node)
    parts = {
        part: next((fields[name] for name in names if name in fields and fields[name][1] not in (None, "", [])), None)
        for part, names in FIELDS.items()
    }
    found = {part: value for part, value in parts.items() if value is not None}
    body = next(
        (
            fields[name]
            for name in FIELDS["body"]
            if name in fields and len(words(markup(fields[name][1]))) >= _LEAST_BODY
        ),
        None,
    )
    if body is None or not words(found.get("title", ("", ""))[1]):
        return None
    return {**found, "body": body}


def _line(node: Mapping[str, Any], *, listed: bool) -> Line | None:
    fields = {name: value for name, (_, value) in named(node).items()}
    title = next(filter(None, (words(fields.get(name)) for name in FIELDS["title"])), "")
    href = next((fields[name] for name in FIELDS["address"] if leads(fields.get(name))), "")
    number = _number(fields) if listed else ""
    if not title or not (href or number):
        return None
    date = next((value for name in FIELDS["date"] if isinstance(value := fields.get(name), str)), "")
    return Line(title[:500], href, number, date[:40])


def _number(fields: Mapping[str, Any]) -> str:
    """The id of an object that has the date or the lead of an article; a section has only a name."""
    if not any(fields.get(name) for part in ("date", "lead") for name in FIELDS[part]):
        return ""
    values = (str(fields[name]) for name in FIELDS["id"] if isinstance(fields.get(name), str | int))
    return next((value for value in values if _PLAIN_ID.fullmatch(value)), "")


def _detail(base: str, number: str) -> str:
    """Where the object of a list that was asked at `base` is asked, empty where that cannot be told."""
    path = urlsplit(base).path.rstrip("/")
    if _OF_LIST.fullmatch(path.rpartition("/")[2]):
        path = path.rpartition("/")[0]
    return urljoin(base, f"{path}/{number}") if path and "." not in path.rpartition("/")[2] else ""
