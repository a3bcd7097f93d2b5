"""`phuongchi.toml`: every mistake names file, line, key and cure."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phuongchi import archive, config
from phuongchi.clock import Clock
from phuongchi.settings import SETTINGS
from phuongchi.times import parse_cron, parse_quiet, parse_window
from storage.errors import NoArchive, UsageError


def write(folder: Path, text: str) -> Path:
    (folder / config.FILE).write_text(text, encoding="utf-8")
    return folder


def test_load_when_empty_then_every_setting_has_its_default(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, ""))
    assert loaded.values == {setting.name: setting.default for setting in SETTINGS}
    assert loaded.fetch.delay == 2.5
    assert loaded.database == f"sqlite:///{tmp_path}/phuongchi.db"


def test_load_when_set_then_values_are_typed(tmp_path: Path) -> None:
    loaded = config.load(
        write(tmp_path, 'operator = "UBND"\nschedule = "23:05"\n[fetch]\ndelay = 0\n[read]\nwall = 5\n')
    )
    assert (loaded.operator, loaded.schedule, loaded.fetch.delay, loaded.read.wall) == ("UBND", "5 23 * * *", 0.0, 5)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[fetch]\n\ndealy = 2\n", r"phuongchi.toml, line 3: fetch.dealy is not a setting. Did you mean fetch.delay\?"),
        (
            "operator = 'x'\nfetch.dealy = 2\n",
            r"phuongchi.toml, line 2: fetch.dealy is not a setting. Did you mean fetch.delay\?",
        ),
        ("[wards]\ndelay = 2\n", r"phuongchi.toml, line 1: wards is not a setting. All settings: phuongchi config"),
        ("operatr = 'x'\n", r"phuongchi.toml, line 1: operatr is not a setting. Did you mean operator\?"),
        ("[fetch]\ndelay = '2'\n", "line 2: fetch.delay must be a number. The default is fetch.delay = 2.5"),
        ("[fetch]\nactive = 1.5\n", "line 2: fetch.active must be a whole number"),
        ("[fetch]\nactive = true\n", "line 2: fetch.active must be a whole number"),
        ("[fetch]\ndelay = -1\n", "line 2: fetch.delay = -1.0: must not be less than 0"),
        ("fetch.delay = -0.5\n", "line 1: fetch.delay = -0.5: must not be less than 0"),
        ("fetch.delay = nan\n", "line 1: fetch.delay = nan: must be a number of everyday size. The default is"),
        ("[fetch]\ndelay = inf\n", "line 2: fetch.delay = inf: must be a number of everyday size"),
        ("[fetch]\ndelay = -inf\n", "line 2: fetch.delay = -inf: must be a number of everyday size"),
        ("fetch = 3\n", "line 1: fetch is not a setting"),
        ("[fetch]\nattachments = 'all'\n", "line 2: fetch.attachments = 'all': must be documents or none"),
        ("night = '22-5'\n", "line 1: night = '22-5': '22' is not an hour as in 22:30"),
        ("schedule = '25:00'\n", "line 1: schedule = '25:00': write it as in 22:30"),
        ("contact = 'nobody'\n", "line 1: contact = 'nobody': must be a mail address or an http"),
        ("notify.to = 'a@b.vn, ward'\n", "line 1: notify.to = 'a@b.vn, ward': 'ward' is not a mail address"),
        ("monitor.listen = '8002'\n", "line 1: monitor.listen = '8002': write it as in 127.0.0.1:8002"),
        ("notify.webhook = 'ftp://h.vn/token'\n", r"line 1: notify.webhook = 'ftp://h.vn/\*\*\*': must be an http"),
        ("operator = \n", r"phuongchi.toml, line 1: .* Texts stand in quotes"),
        ("[fetch\n", r"phuongchi.toml, line 1: "),
        ("operator = 'x'\n\n# y\noperator = 'z'\n", r"toml, line 4: operator is set twice, first in line 1\. Keep one"),
        ("[fetch]\ndelay = 1\n\ndelay = 2", r"toml, line 4: fetch.delay is set twice, first in line 2\. Keep one"),
        ("fetch.delay = 1\nfetch.delay = 2\n\n", r"toml, line 2: fetch.delay is set twice, first in line 1"),
        ("[fetch]\ndelay = 1\n[read]\n[fetch]\n", r"toml, line 4: fetch is set twice, first in line 1\. Keep one"),
        (
            "fetch.delay = 1\n[fetch]\n",
            r"line 2: \[fetch\] is begun here, but line 1 sets fetch.delay\. Write them all",
        ),
        ("operator = 1\noperator.x = 1", r"toml, line 2: a key or table is set twice\. Keep one"),
    ],
)
def test_load_when_wrong_then_names_line_key_and_cure(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint) as raised:
        config.load(write(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_config_when_addresses_are_secret_then_only_their_servers_are_shown(tmp_path: Path) -> None:
    text = (
        'notify.webhook = "https://u:pw@hooks.vn:8443/T0KEN?key=T0KEN"\nnotify.heartbeat_url = "https://hc.vn/T0KEN"\n'
    )
    loaded = config.load(write(tmp_path, text))
    assert loaded.shown["notify.webhook"] == "https://hooks.vn:8443/***"
    assert not {"T0KEN", "pw"} & set(" ".join(map(str, loaded.shown.values())).replace("/", " ").split())
    assert loaded.notify.webhook.endswith("key=T0KEN")
    with pytest.raises(UsageError) as refused:
        config.refuse_unusable({"notify.webhook": "gopher://T0KEN"})
    assert "T0KEN" not in str(refused.value)


def test_load_when_not_utf8_then_says_so(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_bytes("operator = 'Phường'".encode("utf-16"))
    with pytest.raises(UsageError, match=r"is not UTF-8 text. Save it as UTF-8"):
        config.load(tmp_path)


def test_template_when_loaded_then_is_the_defaults(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, archive.template({})))
    assert loaded.values == {setting.name: setting.default for setting in SETTINGS}


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=60))
def test_template_when_operator_is_any_text_then_it_comes_back(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = write(tmp_path_factory.mktemp("archive"), archive.template({"operator": text}))
    assert config.load(folder).operator == text
    config.load(folder).user_agent.encode("ascii")


def test_user_agent_when_operator_is_vietnamese_then_is_ascii_with_contact(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, 'operator = "Lưu trữ (Đà Nẵng)"\ncontact = "https://luutru.example.vn"\n'))
    assert loaded.user_agent == "PhuongChi/0.1.0 (+https://luutru.example.vn; Luu tru Da Nang)"


def test_require_contact_when_one_is_missing_then_names_it(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path, 'operator = "UBND"\n'))
    with pytest.raises(
        UsageError, match=r"contact not set in .*phuongchi.toml, and https://x.vn/ would be asked. Set them"
    ):
        loaded.require_contact(why="https://x.vn/")


def test_find_archive_when_below_one_then_goes_upward(tmp_path: Path) -> None:
    write(tmp_path, "")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert config.find_archive(None, {}, below) == tmp_path


def test_find_archive_when_named_then_neither_environment_nor_current_folder_count(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "")
    found = config.find_archive(tmp_path / "one", {config.VARIABLE: str(tmp_path / "two")}, tmp_path / "two")
    assert found == tmp_path / "one"
    assert config.find_archive(None, {config.VARIABLE: str(tmp_path / "two")}, tmp_path / "one") == tmp_path / "two"


def test_find_archive_when_there_is_none_then_names_the_cure(tmp_path: Path) -> None:
    with pytest.raises(NoArchive, match="phuongchi init"):
        config.find_archive(None, {}, tmp_path)
    with pytest.raises(NoArchive, match=r"from PHUONGCHI_ARCHIVE\). Make one with: phuongchi init"):
        config.find_archive(None, {config.VARIABLE: str(tmp_path)}, tmp_path)


def test_window_when_written_as_two_hours_then_is_from_one_to_the_other() -> None:
    window = parse_window("22:00-05:30")
    assert (window.opens, window.closes) == (time(22), time(5, 30))


@pytest.mark.parametrize("text", ["61 * * * *", "* * * *", "1-0 * * * *", "* * * * 1", "*/0 * * * *", "a b c d e", ""])
def test_parse_cron_when_no_schedule_then_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_cron(text)


@pytest.mark.parametrize(
    ("text", "cron"),
    [("22:30", "30 22 * * *"), ("0 23 * * SAT", "0 23 * * sat"), ("*/15 1-3,5 * * mon-fri", "*/15 1-3,5 * * mon-fri")],
)
def test_parse_cron_when_hour_or_fields_then_is_five_fields(text: str, cron: str) -> None:
    assert parse_cron(text) == cron


def test_initialise_when_interrupted_before_the_end_then_can_be_begun_again(tmp_path: Path) -> None:
    clock = Clock.read({})
    archive.initialise(tmp_path / "a", clock=clock)
    (tmp_path / "a" / config.FILE).unlink()
    made = archive.initialise(tmp_path / "a", clock=clock)
    made.connect().close()
    with pytest.raises(UsageError, match="is an archive already"):
        archive.initialise(tmp_path / "a", clock=clock)


def test_quiet_hours_when_they_are_the_whole_day_then_refused_with_the_cure() -> None:
    assert parse_quiet("02:00-04:00") == parse_window("02:00-04:00")
    with pytest.raises(ValueError, match="enabled = false"):
        parse_quiet("02:00-02:00")


def test_load_when_files_are_to_go_before_removals_are_decided_then_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="60 at least"):
        config.load(write(tmp_path, "warc.watch_retention_days = 30"))
