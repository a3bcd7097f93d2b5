"""What is asked for: portals and their units, runs and visits, the frontier."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import Big, Instant, metadata

archive = Table(
    "archive", metadata,
    Column("id", String(32), primary_key=True),
    Column("epoch", Integer, nullable=False, comment="grows with each restore: cursors of another epoch are refused"),
    Column("search", Integer, nullable=False, default=0, comment="version of the search index; 0: to be made anew"),
    Column("created_at", Instant, nullable=False),
)  # fmt: skip

counter = Table(
    "counter", metadata,
    Column("name", String(32), primary_key=True, comment="entry, event"),
    Column("value", Big, nullable=False, comment="the last number given out"),
)  # fmt: skip

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
    Column("backfill_to", Instant, comment="how far back the first walk over all lists goes; null: to their ends"),
    Column("backfilled", Boolean, nullable=False, default=False, comment="that walk came to its end"),
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
    Column("valid_to", String(10), comment="the first day it was no more"),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, index=True, comment="the words of its name, folded"),
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
    Column("share", String(32), nullable=False, comment="whole part"),
    Column("act", Text, nullable=False, default=""),
    UniqueConstraint("old_code", "old_from", "new_code", "new_from"),
    Index("ix_succession_new_code_new_from", "new_code", "new_from"),
)  # fmt: skip

portal_unit = Table(
    "portal_unit", metadata,
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("unit_from", String(10), primary_key=True, comment="unit.valid_from"),
    Column("valid_from", String(10), nullable=False, default="", comment="since when the portal stood for it; empty: always"),
    Column("valid_to", String(10), comment="the first day it did no more"),
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

privacy_request = Table(
    "privacy_request", metadata,
    Column("id", Big, primary_key=True),
    Column("kind", String(16), nullable=False, comment="access correction erasure objection other"),
    Column("subject", Text, nullable=False, comment="what it is about: articles, addresses, words"),
    Column("contact", Text, nullable=False, default="", comment="where the answer goes"),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("outcome", Text, nullable=False, default="", comment="what was done; empty while it is open"),
)  # fmt: skip
