"""Pages that changed only round their article are told without reading them: a reading says which pieces of the source it
stands on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_GROUND = "pieces of the page's source that it stands on (crawler.ingest.ground); null: not known"


def upgrade() -> None:
    """Readings from before say nothing of it until they are made anew."""
    op.add_column("reading", sa.Column("ground", sa.Text(), comment=_GROUND))
