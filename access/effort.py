"""How much of a page is made: no page takes more than a moment, however long the texts are that stand on it.

The databases break off what takes them too long; what is done with the rows afterwards (marking hits, masking, shaping) is
bounded here. A page that would take more is shorter, and its cursor leads on behind what is on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

SLICE = 20
"""Rows that are made at once; so many are on a page at least."""

SECONDS = 1.0
"""Processor seconds of one page."""

CHARACTERS = 20_000_000
"""Of the texts of one page."""

Row = TypeVar("Row")
Made = TypeVar("Made")


def as_much(
    rows: Sequence[Row], make: Callable[[Sequence[Row]], list[Made]], weigh: Callable[[Made], int] = lambda _: 0
) -> tuple[list[Made], int]:
    """What `make` makes of the rows, slice by slice until it is enough, and of how many rows; `weigh` says the characters."""
    began, weight = time.thread_time(), 0
    made: list[Made] = []
    for start in range(0, len(rows), SLICE):
        some = make(rows[start : start + SLICE])
        made += some
        weight += sum(map(weigh, some))
        if weight > CHARACTERS or time.thread_time() - began > SECONDS:
            return made, min(start + SLICE, len(rows))
    return made, len(rows)
