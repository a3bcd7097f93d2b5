from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from storage import points, runs, schema
from storage.engine import Database, connect
from storage.errors import Held, StorageFull
from storage.processes import is_dead, this_process
from storage.records import Portal, RobotsOverride, Visit

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 2, 15, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PORTALS = [
    Portal("a.gov.vn", "https://a.gov.vn/", name="Phường A", hosts=("a.gov.vn",)),
    Portal(
        "b.gov.vn",
        "https://b.gov.vn/",
        robots_override=RobotsOverride("asked", "2027-01-01"),
        selectors={"title": "h1"},
    ),
]


@pytest.fixture
def ledger(database: Database) -> Database:
    runs.sync_portals(database, PORTALS, now=NOW)
    return database


_HOLDER = """
import sys
from pathlib import Path
from storage import runs
from storage.engine import connect
with runs.hold(connect(sys.argv[1]), Path(sys.argv[2])) as fence:
    print(fence.number, flush=True)
    sys.stdin.read()
"""


def _start_holder(url: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _HOLDER, url, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_hold_when_another_process_has_it_then_held_by_its_name(database_url: str, tmp_path: Path) -> None:
    database = connect(database_url)
    with _start_holder(database_url, tmp_path) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "1\n"
        with pytest.raises(Held, match=rf"crawl is held by process {holder.pid} on "), runs.hold(database, tmp_path):
            pass
        with runs.hold(database, tmp_path, what="schedule") as other:
            assert other.number == 1
        holder.communicate()
    with runs.hold(database, tmp_path) as fence:
        assert fence.number == 2
    database.close()


@pytest.mark.slow
def test_hold_when_holder_was_killed_then_free_at_once_and_its_fence_stale(database_url: str, tmp_path: Path) -> None:
    database = connect(database_url)
    with _start_holder(database_url, tmp_path) as holder:
        assert holder.stdout
        holder.stdout.readline()
        holder.kill()
        holder.wait()
    with runs.hold(database, tmp_path) as fence:
        assert fence.number == 2
        with pytest.raises(Held), database.write(replace(fence, number=1)):
            pass
    database.close()


def test_begin_run_when_none_is_left_then_new_with_pending_visits(ledger: Database, tmp_path: Path) -> None:
    with runs.hold(ledger, tmp_path) as fence:
        run = runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn", "b.gov.vn", "a.gov.vn"], now=NOW)
    assert (run.id, run.kind, run.state, run.started_at, run.resumed, run.fence) == (1, "hand", "running", NOW, 0, 1)
    assert runs.visits(ledger, run.id) == [Visit(1, "a.gov.vn", "pending"), Visit(1, "b.gov.vn", "pending")]
    assert runs.last_run(ledger) == run
    assert runs.last_visits(ledger) == {}


def test_begin_run_when_one_came_to_nothing_then_the_next_has_its_number(ledger: Database, tmp_path: Path) -> None:
    with runs.hold(ledger, tmp_path) as fence:
        points.arm("database.commit:1:full")
        with pytest.raises(StorageFull):
            runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn"], now=NOW)
        points.disarm()
        assert runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn"], now=NOW).id == 1


def test_begin_run_when_a_dead_one_is_left_then_it_goes_on(ledger: Database, tmp_path: Path) -> None:
    with runs.hold(ledger, tmp_path) as fence:
        first = runs.begin_run(ledger, fence, kind="night", portals=["a.gov.vn"], now=NOW, slot=NOW)
        runs.start_visit(ledger, fence, first.id, "a.gov.vn", now=NOW, deep=False)
    with runs.hold(ledger, tmp_path) as fence:
        again = runs.begin_run(ledger, fence, kind="hand", portals=["b.gov.vn"], now=LATER)
        assert (again.id, again.kind, again.resumed, again.fence, again.slot) == (first.id, "night", 1, 2, NOW)
        assert [(visit.portal, visit.state) for visit in runs.visits(ledger, first.id)] == [
            ("a.gov.vn", "pending"),
            ("b.gov.vn", "pending"),
        ]
        runs.end_run(ledger, fence, again.id, state="done", exit_code=0, now=LATER)
        new = runs.begin_run(ledger, fence, kind="hand", portals=[], now=LATER)
    assert new.id == first.id + 1


def test_begin_run_when_a_full_disk_let_only_its_visits_end_then_they_go_on(ledger: Database, tmp_path: Path) -> None:
    with runs.hold(ledger, tmp_path) as fence:
        run = runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn", "b.gov.vn"], now=NOW).id
        for portal, state, cause in (("a.gov.vn", "partial", "run.failed"), ("b.gov.vn", "partial", "limit.pages")):
            runs.start_visit(ledger, fence, run, portal, now=NOW, deep=False)
            runs.end_visit(ledger, fence, run, portal, state=state, cause=cause, counts={"asked": 3}, now=NOW)  # type: ignore[arg-type]
    with runs.hold(ledger, tmp_path) as fence:
        assert runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn", "b.gov.vn"], now=LATER).id == run
    assert [(visit.portal, visit.state, visit.cause, visit.counts) for visit in runs.visits(ledger, run)] == [
        ("a.gov.vn", "pending", "", {"asked": 3}),
        ("b.gov.vn", "partial", "limit.pages", {"asked": 3}),
    ]


def test_end_visit_when_done_in_parts_then_counts_are_summed(ledger: Database, tmp_path: Path) -> None:
    with runs.hold(ledger, tmp_path) as fence:
        run = runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn"], now=NOW).id
        for state, counts in (("partial", {"pages": 3}), ("done", {"pages": 4, "errors": 1})):
            runs.start_visit(ledger, fence, run, "a.gov.vn", now=NOW, deep=True)
            runs.end_visit(ledger, fence, run, "a.gov.vn", state=state, cause="x", counts=counts, now=LATER)  # type: ignore[arg-type]
        runs.start_visit(ledger, fence, run, "b.gov.vn", now=NOW, deep=False)
    expected = Visit(run, "a.gov.vn", "done", "x", "", {"pages": 7, "errors": 1}, NOW, LATER)
    assert runs.last_visits(ledger)["a.gov.vn"] == expected
    assert runs.last_visits(ledger)["b.gov.vn"].state == "running"
    with ledger.read() as connection:
        deep = connection.execute(
            select(schema.portal.c.id, schema.portal.c.deep_at).order_by(schema.portal.c.id)
        ).all()
    assert deep == [("a.gov.vn", LATER), ("b.gov.vn", None)]


def test_sync_portals_when_one_moves_then_its_new_host_is_walked_like_any(ledger: Database) -> None:
    learned = {"platform": "nukeviet", "server": "10.0.0.1", "deep_at": NOW, "backfilled": True, "backfill_to": NOW}
    with ledger.write() as connection:
        connection.execute(update(schema.portal).values(**learned))
    moved = (replace(PORTALS[0], url="https://moi.gov.vn/"), replace(PORTALS[1], url="http://www.b.gov.vn/"))
    runs.sync_portals(ledger, moved, now=LATER)
    columns = [schema.portal.c[name] for name in learned]
    with ledger.read() as connection:
        rows = [tuple(row) for row in connection.execute(select(*columns).order_by(schema.portal.c.id))]
    assert rows == [("nukeviet", "", None, False, NOW), ("nukeviet", "10.0.0.1", NOW, True, NOW)]


def test_take_portal_when_taken_then_none_until_released(ledger: Database) -> None:
    fence = runs.take_portal(ledger, "a.gov.vn", holder="one", ttl=60)
    assert fence is not None
    assert runs.take_portal(ledger, "a.gov.vn", holder="two", ttl=60) is None
    assert runs.take_portal(ledger, "b.gov.vn", holder="two", ttl=60) is not None
    runs.renew(ledger, fence, ttl=60)
    runs.release(ledger, fence)
    second = runs.take_portal(ledger, "a.gov.vn", holder="two", ttl=60)
    assert second == replace(fence, number=fence.number + 1)
    runs.release(ledger, fence)  # a stale holder frees nothing
    assert runs.take_portal(ledger, "a.gov.vn", holder="one", ttl=60) is None
    with pytest.raises(Held):
        runs.renew(ledger, fence, ttl=60)


def test_take_portal_when_time_is_over_then_taken(ledger: Database) -> None:
    assert runs.take_portal(ledger, "a.gov.vn", holder="one", ttl=-1)
    assert runs.take_portal(ledger, "a.gov.vn", holder="two", ttl=60)


_READER = """
import sys
from storage import runs
from storage.engine import connect
print(runs.take_portal(connect(sys.argv[1]), "a.gov.vn", holder="reader", ttl=3600).number, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_take_portal_when_holder_was_killed_then_taken_at_once(database_url: str) -> None:
    database = connect(database_url)
    command = [sys.executable, "-c", _READER, database_url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == "1\n"
        assert runs.take_portal(database, "a.gov.vn", ttl=60) is None
        reader.kill()
    fence = runs.take_portal(database, "a.gov.vn", ttl=60)
    assert fence is not None
    assert fence.number == 2
    database.close()


def test_is_dead_when_number_is_used_again_then_dead() -> None:
    host, boot, pid, start = this_process().split("/")
    assert not is_dead(this_process())
    assert is_dead(f"{host}/{boot}/{pid}/{int(start) + 1} reader") or not Path("/proc/self/stat").exists()
    assert is_dead(f"{host}/another-boot/{pid}/{start}")
    assert not is_dead(f"elsewhere/{boot}/{pid}/{start}")
    assert not is_dead("what people write")
    assert not is_dead("")


def test_is_dead_when_process_is_a_zombie_then_dead() -> None:
    host, boot, _, _ = this_process().split("/")
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(f"{host}/{boot}/{child.pid}/1")
    child.wait()


def test_open_slots_when_the_run_ends_in_any_way_then_only_a_finished_one_has_done_them(
    ledger: Database, tmp_path: Path
) -> None:
    slots = [("nightly", NOW), ("nightly", LATER)]
    assert runs.open_slots(ledger, slots) == slots
    for state, code, left in (("stopped", 9, slots), ("failed", 6, slots), ("stopped", 10, slots[1:])):
        with runs.hold(ledger, tmp_path) as fence:
            run = runs.begin_run(ledger, fence, kind="night", portals=["a.gov.vn"], now=NOW, slot=NOW, slots=slots[:1])
            assert runs.open_slots(ledger, slots) == slots  # killed here, the night is not lost
            runs.end_run(ledger, fence, run.id, state=state, exit_code=code, now=NOW)  # type: ignore[arg-type]
        assert runs.open_slots(ledger, slots) == left
    assert run.resumed == 2


def test_begin_run_when_its_slot_was_stopped_then_finished_visits_are_not_made_again(
    ledger: Database, tmp_path: Path
) -> None:
    slots = [("nightly", NOW)]
    with runs.hold(ledger, tmp_path) as fence:
        first = runs.begin_run(ledger, fence, kind="night", portals=["a.gov.vn", "b.gov.vn"], now=NOW, slots=slots)
        runs.end_visit(ledger, fence, first.id, "a.gov.vn", state="done", counts={}, now=NOW)
        runs.end_visit(ledger, fence, first.id, "b.gov.vn", state="partial", cause="stopped", counts={}, now=NOW)
        runs.end_run(ledger, fence, first.id, state="stopped", exit_code=9, now=NOW)
        again = runs.begin_run(ledger, fence, kind="night", portals=["a.gov.vn", "b.gov.vn"], now=LATER, slots=slots)
        assert (again.id, again.state, again.resumed, again.ended_at) == (first.id, "running", 1, None)
        assert [visit.state for visit in runs.visits(ledger, again.id)] == ["done", "pending"]
        runs.end_run(ledger, fence, again.id, state="done", exit_code=0, now=LATER)
        assert runs.begin_run(ledger, fence, kind="hand", portals=["a.gov.vn"], now=LATER).id != first.id


def _rows(database: Database) -> dict[str, tuple[object, ...]]:
    table = schema.portal
    columns = select(table.c.id, table.c.name, table.c.platform, table.c.server, table.c.enabled, table.c.added_at)
    with database.read() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(columns)}


def test_sync_portals_when_rows_change_then_what_was_learned_stays(ledger: Database) -> None:
    with ledger.write() as connection:
        connection.execute(update(schema.portal).values(platform="liferay", server="192.0.2.7"))
    runs.sync_portals(ledger, [replace(PORTALS[0], name="Phường A mới")], now=LATER)
    assert _rows(ledger) == {
        "a.gov.vn": ("Phường A mới", "liferay", "192.0.2.7", True, NOW),
        "b.gov.vn": ("", "liferay", "192.0.2.7", False, NOW),
    }
    runs.sync_portals(ledger, [PORTALS[0], replace(PORTALS[1], platform="nukeviet")], now=LATER)
    assert _rows(ledger)["b.gov.vn"] == ("", "nukeviet", "192.0.2.7", True, NOW)


def test_sync_portals_when_nothing_changed_then_nothing_is_written(ledger: Database) -> None:
    with ledger.write() as connection:  # a writer that stays does not hold up a look
        connection.execute(insert(schema.alert).values(cause="x", opened_at=NOW))
        runs.sync_portals(ledger, PORTALS, now=LATER)
