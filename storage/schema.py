"""The tables of an archive, as SQLAlchemy Core sees them; `migrations/` makes them, a test holds both equal.

Three groups: what is asked for (portal, unit, run, page), what came (capture, WARC file), what it means (article, revision,
event). Instants are UTC; what pages printed about time is text to its precision. The search index is in `storage.search`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; naive values are refused because their zone would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Big = BigInteger().with_variant(Integer, "sqlite")  # SQLite gives row ids to INTEGER keys only

# --- the archive itself ---------------------------------------------------------------------------------------------

archive = Table(
    "archive", metadata,
    Column("id", String(32), primary_key=True),
    Column("epoch", Integer, nullable=False, comment="grows with each restore: cursors of another epoch are refused"),
    Column("created_at", Instant, nullable=False),
)  # fmt: skip

counter = Table(
    "counter", metadata,
    Column("name", String(32), primary_key=True, comment="entry, event"),
    Column("value", Big, nullable=False, comment="the last number given out"),
)  # fmt: skip

# --- what is asked for ----------------------------------------------------------------------------------------------

portal = Table(
    "portal", metadata,
    Column("id", String(255), primary_key=True),
    Column("url", Text, nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("unit", Text, nullable=False, default=""),
    Column("province", Text, nullable=False, default=""),
    Column("platform", String(64), nullable=False, default=""),
    Column("server", String(64), nullable=False, default="", comment="last address that answered: IP, on loopback IP:port"),
    Column("row", JSON, nullable=False, comment="the row of portals.toml as read"),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("retired", Boolean, nullable=False, default=False),
    Column("added_at", Instant, nullable=False),
    Column("deep_at", Instant, comment="last deep listing pass that came to its end"),
    Column("backfilled", Boolean, nullable=False, default=False, comment="the first walk over all lists came to its end"),
)  # fmt: skip

portal_state = Table(
    "portal_state", metadata,
    Column("id", Big, primary_key=True),
    Column("portal", ForeignKey("portal.id"), nullable=False),
    Column("state", String(32), nullable=False),
    Column("cause", Text, nullable=False, default=""),
    Column("since", Instant, nullable=False),
    Column("run", Integer),
    Index("ix_portal_state_portal_since", "portal", "since"),
)  # fmt: skip

unit = Table(
    "unit", metadata,
    Column("code", String(16), primary_key=True),
    Column("valid_from", String(10), primary_key=True),
    Column("valid_to", String(10)),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("province", Text, nullable=False),
    Column("district", Text, nullable=False, default=""),
)  # fmt: skip

succession = Table(
    "succession", metadata,
    Column("id", Big, primary_key=True),
    Column("old_code", String(16), nullable=False),
    Column("old_from", String(10), nullable=False),
    Column("new_code", String(16), nullable=False),
    Column("new_from", String(10), nullable=False),
    Column("share", String(32), nullable=False),
    Column("act", Text, nullable=False, default=""),
    UniqueConstraint("old_code", "old_from", "new_code", "new_from"),
)  # fmt: skip

portal_unit = Table(
    "portal_unit", metadata,
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("unit_from", String(10), primary_key=True),
    Column("valid_from", String(10), nullable=False, default=""),
    Column("valid_to", String(10)),
)  # fmt: skip

server = Table(
    "server", metadata,
    Column("address", String(64), primary_key=True),
    Column("next_at", Instant, comment="no request before this instant"),
    Column("delay", Float, nullable=False, default=0.0, comment="seconds between two requests, as learned or asked for"),
    Column("failures", Integer, nullable=False, default=0),
)  # fmt: skip

slot = Table(
    "slot", metadata,
    Column("id", Big, primary_key=True),
    Column("schedule", String(64), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False, comment="started done missed"),
    Column("run", Integer),
    UniqueConstraint("schedule", "due_at"),
)  # fmt: skip

lease = Table(
    "lease", metadata,
    Column("name", String(255), primary_key=True),
    Column("fence", Big, nullable=False),
    Column("holder", Text, nullable=False, default="", comment="host, boot id, process; empty when free"),
    Column("expires_at", Instant, comment="real time, never PHUONGCHI_NOW"),
)  # fmt: skip

run = Table(
    "run", metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("slot", Instant),
    Column("fence", Big, nullable=False),
    Column("resumed", Integer, nullable=False, default=0),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("exit_code", Integer),
    Column("host", Text, nullable=False, default=""),
    Column("version", String(32), nullable=False, default=""),
)  # fmt: skip

visit = Table(
    "visit", metadata,
    Column("run", ForeignKey("run.id"), primary_key=True),
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("cause", String(64), nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("counts", JSON, nullable=False, default=dict),
    Column("deep", Boolean, nullable=False, default=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Index("ix_visit_portal_run", "portal", "run"),
)  # fmt: skip

page = Table(
    "page", metadata,
    Column("id", Big, primary_key=True),
    Column("portal", ForeignKey("portal.id"), nullable=False),
    Column("key", Text, nullable=False, comment="the address without its noise"),
    Column("url", Text, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("shape", Text, nullable=False, default=""),
    Column("depth", Integer, nullable=False, default=0),
    Column("priority", Integer, nullable=False, default=0, comment="smaller is sooner"),
    Column("paging", Integer, nullable=False, default=0, comment="0, or how many steps into a listing's paging"),
    Column("parent", Text, nullable=False, default="", comment="key of the page that mentioned it first"),
    Column("due_at", Instant, comment="may be asked from then on; null: never again"),
    Column("run", Integer, comment="the last run that asked"),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, comment="last answer other than an error"),
    Column("status", Integer),
    Column("attempts", Integer, nullable=False, default=0, comment="failures in a row"),
    Column("negatives", Integer, nullable=False, default=0, comment="negative answers in a row (404, 410, …)"),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("payload_sha256", String(64), nullable=False, default=""),
    Column("read_as", String(16), nullable=False, default="", comment="the reader's last verdict on it"),
    UniqueConstraint("portal", "key"),
    Index("ix_page_portal_priority", "portal", "priority", "depth", "id"),
)  # fmt: skip

pattern = Table(
    "pattern", metadata,
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("shape", String(512), primary_key=True),
    Column("articles", Integer, nullable=False, default=0),
    Column("others", Integer, nullable=False, default=0),
)  # fmt: skip

sighting = Table(
    "sighting", metadata,
    Column("id", Big, primary_key=True),
    Column("portal", ForeignKey("portal.id"), nullable=False),
    Column("key", Text, nullable=False, comment="the page that is mentioned"),
    Column("listing", Text, nullable=False, comment="key of the page that mentions it"),
    Column("url", Text, nullable=False, comment="the address as mentioned"),
    Column("source", String(16), nullable=False, comment="feed sitemap listing"),
    Column("position", Integer, nullable=False),
    Column("anchor", Text, nullable=False, default=""),
    Column("date_text", Text, nullable=False, default=""),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    UniqueConstraint("portal", "key", "listing"),
)  # fmt: skip

# --- what came ------------------------------------------------------------------------------------------------------

warc_file = Table(
    "warc_file", metadata,
    Column("name", String(255), primary_key=True, comment="without .open"),
    Column("series", String(8), nullable=False),
    Column("run", Integer),
    Column("state", String(16), nullable=False, comment="open closed expired"),
    Column("bytes", Big),
    Column("sha256", String(64), nullable=False, default=""),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)  # fmt: skip

capture = Table(
    "capture", metadata,
    Column("entry", Big, primary_key=True, autoincrement=False),
    Column("portal", ForeignKey("portal.id"), nullable=False),
    Column("key", Text, nullable=False, comment="page.key"),
    Column("url", Text, nullable=False),
    Column("run", Integer),
    Column("purpose", String(16), nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", String(128), nullable=False, default=""),
    Column("charset", String(64), nullable=False, default=""),
    Column("location", Text, nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("payload_sha256", String(64), nullable=False, default=""),
    Column("size", Big, nullable=False, default=0),
    Column("truncated", String(16), nullable=False, default=""),
    Column("server", String(64), nullable=False, default=""),
    Column("origin", Text, nullable=False, default="crawl"),
    Column("series", String(8), nullable=False),
    Column("file", ForeignKey("warc_file.name"), nullable=False),
    Column("offset", Big, nullable=False),
    Column("length", Big, nullable=False),
    Column("unread", Boolean, nullable=False, default=False, comment="waits for the reading half"),
    UniqueConstraint("file", "offset"),
    Index("ix_capture_portal_unread", "portal", "entry", sqlite_where=Column("unread"), postgresql_where=Column("unread")),
    Index("ix_capture_portal_key", "portal", "key", "entry"),
)  # fmt: skip

fixity_check = Table(
    "fixity_check", metadata,
    Column("id", Big, primary_key=True),
    Column("file", ForeignKey("warc_file.name"), nullable=False),
    Column("checked_at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("detail", Text, nullable=False, default=""),
)  # fmt: skip

# --- what it means --------------------------------------------------------------------------------------------------

template = Table(
    "template", metadata,
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("learned_from", JSON, nullable=False, comment="entry numbers of captures"),
    Column("learned_at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
)  # fmt: skip

article = Table(
    "article", metadata,
    Column("id", String(17), primary_key=True, comment="a + 16 base32 digits"),
    Column("number", Big, nullable=False, unique=True, comment="row number of the search index"),
    Column("portal", ForeignKey("portal.id"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("url", Text, nullable=False, comment="the address it is cited by"),
    Column("revision", Integer, nullable=False, comment="number of the current revision"),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("lead", Text, nullable=False, default=""),
    Column("category", Text, nullable=False, default=""),
    Column("published_at", String(32), nullable=False, default=""),
    Column("sort_at", Instant, nullable=False, comment="published, else first seen; set by the writer"),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("visibility", String(16), nullable=False, default="public", comment="public restricted withheld redacted"),
    Column("text_sha256", String(64), nullable=False),
    Column("twin_sha256", String(64), nullable=False, comment="over folded title and text: exact duplicates in a portal"),
    Column("cluster", String(17), nullable=False, default=""),
    UniqueConstraint("portal", "identity"),
    Index("ix_article_sort_at_id", "sort_at", "id"),
    Index("ix_article_portal_sort_at", "portal", "sort_at", "id"),
    Index("ix_article_portal_twin", "portal", "twin_sha256"),
)  # fmt: skip

article_address = Table(
    "article_address", metadata,
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("key", String(2048), primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
)  # fmt: skip

reading = Table(
    "reading", metadata,
    Column("entry", ForeignKey("capture.entry"), primary_key=True),
    Column("reader", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("article", String(17), nullable=False, default=""),
    Column("confidence", Float, nullable=False, default=1.0),
    Column("at", Instant, nullable=False),
    Index("ix_reading_article", "article"),
)  # fmt: skip

revision = Table(
    "revision", metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("entry", ForeignKey("capture.entry"), nullable=False),
    Column("reader", String(64), nullable=False),
    Column("seen_at", Instant, nullable=False, comment="when the capture was fetched"),
    Column("changed", JSON, nullable=False, comment="names of the fields that differ from the revision before"),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("paragraphs", JSON, nullable=False),
    Column("captions", JSON, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("credits", JSON, nullable=False),
    Column("category", Text, nullable=False, default=""),
    Column("language", String(8), nullable=False, default="vi"),
    Column("published_at", String(32), nullable=False, default=""),
    Column("published_precision", String(8), nullable=False, default=""),
    Column("published_source", String(16), nullable=False, default=""),
    Column("published_basis", String(16), nullable=False, default=""),
    Column("published_evidence", Text, nullable=False, default=""),
    Column("updated_at", String(32), nullable=False, default=""),
    Column("event_date", String(32), nullable=False, default=""),
    Column("candidates", JSON, nullable=False, comment="rejected dates with their reasons"),
    Column("rights_notice", Text, nullable=False, default=""),
    Column("flags", JSON, nullable=False),
    Column("text_sha256", String(64), nullable=False),
    Column("digest", String(64), nullable=False, comment="over the whole state; events carry it"),
)  # fmt: skip

attachment = Table(
    "attachment", metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("key", Text, nullable=False, comment="page.key of the file"),
    Column("name", Text, nullable=False),
    Column("media_type", String(128), nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("flag", String(32), nullable=False, default=""),
)  # fmt: skip

image = Table(
    "image", metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("caption", Text, nullable=False, default=""),
    Column("alt", Text, nullable=False, default=""),
)  # fmt: skip

fingerprint = Table(
    "fingerprint", metadata,
    Column("band", Integer, primary_key=True),
    Column("bucket", LargeBinary(8), primary_key=True),
    Column("article", ForeignKey("article.id"), primary_key=True),
)  # fmt: skip

cluster = Table(
    "cluster", metadata,
    Column("id", String(17), nullable=False, index=True, comment="the id of its earliest article"),
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("similarity", Float, nullable=False),
)  # fmt: skip

event = Table(
    "event", metadata,
    Column("seq", Big, primary_key=True, autoincrement=False, comment="from counter 'event', taken last: no gaps"),
    Column("kind", String(16), nullable=False),
    Column("article", String(17), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("digest", String(64), nullable=False),
)  # fmt: skip

failure = Table(
    "failure", metadata,
    Column("id", Big, primary_key=True),
    Column("run", Integer),
    Column("portal", ForeignKey("portal.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("class", String(64), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=1),
    Column("at", Instant, nullable=False),
    Index("ix_failure_run_portal", "run", "portal"),
)  # fmt: skip

# --- what people asked to be told -----------------------------------------------------------------------------------

alert = Table(
    "alert", metadata,
    Column("id", Big, primary_key=True),
    Column("portal", String(255), nullable=False, default=""),
    Column("cause", String(64), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("detail", Text, nullable=False, default=""),
)  # fmt: skip

saved_search = Table(
    "saved_search", metadata,
    Column("id", Big, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("query", JSON, nullable=False),
    Column("cursor", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
)  # fmt: skip
