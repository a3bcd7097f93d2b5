"""Personal data in texts: identity numbers, telephone numbers, bank accounts, names beside dates of birth.

What they look like is data (`personal.toml`). Found are places, never people: whoever publishes decides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

MASK = "[dữ liệu cá nhân]"
"""What stands in an export without personal data where there was some."""

_ENOUGH = re.compile(r"\d.*\d", re.DOTALL)
_NUMBER = re.compile(r"\d(?:[ .()-]{0,2}\d){5,}")
_BORN = re.compile(r"sinh|sn", re.IGNORECASE)
"""Where there may be a number (six digits close to each other), or a birthday in running text: the patterns themselves are
slow, and are tried around such places only."""
_AROUND = (80, 80)
"""Characters before and behind such a place that a pattern may need: what is said before a number, what it may not end with."""
_CELL = " | "


@dataclass(frozen=True, slots=True)
class Place:
    """Personal data of a `kind` in paragraph number `paragraph`, from character `start` to `end` of it."""

    kind: str
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Patterns:
    numbers: tuple[tuple[str, re.Pattern[str]], ...]
    families: frozenset[str]
    known: frozenset[str]
    born: re.Pattern[str]
    date: re.Pattern[str]
    head: re.Pattern[str]
    until: int


def find(paragraphs: Sequence[str]) -> list[Place]:
    """The personal data in the paragraphs of a text, in their order."""
    found: list[Place] = []
    table = False
    for number, text in enumerate(paragraphs):
        table = _CELL in text and (table or bool(_patterns().head.search(text)))
        if _ENOUGH.search(text) and (spans := list(_spans(text, table=table))):
            spans.sort(key=lambda span: (span[1], -span[2]))
            found += [Place(kind, number, start, end) for kind, start, end in _apart(spans)]
    return found


def spans_in(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The places of personal data in a text of many lines that touch its piece from `start` to `end`; found in whole lines.

    A row of a table is looked at with those before it, up to its head.
    """
    behind = text.find("\n", end)
    lines = text[: behind if behind >= 0 else len(text)].split("\n")
    first, at = len(lines), sum(len(line) + 1 for line in lines)
    while first and (at > start or (first < len(lines) and _CELL in lines[first] and _CELL in lines[first - 1])):
        first -= 1
        at -= len(lines[first]) + 1
    offsets = [at]
    for line in lines[first:]:
        offsets.append(offsets[-1] + len(line) + 1)
    found = [(offsets[one.paragraph] + one.start, offsets[one.paragraph] + one.end) for one in find(lines[first:])]
    return [span for span in found if span[1] > start and span[0] < end]


def masked(text: str) -> str:
    """One paragraph, caption or name with a mask for each place."""
    for place in reversed(find([text])):
        text = text[: place.start] + MASK + text[place.end :]
    return text


def all_masked(paragraphs: Sequence[str]) -> tuple[list[str], list[Place]]:
    """The paragraphs with masks, and where these stand in them."""
    return masked_at(paragraphs, find(paragraphs))


def masked_at(paragraphs: Sequence[str], found: Sequence[Place]) -> tuple[list[str], list[Place]]:
    """The paragraphs with masks for what was found in them, and where these stand."""
    texts, places = list(paragraphs), []
    for place in reversed(found):
        text = texts[place.paragraph]
        texts[place.paragraph] = text[: place.start] + MASK + text[place.end :]
    behind: dict[int, int] = {}
    for place in found:
        start = place.start + behind.get(place.paragraph, 0)
        behind[place.paragraph] = behind.get(place.paragraph, 0) + len(MASK) - (place.end - place.start)
        places.append(Place(place.kind, place.paragraph, start, start + len(MASK)))
    return texts, places


def _spans(text: str, *, table: bool) -> Iterator[tuple[str, int, int]]:
    patterns = _patterns()
    for start, end in _places(_NUMBER, text):
        for kind, pattern in patterns.numbers:
            for found in pattern.finditer(text, start, end):
                yield kind, *found.span("value")
    for start, end in _places(_BORN, text):
        for found in patterns.born.finditer(text, start, end):
            name = _name_before(text, found.start())
            if name is not None:
                yield "name-and-birth-date", name, found.end()
    if _CELL in text:
        yield from _row(text, table=table)


def _places(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The surroundings of each match, those that touch as one."""
    begun: tuple[int, int] | None = None
    for found in pattern.finditer(text):
        start, end = max(0, found.start() - _AROUND[0]), found.end() + _AROUND[1]
        if begun is not None and start > begun[1]:
            yield begun
            begun = None
        begun = (begun[0] if begun else start, end)
    if begun is not None:
        yield begun


def _row(text: str, *, table: bool) -> Iterator[tuple[str, int, int]]:
    """A row of a table in which a name's cell stands before that of a date of birth."""
    patterns, name, place = _patterns(), None, 0
    for cell in text.split(_CELL):
        if _is_name(cell.strip()):
            name = place + len(cell) - len(cell.lstrip())
        elif name is not None and patterns.date.fullmatch(cell.strip()):
            if table or int(cell.strip()[-4:]) <= patterns.until:
                yield "name-and-birth-date", name, place + len(cell.rstrip())
            name = None
        place += len(cell) + len(_CELL)


def _name_before(text: str, end: int) -> int | None:
    """Where the name begins that ends at `end`; None if there is none, or one whose birthday everybody may know."""
    words = [(found.start(), found.group()) for found in re.finditer(r"[^\W\d_]+", text[max(0, end - 60) : end])]
    offset = max(0, end - 60)
    for start, _ in words[-6:-1]:
        name = text[offset + start : end].strip(" ,;(–-")
        if _is_name(name):
            return offset + start
    return None


def _is_name(text: str) -> bool:
    words = text.split()
    if (
        not 2 <= len(words) <= 6
        or text.casefold() in _patterns().known
        or words[0].casefold() not in _patterns().families
    ):
        return False
    return all(word.isalpha() and word[0].isupper() and (word[1:].islower() or word.isupper()) for word in words)


def _apart(spans: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """The spans that do not overlap one before them."""
    behind = 0
    for kind, start, end in spans:
        if start >= behind:
            behind = end
            yield kind, start, end


@cache
def _patterns() -> _Patterns:
    data = tomllib.loads(files("access").joinpath("personal.toml").read_text("utf-8"))
    names = data["names"]
    return _Patterns(
        numbers=tuple((one["kind"], _number(one["pattern"], data)) for one in data["number"]),
        families=frozenset(name.casefold() for name in names["families"]),
        known=frozenset(name.casefold() for name in names["known"]),
        born=re.compile(f"{names['born']}{names['date']}", re.IGNORECASE),
        date=re.compile(names["date"], re.IGNORECASE),
        head=re.compile(names["head"], re.IGNORECASE),
        until=names["until"],
    )


def _number(pattern: str, data: dict[str, str]) -> re.Pattern[str]:
    said = pattern.replace("(?P<value>", f"{data['before']}(?P<value>", 1) if pattern.startswith("(?P<") else pattern
    return re.compile(said + data["behind"], re.IGNORECASE)
