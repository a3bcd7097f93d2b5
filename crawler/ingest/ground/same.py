"""Whether a page shows what it did, as far as its reading stands on it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape

from crawler.ingest.decoding import parse, telling
from crawler.ingest.ground.spans import Ground, Span, Spot
from crawler.ingest.meta import Meta, read_meta
from crawler.ingest.stamps import name_role, times_told
from storage.text import day_text

_SAYING = re.compile(
    rb"(?:^|(?<=>))[^<>]*[^<>\s][^<>]*$"
    rb"|\s(?:href|src|srcset|alt|title|value|data-[\w-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
"""What of a piece says something, but nothing of the page's layout: its words, and where its link leads. That there are words
is part of the layout: an empty place that is filled is another one."""

_DRESS = re.compile(
    rb"<script\b(?![^>]*json)[^>]*>[^<]*(?:<(?!/script)[^<]*)*|<link\b(?=[^>]*(?:stylesheet|preload|icon))[^>]*>",
    re.IGNORECASE,
)
"""What of a head claims nothing: scripts that run, and styles. Tokens, and numbers in their addresses, change every night."""

_COUNT = re.compile(r"(?<![\w:/.,-])\d[\d.,]*(?![\w:/-])")
"""A number by itself: no part of a day, a time or a name."""

_MARKUP = re.compile(r"<[^<>]*>|<[^<>]*$")

_PARTS = re.compile(r"<[^>]*>?|[^<]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """One capture of a page: its body, when it was fetched, and the charset that its answer named."""

    body: bytes
    at: datetime
    charset: str = ""


def stands(ground: Ground, before: Shown, now: Shown, url: str) -> bool:
    """Whether `now` shows what `before` did, of which `ground` is the reading's.

    All that the reading stands on is the same, and the rest has the same tags in the same lines. What the page claims of itself
    is the same, whatever tokens its head has.
    """
    old, new = before.body.split(b"\n"), now.body.split(b"\n")
    if len(old) != ground.lines or len(new) != ground.lines:
        return False
    changed = [number for number, (line, other) in enumerate(zip(old, new, strict=True)) if line != other]
    first = bisect_left(changed, ground.head[0])
    head, body = changed[:first], changed[first:]
    if any(old[number].count(b"<") != new[number].count(b"<") for number in body):
        return False
    near, claims = False, bool(head)
    for spot, one, other in _pieces(old, new, body):
        if spot < ground.head:
            claims = True
        elif _within(spot, ground.near):
            near = True
        elif _within(spot, ground.spans) or _tags(one, spot) != _tags(other, spot):
            return False
    if near and not _near_is_same(ground, (old, before.at), (new, now.at)):
        return False
    return not claims or _head_is_same(ground, (old, before.charset), (new, now.charset), url=url)


def _pieces(old: Sequence[bytes], new: Sequence[bytes], numbers: Iterable[int]) -> Iterator[tuple[Spot, bytes, bytes]]:
    """The pieces of some lines that differ, and where they stand."""
    for number in numbers:
        for at, (one, other) in enumerate(zip(old[number].split(b"<"), new[number].split(b"<"), strict=True)):
            if one != other:
                yield (number, at), one, other


def _tags(piece: bytes, spot: Spot) -> bytes:
    """What a piece says of the page's layout."""
    return _SAYING.sub(b"x", b"<" + piece if spot[1] else piece)


def _within(spot: Spot, spans: Iterable[Span]) -> bool:
    return any(start <= spot < end for start, end in spans)


def _near_is_same(ground: Ground, *captures: tuple[Sequence[bytes], datetime]) -> bool:
    """Whether the lines near the text name the same days and names: what they count aside, and the day of the fetch itself,
    which a clock shows.
    """
    try:
        said = [([_cut(source, span).decode() for span in ground.near], day_text(at)) for source, at in captures]
    except UnicodeDecodeError:
        return False
    one, other = ([*(_uncounted(text, day) for text in texts), *_times("<br>".join(texts), day)] for texts, day in said)
    return one == other


def _uncounted(source: str, day: str) -> str:
    """The markup and the words of a span, with its days and what it counts left out."""
    return "".join(
        part if part[:1] == "<" else _COUNT.sub("0", _timeless(part, day)) for part in _PARTS.findall(source)
    )


def _timeless(text: str, day: str) -> str:
    for time in times_told(text, day):
        text = text.replace(time, "0")
    return text


def _times(source: str, day: str) -> Iterator[object]:
    """What is said of time, read with its elements apart and put together: a day may stand in several of them."""
    for between in (" ", ""):
        text = unescape(_MARKUP.sub(between, source))
        yield from ("today" if is_day else time for time, is_day in times_told(text, day).items())


def _cut(source: Sequence[bytes], span: Span) -> bytes:
    """What stands in a span."""
    (first, start), (last, end) = span
    pieces = [source[line].split(b"<") for line in range(first, min(last + 1, len(source)))]
    if last < len(source):
        pieces[-1] = pieces[-1][:end]
    pieces[0] = pieces[0][start:]
    return b"\n".join((b"" if line or not start else b"<") + b"<".join(some) for line, some in enumerate(pieces))


def _head_is_same(ground: Ground, *captures: tuple[Sequence[bytes], str], url: str) -> bool:
    """Whether two heads claim the same of their page, but for its last update and what a session is known by."""
    heads = [(_DRESS.sub(b"", b"\n".join(lines[: ground.head[0] + 1])), charset) for lines, charset in captures]
    if heads[0] == heads[1]:
        return True
    one, other = (_claims(head, charset, url) for head, charset in heads)
    return one == other


def _claims(head: bytes, charset: str, url: str) -> Meta:
    tree = parse(head, charset)
    claims = read_meta(tree, telling(tree, head), url)
    lasting = (
        tuple((name, value) for name, value in said if name_role(name) != "update")
        for said in (claims.jsonld, claims.dates)
    )
    return replace(claims, metas={}, jsonld=next(lasting), dates=next(lasting))
