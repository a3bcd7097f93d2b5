"""What readers of an archive get: lines of lists, and whole states of articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.records import Image, Kind, Series
from storage.search import Segment, Snippet


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file of an article that holds what was searched for, and the piece of its text that does."""

    name: str
    url: str
    snippet: Snippet | None = None


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in a list: no text but its lead. `place` is the portal's name.

    Where words were searched for, `heading` is the title and `snippet` a piece of the text, both cut into segments at the
    hits; `files` are those that the search found. `visibility` is `public` or says why not everybody may read it.
    """

    id: str
    portal: str
    place: str
    province: str
    url: str
    kind: Kind
    title: str
    lead: str
    category: str
    published_at: str
    sort_at: datetime
    sort_key: int
    first_seen: datetime
    removed_at: datetime | None
    revision: int
    files: tuple[FileHit, ...] = ()
    heading: tuple[Segment, ...] = ()
    snippet: Snippet | None = None
    visibility: str = "public"


@dataclass(frozen=True, slots=True)
class CaptureInfo:
    """The capture that a state was read from: its entry number, where its response stands, when and how it answered.

    `tls` says what was wrong with the server's certificate (`storage.records.Capture`).
    """

    entry: int
    url: str
    file: str
    offset: int
    length: int
    series: Series
    fetched_at: datetime
    status: int
    tls: str = ""


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file that an article offers; size and digest are unknown (None, empty) until it was fetched.

    `text` is None until it was read, `pages` 0 where none can be counted; `flag` says what is wrong with the text
    (`storage.records.FileFlag`).
    """

    url: str
    name: str
    media_type: str
    size: int | None
    sha256: str
    text: str | None = None
    pages: int | None = None
    flag: str = ""


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One state in an article's history: what changed, and when the capture that shows it was fetched."""

    number: int
    seen_at: datetime
    changed: tuple[str, ...]
    title: str
    published_at: str
    reader: str
    text_sha256: str
    entry: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Why an article is hidden, and since when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ArticleState:
    """An article in one of its states, with everything that is known of it.

    `revision` holds the columns of table `revision`: what was read. `number` is the state's, `revisions` how many there are.
    The text of an article that is withheld or redacted is not in it.
    """

    id: str
    portal: str
    ward: str
    unit: str
    province: str
    url: str
    urls: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    removed_at: datetime | None
    visibility: str
    number: int
    revisions: int
    revision: Mapping[str, Any]
    attachments: tuple[FileInfo, ...]
    images: tuple[Image, ...]
    capture: CaptureInfo
    cluster: str
    cluster_size: int
    decision: Decision | None = None
