"""Readings know which mentions of their page they rest on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A column without a value for the readings that were made before: they are made again when it matters."""
    op.add_column("reading", sa.Column("evidence", sa.String(length=64), comment="digest of the mentions it rests on"))
