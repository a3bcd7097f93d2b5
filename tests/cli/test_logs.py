"""The log: one event a line whatever portals write, with run and portal, without secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phuongchi import config, logs
from phuongchi.console import Voice
from phuongchi.demo.site import World
from phuongchi.logs import Lines, Mask, RunLog, ToParent, logging_as, secrets_of
from phuongchi.runners.child import Child
from storage.errors import DatabaseError, UsageError
from storage.records import portal_id
from tests.cli.conftest import Archive
from tests.fetch.sites import News

SECRET = "s3cret-pass"


def record(message: str, /, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("phuongchi", logging.WARNING, "", 0, "%s", (message,), None)
    made.fields = fields
    return made


@given(st.text(), st.text())
def test_lines_when_anything_is_written_then_each_stays_one_line(message: str, title: str) -> None:
    shown = Lines("json", Mask(), stamped=True).format(record(message, portal="a.vn", title=title))
    assert len(shown.splitlines()) == 1
    read = json.loads(shown)
    assert (read["portal"], set(read)) == ("a.vn", {"time", "level", "logger", "message", "portal", "title"})
    text = Lines("text", Mask(), stamped=True).format(record(message, title=title))
    assert len(text.splitlines()) == 1
    assert text.isprintable() or not set(text) & set("\x00\n\r\x1b\u2028\u202e")


def test_lines_when_a_field_is_named_like_ours_then_ours_stands() -> None:
    read = json.loads(Lines("json", Mask(), stamped=True).format(record("said", message="forged", level="debug")))
    assert (read["message"], read["level"]) == ("said", "warning")


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://user:{SECRET}@host.vn/a", f"postgresql://kho:{SECRET}@db/kho", f"?password={SECRET}&x=1",
        f'{{"token": "{SECRET}"}}', f"plain {SECRET} plain", f"Authorization: {SECRET}",
    ],
)  # fmt: skip
def test_mask_when_a_secret_is_in_a_line_then_it_is_not_written(text: str) -> None:
    assert SECRET not in Mask([SECRET])(text)
    if not text.startswith("plain"):
        assert SECRET not in Mask()(text)


def test_secrets_when_files_and_addresses_hold_them_then_all_are_known(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("file-secret\n")
    (tmp_path / config.FILE).write_text(
        'database = "postgresql://kho:db-secret@h/kho"\nnotify.webhook = "https://h.vn/hook-secret"\n'
        'notify.smtp_password_file = "key"\nnotify.heartbeat_url = "https://hc.vn/beat-secret"\n'
    )
    mask = Mask(secrets_of(config.load(tmp_path), {"PHUONGCHI_SMTP_PASSWORD": "env-secret"}))
    assert "secret" not in mask("file-secret db-secret https://h.vn/hook-secret /beat-secret env-secret")


def test_children_when_they_log_then_their_lines_carry_run_and_portal(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text('log.format = "json"\nlog.file = "logs/kho.jsonl"\n')
    events: list[dict[str, object]] = []
    before = list(logging.getLogger().handlers)
    child = logging.getLogger("crawler.fetch.crawl.test")
    child.addHandler(handler := ToParent(lambda event: events.append(dict(event))))
    child.propagate = False
    token = logs.portal.set("hungphuc.vn")
    try:
        child.warning("odd answer from %s", "https://me:pw@hungphuc.vn/\n[CRITICAL] forged")
    finally:
        logs.portal.reset(token)
        child.removeHandler(handler)
        child.propagate = True
    out = io.StringIO()
    with redirect_stderr(out), logging_as(config.load(tmp_path), Voice(), {}) as voice:
        RunLog().event({**events[0], "run": 12})
        voice.say("Báo cáo | report")
        voice.last_line({"run": 12, "code": 0})
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (tmp_path / "logs" / "kho.jsonl").read_text(encoding="utf-8") == out.getvalue()
    assert {name: lines[0][name] for name in ("level", "logger", "run", "portal")} == {
        "level": "warning", "logger": "crawler.fetch.crawl.test", "run": 12, "portal": "hungphuc.vn",
    }  # fmt: skip
    assert lines[0]["message"] == "odd answer from https://***@hungphuc.vn/\n[CRITICAL] forged"
    assert [line["message"] for line in lines[1:]] == ["Báo cáo | report", "run ended"]
    assert lines[2]["code"] == 0
    assert logging.getLogger().handlers == before


def test_logging_when_it_is_text_for_people_then_it_is_masked_too(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text(f'notify.webhook = "https://h.vn/{SECRET}"\n')
    out = io.StringIO()
    with redirect_stderr(out), logging_as(config.load(tmp_path), Voice(), {}) as voice:
        voice.say(f"not sent: https://me:pw-of-me@h.vn/{SECRET}")
        with logs.following(voice, ["a.vn"]) as observer:
            observer.event({"event": "unreadable", "portal": "a.vn", "why": f"password={SECRET}-x"})
        voice.last_line({"run": 1, "why": f'"token": "{SECRET}"'})
    assert SECRET not in out.getvalue()
    assert "pw-of-me" not in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[-1])["run"] == 1


def test_logging_when_a_person_sits_at_a_terminal_then_the_live_lines_are_masked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    (tmp_path / config.FILE).touch()
    monkeypatch.setenv("TERM", "xterm")
    with (
        redirect_stderr(Terminal()) as out,
        logging_as(config.load(tmp_path), Voice(), {"PHUONGCHI_SMTP_PASSWORD": SECRET}) as voice,
        logs.following(voice, ["a.vn"]) as observer,
    ):
        observer.event({"event": "unreadable", "portal": "a.vn", "why": SECRET})
    assert "could not be read: ***" in out.getvalue()


def test_logging_when_something_fails_then_the_log_says_so_and_an_unusable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text('log.format = "json"\n')
    out = io.StringIO()
    with redirect_stderr(out), pytest.raises(DatabaseError), logging_as(config.load(tmp_path), Voice(), {}):
        raise DatabaseError("kho.db is gone", cure="Restore it")
    [line] = out.getvalue().splitlines()
    assert (json.loads(line)["level"], json.loads(line)["message"]) == ("error", "kho.db is gone. Restore it")
    (tmp_path / config.FILE).write_text(f'log.file = "{config.FILE}/log"\n')
    with (
        pytest.raises(UsageError, match=r"log\.file: .* cannot be written"),
        logging_as(config.load(tmp_path), Voice(), {}),
    ):
        pass


@pytest.mark.slow
def test_crawl_when_the_log_is_json_then_every_line_is_and_visits_carry_run_and_portal(
    archive: Archive, serving: Callable[..., World]
) -> None:
    world = serving(News(count=2))
    archive.add(world.urls["news"])
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write('log.format = "json"\nlog.level = "debug"\n')
    done = archive.quick("crawl")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in done.err.splitlines()]
    [visit] = [line for line in lines if line["message"] == "visit"]
    assert (visit["run"], visit["portal"], visit["state"]) == (1, portal_id(world.urls["news"]), "done")
    pages = [line for line in lines if line["message"] == "page"]
    assert pages
    assert {line["run"] for line in pages} == {1}
    assert lines[-1]["message"] == "run ended"


def test_child_when_it_logs_then_its_line_reaches_our_log_with_its_portal(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text('log.format = "json"\n')
    script = (
        "import logging; from phuongchi import logs; from phuongchi.children import _emitter;"
        "logging.getLogger().addHandler(logs.ToParent(_emitter())); logs.portal.set('a.vn');"
        "logging.getLogger('crawler').error('broken\\x00\\npage'); print('noise')"
    )

    async def start() -> int:
        child = await Child.start(
            "read", environment={}, on_event=lambda event: RunLog().event({**event, "run": 7}),
            program=(sys.executable, "-P", "-c", script),
        )  # fmt: skip
        return await child.wait()

    out = io.StringIO()
    with redirect_stderr(out), logging_as(config.load(tmp_path), Voice(), {}):
        assert asyncio.run(start()) == 0
    [line] = [json.loads(line) for line in out.getvalue().splitlines()]
    found = {name: line[name] for name in ("level", "logger", "message", "run", "portal")}
    assert found == {"level": "error", "logger": "crawler", "message": "broken\x00\npage", "run": 7, "portal": "a.vn"}
