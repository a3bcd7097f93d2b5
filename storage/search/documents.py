"""What an article is found by: its words, and marks for what lists are filtered by.

A mark is a token of the index that no text can hold, since words are letters and digits only. With marks a filter costs what a
word costs: the index goes through both lists of articles side by side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from storage.search.words import cut

Facet = Literal["portal", "kind", "category", "basis", "visibility"]

ANY = "§a"
"""The mark of every article."""

FILES = "§f"
"""The mark of articles with files."""

_SIGNS: dict[Facet, str] = {"portal": "p", "kind": "k", "category": "c", "basis": "b", "visibility": "v"}


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the index holds it. `sort_key` is its row there, and so its place in the order newest first."""

    sort_key: int
    title: str
    text: str
    attachments: str = ""
    portal: str = ""
    kind: str = ""
    category: str = ""
    basis: str = ""
    visibility: str = "public"
    has_files: bool = False

    def marks(self, title_words: list[str]) -> Iterator[str]:
        """All marks of the article."""
        yield ANY
        for facet in _SIGNS:
            if value := getattr(self, facet):
                yield mark(facet, value)
        if self.has_files:
            yield FILES
        yield from {title_mark(word): None for word in title_words}


def mark(facet: Facet, value: str) -> str:
    """The token for articles of which a facet has this value; a category counts by its folded words."""
    said = " ".join(cut(value)) if facet == "category" else value
    return f"§{_SIGNS[facet]}{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def title_mark(word: str) -> str:
    """The token for articles whose title holds a folded word."""
    return f"§t{word}"
