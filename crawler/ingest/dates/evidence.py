"""What a page, its listings and its address say about time, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.ingest.places import Claim
from storage.records import Sighting


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """The material of a decision; all texts normalised.

    `fetched_at` is the capture's (aware) instant. `head_lines` are the printed lines near the title, `below_lines` those after
    the body that might name a date, `byline_lines` the lines that the byline reader took, `paragraphs` the body. `jsonld`,
    `microdata` and `meta` are (name, value) pairs that belong to the article, in the order of the page (`datePublished`,
    `article:published_time`, …; names that date nothing are passed over), `times` what the elements of `microdata` print
    where that is not the value. `last_modified` is the HTTP header. `others` is what other captures of the page say by the
    source that dated it, each with its instant; `siblings` are addresses of others of the portal. `clock_lines` stand where its
    pages show the time of the fetch; `month_first` says that its date lines are proven to be those of an English system;
    `claims` are embedded dates that are proven to be no article's.
    """

    fetched_at: datetime
    head_lines: tuple[str, ...] = ()
    below_lines: tuple[str, ...] = ()
    byline_lines: tuple[str, ...] = ()
    jsonld: tuple[tuple[str, str], ...] = ()
    microdata: tuple[tuple[str, str], ...] = ()
    times: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    url: str = ""
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    last_modified: str = ""
    platform: str = ""
    siblings: tuple[str, ...] = ()
    others: tuple[tuple[str, datetime], ...] = ()
    clock_lines: tuple[str, ...] = ()
    month_first: bool = False
    claims: tuple[Claim, ...] = ()
