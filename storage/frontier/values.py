"""What passes between the fetching half and the tables of its frontier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.records import Capture, Failure, Page, Purpose, Series

Walk = Literal["all", "unasked", "news", "none"]
"""How far a listing's paging is followed from the page just seen: everywhere; to parts never asked; to the next part while
this one held pages that nobody knew; not at all."""


@dataclass(frozen=True, slots=True)
class Due:
    """A page that may be asked, with what is needed to judge its answer.

    `paging` is how many steps into a listing's paging it lies; `read_as` is what the reading half made of it (`article`,
    `copy` of an article that has another address, `not-article`, or nothing yet); `negatives` are its negative answers in a
    row, `last_seen` is when it last answered.
    """

    page: Page
    shape: str = ""
    paging: int = 0
    first_seen: datetime | None = None
    status: int | None = None
    negatives: int = 0
    read_as: str = ""
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewPage:
    """An address that may become a row of the frontier. `priority`: smaller is sooner."""

    url: str
    key: str
    purpose: Purpose
    shape: str = ""
    depth: int = 0
    priority: int = 0
    paging: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """One link of a page as the frontier takes it; `sighted` says that it counts as a sighting."""

    page: NewPage
    anchor: str = ""
    position: int = 0
    date_text: str = ""
    sighted: bool = False


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one answer mentioned. `source` is empty for pages whose links are no sightings.

    `horizon` is the instant up to which pages are due in this visit: what is found is due at it. `chained` says that the
    parts of this list are asked one from another: the next costs the way to it, and is worth it where all of this part is new.
    """

    portal: str
    key: str
    source: Literal["", "feed", "sitemap", "listing"]
    mentions: tuple[Mention, ...]
    seen_at: datetime
    horizon: datetime
    walk: Walk = "news"
    chained: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a page's row becomes after it was asked in this run. None and empty values leave the column as it is.

    `answered` is True for any answer other than an error; `due_at` None means never again.
    """

    page: int
    at: datetime
    due_at: datetime | None
    answered: bool = True
    url: str = ""
    purpose: Purpose | None = None
    priority: int | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload_sha256: str = ""
    attempts: int = 0
    negatives: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A capture for its row: the page's key, and whether the reading half must see it."""

    capture: Capture
    key: str
    unread: bool = False


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file of this run; `size` and `sha256` are known once it is closed."""

    name: str
    series: Series
    opened_at: datetime
    closed_at: datetime | None = None
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that one transaction takes: the answers of some seconds, of any portals of the batch.

    The bytes of its captures must be durable before. `servers` and `platforms` hold what was learned, by portal.
    """

    files: tuple[WarcFile, ...] = ()
    captures: tuple[Stored, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    discoveries: tuple[Discovery, ...] = ()
    failures: tuple[Failure, ...] = ()
    servers: Mapping[str, str] = field(default_factory=dict)
    platforms: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Committed:
    """What a transaction added, by portal: new pages, and pages whose turn it changed (these two reorder the queue)."""

    new_pages: dict[str, int] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)
    sightings: dict[str, int] = field(default_factory=dict)

    def count(self, into: dict[str, int], portal: str, number: int) -> None:
        """Add `number` for `portal` to one of the three."""
        if number:
            into[portal] = into.get(portal, 0) + number


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows of a portal for its plan: shape -> (articles, others), and how far it was walked.

    `begun` says that pages of it are known; `backfill_to` is how far back its first walk over all lists goes (None: to their
    ends), `backfilled` that this walk came to its end.
    """

    patterns: Mapping[str, tuple[int, int]]
    platform: str = ""
    server: str = ""
    deep_at: datetime | None = None
    backfilled: bool = False
    backfill_to: datetime | None = None
    begun: bool = False


@dataclass(frozen=True, slots=True)
class ServerNote:
    """What a server asked for: no request before `next_at`, at least `delay` seconds between two."""

    next_at: datetime | None = None
    delay: float = 0.0
    failures: int = 0
