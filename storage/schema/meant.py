"""What it means: templates, articles, revisions, clusters and the change feed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.order import sort_key
from storage.schema.base import Big, Instant, metadata


def _own_key(context: Any) -> int:
    row = context.get_current_parameters()
    return sort_key(row["sort_at"], row["number"])


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
    Column("number", Big, nullable=False, unique=True, comment="counts articles in the order in which they entered"),
    Column("sort_key", Big, nullable=False, unique=True, default=_own_key, comment="sort_at and number: the order newest first"),
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
    UniqueConstraint("portal", "identity"),
    Index("ix_article_portal_sort_key", "portal", "sort_key"),
    Index("ix_article_portal_twin", "portal", "twin_sha256"),
    Index("ix_article_removed_at", "removed_at", "id", sqlite_where=text("removed_at IS NOT NULL")),
    Index("ix_article_hidden", "portal", sqlite_where=text("visibility <> 'public'")),
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
    Column("evidence", String(64), comment="digest of the mentions it rests on"),
    Column("strange", Boolean, comment="the template did not know the page's layout"),
    Column("ground", Text, comment="pieces of the page's source that it stands on (crawler.ingest.ground); null: not known"),
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
    Column("key", String(2048), nullable=False, index=True, comment="page.key of the file; empty: too long to be asked"),
    Column("name", Text, nullable=False),
    Column("media_type", String(128), nullable=False, default="", comment="as its address has it"),
    Column("entry", ForeignKey("capture.entry"), comment="the capture that this state shows; null until one was read"),
)  # fmt: skip

file_text = Table(
    "file_text", metadata,
    Column("entry", ForeignKey("capture.entry"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("text_sha256", String(64), nullable=False),
    Column("pages", Integer, nullable=False, comment="0: none can be counted"),
    Column("flag", String(32), nullable=False, comment="what is wrong with the text"),
    Column("reader", String(64), nullable=False),
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

follower = Table(
    "follower", metadata,
    Column("name", String(32), primary_key=True, comment="who follows the change feed inside the archive: clusters"),
    Column("seq", Big, nullable=False, comment="the last event it has dealt with"),
)  # fmt: skip

sketch = Table(
    "sketch", metadata,
    Column("number", Big, primary_key=True, autoincrement=False, comment="article.number"),
    Column("article", ForeignKey("article.id"), nullable=False, unique=True),
    Column("state", String(64), nullable=False, comment="digest of what was sketched; empty: nothing may be compared"),
    Column("signature", LargeBinary, nullable=False, comment="MinHash: 125 lanes of 16 bits; empty: too little text"),
    Column("marks", LargeBinary, nullable=False, comment="digests of sentences and their dates, numbers and names"),
    Column("stale", Boolean, nullable=False, default=False, comment="its cluster changed: to be looked at again"),
    Index("ix_sketch_stale", "number", sqlite_where=Column("stale")),
)  # fmt: skip

fingerprint = Table(
    "fingerprint", metadata,
    Column("bucket", Big, primary_key=True, autoincrement=False, comment="digest of a band of the signature"),
    Column("number", Big, primary_key=True, autoincrement=False, comment="article.number of who is no other's copy"),
    sqlite_with_rowid=False,
)  # fmt: skip

cluster = Table(
    "cluster", metadata,
    Column("id", String(17), nullable=False, index=True, comment="the id of its earliest article"),
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("similarity", Float, nullable=False, comment="Jaccard similarity to the earliest article's text"),
)  # fmt: skip

standing = Table(
    "standing", metadata,
    Column("portal", ForeignKey("portal.id"), primary_key=True),
    Column("sentences", LargeBinary, nullable=False, comment="digests of sentences that recur over its articles"),
    Column("articles", Integer, nullable=False, comment="how many there were when they were counted"),
)  # fmt: skip

decision = Table(
    "decision", metadata,
    Column("id", Big, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False, comment="withheld released redacted"),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)  # fmt: skip

event = Table(
    "event", metadata,
    Column("seq", Big, primary_key=True, autoincrement=False, comment="from counter 'event', taken last: no gaps"),
    Column("kind", String(16), nullable=False),
    Column("article", String(17), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
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
