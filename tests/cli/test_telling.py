"""After a night: the report's files, mail, webhook and heartbeat against real servers; troubles of theirs are kept, not raised."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from monitoring import notify
from monitoring.nights import Plan
from phuongchi import config, sending
from phuongchi.archive import Archive
from phuongchi.clock import Clock
from phuongchi.demo.site import World
from phuongchi.logs import RunLog
from phuongchi.runners import LocalRunner
from phuongchi.runners.child import Child
from phuongchi.runners.nights import Nights
from phuongchi.runners.order import Outcome
from phuongchi.sending import NotSent
from phuongchi.telling import Herald
from storage import engine, runs, schema
from storage.engine import Database
from storage.errors import DatabaseError, Held, StorageFull
from tests.builders import make_portal
from tests.cli.conftest import Archive as Town
from tests.cli.conftest import closed_port, command, environment
from tests.cli.postboxes import callbox, postbox
from tests.fetch.servers import untrusted
from tests.fetch.sites import News
from tests.monitoring.nights import eventful_report, quiet_night
from tests.storage.test_nights import EVENING, a_night

Make = Callable[..., Herald]


@pytest.fixture
def said() -> list[str]:
    """What the herald says for the log."""
    return []


@pytest.fixture
def herald(sqlite_url: str, tmp_path: Path, said: list[str]) -> Make:
    """A function that makes the herald of an archive in which one night was worked; settings are lines of TOML."""

    def make(*settings: str, days: int = 0, **environment: str) -> Herald:
        (tmp_path / config.FILE).write_text("\n".join(settings), encoding="utf-8")
        db = engine.connect(sqlite_url)
        a_night(db, begins=EVENING + timedelta(days=days))
        db.close()
        clock = Clock(EVENING + timedelta(days=days, hours=2), 0.0, simulated=True, monotonic=lambda: 0.0)
        return Herald(Archive(tmp_path, config.load(tmp_path), clock), said.append, environment, pause=0.0)

    return make


def outcome(run: int = 1, code: int = 0, ending: str = "") -> Outcome:
    return Outcome(run, code, (), {}, ending=ending)


def mail_settings(port: int, *more: str) -> tuple[str, ...]:
    return ('notify.to = "kho@phuong.vn"', f'notify.smtp_host = "127.0.0.1"\nnotify.smtp_port = {port}', *more)


def test_ended_when_nothing_is_configured_then_only_the_report_is_written(herald: Make, tmp_path: Path) -> None:
    herald().ended(outcome())
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["2026-11-02.html", "2026-11-02.txt"]
    assert "BÁO CÁO ĐÊM 02/11/2026" in (tmp_path / "reports" / "2026-11-02.txt").read_text(encoding="utf-8")


def test_ended_when_the_report_cannot_be_written_then_it_is_mailed_all_the_same(
    herald: Make, tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "reports").write_text("in the way")
    with postbox() as box:
        herald(*mail_settings(box.port, 'notify.smtp_security = "none"', 'notify.when = "always"')).ended(outcome())
        assert len(box.mails) == 1
    assert any(line.startswith("Không lập được báo cáo | no report") for line in said)


def test_failed_when_a_night_was_begun_then_its_report_is_written(herald: Make, tmp_path: Path) -> None:
    herald().failed(DatabaseError("gone"))
    assert (tmp_path / "reports" / "2026-11-02.txt").exists()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_when_sent_then_it_comes_whole_under_each_kind_of_encryption(
    herald: Make, tmp_path: Path, security: str
) -> None:
    tls = untrusted(tmp_path)
    (tmp_path / "password").write_text("s3cret-pass\n")
    with postbox(security, tls, login=True) as box:
        settings = mail_settings(
            box.port, f'notify.smtp_security = "{security}"', 'notify.smtp_ca = "untrusted.pem"', 'notify.when = "always"',
            'notify.smtp_user = "kho"', 'notify.smtp_password_file = "password"',
        )  # fmt: skip
        herald(*settings).ended(outcome())
        [mail] = box.mails
        assert box.encrypted == [security != "none"] or security == "tls"  # aiosmtpd does not see TLS from the start
        assert box.accounts == [(b"kho", b"s3cret-pass")]
    assert mail["To"] == "kho@phuong.vn"
    assert mail["Subject"].startswith("Phường Chí, đêm 02/11/2026: 0 tin mới")
    plain, html = mail.iter_parts()
    assert plain.get_content().startswith("BÁO CÁO ĐÊM")
    assert html.get_content_type() == "text/html"


def test_mail_when_the_certificate_is_nobodys_then_nothing_is_said_to_the_server(herald: Make, tmp_path: Path) -> None:
    with postbox("starttls", untrusted(tmp_path)) as box:
        herald(*mail_settings(box.port, 'notify.when = "always"')).ended(outcome())
        assert box.mails == []
    [left] = json.loads((tmp_path / "reports" / "undelivered.json").read_text())
    assert left["why"].startswith("mail by 127.0.0.1: its certificate is not valid")


def test_mail_when_only_trouble_is_told_then_not_of_a_good_night(herald: Make) -> None:
    with postbox() as box:
        settings = mail_settings(box.port, 'notify.smtp_security = "none"')
        herald(*settings).ended(outcome())
        assert box.mails == []
        herald(*settings).failed(DatabaseError("phuongchi.db is damaged", cure="Restore it"))
        [mail] = box.mails
        assert "phuongchi.db is damaged" in mail.get_content()


def test_failed_when_it_fails_every_ten_minutes_then_is_told_once_and_a_held_archive_never(herald: Make) -> None:
    with postbox() as box:
        made = herald(*mail_settings(box.port, 'notify.smtp_security = "none"'))
        made.failed(Held("crawl is held by 7"))
        for _ in range(3):
            made.failed(DatabaseError("gone"))
        assert len(box.mails) == 1


@pytest.mark.slow
def test_failed_when_other_processes_tell_of_it_then_once_a_night_also_if_its_numbers_change(herald: Make) -> None:
    with postbox() as box:
        settings = mail_settings(box.port, 'notify.smtp_security = "none"')
        for days, free in ((0, 12), (0, 11), (0, 10), (1, 9)):
            herald(*settings, days=days).failed(StorageFull(f"only {free} MiB are free"))
        assert ["only 12 MiB" in mail.get_content() for mail in box.mails] == [True, False]
        herald(*settings, days=1).failed(DatabaseError("gone"))
        assert len(box.mails) == 3


def test_crawl_when_due_meets_a_fault_of_ours_then_it_is_told(
    herald: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phuongchi.runners.nights.due_order", lambda archive, db: 1 // 0)
    with postbox() as box:
        herald(*mail_settings(box.port, 'notify.smtp_security = "none"'))
        assert [Town(tmp_path).quick("crawl", "--due").code for _ in range(2)] == [1, 1]
        [mail] = box.mails
        assert "ZeroDivisionError" in mail.get_content()


def test_webhook_when_it_is_away_then_what_waits_is_not_tried_and_one_message_refused_holds_up_no_other(
    herald: Make, tmp_path: Path
) -> None:
    def left() -> list[int]:
        return [one["tries"] for one in json.loads((tmp_path / "reports" / "undelivered.json").read_text())]

    with callbox() as box:
        settings = (f'notify.webhook = "{box.url}"', 'notify.when = "always"')
        box.answers = [503] * 6
        herald(*settings).ended(outcome())
        herald(*settings, days=1).ended(outcome(2))
        assert (len(box.calls), left()) == (6, [2, 0])
        box.answers = [400]
        herald(*settings, days=2).ended(outcome(3))
        assert (len(box.calls), left()) == (9, [3])


@pytest.mark.slow
def test_mail_when_the_server_is_away_then_the_night_goes_on_and_the_next_one_brings_both(
    herald: Make, tmp_path: Path
) -> None:
    settings = ('notify.when = "always"', 'notify.smtp_security = "none"')
    herald(*mail_settings(closed_port(), *settings)).ended(outcome())
    [left] = json.loads((tmp_path / "reports" / "undelivered.json").read_text())
    assert (left["night"], left["tries"], "ConnectionRefused" in left["why"]) == ("2026-11-02", 1, True)
    with postbox() as box:
        box.refuse = "451 come later"
        herald(*mail_settings(box.port, *settings), days=1).ended(outcome(2))
        assert box.mails == []
        box.refuse = ""
        herald(*mail_settings(box.port, *settings), days=2).ended(outcome(3))
        assert [mail["Subject"].partition(":")[0] for mail in box.mails] == [
            f"Phường Chí, đêm 0{day}/11/2026" for day in (2, 3, 4)
        ]
        text = box.mails[-1].get_body(("plain",))
        assert text is not None
        assert "chưa gửi được sau 2 lần (2026-11-02)" in " ".join(text.get_content().split())
    assert not (tmp_path / "reports" / "undelivered.json").exists()


def test_mail_when_it_cannot_be_sent_for_two_weeks_then_it_is_given_up(herald: Make, tmp_path: Path) -> None:
    settings = mail_settings(closed_port(), 'notify.when = "always"')
    herald(*settings).ended(outcome())
    herald(*settings, days=20).ended(outcome(2))
    assert [one["night"] for one in json.loads((tmp_path / "reports" / "undelivered.json").read_text())] == [
        "2026-11-22"
    ]


def test_webhook_when_called_then_the_signature_proves_body_and_time(herald: Make) -> None:
    with callbox() as box:
        made = herald(
            f'notify.webhook = "{box.url}/hook?token=T0KEN"', 'notify.when = "always"', PHUONGCHI_WEBHOOK_SECRET="k"
        )
        made.ended(outcome())
        [call] = box.calls
    assert (call.method, call.path) == ("POST", "/hook?token=T0KEN")
    assert json.loads(call.body)["schema"] == "phuongchi.night/1"
    headers = {name.lower(): value for name, value in call.headers.items()}
    signed = headers["x-phuongchi-timestamp"].encode() + b"." + call.body
    assert headers["x-phuongchi-signature"] == "sha256=" + hmac.new(b"k", signed, hashlib.sha256).hexdigest()


def test_post_when_the_server_is_busy_then_again_and_when_it_refuses_then_not() -> None:
    with callbox() as box:
        box.answers = [503, 429]
        sending.post(box.url, b"{}", {}, timeout=5, pause=0)
        assert len(box.calls) == 3
        for status in (400, 302):
            box.answers = [status]
            with pytest.raises(NotSent, match=f"it answered {status}"):
                sending.post(box.url, b"{}", {}, timeout=5, pause=0)
        assert [call.path for call in box.calls[3:]] == ["/", "/"]  # what was signed for one address goes to no other


def test_heartbeat_when_a_night_begins_ends_and_fails_then_each_is_called(herald: Make) -> None:
    with callbox() as box:
        made = herald(f'notify.heartbeat_url = "{box.url}/uuid?rid=1"')
        made.began()
        made.ended(outcome(code=4))
        made.ended(outcome(code=5))
        made.ended(outcome(code=9, ending="stopped"))
        made.failed(DatabaseError("gone"))
        assert [call.path for call in box.calls] == [
            "/uuid/start?rid=1",
            "/uuid?rid=1",
            "/uuid/fail?rid=1",
            "/uuid/fail?rid=1",
        ]
        assert box.calls[-1].body == b"gone"


def test_troubles_when_logged_then_no_secret_is_in_the_words(herald: Make, tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "password").write_text("s3cret-pass")
    port = closed_port()
    made = herald(
        *mail_settings(port, 'notify.when = "always"', 'notify.smtp_user = "kho"', 'notify.smtp_password_file = "password"'),
        f'notify.webhook = "http://me:s3cret-pass@127.0.0.1:{port}/T0KEN"', f'notify.heartbeat_url = "http://127.0.0.1:{port}/T0KEN"',
    )  # fmt: skip
    made.ended(outcome())
    words = "\n".join(said) + (tmp_path / "reports" / "undelivered.json").read_text()
    assert words.count("not sent") == 3
    assert "T0KEN" not in words
    assert "s3cret-pass" not in words


def test_wanted_when_a_trouble_is_old_then_it_is_not_told_every_night() -> None:
    night = eventful_report().night
    assert notify.wanted(night, "trouble")
    old = night.alerts[:1]
    portals = tuple(one for one in night.portals if one.standing)
    known = quiet_night(portals=portals, alerts=old, since=old[0].opened_at)
    assert not notify.wanted(known, "trouble")
    assert notify.wanted(known, "always")


def a_backup_failed(db: Database, at: datetime) -> None:
    """A job's alert was opened, on an archive whose one portal is well."""
    alert = {"portal": "", "cause": "job:backup", "opened_at": at, "detail": "exit code 6"}
    standing = {"portal": make_portal().id, "state": "healthy", "since": EVENING, "run": 1}
    with db.write() as connection:
        connection.execute(schema.alert.insert().values(alert))
        connection.execute(schema.portal_state.insert().values(standing))


def test_ended_when_portals_have_hours_of_their_own_then_one_trouble_is_mailed_once(
    herald: Make, sqlite_url: str
) -> None:
    with postbox() as box:
        made = herald(*mail_settings(box.port, 'notify.smtp_security = "none"'))
        db = engine.connect(sqlite_url)
        a_backup_failed(db, EVENING + timedelta(minutes=5))
        made.ended(outcome())
        again = a_night(db, begins=EVENING + timedelta(hours=8), cron="0 */8 * * *")
        db.close()
        made.ended(outcome(again), nightly=False)
        assert len(box.mails) == 1


def test_ended_when_a_job_failed_by_day_then_the_next_night_that_ends_tells_it_once(
    herald: Make, sqlite_url: str
) -> None:
    with postbox() as box:
        made = herald(*mail_settings(box.port, 'notify.smtp_security = "none"'))
        db = engine.connect(sqlite_url)
        a_backup_failed(db, EVENING + timedelta(hours=8))
        a_night(db, begins=EVENING + timedelta(hours=12), kind="hand", cron="by hand")
        for days, mails in ((1, 1), (2, 1)):
            made.ended(outcome(a_night(db, begins=EVENING + timedelta(days=days))))
            assert len(box.mails) == mails
        db.close()


def test_mail_when_words_come_from_elsewhere_then_they_add_no_header() -> None:
    made = notify.letter(
        "a\r\nBcc: x@y.vn",
        "text",
        sender="a@b.vn",
        to=["c@d.vn"],
        at=datetime(2026, 1, 1, tzinfo=UTC),
        message_id="<1@x>",
    )
    assert made["Bcc"] is None
    assert made["Subject"] == "a Bcc: x@y.vn"


def test_report_when_asked_for_then_printed_written_and_as_json(herald: Make, tmp_path: Path) -> None:
    herald()
    archive = Town(tmp_path)
    shown = archive.quick("report")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("BÁO CÁO ĐÊM 02/11/2026\n")
    assert (tmp_path / "reports" / "2026-11-02.html").exists()
    assert json.loads(archive.quick("report", "--run", "1", "--json").out)["runs"][0]["id"] == 1
    for arguments, said in (
        (("--night", "2026-01-01"), "there was no night 2026-01-01"), (("--run", "7"), "there is no run 7"),
        (("--night", "yesterday"), "not a day"),
    ):  # fmt: skip
        refused = archive.quick("report", *arguments)
        assert (refused.code, said in refused.err) == (2, True)


@pytest.mark.slow
def test_schedule_when_a_night_is_over_then_it_was_told_and_health_and_metrics_answer(
    archive: Town, serving: Callable[..., World]
) -> None:
    archive.add(serving(News(count=2)).urls["news"])
    port = closed_port()
    with postbox() as box, callbox() as calls:
        with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in (
                *mail_settings(box.port, 'notify.smtp_security = "none"', 'notify.when = "always"'), 'log.format = "json"',
                f'notify.heartbeat_url = "{calls.url}/beat"', f'monitor.listen = "127.0.0.1:{port}"',
            ))  # fmt: skip
        service = subprocess.Popen(
            command("-C", archive.folder, "schedule"), stderr=subprocess.PIPE, text=True,
            env=environment(PHUONGCHI_NOW="2026-11-20T22:31:00+07:00"),
        )  # fmt: skip
        assert service.stderr is not None
        lines = []
        for line in service.stderr:
            lines.append(json.loads(line))
            if lines[-1]["message"].startswith("Báo cáo"):
                break
        health = httpx.get(f"http://127.0.0.1:{port}/health").json()
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=60)
    assert service.returncode == 0
    assert [call.path for call in calls.calls] == ["/beat/start", "/beat"]
    [mail] = box.mails
    assert "đêm 20/11/2026: 2 tin mới, 0 nguồn cần người xem" in mail["Subject"]
    assert (archive.folder / "reports" / "2026-11-20.html").exists()
    assert (health["leader"], health["last_night"]["run"]) == (True, 1)
    assert "phuongchi_articles 2.0" in metrics
    assert {line["run"] for line in lines if line["message"] == "visit"} == {1}


def test_report_when_a_service_failed_then_the_mail_names_it_and_only_the_scheduler_is_a_failed_night(
    herald: Make, tmp_path: Path
) -> None:
    with postbox() as box, callbox() as calls:
        heartbeat = f'notify.heartbeat_url = "{calls.url}"'
        herald(*mail_settings(box.port, 'notify.smtp_security = "none"', heartbeat))
        for unit in ("phuongchi-serve.service", "phuongchi-schedule.service"):
            assert Town(tmp_path).quick("report", "--failed", unit).code == 0
        subjects = [mail["subject"] for mail in box.mails]
        assert "journalctl -u phuongchi-serve.service" in box.mails[0].get_content()
        assert [call.path for call in calls.calls] == ["/fail"]
    assert subjects == [
        f"Phường Chí: dịch vụ {unit} đã hỏng | the service {unit} failed"
        for unit in ("phuongchi-serve.service", "phuongchi-schedule.service")
    ]


def test_night_when_it_cannot_be_worked_then_it_is_told_and_the_scheduler_hears_of_it(herald: Make) -> None:
    with postbox() as box, callbox() as calls:
        made = herald(
            *mail_settings(box.port, 'notify.smtp_security = "none"'), "min_free = 999999999",
            f'notify.heartbeat_url = "{calls.url}"',
        )  # fmt: skip
        nights = Nights(made.archive, LocalRunner(made.archive, RunLog()), lambda summary: None, made)
        with pytest.raises(StorageFull):
            asyncio.run(nights.night(Plan((), (), None), lambda: True))
        assert [call.path for call in calls.calls] == ["/fail"]
        assert "min_free is 999999999" in " ".join(box.mails[0].get_content().split())


def test_night_when_another_process_has_done_it_or_is_at_it_then_no_heartbeat_says_that_it_begins(
    herald: Make, tmp_path: Path
) -> None:
    with callbox() as calls:
        made = herald(f'notify.heartbeat_url = "{calls.url}"', "min_free = 0")
        (tmp_path / "portals.toml").touch()
        nights = Nights(made.archive, LocalRunner(made.archive, RunLog()), lambda summary: None, made)
        assert asyncio.run(nights.night(Plan((), (), None), lambda: False)) == 0
        db = made.archive.connect()
        with runs.hold(db, tmp_path), pytest.raises(Held):
            asyncio.run(nights.night(Plan((), (), None), lambda: True))
        db.close()
        assert calls.calls == []
        asyncio.run(nights.night(Plan((), (), None), lambda: True))
        assert [call.path for call in calls.calls] == ["/start", "/"]


def test_child_when_it_is_started_then_it_inherits_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHUONGCHI_SMTP_PASSWORD", "s3cret-pass")
    heard: list[dict[str, object]] = []

    async def start() -> int:
        shown = "import json, os; print(json.dumps(dict(os.environ)))"
        child = await Child.start(
            "x", environment={"A": "1"}, on_event=heard.append, program=(sys.executable, "-c", shown)
        )
        return await child.wait()

    assert asyncio.run(start()) == 0
    assert heard[0]["A"] == "1"
    assert "PHUONGCHI_SMTP_PASSWORD" not in heard[0]


@pytest.mark.long
def test_nights_when_a_portal_stays_down_then_one_mail_at_the_second_and_none_at_the_third(
    archive: Town, serving: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add(serving(News(count=2)).urls["news"], f"http://127.0.0.1:{closed_port()}/")
    mails = []
    with postbox() as box:
        with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in mail_settings(box.port, 'notify.smtp_security = "none"'))
        for day in (20, 21, 22):
            monkeypatch.setenv("PHUONGCHI_NOW", f"2026-11-{day}T22:40:00+07:00")
            assert archive.quick("crawl", "--due").code in (0, 4)
            mails.append(len(box.mails))
    assert mails == [0, 1, 1]
    first, second, third = (
        (archive.folder / "reports" / f"2026-11-{day}.txt").read_text(encoding="utf-8") for day in (20, 21, 22)
    )
    assert "tin mới 2" in first
    assert "Không nguồn nào cần người xem." in first
    assert "không truy cập được, từ 20/11/2026" in second
    assert "không đến đêm này" in third  # it rests, and is told of all the same
    assert "1 nguồn cần người xem." in third
