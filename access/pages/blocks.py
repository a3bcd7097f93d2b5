"""The text of an article as it is laid out: paragraphs, and the rows of a table together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_CELLS = " | "
"""What parts the cells of a row that was read from a table (`crawler.ingest.blocks`)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table of `rows` that has `width` columns; its last cells may be fewer."""

    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max(map(len, self.rows), default=0)


def blocks(paragraphs: Sequence[str]) -> Iterator[Block]:
    """The paragraphs in their order; neighbours that are rows stand together, one that is alone stays a paragraph."""
    for is_row, some in groupby(paragraphs, key=lambda one: _CELLS in one):
        group = list(some)
        if is_row and len(group) > 1:
            yield Block(rows=tuple(tuple(row.split(_CELLS)) for row in group))
        else:
            yield from map(Block, group)
