"""Alembic's environment: runs the migrations on the connection that `run_migrations` was given."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.errors import DatabaseError
from storage.schema import metadata

SEARCH_INDEX = "article_search"  # and the shadow tables that FTS5 keeps beside it


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Leave the search index out of comparisons: it is made by hand, differently on each database."""
    return not (kind == "table" and (name or "").startswith(SEARCH_INDEX))


def check_foreign_keys(ctx: MigrationContext, step: Any, heads: Any, run_args: Any) -> None:
    """Refuse a migration that leaves a row without its parent; SQLite does not look while a table is rebuilt."""
    connection = ctx.connection
    if connection is not None and connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise DatabaseError(f"migration left {len(orphans)} rows without their parents, first {orphans[0]!r}")


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=include_name,
    on_version_apply=check_foreign_keys,
)
with context.begin_transaction():
    context.run_migrations()
