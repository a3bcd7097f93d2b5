from __future__ import annotations

from sqlalchemy import select

from storage import schema
from storage.engine import Database, next_numbers


def test_next_numbers_when_asked_twice_then_no_gap(database: Database) -> None:
    with database.write() as connection:
        assert list(next_numbers(connection, "entry", 3)) == [1, 2, 3]
    with database.write() as connection:
        assert list(next_numbers(connection, "entry", 1)) == [4]
    with database.read() as connection:
        assert connection.execute(select(schema.counter.c.value).where(schema.counter.c.name == "entry")).scalar() == 4
