"""Edits of an article, anywhere in any golden page however its source is written: none is told as unchanged that reading finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.ingest.decide import differences
from crawler.ingest.ground import Ground, Shown, stands, unpack
from storage.records import Reading
from tests.cases.golden import cases, reading

_TOKEN = re.compile(r"<!--.*?-->|<[^<>]*>|[^<]+|<", re.DOTALL)
_INSIDE = re.compile(r"<!--.*?-->|<script.*?</script>|<style.*?</style>", re.DOTALL | re.IGNORECASE)


def _raised(source: str) -> str:
    return re.sub(r"<(/?)(div|p|table|tr|td|span|h\d|ul|li|a)\b", lambda tag: f"<{tag[1]}{tag[2].upper()}", source)


SHAPES: dict[str, Callable[[str], str]] = {
    "as it is": lambda source: source,
    "in one line": lambda source: re.sub(r"\s*\n\s*", " ", source),
    "with CRLF": lambda source: source.replace("\n", "\r\n"),
    "a tag a line": lambda source: re.sub(r">\s*<", ">\n<", source),
    "tags of several lines": lambda source: re.sub(r"<(div|p|a|td|li|h\d|span) (\w)", r"<\1\n  \2", source),
    "capital tags": _raised,
    "without end tags": lambda source: re.sub(r"</(?:p|li|td|tr|body|html)>", "", source),
    "behind scripts and comments": lambda source: re.sub(
        r"(<(?:p|div|h1)\b)", r"<!-- <div>\n<div><p> --><script>\na='<div><p>'</script>\1", source
    ),
}


@dataclass(frozen=True)
class Page:
    """A golden page in one shape, its reading, and the numbers of its tokens that say something of the article."""

    meta: dict[str, Any]
    tokens: tuple[str, ...]
    ground: Ground
    found: Reading
    telling: tuple[int, ...]


def _said(found: Reading) -> str:
    dates = [found.dates.published.evidence] if found.dates.published else []
    files = [file.name for file in found.attachments]
    said = (found.title, *found.paragraphs, *found.captions, *found.authors, *found.credits, *dates, *files)
    return " ".join(" ".join(said).split())


@cache
def pages(shape: str) -> tuple[Page, ...]:
    made = []
    for case in cases():
        try:
            source = SHAPES[shape](case.body.decode())
        except UnicodeDecodeError:
            continue
        found = reading(source.encode(), case.meta)
        if not found.article or not found.ground:
            continue
        said, hidden = _said(found), {at for part in _INSIDE.finditer(source) for at in range(*part.span())}
        tokens, telling, at = tuple(_TOKEN.findall(source)), [], 0
        for number, token in enumerate(tokens):
            words = " ".join(unescape(token).split())
            if words and token[0] != "<" and at not in hidden and words in said:
                telling.append(number)
            at += len(token)
        if telling:
            made.append(Page(case.meta, tokens, unpack(found.ground), found, tuple(telling)))
    return tuple(made)


def _edited(token: str, what: str, at: int) -> str:
    if what == "digit" and (digits := list(re.finditer(r"\d", token))):
        one = digits[at % len(digits)]
        return token[: one.start()] + str((int(one[0]) + 1 + at % 9) % 10) + token[one.end() :]
    words = list(re.finditer(r"\S+", token))
    one = words[at % len(words)]
    return token[: one.start()] + ("" if what == "gone" and len(words) > 1 else "Tân") + token[one.end() :]


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(SHAPES)), st.integers(0, 999), st.integers(0, 999),
    st.sampled_from(["word", "digit", "gone"]), st.integers(0, 99), st.sampled_from([0, 1]),
)  # fmt: skip
def test_edit_that_reading_finds_is_read(shape: str, which: int, place: int, what: str, at: int, days: int) -> None:
    found = pages(shape)
    page = found[which % len(found)]
    number = page.telling[place % len(page.telling)]
    edited = _edited(page.tokens[number], what, at)
    before = "".join(page.tokens).encode()
    now = "".join((*page.tokens[:number], edited, *page.tokens[number + 1 :])).encode()
    first = datetime.fromisoformat(page.meta["fetched_at"])
    charset = page.meta.get("charset", "")
    old, new = Shown(before, first, charset), Shown(now, first + timedelta(days=days), charset)
    if stands(page.ground, old, new, page.meta["url"]):
        again = reading(now, page.meta)
        assert again.article
        assert differences(page.found, again) == ()
