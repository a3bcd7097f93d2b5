"""Addresses that a list in JSON does not give but that most such services have: `/api/posts/7` below `/api/posts`.

Where ten of them are not there, and none is, no further ones are followed in this visit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from crawler.fetch.conditional import Answer
from crawler.items import Found
from crawler.links.patterns import shape
from storage.frontier import Due

ENOUGH = 10
"""Guesses of one shape that must have failed, with none that held, before the others are left out."""


@dataclass(slots=True)
class Guesses:
    """What came of asking, by the shape of addresses, in one visit."""

    there: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)

    def note(self, due: Due, answer: Answer) -> None:
        """A page was asked."""
        if answer in ("page", "unchanged"):
            self.there[due.shape] += 1
        elif answer == "gone":
            self.gone[due.shape] += 1

    def kept(self, due: Due, found: Found) -> Found:
        """What was found on a list, without guesses of a kind that never held."""
        below = due.page.url.partition("?")[0].rstrip("/") + "/"
        if found.purpose != "feed" or not self.gone:
            return found
        return replace(
            found,
            links=tuple(link for link in found.links if not (link.url.startswith(below) and self._failed(link.url))),
        )

    def _failed(self, url: str) -> bool:
        kind = shape(url)
        return self.gone[kind] >= ENOUGH and not self.there[kind]
