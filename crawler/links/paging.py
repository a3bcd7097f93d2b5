"""The further parts of a list: rel=next, numbers, offsets, `/page/N/`, portlet parameters; and the order to walk them in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from urllib.parse import urlsplit

from crawler.links.noise import one_of

_PATH = re.compile(r"(?P<head>.*?/(?:page|trang|p)[-/]?)(?P<number>\d{1,5})(?P<tail>/?(?:\.\w{3,5})?)$", re.IGNORECASE)
_PATH_SUFFIX = re.compile(
    r"(?P<head>.*[-_](?:page|trang|p)-?)(?P<number>\d{1,5})(?P<tail>/?(?:\.\w{3,5})?)$", re.IGNORECASE
)
_PARAM = re.compile(
    r"(?P<head>(?:^|.*?[?&])"
    + one_of(
        r"page paged pg trang so_?trang tranghientai page_?(?:index|no|num|number) current_?page cur_?page cp pn start "
        r"limitstart offset "
        r"[\w.$-]*_(?:cur|page|trang) [\w$]*page"
    )
    + r")=(?P<number>\d{1,6})(?P<tail>(?:&.*)?)$",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?P<head>(?:^|.*?[?&])(?:p|pn|so))=(?P<number>\d{1,3})(?P<tail>(?:&.*)?)$", re.IGNORECASE)
_BARE = re.compile(r"(?P<head>(?:^|.*?[?&])(?:page|trang)-)(?P<number>\d{1,5})(?P<tail>(?:&.*)?)$", re.IGNORECASE)

_NUMBER = re.compile(r"^\W*(?:trang|page)?\W*(\d{1,4})\W*$", re.IGNORECASE)
_NEXT = re.compile(
    r"\W*(?:(?:trang\s+)?(?:sau|tiếp|kế|tiếp theo|kế tiếp|tới)(?:\s+trang)?|next(?:\s+page)?|older(?:\s+(?:posts|entries))?"
    r"|(?:(?:bài|tin)\s+)?(?:cũ hơn|trước đó)|xem thêm(?:\s+tin)?|tải thêm|load more)\W*|[\s|]*[»›>→]+[\s|]*",
    re.IGNORECASE,
)
_LAST = re.compile(r"\W*(?:trang\s+)?(?:cuối(?:\s+cùng)?|last(?:\s+page)?|end)\W*|»»|>>\||>\||⇥", re.IGNORECASE)
_BACK = re.compile(
    r"\W*(?:(?:trang\s+)?(?:trước|đầu|đầu tiên|về trước|lùi)|prev(?:ious)?(?:\s+page)?|first(?:\s+page)?|newer(?:\s+posts)?"
    r"|(?:(?:bài|tin)\s+)?mới hơn|start)\W*|[\s|]*[«‹<←]+[\s|]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_MOST, _MOST_STEPS = 100_000, 100


@dataclass(frozen=True, slots=True)
class Step:
    """One link that may lead to another part of a list: its address, its words, and whether the page itself says `next`."""

    url: str
    anchor: str
    rel: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list an address stands: the address with its number masked, and the number (page or offset)."""

    base: str
    number: int


@lru_cache(maxsize=8_192)
def place_of(url: str) -> Place | None:
    """The place in a list that an address names by one of the known manners, None if it names none."""
    parts = urlsplit(url)
    in_query = (
        (_PARAM, _BARE) if parts.path in ("", "/", "/index.php") else (_PARAM, _BARE, _SHORT)
    )  # `/?p=9` is WordPress
    for pattern, text, other in (
        *((each, parts.query, parts.path) for each in in_query),
        (_PATH, parts.path, parts.query),
    ):
        found = pattern.match(text)
        if found:
            return Place(f"{found['head']}#{found['tail']} {other}", int(found["number"]))
    found = _PATH_SUFFIX.match(parts.path)
    return Place(f"{found['head']}#{found['tail']} {parts.query}", int(found["number"])) if found else None


def without_place(url: str) -> str:
    """`url` without a page number in its query: a pager's trace on an article's address means nothing."""
    parts = urlsplit(url)
    tokens = [token for token in parts.query.split("&") if token and not _PARAM.match(token) and not _BARE.match(token)]
    return parts._replace(query="&".join(tokens)).geturl()


@lru_cache(maxsize=16_384)
def is_step(anchor: str, rel: str = "") -> bool:
    """True when the words are those of a pager: a number, next, last, back."""
    return rel == "next" or bool(
        _NUMBER.match(anchor) or _NEXT.fullmatch(anchor) or _LAST.fullmatch(anchor) or _BACK.fullmatch(anchor)
    )


def _one_number_apart(url: str, other: str) -> int | None:
    """The number that `url` has where `other` has another one (or none, at the end); None when they differ otherwise."""
    if _DIGITS.sub("#", url) == _DIGITS.sub("#", other):
        pairs = [(int(a), int(b)) for a, b in zip(_DIGITS.findall(url), _DIGITS.findall(other), strict=True) if a != b]
        return pairs[0][0] if len(pairs) == 1 else None
    if _DIGITS.search(url.removeprefix(other.rstrip("/"))) and url.startswith(other.rstrip("/")):
        rest = url[len(other.rstrip("/")) :]
        found = re.fullmatch(r"(?:[/?&][\w.=$-]*?)?[-/=]?(\d{1,6})/?", rest)
        return int(found.group(1)) if found else None
    return None


def next_parts(steps: Sequence[Step], current: str) -> tuple[str, ...]:
    """Addresses of the parts after this one, in order, as far as they follow without a gap.

    `steps` are the links of the page whose words are a pager's, or whose address names a place. Parts before this one are left
    out; a jump to the last part is taken only when nothing nearer is there. Only links that differ from the current page (or
    from each other) in one number count, unless their address names the place by a known manner.
    """
    here = place_of(current)
    forward: dict[str, dict[int, str]] = {}
    far: dict[str, dict[int, str]] = {}
    steps = steps[:_MOST_STEPS]
    for step in steps:
        place = _place(step, steps, current)
        if place is None or place.number > _MOST or printed_number(step.anchor) == 1:
            continue
        reached = here.number if here is not None and here.base == place.base else _number_here(step, current)
        if place.number <= reached if reached is not None else _BACK.fullmatch(step.anchor):
            continue
        lists = far if _LAST.fullmatch(step.anchor) else forward
        lists.setdefault(place.base, {}).setdefault(place.number, step.url)
    near = [url for parts in forward.values() for url in _without_gap(parts)]
    return tuple(near or (url for parts in far.values() for _, url in sorted(parts.items())))


def is_onward(anchor: str) -> bool:
    """True for words that lead to the next part: `sau`, `tiếp`, `next`, an arrow."""
    return _NEXT.fullmatch(anchor) is not None


def printed_number(anchor: str) -> int | None:
    """The page number that a pager's words are, None for other words."""
    found = _NUMBER.match(anchor)
    return int(found.group(1)) if found else None


def _place(step: Step, steps: Sequence[Step], current: str) -> Place | None:
    place = place_of(step.url)
    if place is not None:
        return place if is_step(step.anchor, step.rel) or _belongs(place, current) else None
    apart = _one_number_apart(step.url, current)
    printed = printed_number(step.anchor)
    if printed is None:
        onward = step.rel == "next" or _NEXT.fullmatch(step.anchor) or _LAST.fullmatch(step.anchor)
        return Place(_DIGITS.sub("#", step.url), apart) if onward and apart is not None else None
    others = (
        _one_number_apart(step.url, other.url) for other in steps if printed_number(other.anchor) not in (None, printed)
    )
    number = next((number for number in chain((apart,), others) if number is not None and _fits(number, printed)), None)
    return None if number is None else Place(_DIGITS.sub("#", step.url), number)


def _number_here(step: Step, current: str) -> int | None:
    """The current page's own number, where its address is of the same form as a step's."""
    return _one_number_apart(current, step.url) if _DIGITS.sub("#", current) == _DIGITS.sub("#", step.url) else None


def _belongs(place: Place, current: str) -> bool:
    """True for a place in the very list that is being read: the same one, or one below its address."""
    here = place_of(current)
    if here is not None:
        return here.base == place.base
    path, tail = urlsplit(current).path.rstrip("/"), place.base.rpartition(" ")[2].rstrip("/")
    return bool(path) and (tail == path or place.base.partition("#")[0].startswith(f"{path}/"))


def _fits(number: int, printed: int) -> bool:
    """A page number, counted from 0 or 1, or an offset: a whole multiple of the parts before it."""
    return number in (printed, printed - 1) or (printed > 1 and number % (printed - 1) == 0)


def _without_gap(forward: dict[int, str]) -> list[str]:
    numbers = sorted(forward)
    kept = numbers[:1]
    step = min((later - earlier for earlier, later in pairwise(numbers)), default=1)
    for number in numbers[1:]:
        if number - kept[-1] > step:
            break
        kept.append(number)
    return [forward[number] for number in kept]
