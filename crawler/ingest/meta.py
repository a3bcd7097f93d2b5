"""What a page says about itself outside its text: JSON-LD, microdata, meta elements, other addresses."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from crawler.ingest.decoding import Element, Telling, doc_title
from storage.text import normalise

_ARTICLE_TYPES = frozenset(
    (
        "Article",
        "NewsArticle",
        "BlogPosting",
        "ReportageNewsArticle",
        "AdvertiserContentArticle",
        "TechArticle",
        "Report",
    )
)
_LIST_TYPES = frozenset(("CollectionPage", "ItemList", "SearchResultsPage", "ContactPage", "AboutPage", "Blog"))
_TITLE_KEYS = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_SECTION_KEYS = ("article:section", "section")
_DATE_KEY = re.compile(r"date|published|modified|updated|created|pubdate|time$", re.IGNORECASE)
_DATE_PROPERTIES = frozenset(("datepublished", "datemodified", "datecreated", "uploaddate"))
_DATING_TAGS = frozenset(("time", "meta", "span", "div", "p", "abbr", "li"))
_DATE_CLASSES = frozenset(("published", "updated", "dt-published", "dt-updated"))
_LOOSE_COMMA = re.compile(r",\s*(?=[}\]])")
_LIMIT = 200_000
"""Characters of one JSON-LD script that are still read."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What the page claims. `titles` are claimed headlines, most trustworthy first; dates are `(name, value)` pairs.

    `kind` is `article`, `list` or empty, from JSON-LD types and og:type; `aliases` the absolute addresses it gives for itself.
    """

    doc_title: str = ""
    titles: tuple[str, ...] = ()
    site_name: str = ""
    kind: str = ""
    section: str = ""
    language: str = ""
    robots: str = ""
    jsonld: tuple[tuple[str, str], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    canonical: str = ""
    authors: tuple[str, ...] = ()
    refresh: str = ""
    metas: Mapping[str, str] = field(default_factory=dict)


def read_meta(tree: Element, told: Telling, url: str) -> Meta:
    """The claims of a page fetched from `url`. Broken JSON-LD is passed over; nothing is verified here."""
    metas = _metas(told)
    objects = list(_objects(told))
    articles = [item for item in objects if _ARTICLE_TYPES & _types(item)]
    headlines = [_text(item.get("headline")) or _text(item.get("name")) for item in articles]
    titles = [title for title in (*headlines, *(metas.get(key, "") for key in _TITLE_KEYS)) if title]
    sections = [_text(item.get("articleSection")) for item in articles] + [metas.get(key, "") for key in _SECTION_KEYS]
    canonical, aliases = _aliases(told, metas, url)
    return Meta(
        doc_title=doc_title(told),
        titles=tuple(dict.fromkeys(titles)),
        site_name=metas.get("og:site_name", ""),
        kind=_kind(objects, articles, metas),
        section=next(filter(None, sections), ""),
        language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:2].lower(),
        robots=metas.get("robots", "").lower(),
        jsonld=tuple(_jsonld_dates(articles)),
        dates=tuple((key, value) for key, value in metas.items() if value and _may_date(key)),
        aliases=aliases,
        canonical=canonical,
        authors=tuple(dict.fromkeys(name for item in articles for name in _names(item.get("author")))),
        refresh=metas.get("refresh", ""),
        metas=metas,
    )


def dated_elements(tree: Element, told: Telling) -> Iterator[tuple[Element, str, str]]:
    """Elements that name a date for machines, what it is called (`datePublished`, `time entry-date`), and its value."""
    # A page has thousands of elements: only those are looked at whose tag has a date's property somewhere.
    tags = {"time", "abbr", *(one.tag for one in told["itemprop"] if one.get("itemprop").lower() in _DATE_PROPERTIES)}
    for element in _of_tags(tree, told, tags & _DATING_TAGS):
        name = element.get("itemprop") or ""
        if element.tag == "time":
            name = name or f"time {element.get('class') or ''}".strip()
        elif name.lower() not in _DATE_PROPERTIES:
            name = _microformat(element)
        stated = (
            element.get("content") or element.get("datetime") or (element.get("title") if element.tag == "abbr" else "")
        )
        if name and (value := (stated or element.text_content()).strip()):
            yield element, name, value


def _of_tags(tree: Element, told: Telling, tags: Set[str]) -> Iterable[Element]:
    """The elements of some tags in document order: those that were found before where there is but one tag of them."""
    filled = [tag for tag in tags if told.get(tag, True)]
    if not filled:
        return ()
    return told[filled[0]] if len(filled) == 1 and filled[0] in told else tree.iter(*filled)


def _microformat(element: Element) -> str:
    """The class by which hAtom and h-entry name an element's date; its `title` then has the whole of it."""
    if element.tag != "abbr" or not element.get("title"):
        return ""
    return next((name for name in (element.get("class") or "").split() if name in _DATE_CLASSES), "")


def embedded_dates(tree: Element, told: Telling, meta: Meta) -> dict[str, str]:
    """All dates that a page embeds, by source and name (`meta date`); of a name that several elements have, none."""
    found = {f"meta {name}": value for name, value in meta.dates} | {
        f"jsonld {name}": value for name, value in meta.jsonld
    }
    elements = [(name, value) for _, name, value in dated_elements(tree, told)]
    counts = Counter(name for name, _ in elements)
    return found | {f"microdata {name}": value for name, value in elements if counts[name] == 1}


@lru_cache(maxsize=1024)
def _may_date(key: str) -> bool:
    return _DATE_KEY.search(key) is not None


def _metas(told: Telling) -> dict[str, str]:
    """First value of each meta element, by lower-case name, property or http-equiv."""
    found: dict[str, str] = {}
    for element in told["meta"]:
        key = element.get("property") or element.get("name") or element.get("http-equiv") or element.get("itemprop")
        value = element.get("content")
        if key and value:
            found.setdefault(key.strip().lower(), normalise(value))
    return found


def _objects(told: Telling) -> Iterator[Mapping[str, Any]]:
    for script in told["script"]:
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        if 0 < len(text) <= _LIMIT:
            yield from _flat(_loads(text))


def _loads(text: str) -> Any:
    for attempt in (text, _LOOSE_COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flat(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list) and depth < 5:
        for item in value:
            yield from _flat(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _flat(value.get("@graph"), depth + 1)


def _types(item: Mapping[str, Any]) -> set[str]:
    value = item.get("@type")
    return {str(name) for name in (value if isinstance(value, list) else [value]) if name}


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return normalise(value) if isinstance(value, str) else ""


def _names(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = _text(item.get("name")) if isinstance(item, dict) else _text(item)
        if name:
            yield name


def _jsonld_dates(articles: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in articles:
        for key in ("datePublished", "dateCreated", "dateModified"):
            if value := _text(item.get(key)):
                yield key, value


def _kind(objects: list[Mapping[str, Any]], articles: list[Mapping[str, Any]], metas: Mapping[str, str]) -> str:
    if len(articles) == 1:
        return "article"
    if len(articles) > 1 or any(_LIST_TYPES & _types(item) for item in objects):
        return "list"
    # Many systems claim og:type=article on every page, lists and the home page too: it counts for little, but not for nothing.
    return "claimed" if metas.get("og:type", "").lower() == "article" else ""


def _aliases(told: Telling, metas: Mapping[str, str], url: str) -> tuple[str, tuple[str, ...]]:
    canonical, found = "", []
    for link in told["link"]:
        rel = (link.get("rel") or "").lower().split()
        href = (link.get("href") or "").strip()
        if href and "canonical" in rel and not canonical:
            canonical = _join(url, href)
        elif href and "amphtml" in rel:
            found.append(_join(url, href))
    found = [canonical, *([_join(url, metas["og:url"])] if metas.get("og:url") else []), *found]
    return canonical, tuple(dict.fromkeys(alias for alias in found if alias.startswith(("http://", "https://"))))


def _join(url: str, href: str) -> str:
    try:
        return urljoin(url, href)
    except ValueError:
        return ""
