"""An article without what is marked as personal data in it: every text of it masked, whatever the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from access.personal import MASK, Place, find, masked, masked_at
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


def without_personal_data(article: dict[str, Any], fields: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The article with a mask for each place of personal data; digests and places are of what is left.

    Addresses lose the numbers that are marked somewhere in the article or look like some; names that they spell stay. Where
    only some `fields` are wanted, the others are left out, and nobody looks through long texts for nothing.
    """
    masks = _Masks()
    paragraphs, places = masks.lines(article["paragraphs"])
    masks.text(article["title"])
    text = "\n\n".join(paragraphs)
    body = {"lead": paragraphs[0] if paragraphs else "", "text": text, "paragraphs": paragraphs}
    wanted = {
        name: value for name, value in article.items() if not fields or name in fields or name in ("schema", "id")
    }
    addresses: list[str] = []
    rest = _each({name: value for name, value in wanted.items() if name not in body}, masks.text, _noting(addresses))
    if numbers := [_digits(run) for url in addresses for run in _RUN.findall(url)]:
        others = {name: value for name, value in article.items() if name not in wanted and name not in body}
        _each(others, lambda text: masks.text(text) if _may_name(text, numbers) else text, lambda url: url)
    made = {**rest, **body, "personal_data": places_of(places), "text_sha256": sha256_text(text)}
    return {name: _each(made[name], lambda one: one, masks.address, name) for name in wanted}


def _noting(addresses: list[str]) -> Callable[[str], str]:
    """Leaves each address as it is, and notes it."""

    def note(url: str) -> str:
        addresses.append(url)
        return url

    return note


def _may_name(text: str, numbers: Sequence[str]) -> bool:
    """Whether a text may mark one of the numbers of addresses: eight digits in a row are the same, whatever parts them."""
    digits = _digits(text)
    return any(number[at : at + 8] in digits for number in numbers for at in range(len(number) - 7))


class _Masks:
    """Texts with masks, each looked through once, and the numbers that were marked in them."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()

    def lines(self, lines: Sequence[str]) -> tuple[list[str], list[Place]]:
        """The lines of one text with masks, and where these stand: what a table's head says holds for its rows."""
        found = find(lines)
        for place in found:
            digits = _digits(lines[place.paragraph][place.start : place.end])
            self._numbers |= {digits} if len(digits) >= 8 else set()
        return masked_at(lines, found)

    def text(self, text: str) -> str:
        """A text with masks."""
        return "\n".join(self.lines(text.split("\n"))[0])

    def address(self, url: str) -> str:
        """An address without the numbers that were marked so far."""
        return masked_address(url, self._numbers)


def masked_line(text: str) -> str:
    """A title, another line of a list or an address with a mask for each place of personal data."""
    return masked_address(text) if text.startswith(_WEB) else masked(text)


def masked_address(url: str, numbers: Collection[str] = ()) -> str:
    """An address without these numbers and without those that its own words mark, as `…/cccd-012345678901.html` does."""
    words = _BETWEEN.sub(lambda one: " " * len(one[0]), url)
    for place in reversed(find([words])):
        url = url[: place.start] + MASK + url[place.end :]
    return _RUN.sub(lambda run: MASK if any(one in _digits(run[0]) for one in numbers) else run[0], url)


def places_of(found: list[Place]) -> list[dict[str, Any]]:
    """Places as objects of the schema."""
    return [{"kind": one.kind, "paragraph": one.paragraph, "start": one.start, "end": one.end} for one in found]


def _each(value: Any, text: Callable[[str], str], address: Callable[[str], str], name: str = "") -> Any:
    """A value with each text and each address in it as they are made; what holds no page's words stays."""
    if name in _AS_THEY_ARE or value is None:
        return value
    if isinstance(value, dict):
        return {inner: _each(one, text, address, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_each(one, text, address, name) for one in value]
    if not isinstance(value, str):
        return value
    return address(value) if name in _ADDRESSES else text(value)


def _digits(text: str) -> str:
    return "".join(char for char in text.replace("%20", "") if char.isdigit())
