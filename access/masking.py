"""An article without what is marked as personal data in it: every text of it masked, whatever the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from access.personal import MASK, Place, all_masked, find, masked
from storage.text import sha256_text

_AS_THEY_ARE = frozenset({
    "schema", "id", "portal", "unit", "kind", "language", "published_at", "published_precision", "published_source",
    "published_basis", "updated_at", "event_date", "first_seen", "last_seen", "removed_at", "revision", "revisions", "cluster",
    "cluster_size", "text_sha256", "visibility", "capture", "reader", "personal_data", "media_type", "size", "sha256", "pages",
    "flag", "status", "at",
})  # fmt: skip
"""Fields in which no page's words are; any other is masked, a new one too."""
_ADDRESSES = frozenset({"url", "urls"})
_RUN = re.compile(r"\d(?:(?:[._ -]|%20)?\d){7,}")
_BETWEEN = re.compile(r"%20|[-_+/=?&:]")
_WEB = ("http://", "https://")


def without_personal_data(article: dict[str, Any]) -> dict[str, Any]:
    """The article with a mask for each place of personal data; digests and places are of what is left.

    Addresses lose the numbers that are marked somewhere in the article or look like some; names that they spell stay.
    """
    paragraphs, places = all_masked(article["paragraphs"])
    text = "\n\n".join(paragraphs)
    words = {name: value for name, value in article.items() if name not in ("paragraphs", "text", "lead")}
    return {
        **article,
        **_masked(words, frozenset(_numbers(article))),
        "lead": paragraphs[0] if paragraphs else "",
        "text": text,
        "paragraphs": paragraphs,
        "personal_data": places_of(places),
        "text_sha256": sha256_text(text),
    }


def masked_line(text: str) -> str:
    """A title, another line of a list or an address with a mask for each place of personal data."""
    return masked_address(text) if text.startswith(_WEB) else masked(text)


def masked_address(url: str, numbers: frozenset[str] = frozenset()) -> str:
    """An address without these numbers and without those that its own words mark, as `…/cccd-012345678901.html` does."""
    words = _BETWEEN.sub(lambda one: " " * len(one[0]), url)
    for place in reversed(find([words])):
        url = url[: place.start] + MASK + url[place.end :]
    return _RUN.sub(lambda run: MASK if any(one in _digits(run[0]) for one in numbers) else run[0], url)


def places_of(found: list[Place]) -> list[dict[str, Any]]:
    """Places as objects of the schema."""
    return [{"kind": one.kind, "paragraph": one.paragraph, "start": one.start, "end": one.end} for one in found]


def _masked(value: Any, numbers: frozenset[str], name: str = "") -> Any:
    if name in _AS_THEY_ARE or value is None:
        return value
    if isinstance(value, dict):
        return {inner: _masked(one, numbers, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, numbers, name) for one in value]
    if not isinstance(value, str):
        return value
    if name in _ADDRESSES:
        return masked_address(value, numbers)
    return "\n".join(all_masked(value.split("\n"))[0])  # together: what a table's head says holds for its rows


def _numbers(article: dict[str, Any]) -> Iterator[str]:
    """The numbers that are marked anywhere in an article, as digits."""
    lines = list(_texts(article))
    for place in find(lines):
        digits = _digits(lines[place.paragraph][place.start : place.end])
        if len(digits) >= 8:
            yield digits


def _texts(value: Any, name: str = "") -> Iterator[str]:
    if name in _AS_THEY_ARE or name in _ADDRESSES:
        return
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, (dict, list)):
        for inner, one in value.items() if isinstance(value, dict) else ((name, one) for one in value):
            yield from _texts(one, inner)


def _digits(text: str) -> str:
    return "".join(char for char in text.replace("%20", "") if char.isdigit())
