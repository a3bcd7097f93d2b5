"""`status --check`, `status --watch`, and the scheduler's /health and /metrics over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert

from phuongchi import config, healthd
from phuongchi.archive import Archive
from phuongchi.clock import Clock
from phuongchi.commands import watching
from phuongchi.commands.common import Session
from phuongchi.console import Voice
from phuongchi.healthd import Health, answering
from phuongchi.vitals import missed, vitals
from storage import engine, runs, schema
from storage.errors import DatabaseError, UsageError
from storage.leases import _take as take_lease
from storage.reader.pulse import progress, pulse
from tests.cli.conftest import Archive as Town
from tests.cli.conftest import closed_port
from tests.storage.test_nights import EVENING, a_night


def archive_at(folder: Path, hours: float, settings: str = "") -> Archive:
    """The archive in a folder, some hours after its night began."""
    (folder / config.FILE).write_text(settings, encoding="utf-8")
    clock = Clock(EVENING + timedelta(hours=hours), 0.0, simulated=True, monotonic=lambda: 0.0)
    return Archive(folder, config.load(folder), clock)


def test_pulse_when_asked_then_counts_runs_states_alerts_and_damage(database: engine.Database) -> None:
    run = a_night(database)
    with database.write() as connection:
        connection.execute(
            insert(schema.portal_state).values(portal="hungphuc.vinh.nghean.gov.vn", state="late", since=EVENING)
        )
        connection.execute(insert(schema.alert).values(cause="late", opened_at=EVENING))
        connection.execute(
            insert(schema.warc_file).values(name="a", series="keep", state="closed", bytes=5, opened_at=EVENING)
        )
        checks = [{"file": "a", "checked_at": EVENING, "ok": ok} for ok in (True, False)]
        connection.execute(insert(schema.fixity_check), checks)
    found = pulse(database)
    assert (found.last and found.last.id, found.last_success) == (run, EVENING + timedelta(hours=1))
    assert (found.running, found.alerts, found.damaged, found.warc_bytes) == (None, 1, 1, 5)
    assert (found.states, found.failures) == ({"late": 1}, {"http.5xx": 1})
    again = runs.begin_run(
        database, take_lease(database, "crawl"), kind="night", portals=["hungphuc.vinh.nghean.gov.vn"], now=EVENING
    )
    step = progress(database)
    assert step is not None
    assert (step.run.id, step.visits, step.active) == (again.id, {"pending": 1}, ())


@pytest.mark.parametrize(("hours", "nights"), [(2, 0), (23, 0), (30, 0), (32, 1), (56, 2)])
def test_missed_when_a_night_has_ended_without_success_then_it_counts(tmp_path: Path, hours: int, nights: int) -> None:
    # The night of EVENING was worked; the next one begins 24 hours later and ends at 05:30, 31 hours later.
    archive = archive_at(tmp_path, hours)
    assert missed(archive, EVENING + timedelta(hours=1), archive.clock.now()) == nights


def test_vitals_when_only_portals_with_hours_of_their_own_were_visited_then_the_nights_are_missed(
    tmp_path: Path, sqlite_url: str
) -> None:
    archive = archive_at(tmp_path, 80)
    db = engine.connect(sqlite_url)
    a_night(db)
    for hours in (10, 34, 58, 79):
        a_night(db, begins=EVENING + timedelta(hours=hours), cron="0 * * * *")
    found = vitals(archive, db)
    assert (found.missed, found.pulse.last_success) == (3, EVENING + timedelta(hours=1))
    assert found.pulse.last is not None
    assert found.pulse.last.started_at == EVENING  # not that of the portals with hours of their own
    runs.settle_slots(db, done=[(archive.config.schedule, EVENING + timedelta(days=1))])  # nothing was to be done
    assert vitals(archive, db).missed == 2
    db.close()


def test_check_when_well_late_broken_or_absent_then_exit_codes_of_plugins(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = engine.connect(sqlite_url)
    a_night(db)
    db.close()
    archive_at(tmp_path, 0, "min_free = 0\n")
    town = Town(tmp_path)
    for day, code, said in (("03", 0, "OK"), ("04", 1, "WARNING"), ("06", 2, "CRITICAL")):
        monkeypatch.setenv("PHUONGCHI_NOW", f"2026-11-{day}T09:00:00+07:00")
        done = town.quick("status", "--check")
        assert (done.code, done.out.startswith(f"PHUONGCHI {said} - "), done.out.count("\n")) == (code, True, 1)
    (tmp_path / "phuongchi.db").write_bytes(b"not a database, not at all" * 100)
    assert town.quick("status", "--check").code == 2
    assert Town(tmp_path / "nowhere").quick("status", "--check").code == 3
    assert town.quick("status", "--check", "--watch").code == 2  # a wrong command line says so as ever


def test_check_when_the_leader_stands_still_then_critical_and_it_is_named(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive_at(tmp_path, 12, "min_free = 0\n")
    monkeypatch.setenv("PHUONGCHI_NOW", "2026-11-03T09:00:00+07:00")
    db = engine.connect(sqlite_url)
    a_night(db)
    with runs.hold(db, tmp_path, what="schedule") as fence:
        for ttl, code in ((300.0, 0), (-1.0, 2)):
            runs.renew(db, fence, ttl=ttl)
            done = Town(tmp_path).quick("status", "--check")
            assert (done.code, f"process {os.getpid()} on" in done.out) == (code, code == 2), done.out
    assert "gives no sign of life since" in done.out
    with runs.hold(
        db, tmp_path, what="schedule"
    ):  # whoever comes next is not called silent before it could say anything
        assert Town(tmp_path).quick("status", "--check").code == 0
    db.close()


def test_check_when_the_error_holds_a_password_then_it_is_masked(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.connect(sqlite_url).close()
    archive_at(tmp_path, 0)

    def fails(archive: Archive, db: engine.Database) -> None:
        raise DatabaseError("postgresql://kho:s3cret-pass@db.vn/kho cannot be reached")

    monkeypatch.setattr("phuongchi.vitals.vitals", fails)
    for arguments in (("status", "--check"), ("-vv", "status", "--check")):
        done = Town(tmp_path).quick(*arguments)
        assert "s3cret-pass" not in done.out + done.err
        assert "db.vn" in done.out


def test_check_when_a_fault_of_ours_ends_it_then_unknown(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.connect(sqlite_url).close()
    archive_at(tmp_path, 0)
    monkeypatch.setattr("phuongchi.vitals.vitals", lambda archive, db: 1 // 0)
    done = Town(tmp_path).quick("status", "--check")
    assert (done.code, done.out.startswith("PHUONGCHI UNKNOWN - internal error: ZeroDivisionError")) == (3, True)


def test_watch_when_a_run_goes_on_then_a_line_for_each_change_until_it_ends(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive_at(tmp_path, 0)
    session = Session(tmp_path, Voice())
    assert watching.watch(session) == 0
    assert "no run is under way" in capsys.readouterr().out
    db = engine.connect(sqlite_url)
    a_night(db)
    [portal] = ["hungphuc.vinh.nghean.gov.vn"]
    with runs.hold(db, tmp_path) as fence:
        run = runs.begin_run(db, fence, kind="night", portals=[portal], now=EVENING)
        happens = iter([
            lambda: runs.start_visit(db, fence, run.id, portal, now=EVENING, deep=False), lambda: None,
            lambda: runs.end_visit(db, fence, run.id, portal, state="deferred", counts={}, now=EVENING),
            lambda: runs.end_run(db, fence, run.id, state="done", exit_code=4, now=EVENING),
        ])  # fmt: skip
        watching.watch(session, pause=lambda _: next(happens)())
    shown = [line.partition(": ")[2][:42] for line in capsys.readouterr().out.splitlines()]
    assert shown == [
        "0/1 nguồn | portals, 0 đang thu thập | und", "0/1 nguồn | portals, 1 đang thu thập | und",
        "1/1 nguồn | portals, 0 đang thu thập | und", "1/1 nguồn | portals, 0 đang thu thập | und",
    ]  # fmt: skip
    with runs.hold(db, tmp_path) as fence:
        runs.begin_run(db, fence, kind="night", portals=[portal], now=EVENING)
    db.close()
    watching.watch(session, pause=lambda _: None)  # nobody holds the archive: it would never end
    assert "it was cut short" in capsys.readouterr().out


def test_health_when_asked_over_http_then_live_ready_document_and_metrics(sqlite_url: str, tmp_path: Path) -> None:
    db = engine.connect(sqlite_url)
    a_night(db)
    archive = archive_at(tmp_path, 9, "min_free = 0\n")

    async def ask() -> dict[str, httpx.Response]:
        health = Health(lambda: vitals(archive, db), leading=lambda: True, fresh=0.0)
        async with (
            answering(("127.0.0.1", 0), health) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            paths = ("/health/live", "/health/ready", "/health", "/metrics", "/", "/health/")
            found = {path: await client.get(path) for path in paths}
            found["POST"] = await client.post("/health")
            found["HEAD"] = await client.head("/health")
            db.close()
            (tmp_path / "phuongchi.db").unlink()
            health.gather = lambda: vitals(archive, engine.connect(sqlite_url, readonly=True))
            found["gone"], found["alive"] = await client.get("/health/ready"), await client.get("/health/live")
            return found

    found = asyncio.run(ask())
    codes = {path: answer.status_code for path, answer in found.items()}
    assert codes == {
        "/health/live": 200, "/health/ready": 200, "/health": 200, "/metrics": 200, "/": 404, "/health/": 200,
        "POST": 405, "HEAD": 200, "gone": 503, "alive": 200,
    }  # fmt: skip
    document = found["/health"].json()
    assert (document["status"], document["last_night"]["run"], document["leader"]) == ("OK", 1, True)
    assert "phuongchi_leader 1.0" in found["/metrics"].text
    assert found["HEAD"].content == b""
    assert "phuongchi reindex" in found["gone"].json()["cure"]


def test_health_when_many_ask_at_once_then_the_database_is_asked_once(sqlite_url: str, tmp_path: Path) -> None:
    db = engine.connect(sqlite_url, readonly=True)
    archive = archive_at(tmp_path, 1)
    threads: list[str] = []

    def gather() -> object:
        threads.append(threading.current_thread().name)
        return vitals(archive, db)

    async def ask() -> list[tuple[int, str, bytes]]:
        health = Health(gather, leading=lambda: False)  # type: ignore[arg-type]
        return await asyncio.gather(*(health._answer("GET", "/health") for _ in range(20)))

    answers = asyncio.run(ask())
    db.close()
    assert len(threads) == 1
    assert threads[0] != threading.main_thread().name
    assert {json.loads(body)["leader"] for _, _, body in answers} == {False}


def test_answering_when_the_place_is_taken_then_the_setting_is_named() -> None:
    async def twice() -> None:
        health = Health(lambda: None, leading=lambda: True)  # type: ignore[arg-type,return-value]
        async with answering(("127.0.0.1", closed_port()), health) as port:
            with pytest.raises(UsageError, match=r"monitor\.listen: cannot listen on"):
                async with answering(("127.0.0.1", port), health):
                    pass

    asyncio.run(twice())


def test_answering_when_the_leader_has_the_place_then_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthd, "AGAIN", 0.01)

    async def one_after_the_other() -> int:
        health = Health(lambda: None, leading=lambda: True)  # type: ignore[arg-type,return-value]
        async with contextlib.AsyncExitStack() as later, httpx.AsyncClient() as client:
            async with answering(("127.0.0.1", 0), health) as port:
                place = ("127.0.0.1", port)
                for _ in range(2):  # the first one ends before it could ever answer
                    async with answering(place, health, leader=lambda: "process 1") as given:
                        assert given == 0
                await later.enter_async_context(answering(place, health, leader=lambda: "process 1"))
            while True:
                with contextlib.suppress(httpx.TransportError):
                    return (await client.get(f"http://127.0.0.1:{port}/health/live")).status_code
                await asyncio.sleep(0.01)

    assert asyncio.run(asyncio.wait_for(one_after_the_other(), 60)) == 200
