"""The register of requests on each kind of database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from storage import engine, requests
from storage.engine import Database
from storage.errors import UsageError
from storage.requests import Request
from storage.upkeep import ledger
from tests.builders import NOW


def add(database: Database, folder: Path, days: int = 10) -> Request:
    return requests.add(
        database, folder, "access", subject="Bài 1", contact="a@b.vn", received_at=NOW, due_at=NOW + timedelta(days=days), now=NOW
    )  # fmt: skip


def test_register_when_kept_then_what_is_due_first_and_what_was_done(database: Database, tmp_path: Path) -> None:
    late, soon, far = (add(database, tmp_path, days) for days in (1, 3, 20))
    assert requests.requests(database) == [late, soon, far]
    now = NOW + timedelta(days=2)
    assert requests.overdue(database, now) == [late]
    assert requests.overdue(database, now, within=timedelta(days=2)) == [late, soon]
    closed = requests.close(database, tmp_path, late.id, outcome="đã gửi", now=now)
    assert (closed.closed_at, closed.outcome, closed.is_overdue(now)) == (now, "đã gửi", False)
    assert requests.requests(database, closed=True) == [soon, far, closed]
    with pytest.raises(UsageError, match="closed already: đã gửi"):
        requests.close(database, tmp_path, late.id, outcome="-", now=now)
    assert requests.forget(database, before=now) == 0
    assert requests.forget(database, before=now + timedelta(seconds=1)) == 1
    assert requests.forget(database, before=now + timedelta(seconds=1)) == 0
    found = requests.request(database, late.id)
    assert found
    assert (found.subject, found.contact, found.outcome) == ("", "", "đã gửi")


def test_register_when_several_write_then_each_has_its_number(database: Database, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: add(database, tmp_path), range(12)))
    assert sorted(one.id for one in made) == list(range(1, 13))
    assert sorted(line.facts["number"] for line in ledger.read(tmp_path)) == list(range(1, 13))


def test_register_when_its_database_is_made_anew_then_the_rows_of_the_old_one(
    postgres_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """From PostgreSQL; from SQLite: tests/cli/test_requests.py."""
    old, new = engine.connect(postgres_url), engine.connect(sqlite_url)
    first, second = add(old, tmp_path), add(old, tmp_path, 20)
    requests.close(old, tmp_path, second.id, outcome="xong", now=NOW)
    assert requests.carry_over(new, postgres_url, tmp_path) == 2
    assert requests.requests(new) == [first]
    assert requests.requests(new, closed=True)[1].outcome == "xong"
    old.close()
    new.close()
