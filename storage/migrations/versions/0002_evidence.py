"""Readings know which mentions of their page they rest on, and whether the portal's template knew the page's layout."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Columns without a value for the readings that were made before: they are made again when it matters."""
    op.add_column("reading", sa.Column("evidence", sa.String(length=64), comment="digest of the mentions it rests on"))
    op.add_column("reading", sa.Column("strange", sa.Boolean(), comment="the template did not know the page's layout"))
