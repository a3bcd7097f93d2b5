"""What the index is asked: a query together with marks, in the form both databases are asked in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.search.query import Query

BEGINNING, END = -1, 2**63 - 1
NOTHING = Query()


@dataclass(frozen=True, slots=True)
class Question:
    """Articles that fulfil `query` and have, of each group of `marks`, at least one; rows from `floor` to below `below`.

    Rows are sort keys, so a span of them is a span of time. `portals` are those that are asked for, None: all. Where they are
    many an index may give others' articles, too: whoever asks looks at the rows.
    """

    query: Query = NOTHING
    marks: tuple[tuple[str, ...], ...] = ()
    portals: tuple[str, ...] | None = None
    floor: int = BEGINNING
    below: int = END

    @property
    def is_impossible(self) -> bool:
        """Whether no article can be the answer: a mark is asked for of which there is none."""
        return any(not group for group in self.marks) or self.portals == () or self.floor >= self.below

    @property
    def is_of_words(self) -> bool:
        """Whether words or marks are asked for, not portals and days alone."""
        return bool(self.query or self.marks)


def joined(parts: Sequence[str], sign: str) -> str:
    """Parts of an expression in brackets, with a sign between them."""
    return parts[0] if len(parts) == 1 else f"({sign.join(parts)})"
