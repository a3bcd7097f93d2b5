"""Instants in the database: as they came, and as texts that sort."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import DateTime, exc, insert, select
from sqlalchemy.dialects import sqlite as sqlite_dialect

from storage import schema
from storage.engine import Database
from storage.text import VIETNAM


@pytest.mark.parametrize("at", ["2026-11-02T15:30:01", "2026-11-02T23:59:59.000400", "0826-01-02T03:04:05.678900"])
def test_instant_when_kept_then_it_comes_back_as_it_was(database: Database, at: str) -> None:
    instant = datetime.fromisoformat(f"{at}+07:00")
    with database.write() as connection:
        connection.execute(insert(schema.lease).values(name="a", fence=1, holder="", expires_at=instant))
        kept = connection.execute(select(schema.lease.c.expires_at)).scalar_one()
    assert (kept, kept.tzinfo) == (instant, UTC)


def test_instant_when_sqlite_keeps_it_then_as_the_text_that_older_programs_wrote() -> None:
    instant, dialect = datetime(2026, 11, 2, 22, 30, 1, 20, VIETNAM), sqlite_dialect.dialect()
    older = DateTime().dialect_impl(dialect).bind_processor(dialect)
    newer = schema.Instant().bind_processor(dialect)
    assert older and newer
    assert newer(instant) == older(instant.astimezone(UTC).replace(tzinfo=None)) == "2026-11-02 15:30:01.000020"


def test_instant_when_it_has_no_zone_then_refused(database: Database) -> None:
    naive = datetime(2026, 11, 2, tzinfo=UTC).replace(tzinfo=None)
    new = insert(schema.lease).values(name="a", fence=1, holder="", expires_at=naive)
    with pytest.raises(exc.StatementError, match="needs its zone"), database.write() as connection:
        connection.execute(new)
