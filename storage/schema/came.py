"""What came: captures and the WARC files that hold their bytes."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import Big, Instant, metadata

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
    Column("tls", String(160), comment="what was wrong with the server's certificate, and its sha256; null: nothing, or plain http"),
    Column("origin", Text, nullable=False, default="crawl"),
    Column("series", String(8), nullable=False),
    Column("file", ForeignKey("warc_file.name"), nullable=False),
    Column("offset", Big, nullable=False),
    Column("length", Big, nullable=False),
    Column("unread", Boolean, nullable=False, default=False, comment="waits for the reading half"),
    UniqueConstraint("file", "offset"),
    Index("ix_capture_portal_unread", "portal", "entry", sqlite_where=Column("unread")),
    Index("ix_capture_portal_key", "portal", "key", "entry"),
    Index("ix_capture_payload_sha256", "payload_sha256"),
    Index("ix_capture_run", "run"),
)  # fmt: skip

fixity_check = Table(
    "fixity_check", metadata,
    Column("id", Big, primary_key=True),
    Column("file", ForeignKey("warc_file.name"), nullable=False),
    Column("checked_at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("detail", Text, nullable=False, default=""),
)  # fmt: skip
