from __future__ import annotations

from pathlib import Path

import pytest

from tests.fetch.crawling import Archive


@pytest.fixture
def archive(sqlite_url: str, tmp_path: Path) -> Archive:
    """A fresh archive on SQLite."""
    return Archive(sqlite_url, tmp_path)


@pytest.fixture
def any_archive(database_url: str, tmp_path: Path) -> Archive:
    """A fresh archive on each kind of database."""
    return Archive(database_url, tmp_path)
