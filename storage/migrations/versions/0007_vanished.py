"""What vanished is found newest first, without looking at what did not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """An index over the few articles that were removed."""
    removed = sa.text("removed_at IS NOT NULL")
    op.create_index(
        "ix_article_removed_at", "article", ["removed_at", "id"], sqlite_where=removed, postgresql_where=removed
    )
