"""Tables that the first migration makes and that the archives of the earliest programs lack: both migrations make them here."""

# fmt: off
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def texts_of_files() -> None:
    """What was read in files, capture by capture."""
    op.create_table(
        "file_text",
        sa.Column("entry", Big, nullable=False), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False, comment="0: none can be counted"),
        sa.Column("flag", sa.String(length=32), nullable=False, comment="what is wrong with the text"),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["capture.entry"], name="fk_file_text_entry"),
        sa.PrimaryKeyConstraint("entry", name="pk_file_text"),
    )


def one_story_on_several_portals() -> None:
    """Sketches of articles, their buckets, each portal's standing sentences, and how far the follower came."""
    op.create_table(
        "fingerprint",
        sa.Column("bucket", Big, autoincrement=False, nullable=False, comment="digest of a band of the signature"),
        sa.Column("number", Big, autoincrement=False, nullable=False,
                  comment="article.number of who is no other's copy"),
        sa.PrimaryKeyConstraint("bucket", "number", name="pk_fingerprint"), sqlite_with_rowid=False,
    )
    op.create_table(
        "follower",
        sa.Column("name", sa.String(length=32), nullable=False,
                  comment="who follows the change feed inside the archive: clusters"),
        sa.Column("seq", Big, nullable=False, comment="the last event it has dealt with"),
        sa.PrimaryKeyConstraint("name", name="pk_follower"),
    )
    op.create_table(
        "sketch",
        sa.Column("number", Big, autoincrement=False, nullable=False, comment="article.number"),
        sa.Column("article", sa.String(length=17), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False,
                  comment="digest of what was sketched; empty: nothing may be compared"),
        sa.Column("signature", sa.LargeBinary(), nullable=False,
                  comment="MinHash: 125 lanes of 16 bits; empty: too little text"),
        sa.Column("marks", sa.LargeBinary(), nullable=False,
                  comment="digests of sentences and their dates, numbers and names"),
        sa.Column("stale", sa.Boolean(), nullable=False, comment="its cluster changed: to be looked at again"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_sketch_article"),
        sa.PrimaryKeyConstraint("number", name="pk_sketch"), sa.UniqueConstraint("article", name="uq_sketch_article"),
    )
    op.create_index("ix_sketch_stale", "sketch", ["number"],
                    sqlite_where=sa.text("stale"), postgresql_where=sa.text("stale"))
    op.create_table(
        "standing",
        sa.Column("portal", sa.String(length=255), nullable=False),
        sa.Column("sentences", sa.LargeBinary(), nullable=False,
                  comment="digests of sentences that recur over its articles"),
        sa.Column("articles", sa.Integer(), nullable=False, comment="how many there were when they were counted"),
        sa.ForeignKeyConstraint(["portal"], ["portal.id"], name="fk_standing_portal"),
        sa.PrimaryKeyConstraint("portal", name="pk_standing"),
    )
