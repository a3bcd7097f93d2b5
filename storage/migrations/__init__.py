"""Makes the tables and changes them from version to version; configured in code, so no `alembic.ini` is needed.

A migration never imports `storage.schema`: it says what was true when it was written. A test holds the sum of all migrations
equal to the schema.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration; its environment runs on `connection`, inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def run_migrations(connection: Connection, to: str = "head") -> None:
    """Bring the database on `connection` to revision `to`. Does not commit."""
    command.upgrade(configuration(connection), to)
