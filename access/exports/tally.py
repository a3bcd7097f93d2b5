"""What an export holds, counted while it is written: for its manifest and its data sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from access.shape import Article


@dataclass(slots=True)
class Tally:
    """Counts of articles; `tombstones` are among `articles`, `first` and `last` are published days as printed."""

    articles: int = 0
    tombstones: int = 0
    removed: int = 0
    undated: int = 0
    attachments: int = 0
    personal_data: int = 0
    notices: int = 0
    first: str = ""
    last: str = ""
    portals: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)
    visibilities: Counter[str] = field(default_factory=Counter)

    def put(self, articles: Sequence[Article]) -> None:
        """Count some articles."""
        for article in articles:
            self._put(article)

    def _put(self, article: Article) -> None:
        self.articles += 1
        self.portals[article["portal"]] += 1
        self.visibilities[article["visibility"]] += 1
        if article["tombstone"]:
            self.tombstones += 1
            return
        self.kinds[article["kind"]] += 1
        self.removed += article["removed_at"] is not None
        self.attachments += len(article["attachments"])
        self.personal_data += len(article["personal_data"])
        self.notices += article["rights"]["notice"] is not None
        day = article["published_at"]
        self.bases[article["published_basis"] or "unknown"] += 1
        if not day:
            self.undated += 1
            return
        self.first = min(self.first or day[:10], day[:10])
        self.last = max(self.last, day[:10])

    def as_json(self) -> dict[str, Any]:
        """The counts as an object of the manifest."""
        return {
            "articles": self.articles, "tombstones": self.tombstones, "removed": self.removed, "undated": self.undated,
            "portals": len(self.portals), "attachments": self.attachments, "personal_data": self.personal_data,
            "rights_notices": self.notices, "kinds": dict(sorted(self.kinds.items())),
            "published_basis": dict(sorted(self.bases.items())), "visibility": dict(sorted(self.visibilities.items())),
            "first_published": self.first or None, "last_published": self.last or None,
        }  # fmt: skip
