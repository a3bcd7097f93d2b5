"""Pieces of a page's source as values, and as the text that is kept of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress
from operator import not_

Spot = tuple[int, int]
"""A place in a source: its line, and the number of `<` before it in this line; both from 0."""

Span = tuple[Spot, Spot]
"""What stands from one place to another, the latter left out."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Pieces of a source of so many `lines`, whose body begins at `head`. `claimed`: the head's claims date the page; `fresh`:
    it is dated on the day of its fetch, so that no clock is told by that day. The reading stands on the `spans`; of those
    that are `near` it takes days and names, so other numbers may change there.
    """

    lines: int
    head: Spot
    claimed: bool
    fresh: bool
    spans: tuple[Span, ...]
    near: tuple[Span, ...] = ()

    def pack(self) -> str:
        """As text: `331 12.1 00 140.0-181.2 ~150.3-150.5`."""
        near = (f"~{_packed(span)}" for span in self.near)
        return " ".join(
            (
                str(self.lines),
                _packed((self.head,)),
                f"{self.claimed:d}{self.fresh:d}",
                *map(_packed, self.spans),
                *near,
            )
        )

    def is_claim(self, spot: Spot) -> bool:
        """Whether a place is in the head, as far as that can be told."""
        return spot < self.head or (not self.head[1] and spot[0] == self.head[0])


def _packed(spots: Iterable[Spot]) -> str:
    return "-".join(f"{line}.{piece}" for line, piece in spots)


def unpack(packed: str) -> Ground:
    """The ground that was packed. Raises ValueError for anything else."""
    lines, head, flags, *rest = packed.split(" ")
    claimed, fresh = map(int, list(flags))
    near = [one[0] == "~" for one in rest]
    spans = [_span(one.lstrip("~")) for one in rest]
    strict, loose = (tuple(compress(spans, which)) for which in (map(not_, near), near))
    return Ground(int(lines), _spot(head), bool(claimed), bool(fresh), strict, loose)


def _span(packed: str) -> Span:
    start, end = map(_spot, packed.split("-"))
    return start, end


def _spot(packed: str) -> Spot:
    line, piece = map(int, packed.split("."))
    return line, piece
