"""Archives of the earliest programs get what the first migration makes today.

The first migration was edited before anything was released, so two states of an archive call themselves 0001. One lacks the
texts of files, what finds one story on several portals, and the date of a backfill: it gets them here. A migration that has
been published is never edited again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.migrations import later_tables

revision = "0004"
down_revision = "0003"

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Drops only what those programs never wrote to."""
    if sa.inspect(op.get_bind()).has_table("follower"):
        return
    _backfills()
    _files()
    op.drop_column("article", "cluster")
    op.drop_table("fingerprint")
    later_tables.one_story_on_several_portals()
    _describe("cluster", "similarity", sa.Float(), "Jaccard similarity to the earliest article's text")


def _backfills() -> None:
    comment = "how far back the first walk over all lists goes; null: to their ends"
    op.add_column("portal", sa.Column("backfill_to", sa.DateTime(timezone=True), comment=comment))
    _describe("portal", "backfilled", sa.Boolean(), "that walk came to its end")


def _files() -> None:
    """A file is told by its capture; the files of states that are there already wait for their next one."""
    later_tables.texts_of_files()
    with op.batch_alter_table("attachment") as attachment:
        attachment.add_column(
            sa.Column("entry", Big, comment="the capture that this state shows; null until one was read")
        )
        attachment.create_foreign_key("fk_attachment_entry", "capture", ["entry"], ["entry"])
        attachment.alter_column("key", existing_type=sa.Text(), type_=sa.String(length=2048), existing_nullable=False)
        attachment.drop_column("text")
        attachment.drop_column("flag")
    op.create_index("ix_attachment_key", "attachment", ["key"])
    _describe("attachment", "key", sa.String(length=2048), "page.key of the file; empty: too long to be asked")
    _describe("attachment", "media_type", sa.String(length=128), "as its address has it")


def _describe(table: str, column: str, kind: sa.types.TypeEngine[Any], comment: str) -> None:
    """Comments live in PostgreSQL alone."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column, existing_type=kind, existing_nullable=False, comment=comment)
