"""All tables of the first archive, and the search index of each database."""

# fmt: off
from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from storage.migrations import later_tables

revision = "0001"
down_revision = None

Instant = sa.DateTime(timezone=True)
Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make everything."""
    _what_is_asked_for()
    _what_came()
    _what_it_means()
    later_tables.texts_of_files()
    later_tables.one_story_on_several_portals()
    _search_index()


def _what_is_asked_for() -> None:
    """Portals, runs, pages and what is known of servers and units."""
    op.create_table(
        "alert",
        sa.Column("id", Big, nullable=False), sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False), sa.Column("opened_at", Instant, nullable=False),
        sa.Column("closed_at", Instant), sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_table(
        "archive",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False,
                  comment="grows with each restore: cursors of another epoch are refused"),
        sa.Column("created_at", Instant, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_archive"),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=32), nullable=False, comment="entry, event"),
        sa.Column("value", Big, nullable=False, comment="the last number given out"),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=255), nullable=False), sa.Column("fence", Big, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False, comment="host, boot id, process; empty when free"),
        sa.Column("expires_at", Instant, comment="real time, never PHUONGCHI_NOW"),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "portal",
        sa.Column("id", sa.String(length=255), nullable=False), sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False), sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False), sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("server", sa.String(length=64), nullable=False,
                  comment="last address that answered: IP, on loopback IP:port"),
        sa.Column("row", sa.JSON(), nullable=False, comment="the row of portals.toml as read"),
        sa.Column("enabled", sa.Boolean(), nullable=False), sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("deep_at", Instant, comment="last deep listing pass that came to its end"),
        sa.Column("backfill_to", Instant,
                  comment="how far back the first walk over all lists goes; null: to their ends"),
        sa.Column("backfilled", sa.Boolean(), nullable=False, comment="that walk came to its end"),
        sa.PrimaryKeyConstraint("id", name="pk_portal"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False), sa.Column("slot", Instant),
        sa.Column("fence", Big, nullable=False), sa.Column("resumed", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant, nullable=False), sa.Column("ended_at", Instant),
        sa.Column("exit_code", sa.Integer()), sa.Column("host", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", Big, nullable=False), sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False), sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_saved_search"),
        sa.UniqueConstraint("name", name="uq_saved_search_name"),
    )
    op.create_table(
        "server",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("next_at", Instant, comment="no request before this instant"),
        sa.Column("delay", sa.Float(), nullable=False,
                  comment="seconds between two requests, as learned or asked for"),
        sa.Column("failures", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("address", name="pk_server"),
    )
    op.create_table(
        "slot",
        sa.Column("id", Big, nullable=False), sa.Column("schedule", sa.String(length=64), nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False, comment="started done missed"),
        sa.Column("run", sa.Integer()), sa.PrimaryKeyConstraint("id", name="pk_slot"),
        sa.UniqueConstraint("schedule", "due_at", name="uq_slot_schedule_due_at"),
    )
    op.create_table(
        "succession",
        sa.Column("id", Big, nullable=False), sa.Column("old_code", sa.String(length=16), nullable=False),
        sa.Column("old_from", sa.String(length=10), nullable=False),
        sa.Column("new_code", sa.String(length=16), nullable=False),
        sa.Column("new_from", sa.String(length=10), nullable=False),
        sa.Column("share", sa.String(length=32), nullable=False), sa.Column("act", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_succession"),
        sa.UniqueConstraint("old_code", "old_from", "new_code", "new_from",
                  name="uq_succession_old_code_old_from_new_code_new_from"),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False), sa.Column("valid_to", sa.String(length=10)),
        sa.Column("name", sa.Text(), nullable=False), sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False), sa.Column("province", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", name="pk_unit"),
    )
    op.create_table(
        "page",
        sa.Column("id", Big, nullable=False), sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the address without its noise"),
        sa.Column("url", sa.Text(), nullable=False), sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False), sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False, comment="smaller is sooner"),
        sa.Column("paging", sa.Integer(), nullable=False, comment="0, or how many steps into a listing's paging"),
        sa.Column("parent", sa.Text(), nullable=False, comment="key of the page that mentioned it first"),
        sa.Column("due_at", Instant, comment="may be asked from then on; null: never again"),
        sa.Column("run", sa.Integer(), comment="the last run that asked"),
        sa.Column("first_seen", Instant, nullable=False),
        sa.Column("last_seen", Instant, comment="last answer other than an error"), sa.Column("status", sa.Integer()),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="failures in a row"),
        sa.Column("negatives", sa.Integer(), nullable=False, comment="negative answers in a row (404, 410, …)"),
        sa.Column("etag", sa.Text(), nullable=False), sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("read_as", sa.String(length=16), nullable=False, comment="the reader's last verdict on it"),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_page_portal"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("portal", "key", name="uq_page_portal_key"),
    )
    op.create_index("ix_page_portal_priority", "page", ["portal", "priority", "depth", "id"])
    op.create_table(
        "pattern",
        sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("shape", sa.String(length=512), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False), sa.Column("others", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_pattern_portal"),
        sa.PrimaryKeyConstraint("portal", "shape", name="pk_pattern"),
    )
    op.create_table(
        "portal_state",
        sa.Column("id", Big, nullable=False), sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False), sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("since", Instant, nullable=False), sa.Column("run", sa.Integer()),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_portal_state_portal"),
        sa.PrimaryKeyConstraint("id", name="pk_portal_state"),
    )
    op.create_index("ix_portal_state_portal_since", "portal_state", ["portal", "since"])
    op.create_table(
        "portal_unit",
        sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("unit_from", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False), sa.Column("valid_to", sa.String(length=10)),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_portal_unit_portal"),
        sa.PrimaryKeyConstraint("portal", "code", "unit_from", name="pk_portal_unit"),
    )
    op.create_table(
        "sighting",
        sa.Column("id", Big, nullable=False), sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the page that is mentioned"),
        sa.Column("listing", sa.Text(), nullable=False, comment="key of the page that mentions it"),
        sa.Column("url", sa.Text(), nullable=False, comment="the address as mentioned"),
        sa.Column("source", sa.String(length=16), nullable=False, comment="feed sitemap listing"),
        sa.Column("position", sa.Integer(), nullable=False), sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("date_text", sa.Text(), nullable=False), sa.Column("first_seen", Instant, nullable=False),
        sa.Column("last_seen", Instant, nullable=False),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_sighting_portal"),
        sa.PrimaryKeyConstraint("id", name="pk_sighting"),
        sa.UniqueConstraint("portal", "key", "listing", name="uq_sighting_portal_key_listing"),
    )
    op.create_table(
        "visit",
        sa.Column("run", sa.Integer(), nullable=False), sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False), sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False), sa.Column("deep", sa.Boolean(), nullable=False),
        sa.Column("started_at", Instant), sa.Column("ended_at", Instant),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_visit_portal"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_visit_run"),
        sa.PrimaryKeyConstraint("run", "portal", name="pk_visit"),
    )
    op.create_index("ix_visit_portal_run", "visit", ["portal", "run"])


def _what_came() -> None:
    """Captures and the files that hold them."""
    op.create_table(
        "warc_file",
        sa.Column("name", sa.String(length=255), nullable=False, comment="without .open"),
        sa.Column("series", sa.String(length=8), nullable=False), sa.Column("run", sa.Integer()),
        sa.Column("state", sa.String(length=16), nullable=False, comment="open closed expired"),
        sa.Column("bytes", Big), sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Instant, nullable=False), sa.Column("closed_at", Instant),
        sa.PrimaryKeyConstraint("name", name="pk_warc_file"),
    )
    op.create_table(
        "capture",
        sa.Column("entry", Big, autoincrement=False, nullable=False),
        sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="page.key"), sa.Column("url", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer()), sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("fetched_at", Instant, nullable=False), sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("charset", sa.String(length=64), nullable=False), sa.Column("location", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False), sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False), sa.Column("size", Big, nullable=False),
        sa.Column("truncated", sa.String(length=16), nullable=False),
        sa.Column("server", sa.String(length=64), nullable=False), sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("series", sa.String(length=8), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False), sa.Column("offset", Big, nullable=False),
        sa.Column("length", Big, nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False, comment="waits for the reading half"),
        sa.ForeignKeyConstraint(["file"], ["warc_file.name"], name="fk_capture_file"),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_capture_portal"),
        sa.PrimaryKeyConstraint("entry", name="pk_capture"),
        sa.UniqueConstraint("file", "offset", name="uq_capture_file_offset"),
    )
    op.create_index("ix_capture_portal_key", "capture", ["portal", "key", "entry"])
    op.create_index("ix_capture_portal_unread", "capture", ["portal", "entry"],
                    sqlite_where=sa.text("unread"), postgresql_where=sa.text("unread"))
    op.create_table(
        "fixity_check",
        sa.Column("id", Big, nullable=False), sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("checked_at", Instant, nullable=False), sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["warc_file.name"], name="fk_fixity_check_file"),
        sa.PrimaryKeyConstraint("id", name="pk_fixity_check"),
    )


def _what_it_means() -> None:
    """Articles with their history, and the change feed."""
    op.create_table(
        "event",
        sa.Column("seq", Big, autoincrement=False, nullable=False,
                  comment="from counter 'event', taken last: no gaps"),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("article", sa.String(length=17), nullable=False), sa.Column("at", Instant, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False), sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_article", "event", ["article"])
    op.create_table(
        "article",
        sa.Column("id", sa.String(length=17), nullable=False, comment="a + 16 base32 digits"),
        sa.Column("number", Big, nullable=False, comment="row number of the search index"),
        sa.Column("portal", sa.String(length=255), nullable=False), sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False, comment="the address it is cited by"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="number of the current revision"),
        sa.Column("kind", sa.String(length=16), nullable=False), sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False), sa.Column("category", sa.Text(), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=False),
        sa.Column("sort_at", Instant, nullable=False, comment="published, else first seen; set by the writer"),
        sa.Column("first_seen", Instant, nullable=False), sa.Column("last_seen", Instant, nullable=False),
        sa.Column("removed_at", Instant),
        sa.Column("visibility", sa.String(length=16), nullable=False, comment="public restricted withheld redacted"),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("twin_sha256", sa.String(length=64), nullable=False,
                  comment="over folded title and text: exact duplicates in a portal"),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_article_portal"),
        sa.PrimaryKeyConstraint("id", name="pk_article"), sa.UniqueConstraint("number", name="uq_article_number"),
        sa.UniqueConstraint("portal", "identity", name="uq_article_portal_identity"),
    )
    op.create_index("ix_article_portal_sort_at", "article", ["portal", "sort_at", "id"])
    op.create_index("ix_article_portal_twin", "article", ["portal", "twin_sha256"])
    op.create_index("ix_article_sort_at_id", "article", ["sort_at", "id"])
    op.create_table(
        "failure",
        sa.Column("id", Big, nullable=False), sa.Column("run", sa.Integer()),
        sa.Column("portal", sa.String(length=255), nullable=False), sa.Column("url", sa.Text(), nullable=False),
        sa.Column("class", sa.String(length=64), nullable=False), sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False), sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_failure_portal"),
        sa.PrimaryKeyConstraint("id", name="pk_failure"),
    )
    op.create_index("ix_failure_run_portal", "failure", ["run", "portal"])
    op.create_table(
        "template",
        sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("learned_from", sa.JSON(), nullable=False, comment="entry numbers of captures"),
        sa.Column("learned_at", Instant, nullable=False), sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_template_portal"),
        sa.PrimaryKeyConstraint("portal", "version", name="pk_template"),
    )
    op.create_table(
        "article_address",
        sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=2048), nullable=False),
        sa.Column("article", sa.String(length=17), nullable=False), sa.Column("url", sa.Text(), nullable=False),
        sa.Column("first_seen", Instant, nullable=False), sa.Column("last_seen", Instant, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_article_address_article"),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_article_address_portal"),
        sa.PrimaryKeyConstraint("portal", "key", name="pk_article_address"),
    )
    op.create_index("ix_article_address_article", "article_address", ["article"])
    op.create_table(
        "attachment",
        sa.Column("article", sa.String(length=17), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=2048), nullable=False,
                  comment="page.key of the file; empty: too long to be asked"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False, comment="as its address has it"),
        sa.Column("entry", Big, comment="the capture that this state shows; null until one was read"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_attachment_article"),
        sa.ForeignKeyConstraint(["entry"], ["capture.entry"], name="fk_attachment_entry"),
        sa.PrimaryKeyConstraint("article", "revision", "position", name="pk_attachment"),
    )
    op.create_index("ix_attachment_key", "attachment", ["key"])
    op.create_table(
        "cluster",
        sa.Column("id", sa.String(length=17), nullable=False, comment="the id of its earliest article"),
        sa.Column("article", sa.String(length=17), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False,
                  comment="Jaccard similarity to the earliest article's text"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_cluster_article"),
        sa.PrimaryKeyConstraint("article", name="pk_cluster"),
    )
    op.create_index("ix_cluster_id", "cluster", ["id"])
    op.create_table(
        "image",
        sa.Column("article", sa.String(length=17), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False), sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_image_article"),
        sa.PrimaryKeyConstraint("article", "revision", "position", name="pk_image"),
    )
    op.create_table(
        "reading",
        sa.Column("entry", Big, nullable=False), sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False), sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("article", sa.String(length=17), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False), sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["capture.entry"], name="fk_reading_entry"),
        sa.PrimaryKeyConstraint("entry", name="pk_reading"),
    )
    op.create_index("ix_reading_article", "reading", ["article"])
    op.create_table(
        "revision",
        sa.Column("article", sa.String(length=17), nullable=False), sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry", Big, nullable=False), sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Instant, nullable=False, comment="when the capture was fetched"),
        sa.Column("changed", sa.JSON(), nullable=False,
                  comment="names of the fields that differ from the revision before"),
        sa.Column("kind", sa.String(length=16), nullable=False), sa.Column("title", sa.Text(), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False), sa.Column("captions", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False), sa.Column("credits", sa.JSON(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False), sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=False),
        sa.Column("published_precision", sa.String(length=8), nullable=False),
        sa.Column("published_source", sa.String(length=16), nullable=False),
        sa.Column("published_basis", sa.String(length=16), nullable=False),
        sa.Column("published_evidence", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.Column("event_date", sa.String(length=32), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False, comment="rejected dates with their reasons"),
        sa.Column("rights_notice", sa.Text(), nullable=False), sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="over the whole state; events carry it"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_revision_article"),
        sa.ForeignKeyConstraint(["entry"], ["capture.entry"], name="fk_revision_entry"),
        sa.PrimaryKeyConstraint("article", "number", name="pk_revision"),
    )


def _search_index() -> None:
    """SQLite: the index alone, without the text; its words arrive already cut, so the tokenizer only splits at spaces."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING fts5(title, text, attachments, content='', tokenize='ascii')"
        )
        return
    op.create_table(
        "article_search",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
    )
    op.create_index("ix_article_search_words", "article_search", ["words"], postgresql_using="gin")
