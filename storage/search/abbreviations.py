"""Abbreviations that portals use, and the words they stand for, in folded form: `abbreviations.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from storage.search.words import cut

_MOST = 6  # ways of writing one phrase


@cache
def expansions() -> dict[str, tuple[str, ...]]:
    """What each abbreviation stands for."""
    data = tomllib.loads(Path(__file__).with_name("abbreviations.toml").read_text("utf-8"))
    return {"".join(cut(short)): tuple(cut(words)) for short, words in data["words"].items()}


@cache
def _by_first() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for short, words in expansions().items():
        found.setdefault(words[0], []).append((words, short))
    for several in found.values():
        several.sort(key=lambda one: -len(one[0]))
    return found


def shortened(words: tuple[str, ...], start: int) -> tuple[int, str] | None:
    """The longest run of words from `start` that has an abbreviation: its length, and that."""
    for long, short in _by_first().get(words[start], ()):
        if words[start : start + len(long)] == long:
            return len(long), short
    return None


def variants(phrase: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """A phrase as it may be written: each of its abbreviations spelt out, each of its names shortened."""
    found: list[tuple[str, ...]] = [()]
    place = 0
    while place < len(phrase):
        step, ways = 1, [phrase[place : place + 1]]
        if long := expansions().get(phrase[place]):
            ways.append(long)
        elif short := shortened(phrase, place):
            step = short[0]
            ways = [phrase[place : place + step], (short[1],)]
        found = [before + way for before in found for way in ways][:_MOST]
        place += step
    return tuple(found)
