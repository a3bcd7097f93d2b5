"""What a night brought is told at once, also by pages that somebody waits for."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Events by time, captures by run."""
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_capture_run", "capture", ["run"])
