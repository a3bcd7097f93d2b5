"""Captures say what was wrong with their server's certificate; requests of people have a register; payloads are found fast."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing was known to be wrong with earlier captures, and nobody had asked for anything."""
    wrong = "what was wrong with the server's certificate, and its sha256; null: nothing, or plain http"
    op.add_column("capture", sa.Column("tls", sa.String(length=160), comment=wrong))
    op.create_index("ix_capture_payload_sha256", "capture", ["payload_sha256"])
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="access correction erasure objection other"),
        sa.Column("subject", sa.Text(), nullable=False, comment="what it is about: articles, addresses, words"),
        sa.Column("contact", sa.Text(), nullable=False, comment="where the answer goes"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text(), nullable=False, comment="what was done; empty while it is open"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
    )
