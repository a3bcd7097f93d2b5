"""Leases of processes on other hosts: free once they have run out, never before, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from sqlalchemy import Connection, insert, text, update

from storage import leases, runs, schema
from storage.engine import Database, connect

ELSEWHERE = f"a-host-that-died/{'0' * 16}/1/1"


def keep(connection: Connection, name: str, *, seconds: float) -> None:
    """Somebody on another host has the lease for so long."""
    until = leases.after(leases.real_time(connection), seconds)
    table = schema.lease
    if not connection.execute(update(table).where(table.c.name == name).values(expires_at=until)).rowcount:
        connection.execute(insert(table).values(name=name, fence=1, holder=ELSEWHERE, expires_at=until))


def waiting(db: Database) -> bool:
    """Whether somebody waits for another one's row."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with db.read() as connection:
        return bool(connection.execute(text(asked)).scalar())


@pytest.mark.parametrize("kind", ["turn", "portal"])
def test_lease_when_its_host_is_dead_then_it_is_taken_after_its_time_and_not_before(
    database: Database, kind: str
) -> None:
    def take() -> bool:
        if kind == "turn":
            return leases.take_turn(database, "10.0.0.1", ttl=60) != "taken"
        return runs.take_portal(database, "a.gov.vn", ttl=60) is not None

    with database.write() as connection:
        keep(connection, {"turn": "ask:10.0.0.1", "portal": "read:a.gov.vn"}[kind], seconds=60)
    assert not take()
    with database.write() as connection:
        keep(connection, {"turn": "ask:10.0.0.1", "portal": "read:a.gov.vn"}[kind], seconds=-1)
    assert take()


def test_take_turn_when_its_holder_renews_it_at_that_moment_then_it_stays_taken(postgres_url: str) -> None:
    db = connect(postgres_url)
    with db.write() as connection:
        keep(connection, "ask:10.0.0.1", seconds=-1)
    with ThreadPoolExecutor(1) as pool:
        with db.write() as connection:
            keep(connection, "ask:10.0.0.1", seconds=60)
            taken = pool.submit(leases.take_turn, db, "10.0.0.1", ttl=60)
            until = monotonic() + 20
            while not waiting(db) and monotonic() < until:
                pass
        assert taken.result() == "taken"
    db.close()


def test_hold_when_its_host_dies_then_the_server_notices_within_a_minute(postgres_url: str) -> None:
    db = connect(postgres_url)  # a local socket shows 0, and what was asked for as the value to reset to
    asked = "SELECT reset_val FROM pg_settings WHERE name ~ '^tcp_keepalives_' ORDER BY name"
    for opened in (db.session(), db.write(), db.read()):
        with opened as connection:
            count, idle, interval = (int(value) for value in connection.execute(text(asked)).scalars())
            assert idle + count * interval <= 60
    db.close()
