"""Addresses of databases: which kind, the whole of it, and how people may see it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL

from storage.errors import UsageError

Dialect = Literal["sqlite", "postgresql"]


def dialect(url: URL) -> Dialect:
    """Which kind of database. Raises UsageError for one of another kind."""
    name = url.get_backend_name()
    if name == "sqlite":
        return "sqlite"
    if name == "postgresql":
        return "postgresql"
    raise UsageError(f"no database of this kind: {name}", cure="Use sqlite:////path/phuongchi.db or postgresql://…")


def absolute(url: URL) -> URL:
    """The address with its driver and the whole path. Raises UsageError for a SQLite database that is no file."""
    if dialect(url) == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if not url.database or url.database == ":memory:":
        raise UsageError("an archive's database is a file", cure="Use sqlite:////path/phuongchi.db")
    return URL.create("sqlite", database=str(Path(url.database).absolute()))


def place(url: URL) -> str:
    """The address as people may see it: without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
