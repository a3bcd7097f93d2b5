"""What the new headlines of a portal's lists say of the portal itself: another language, gambling, or its own end. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from storage.syllables import is_syllable
from storage.text import normalise

_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE = 0.5
"""Share of a headline's words that are spelt like Vietnamese syllables, below which it is another language."""


@lru_cache(maxsize=1)
def _signs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = files(__package__).joinpath("signs.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple((kind, re.compile(pattern)) for kind, pattern in rows)


def counted(headlines: Iterable[str]) -> dict[str, int]:
    """How many headlines there are, how many are `foreign`, and how many are `promoted`: they advertise gambling."""
    lines = [normalise(line) for line in headlines]
    return {
        "headlines": len(lines), "foreign": sum(is_foreign(line) for line in lines),
        "promoted": sum(is_promotion(line) for line in lines),
    }  # fmt: skip


def is_foreign(headline: str) -> bool:
    """Whether a headline is no Vietnamese, with or without marks; abbreviations (UBND, VNPT) do not count."""
    spelt = [(word, is_syllable(word)) for word in _WORD.findall(headline)]
    told = [
        well
        for word, well in spelt
        if well or not (word.isupper() and word.isascii() | ("Đ" in word) and len(word) <= 6)
    ]
    return len(told) >= 3 and sum(told) < _VIETNAMESE * len(told)


def is_promotion(headline: str) -> bool:
    """Whether a headline advertises gambling; news of the police about it does not."""
    return _bears(headline, "promotion") and not _bears(headline, "warning")


def farewell(headlines: Iterable[str]) -> str:
    """The first headline that tells of the portal's own end, or of its new address; empty if none does."""
    return next((line for line in headlines if _bears(normalise(line), "farewell")), "")


def _bears(headline: str, kind: str) -> bool:
    lower = headline.lower()
    return any(name == kind and pattern.search(lower) for name, pattern in _signs())
