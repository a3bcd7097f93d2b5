"""The values that pass between the stages, named by their place in the data's way.

    Portal -> Page, Sighting -> Capture -> Reading -> Verdict -> Article, Revision, Event

Frozen values without behaviour: no SQL, no I/O, no clock. Instants are aware UTC datetimes; what a page printed about time is
kept as the local value to its precision (`2022`, `2022-07`, `2022-07-14`, `2020-09-13T15:35:00+07:00`), so no day ever shifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from storage.text import VIETNAM

Purpose = Literal["unknown", "article", "listing", "feed", "sitemap", "robots", "attachment", "other"]
"""What an address is for. `unknown` until a finder or the reader can tell; `other` is a page that is known to be neither."""

Precision = Literal["year", "month", "day", "minute", "second"]
Basis = Literal["printed", "embedded", "inferred"]
Kind = Literal["article", "document", "notice", "gallery"]
Series = Literal["keep", "watch"]
VerdictKind = Literal["new", "revised", "unchanged", "copy", "not-article", "absent", "failed", "attachment"]
FileFlag = Literal[
    "", "no-text-layer", "partly-scanned", "garbled", "encrypted", "damaged", "too-large", "not-a-document",
    "unsupported", "parse-limit", "parse-crash", "noarchive",
]  # fmt: skip
"""What is wrong with a file's text: `docs/reference.md`, "Attachments". Empty: all of it was read."""

UNSHOWN: FileFlag = "noarchive"
"""A file whose server asks that no archive show it: its bytes are kept, no text of it is, and nobody is handed them."""

INSTEAD: FileFlag = "not-a-document"
"""A web page that came in a file's place: it waits for the file, and never stands for one that was there."""

PASSING = ("maintenance", "error-page", "blocked", "closed", "moved", "hijacked", "login")
"""What a page is read as that says something of the portal at that moment, nothing of the page."""

WAITING = "waiting"
"""Stands among counts of verdicts for captures of which nothing was stored: a shelf that has older records is away."""

EventKind = Literal[
    "created", "revised", "redated", "reextracted", "moved", "clustered", "unclustered", "removed", "returned",
    "history-added", "withheld", "released", "redacted",
]  # fmt: skip
RunState = Literal["running", "done", "stopped", "failed"]
VisitState = Literal["pending", "running", "done", "partial", "deferred", "unreachable", "failed"]

_HOME_PAGES = frozenset(("trang-chu", "trangchu", "home", "index", "default", "main"))


@dataclass(frozen=True, slots=True)
class RobotsOverride:
    """Leave to ignore one portal's robots.txt, with the reason that every report prints and the day it ends."""

    reason: str
    until: str

    def holds(self, now: datetime) -> bool:
        """Whether its last day, in Viet Nam, is not over."""
        return f"{now.astimezone(VIETNAM):%Y-%m-%d}" <= self.until


@dataclass(frozen=True, slots=True)
class Portal:
    """One web site, or one folder of a shared site, of one ward or commune: a row of `portals.toml`.

    `hosts` are the `host[:port]` pairs the crawl may speak to, the one of `url` first; `allow_private` the exact
    `host:port` pairs that may lie on a private or loopback address. `selectors` are CSS selectors that win over what is
    learned (`title date body byline`). `quiet` are hours of the day in which it is not asked (`02:00-04:00`, Vietnamese time).
    `server` is the last address that answered.
    """

    id: str
    url: str
    name: str = ""
    hosts: tuple[str, ...] = ()
    unit: str = ""
    province: str = ""
    platform: str = ""
    cron: str = ""
    tls: Literal["verify", "accept-invalid"] = "verify"
    allow_private: tuple[str, ...] = ()
    robots_override: RobotsOverride | None = None
    selectors: Mapping[str, str] = field(default_factory=dict)
    quiet: str = ""
    enabled: bool = True
    retired: bool = False
    server: str = ""

    @property
    def scope(self) -> str:
        """Path prefix that every page of the portal begins with; `/` for a whole host.

        `/xa-abc` is the folder `/xa-abc/`; a document or a home page (`/default.aspx`, `/trang-chu`) stands for its folder.
        """
        folder, _, last = urlsplit(self.url).path.rpartition("/")
        home = not last or "." in last or last.lower() in _HOME_PAGES
        return f"{folder}/" if home else f"{folder}/{last}/"


def portal_id(url: str) -> str:
    """The portal's id for ever: `host[-port][~path]` without `www.` (a default port and a final slash do not count).

    `https://www.phuong7.gov.vn/` is `phuong7.gov.vn`; `http://127.0.0.1:8801/` is `127.0.0.1-8801`;
    `https://hoian.gov.vn/caman/` is `hoian.gov.vn~caman`. Raises ValueError for an address without a host or with
    another scheme than http and https.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http or https address: {url!r}")
    host = parts.hostname.removeprefix("www.")
    port = "" if parts.port in (None, 80, 443) else f"-{parts.port}"
    path = parts.path.strip("/").replace("/", "~")
    return f"{host}{port}" + (f"~{path}" if path else "")


@dataclass(frozen=True, slots=True)
class Page:
    """One address of a portal in the frontier.

    `key` is the address without its noise and unique in the portal; `url` is the address to ask. `due_at` is when it may be
    asked next, `run` the last run that did; `etag` and `last_modified` are sent back only for articles.
    """

    id: int
    portal: str
    key: str
    url: str
    purpose: Purpose
    depth: int = 0
    priority: int = 0
    due_at: datetime | None = None
    run: int | None = None
    attempts: int = 0
    etag: str = ""
    last_modified: str = ""
    payload_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One mention of a page on a listing, feed or sitemap: where, with which words and date, when."""

    url: str
    listing_url: str
    source: Literal["feed", "sitemap", "listing"]
    position: int
    anchor: str
    date_text: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a record's bytes stand: file name in `warc/`, offset and compressed length in bytes."""

    series: Series
    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Capture:
    """One response as received: bytes in a WARC file and what the row says of them.

    `entry` is the number it got when it entered the archive: the archive's order. `key` is that of its page.
    `payload_sha256` is over the body as sent (coded); `location` is the absolute target of a redirect; `truncated` the
    WARC-Truncated reason; `tls` what was wrong with the certificate, as `expired self-signed sha256:…` (empty: nothing, or
    plain http); `origin` is `crawl`, `rendered` for a page as a
    browser drew it, or where an imported capture came from.
    """

    entry: int
    portal: str
    url: str
    purpose: Purpose
    fetched_at: datetime
    status: int
    record: RecordRef
    media_type: str = ""
    charset: str = ""
    location: str = ""
    etag: str = ""
    last_modified: str = ""
    payload_sha256: str = ""
    size: int = 0
    truncated: str = ""
    server: str = ""
    origin: str = "crawl"
    key: str = ""
    tls: str = ""


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """One date that a page, a listing or an address offers, and why it was not taken if it was not.

    `value` is local to its precision; `source` one of `jsonld microdata meta feed sitemap listing head-line byline url
    page-update event http import`; `evidence` the literal string it was read from.
    """

    value: str
    precision: Precision
    source: str
    basis: Basis
    evidence: str
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known of an article's time. `published` may be unknown, it is never invented."""

    published: DateCandidate | None = None
    updated: DateCandidate | None = None
    event_date: str = ""
    rejected: tuple[DateCandidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article offers. `sha256` and `size` are known once it was fetched."""

    url: str
    name: str
    media_type: str = ""
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentText:
    """What a file says: its text layer, line by line, a blank line between pages. `pages` is 0 where none can be counted."""

    text: str = ""
    pages: int = 0
    flag: FileFlag = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An image of an article, by address; its caption is the printed text beside it."""

    url: str
    caption: str = ""
    alt: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pure reader saw in one capture with one reader version.

    `article` says whether the page is one article at all, `reason` why not (`listing`, `soft-404`, `empty`, …); the other
    fields are then of no meaning. `identity` is the key that makes two addresses the same article. `paragraphs` hold no
    title, caption or byline. `aliases` are other addresses the page gives for itself (canonical, og:url). `confidence` is
    0..1. `reader` is the version that read: extractor and template. `ground` are the pieces of the page's source that it stands
    on (`crawler.ingest.ground`), empty where they cannot be told; it is no part of what was read.
    """

    article: bool
    reader: str
    reason: str = ""
    identity: str = ""
    kind: Kind = "article"
    title: str = ""
    lead: str = ""
    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    category: str = ""
    language: str = "vi"
    dates: Dates = field(default_factory=Dates)
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    aliases: tuple[str, ...] = ()
    rights_notice: str = ""
    confidence: float = 1.0
    flags: tuple[str, ...] = ()
    ground: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """The article's text: paragraphs joined by a blank line. `text_sha256` is over its UTF-8."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows before it judges a reading.

    `article` is the article with this identity or address, if any; `baseline` its current revision's capture as *this*
    reader version reads it (read again if another version had read it), `stored` as it stands in the archive.
    `twin` is another article of the portal with the same title and text. `newer` says that the current revision rests on a
    later capture than this one. `moved`: the article (or the twin) is cited at an address its portal has left, and this page
    is where the portal is now.
    """

    article: str = ""
    stored: Reading | None = None
    baseline: Reading | None = None
    twin: str = ""
    newer: bool = False
    removed: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reading means beside what is known.

    `article` is the id it is about (empty for `not-article` and `failed`); `changed` names the fields that differ
    (`title text dates byline attachments kind`); `events` are what the change feed gets, in order; `detail` is the
    failure's class or the reason.
    """

    kind: VerdictKind
    article: str = ""
    changed: tuple[str, ...] = ()
    events: tuple[EventKind, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What was learned about one portal; `body` is the reader's own JSON, opaque to storage."""

    portal: str
    version: int
    learned_from: tuple[int, ...]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """One page that could not be fetched or read: its class from `docs/reference.md`, and what happened."""

    portal: str
    url: str
    failure: str
    detail: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """What became of the pages of one URL shape of a portal: how many were articles, how many were not."""

    shape: str
    articles: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl, nightly or by hand. `fence` is the lease's number that each of its transactions must still hold."""

    id: int
    kind: Literal["night", "hand", "check"]
    state: RunState
    started_at: datetime
    fence: int
    resumed: int = 0
    ended_at: datetime | None = None
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One portal's part in a run. `cause` is the class of what went wrong, `counts` what happened, by name."""

    run: int
    portal: str
    state: VisitState
    cause: str = ""
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the change feed."""

    seq: int
    kind: EventKind
    article: str
    at: datetime
    digest: str
