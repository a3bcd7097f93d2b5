"""What a crawl of the sample world brought home, held against the gold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from phuongchi.demo.articles import fold
from phuongchi.demo.site import Gold

FIELDS = ("address", "title", "paragraphs", "captions", "published_at", "published_precision", "published_source",
          "published_basis", "event_date", "category", "authors", "credits", "attachments")  # fmt: skip
"""What is compared, each exactly. `address` is exact when the canonical address is the article's `url`, not one of `urls`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one article that is not as it should be."""

    path: str
    field: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True)
class Leak:
    """A string of page furniture that came into the title, text or captions of an article."""

    path: str
    string: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result for one portal.

    `found` of `total` articles are there; `exact` counts, for each of `FIELDS`, those of the found that are exactly right.
    `missing` holds canonical paths, `extra` the addresses of exported articles that are no article of the gold or are there
    a second time.
    """

    total: int
    found: int
    exact: Mapping[str, int]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    differences: tuple[Difference, ...]
    leaks: tuple[Leak, ...]

    @property
    def perfect(self) -> bool:
        """Everything is there, nothing else is, every field is exact and nothing leaked."""
        return not (self.missing or self.extra or self.differences or self.leaks)


def compare(exported: Sequence[Mapping[str, Any]], gold: Sequence[Gold], base_url: str) -> Comparison:
    """Compare one portal's exported articles (objects of `export jsonl`) with its gold; `base_url` is where it answered.

    An article is recognised by any of its addresses (order of query parameters is no difference), else by its title and
    first paragraph. Removed articles (`removed_at`) are left out.
    """
    waiting = [article for article in exported if not article.get("removed_at")]
    differences: list[Difference] = []
    leaks: list[Leak] = []
    missing: list[str] = []
    exact = dict.fromkeys(FIELDS, 0)
    for wanted in gold:
        article = _take(waiting, wanted, base_url)
        if article is None:
            missing.append(wanted.path)
            continue
        for name, expected, found in _fields(article, wanted, base_url):
            if expected == found:
                exact[name] += 1
            else:
                differences.append(Difference(wanted.path, name, expected, found))
        leaks += _leaks(article, wanted, gold)
    extra = tuple(str(article.get("url")) for article in waiting)
    found_count = len(gold) - len(missing)
    return Comparison(len(gold), found_count, exact, tuple(missing), extra, tuple(differences), tuple(leaks))


def _key(address: str) -> str:
    """An address for comparison: decoded path and sorted query, without session id and fragment."""
    parts = urlsplit(address)
    path = unquote(parts.path).partition(";jsessionid=")[0]
    # A query without "=" (Quảng Ngãi's article number) is kept as it is.
    query = urlencode(sorted(parse_qsl(parts.query))) if "=" in parts.query else parts.query
    return f"{parts.netloc}{path}?{query}"


def _addresses(article: Mapping[str, Any]) -> set[str]:
    return {_key(str(address)) for address in (article.get("url"), *(article.get("urls") or ())) if address}


def _take(waiting: list[Mapping[str, Any]], wanted: Gold, base_url: str) -> Mapping[str, Any] | None:
    """Remove the article that is meant from those waiting, and return it."""
    address = _key(urljoin(base_url, wanted.path))
    index = next((i for i, article in enumerate(waiting) if address in _addresses(article)), None)
    if index is None:
        start = (wanted.title, wanted.paragraphs[:1])
        index = next(
            (i for i, article in enumerate(waiting) if (_text(article, "title"), _texts(article)[:1]) == start), None
        )
    return None if index is None else waiting.pop(index)


def _text(article: Mapping[str, Any], name: str) -> str:
    return fold(str(article.get(name) or ""))


def _texts(article: Mapping[str, Any], name: str = "paragraphs") -> tuple[str, ...]:
    return tuple(fold(str(value)) for value in article.get(name) or ())


def _files(article: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(unquote(urlsplit(str(file["url"])).path) for file in article.get("attachments") or ())


def _fields(article: Mapping[str, Any], wanted: Gold, base_url: str) -> Iterable[tuple[str, object, object]]:
    """(field, expected, found) for each of `FIELDS`."""
    yield "address", _key(urljoin(base_url, wanted.path)), _key(str(article.get("url")))
    yield "title", wanted.title, _text(article, "title")
    yield "attachments", tuple(sorted(wanted.attachments)), tuple(sorted(_files(article)))
    for name in ("paragraphs", "captions", "authors", "credits"):
        yield name, getattr(wanted, name), _texts(article, name)
    for name in (
        "published_at",
        "published_precision",
        "published_source",
        "published_basis",
        "event_date",
        "category",
    ):
        yield name, getattr(wanted, name), article.get(name) or None


def _leaks(article: Mapping[str, Any], wanted: Gold, gold: Sequence[Gold]) -> list[Leak]:
    """Furniture, and titles of other articles (related lists), in anything the article calls its own."""
    own = (wanted.title, *wanted.paragraphs, *wanted.captions)
    text = "\n".join((_text(article, "title"), *_texts(article), *_texts(article, "captions")))
    strings = (*wanted.boilerplate, *(other.title for other in gold if other.path != wanted.path))
    return [
        Leak(wanted.path, string) for string in strings if string in text and not any(string in line for line in own)
    ]
