"""Whether a page shows what it did, as far as its reading stands on it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from operator import itemgetter

from crawler.ingest.decoding import parse, telling
from crawler.ingest.ground.spans import Ground, Span, Spot
from crawler.ingest.marks import asks_not_to_be_kept
from crawler.ingest.meta import read_meta
from crawler.ingest.stamps import name_role, times_told
from crawler.links.documents import KINDS
from storage.text import day_text

_SAYING = re.compile(
    rb"(?:^|(?<=>))\s*+[^<>\s][^<>]*+$"
    rb"|\s(?:href|src|srcset|alt|title|value|data-[\w-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
"""What of a piece says something, but nothing of the page's layout: its words, and where its link leads. That there are words
is part of the layout: an empty place that is filled is another one."""

_FILE = re.compile(
    rf"\.(?:{KINDS})\b|^\s[\w-]+\s*=.*(?:download|tai-?ve|dinh-?kem|attach|getfile)".encode(), re.IGNORECASE | re.DOTALL
)
"""Words and addresses of a file: where they come in others' place, the page may offer it now."""

_DRESS = re.compile(
    rb"<script\b(?![^<>]*json)[^<>]*+>[^<]*(?:<(?!/script)[^<]*)*"
    rb"|<link\b(?=[^<>]*\srel\s*=[\s\"']*[\w\s-]*(?:stylesheet|preload|icon))[^<>]*+>",
    re.IGNORECASE,
)
"""What of a head claims nothing: scripts that run, and styles. Tokens, and numbers in their addresses, change every night."""

_BACK = 60
"""Lines over which a start tag is followed back."""

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
        claims = claims or ground.is_claim(spot)
        if _within(spot, ground.near):
            near = True
        elif spot >= ground.head and (_within(spot, ground.spans) or not _is_layout_same(old, spot, one, other)):
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


def _is_layout_same(lines: Sequence[bytes], spot: Spot, old: bytes, new: bytes) -> bool:
    """Whether a piece that changed is of the same layout: a tag that begins in an earlier line is never known to be."""
    line, number = spot
    return (number > 0 or not _is_in_tag(lines, line)) and _tags(old, number) == _tags(new, number)


def _tags(piece: bytes, number: int) -> bytes:
    """What a piece says of the page's layout, and of files."""
    return _SAYING.sub(lambda said: said[0] if _FILE.search(said[0]) else b"x", b"<" + piece if number else piece)


def _is_in_tag(lines: Sequence[bytes], number: int) -> bool:
    """Whether a line begins in a tag that an earlier one opens."""
    for before in range(number - 1, max(-1, number - _BACK), -1):
        opens, ends = lines[before].rfind(b"<"), lines[before].rfind(b">")
        if opens != ends:
            return ends < opens
    return True


def _within(spot: Spot, spans: Sequence[Span]) -> bool:
    """Whether a place is in one of some spans, which are in order and apart."""
    at = bisect_right(spans, spot, key=itemgetter(0)) - 1
    return at >= 0 and spot < spans[at][1]


def _near_is_same(ground: Ground, *captures: tuple[Sequence[bytes], datetime]) -> bool:
    """Whether the lines near the text name the same days and names: what they count aside, and the day of the fetch itself,
    which a clock shows.
    """
    days = [day_text(at) for _, at in captures]
    if ground.fresh or days[0] == days[1]:
        days = ["", ""]  # no clock is told by them
    try:
        said = [
            ([_cut(source, span).decode() for span in ground.near], day)
            for (source, _), day in zip(captures, days, strict=True)
        ]
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
    heads = [(b"\n".join(lines[: ground.head[0] + 1]), charset) for lines, charset in captures]
    bare = {_DRESS.sub(b"", head) if b"<!--" not in head else head for head, _ in heads}
    if len(bare) == 1:
        return True
    one, other = (_claims(head, charset, url, dated=ground.claimed) for head, charset in heads)
    return one == other


def _claims(head: bytes, charset: str, url: str, *, dated: bool) -> tuple[object, ...]:
    """What a head claims, what its links are relative to, and whether the page may be kept; the last update only of a page that
    is `dated` by its head.
    """
    tree = parse(head, charset)
    told = telling(tree, head)
    claims = read_meta(tree, told, url)
    lasting = (
        tuple((name, value) for name, value in said if dated or name_role(name) != "update")
        for said in (claims.jsonld, claims.dates)
    )
    kept = asks_not_to_be_kept((), claims.metas)
    base = [element.get("href") for element in told["base"]]
    return replace(claims, metas={}, jsonld=next(lasting), dates=next(lasting)), kept, base
