"""What may not be shown is known at once: each capture that somebody asks for is held against it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """An index over the few articles that are restricted, withheld or redacted."""
    hidden = sa.text("visibility <> 'public'")
    op.create_index("ix_article_hidden", "article", ["portal"], sqlite_where=hidden, postgresql_where=hidden)
