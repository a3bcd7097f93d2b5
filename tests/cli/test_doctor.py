"""`doctor` finds what is wrong, names the cure, and says so with its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from phuongchi import archive as archives
from phuongchi.clock import Clock
from phuongchi.doctor import Finding, machine, network, records
from storage import engine, runs
from tests.builders import make_capture, make_portal, put_capture, put_portal
from tests.cli.conftest import Archive, closed_port
from tests.cli.postboxes import callbox, postbox
from tests.storage.warcs import exchange, open_writer

WELL = 'operator = "Thư viện"\ncontact = "kho@thuvien.vn"\nmin_free = 1\n'
Examine = Callable[..., dict[str, Finding]]


def opened(town: Archive) -> archives.Archive:
    """The archive as a command opens it."""
    return archives.Archive(town.folder, archives.configuration.load(town.folder), Clock.read({}))


def settings(town: Archive, *lines: str) -> archives.Archive:
    """The archive with these settings alone."""
    (town.folder / "phuongchi.toml").write_text(WELL + "\n".join(lines), encoding="utf-8")
    return opened(town)


def test_doctor_when_run_then_each_check_has_its_line_and_failures_their_exit_code(archive: Archive) -> None:
    broken = archive.quick("doctor")
    assert broken.code == 1
    assert "✗ settings: chưa đặt operator, contact | operator, contact not set\n    → " in broken.out
    settings(archive, "")
    archive.add("http://127.0.0.1:8800/")
    done = archive.quick("doctor", "--json")
    found = {one["check"]: one for one in json.loads(done.out)}
    assert done.code == 0, found
    assert {name for name, one in found.items() if one["level"] == "skipped"} >= {
        "clock",
        "dns",
        "browser",
        "mail",
        "log",
    }
    assert {"disk", "inodes", "rights", "locks", "time-zone", "sqlite", "database", "certificates"} <= set(found)
    assert all(one["vi_cure"] and one["en_cure"] for one in found.values() if one["level"] in ("warning", "failure"))


def test_disk_when_less_is_free_than_must_be_then_failure(archive: Archive) -> None:
    assert machine.disk(settings(archive, "")).level in ("ok", "warning")
    (archive.folder / "phuongchi.toml").write_text("min_free = 999999999\n")
    assert machine.disk(opened(archive)).level == "failure"


def test_rights_when_a_password_can_be_read_by_all_then_it_is_named(archive: Archive) -> None:
    made = settings(archive, 'notify.smtp_password_file = "password"')
    (archive.folder / "password").write_text("x")
    (archive.folder / "password").chmod(0o644)
    assert "password" in machine.rights(made).en
    (archive.folder / "password").chmod(0o600)
    assert "password" not in machine.rights(made).en


def test_clock_when_it_is_compared_then_a_wrong_one_is_found(archive: Archive) -> None:
    now = datetime.now(UTC)
    with callbox() as box:
        box.answers = [200, 404, 200]
        made = settings(archive, f'monitor.clock_url = "{box.url}"')
        levels = [machine.clock(made, now + timedelta(seconds=off)).level for off in (0, 60, 3600)]
        assert levels == ["ok", "warning", "failure"]
        assert {call.method for call in box.calls} == {"HEAD"}
    assert machine.clock(made, now).level == "warning"  # nobody answers there any more


def answered(town: Archive, *dates: datetime, now: datetime) -> None:
    """One answer each of as many servers, as they come now by this machine's clock; `dates` are what the servers said."""
    writer, db = open_writer(town.folder), engine.connect(f"sqlite:///{town.folder / 'phuongchi.db'}")
    with db.write() as connection:
        put_portal(connection, make_portal())
        for number, date in enumerate(dates, 1):
            head = (("Content-Type", "text/html"), ("Date", format_datetime(date, usegmt=True)))
            ref = writer.write(exchange(response_head=head, fetched_at=now), entry=number, metadata={"entry": number})
            server = f"192.0.2.{number}" if number > 1 else "127.0.0.1:8000"
            put_capture(connection, make_capture(number, record=ref, server=server, fetched_at=now))
    writer.close()
    db.close()


@pytest.mark.parametrize(("off", "level"), [(2, "ok"), (120, "warning"), (3600, "failure"), (-3600, "failure")])
def test_clock_when_no_url_is_set_then_it_is_compared_with_what_servers_of_others_said(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, off: int, level: str
) -> None:
    monkeypatch.delenv("PHUONGCHI_NOW")
    now = datetime.now(UTC)
    made, there = settings(archive, ""), now - timedelta(seconds=off)
    assert records.clock(made).level == "skipped"
    one_of_ours, one_that_errs = now, now - timedelta(days=400)
    answered(archive, one_of_ours, one_that_errs, there, there, there, now=now)
    found = records.clock(made)
    assert (found.level, "from 4 servers" in found.en) == (level, True)


def test_clock_when_the_archive_has_seen_later_times_then_it_was_set_back(archive: Archive) -> None:
    made = settings(archive, "")
    db = engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}")
    with runs.hold(db, archive.folder) as fence:
        runs.begin_run(db, fence, kind="night", portals=[], now=datetime.now(UTC) + timedelta(days=3))
    db.close()
    found = records.clock(made)
    assert (found.level, "the clock was set back" in found.en) == ("failure", True)


def test_database_when_damaged_older_or_gone_then_failure_with_the_cure(archive: Archive) -> None:
    made = settings(archive, "")
    assert [one.level for one in records.database(made)] == ["ok", "skipped", "ok"]
    (archive.folder / "phuongchi.db").write_bytes(b"no database" * 1000)
    [found] = records.database(made)
    assert (found.level, "reindex" in found.vi_cure) == ("failure", True)


def test_leftovers_when_a_run_was_killed_then_said_and_while_one_works_not(archive: Archive) -> None:
    made = settings(archive, "")
    (archive.folder / "warc" / "x-keep.warc.gz.open").touch()
    *_, left = records.database(made)
    assert (left.level, "1 .open files" in left.en) == ("warning", True)
    db = engine.connect(f"sqlite:///{archive.folder / 'phuongchi.db'}")
    with runs.hold(db, archive.folder), runs.hold(db, archive.folder, what="schedule"):
        *_, scheduler, left = records.database(made)
        assert scheduler.en.startswith("it runs: process")
        assert (left.level, left.en.startswith("a crawl is under way: process")) == ("ok", True)
    db.close()


def test_portals_when_a_row_is_wrong_or_a_leave_has_run_out_then_it_is_named(archive: Archive) -> None:
    made = settings(archive, "")
    archive.add("https://a.vn/")
    with (archive.folder / "portals.toml").open("a") as file:
        file.write('robots_override = { reason = "Công văn 1", until = "2020-01-01" }\n')
    assert "a.vn" in records.portals(made).en
    with (archive.folder / "portals.toml").open("a") as file:
        file.write("cron = 7\n")
    assert records.portals(made).level == "failure"


def test_names_when_none_resolves_then_failure(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(archive, "")
    assert network.names(made).level == "skipped"
    archive.add("https://khong-co.invalid/", "http://127.0.0.1:8800/")
    assert network.names(made).level == "failure"  # .invalid never resolves (RFC 6761)


def test_mail_when_tried_then_one_is_sent_or_the_reason_said(archive: Archive) -> None:
    with postbox() as box:
        lines = ('notify.to = "kho@phuong.vn"', 'notify.smtp_host = "127.0.0.1"', f"notify.smtp_port = {box.port}")
        made = settings(archive, *lines, 'notify.smtp_security = "none"')
        assert (network.mail(made, send=False).level, box.mails) == ("ok", [])
        assert network.mail(made, send=True).level == "ok"
        assert "test mail" in box.mails[0]["Subject"]
        made = settings(archive, *lines, 'notify.smtp_user = "kho"')
        assert "no password" in network.mail(made, send=False).en
    made = settings(archive, *lines[:2], f"notify.smtp_port = {closed_port()}")
    found = network.mail(made, send=True)
    assert (found.level, "ConnectionRefused" in found.en) == ("failure", True)


def test_browser_when_wanted_and_absent_then_failure_with_the_cure(archive: Archive) -> None:
    found = machine.browser(settings(archive, 'fetch.browser = "auto"', 'fetch.chromium = "/nowhere/chromium"'))
    assert (found.level, "chromium" in found.vi_cure) == ("failure", True)


def test_kind_when_mounts_lie_in_each_other_then_the_innermost_counts(tmp_path: Path) -> None:
    assert machine._kind_of(Path("/proc/self")) == "proc"
    assert machine._kind_of(tmp_path) not in ("proc", "nfs")
