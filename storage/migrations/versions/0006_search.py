"""The order of articles as one number, which the search index goes by; the index is made anew for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = "counts articles in the order in which they entered"
_ORDER = "sort_at and number: the order newest first"
_VERSION = "version of the search index; 0: to be made anew"


def upgrade() -> None:
    """Keys follow from what is there. The new index stays empty until `storage.engine.upgrade` fills it."""
    op.add_column("archive", sa.Column("search", sa.Integer(), nullable=False, server_default="0", comment=_VERSION))
    op.add_column("article", sa.Column("sort_key", Big, comment=_ORDER))
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_keys(sqlite=sqlite))
    op.drop_index("ix_article_sort_at_id", "article")
    op.drop_index("ix_article_portal_sort_at", "article")
    with op.batch_alter_table("article") as article:
        article.alter_column("sort_key", existing_type=Big, existing_comment=_ORDER, nullable=False)
        article.alter_column("number", existing_type=Big, existing_nullable=False, comment=_COUNTS)
        article.create_unique_constraint("uq_article_sort_key", ["sort_key"])
    op.create_index("ix_article_portal_sort_key", "article", ["portal", "sort_key"])
    with op.batch_alter_table("archive") as archive:
        archive.alter_column("search", existing_type=sa.Integer(), existing_comment=_VERSION, server_default=None)
    _units()
    op.execute("DROP TABLE article_search")
    if sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING"
            " fts5(title, text, attachments, marks, content='', columnsize=0, tokenize='ascii')"
        )
        op.execute("CREATE TABLE article_search_words (word TEXT PRIMARY KEY) WITHOUT ROWID")
        return
    op.create_table(
        "article_search",
        sa.Column("sort_key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
    )
    # Rows without their words are what lists are made from: many to a page.
    op.execute("ALTER TABLE article_search SET (toast_tuple_target = 128)")
    op.create_index("ix_article_search_words", "article_search", ["words"], postgresql_using="gin")


def _units() -> None:
    """Tables that had no user yet are found in by name, and by what came of whom."""
    op.create_index("ix_unit_folded", "unit", ["folded"])
    op.create_index("ix_succession_new_code_new_from", "succession", ["new_code", "new_from"])
    if op.get_bind().dialect.name != "postgresql":
        return  # comments live in PostgreSQL alone
    days = sa.String(length=10)
    op.alter_column("unit", "folded", existing_type=sa.Text(), comment="the words of its name, folded")
    op.alter_column("unit", "valid_to", existing_type=days, comment="the first day it was no more")
    op.alter_column("succession", "share", existing_type=sa.String(length=32), comment="whole part")
    op.alter_column("portal_unit", "unit_from", existing_type=days, comment="unit.valid_from")
    since = "since when the portal stood for it; empty: always"
    op.alter_column("portal_unit", "valid_from", existing_type=days, comment=since)
    op.alter_column("portal_unit", "valid_to", existing_type=days, comment="the first day it did no more")


def _keys(*, sqlite: bool) -> str:
    seconds = "CAST(strftime('%s', sort_at) AS INTEGER)" if sqlite else "floor(extract(epoch from sort_at))::bigint"
    low, high = ("max", "min") if sqlite else ("greatest", "least")
    since_1900 = f"{low}(0, {high}(({1 << 33}) - 1, {seconds} + 2208988800))"
    return f"UPDATE article SET sort_key = ({since_1900} << 30) | (number & {(1 << 30) - 1})"  # noqa: S608 - constants
