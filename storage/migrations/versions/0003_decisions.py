"""What was decided by hand about an article's visibility, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """An empty table: nothing was decided before."""
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("article", sa.String(length=17), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="withheld released redacted"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_decision_article_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_article"), "decision", ["article"])
