"""The commands that keep the list of portals, and those that show an archive."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from phuongchi.demo.site import Gold, Reply, Site, World
from phuongchi.settings import SETTINGS
from storage import engine, runs, schema
from storage.writer import layouts
from tests.cli.conftest import Archive
from tests.unseen.sites.catalogue import portals as unseen_portals

URL = "http://127.0.0.1:9/phuong-7/"
ID = "127.0.0.1-9~phuong-7"


def listed(archive: Archive) -> dict[str, object]:
    """The only portal of an archive."""
    [portal] = json.loads(archive.quick("portals", "list", "--json").out)
    return dict(portal)


@pytest.mark.parametrize(
    ("steps", "enabled", "retired"),
    [
        (["pause"], False, False),
        (["pause", "resume"], True, False),
        (["retire"], True, True),
        (["pause", "retire"], True, True),
        (["retire", "resume"], True, False),
    ],
)
def test_states_when_changed_then_the_row_says_so_and_comments_stay(
    archive: Archive, steps: list[str], enabled: bool, retired: bool
) -> None:
    archive.add(URL)
    with (archive.folder / "portals.toml").open("a", encoding="utf-8") as file:
        file.write("# cuối danh sách\n")
    for step, name in zip(steps, (ID, URL), strict=False):
        done = archive.quick("portals", step, name)
        assert (done.code, done.out) == (0, "")
    assert (listed(archive)["enabled"], listed(archive)["retired"]) == (enabled, retired)
    assert "# cuối danh sách" in (archive.folder / "portals.toml").read_text(encoding="utf-8")


def test_pause_when_unknown_then_exit_2_and_nothing_is_written(archive: Archive) -> None:
    archive.add(URL)
    before = archive.digest()
    done = archive.quick("portals", "pause", "nowhere.example.vn")
    assert (done.code, archive.digest()) == (2, before)
    assert "no portal nowhere.example.vn in portals.toml. See: phuongchi portals list" in done.err


def test_crawl_when_every_portal_is_paused_or_retired_then_exit_2_and_says_so(archive: Archive) -> None:
    archive.add(URL, "http://127.0.0.1:9/phuong-8/")
    archive.quick("portals", "pause", ID)
    archive.quick("portals", "retire", "127.0.0.1-9~phuong-8")
    done = archive.quick("crawl")
    assert done.code == 2
    assert "of 2 portals" in done.err
    assert "1 are paused and 1 retired" in done.err
    assert f"phuongchi portals resume {ID}" in done.err


def test_crawl_when_the_named_portal_is_retired_then_exit_2(archive: Archive) -> None:
    archive.add(URL)
    archive.quick("portals", "retire", ID)
    done = archive.quick("crawl", ID)
    assert done.code == 2
    assert "is retired" in done.err


@pytest.mark.slow
def test_move_when_the_new_address_is_silent_then_exit_5_and_nothing_is_written(archive: Archive) -> None:
    archive.add(URL)
    before = archive.digest()
    done = archive.run("portals", "move", ID, "http://127.0.0.1:9/phuong-moi/")
    assert done.code == 5, done.err
    assert archive.digest() == before


def test_export_when_imported_elsewhere_then_is_the_same_list(archive: Archive, tmp_path: Path) -> None:
    archive.add(URL, "http://127.0.0.1:9/phuong-8/")
    sheet = tmp_path / "portals.csv"
    sheet.write_text(archive.quick("portals", "export").out, encoding="utf-8")
    done = archive.quick("portals", "import", sheet, "--dry-run")
    assert (done.code, done.out) == (0, "")
    assert "mới" in done.err.lower()


def test_known_when_a_province_is_named_then_prints_csv_of_it(archive: Archive) -> None:
    rows = list(csv.DictReader(io.StringIO(archive.quick("portals", "known", "--province", "ha tinh").out)))
    assert len(rows) >= 5
    assert {(row["province"], row["status"]) for row in rows} == {("Hà Tĩnh", "unverified")}
    assert archive.quick("portals", "known", "--province", "Atlantis").code == 2


def test_known_when_imported_then_every_row_can_be_used(archive: Archive, tmp_path: Path) -> None:
    sheet = tmp_path / "known.csv"
    sheet.write_text(archive.quick("portals", "known").out, encoding="utf-8")
    done = archive.quick("portals", "import", sheet, "--dry-run")
    assert done.code == 0, done.out
    assert len(done.out.splitlines()) > 60


@pytest.mark.slow
def test_add_when_the_address_has_no_scheme_then_https_and_then_http_is_tried(
    archive: Archive, serving: Callable[..., World], sites: dict[str, Site]
) -> None:
    [url] = serving(sites["hue"]).urls.values()
    done = archive.run("portals", "add", url.removeprefix("http://").rstrip("/"))
    assert done.code == 0, done.err
    assert listed(archive)["url"] == url


@dataclass
class Odd:
    """An address that answers, but is no portal."""

    home: Reply
    name: str = "odd"
    platform: str = ""

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The answer to everything but robots.txt."""
        return Reply(b"", 404) if target == "/robots.txt" else self.home

    def gold(self, night: int) -> Sequence[Gold]:
        """No articles."""
        return ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("home", "complaint"),
    [
        (Reply(b"<a href='/tin/1.html'>Tin</a>", 404), "answers with status 404. Open the address in a browser"),
        pytest.param(Reply(b"", 503), "answers with status 503", marks=pytest.mark.long),
        (
            Reply(b"<h1>It works!</h1> <a href='https://example.com/'>more</a>"),
            "is no portal: no page, feed or sitemap",
        ),
        (
            Reply(b"", 301, (("Location", "https://moi.example.vn/trang-chu"),)),
            "leads to https://moi.example.vn/trang-chu, which is no part of this portal. If the portal has moved there",
        ),
        pytest.param(Reply(b"", 302, (("Location", "/"),)), "answers with status 302", marks=pytest.mark.long),
        (Reply(b"<div id=root></div><script src=/a.js></script>"), "needs a browser: its pages are drawn by scripts"),
    ],
)
def test_add_when_what_answers_is_no_portal_then_exit_5_and_nothing_is_written(
    archive: Archive, serving: Callable[..., World], home: Reply, complaint: str
) -> None:
    [url] = serving(Odd(home)).urls.values()
    before = archive.digest()
    done = archive.run("-q", "portals", "add", url)
    assert (done.code, archive.digest()) == (5, before)
    assert f"{url}: {complaint}" in done.err
    assert done.err.endswith("nothing was written\n")


@pytest.mark.slow
def test_check_when_pages_run_out_then_feeds_and_sitemaps_were_asked_and_lists_are_told_apart(
    archive: Archive, serving: Callable[..., World]
) -> None:
    [url] = serving(*unseen_portals(["static_jsonld"])).urls.values()
    done = archive.run("portals", "check", url)
    assert done.code == 0, done.err
    lines = [line.strip() for line in done.out.splitlines()]
    assert "Nguồn tin RSS | feeds: 0" in lines  # guessed addresses answer with pages
    at = lines.index("Sơ đồ trang | sitemaps: 1")
    assert lines[at + 1] == f"{url}sitemap.xml"
    assert "limit.pages" in lines[0]
    asked = next(index for index, line in enumerate(lines) if "lists with articles: " in line)
    assert lines[asked + 1] == url  # the list with the most articles first
    assert any("thrown away: " in line and "learned from " in line for line in lines)
    assert any("lists not asked yet: " in line and not line.endswith(": 0") for line in lines)


def test_config_when_shown_then_every_setting_is_there_with_both_meanings(archive: Archive) -> None:
    shown = archive.quick("config").out
    for setting in SETTINGS:
        assert f"{setting.name} = " in shown
        assert setting.meaning in shown
        assert setting.nghia in shown
    values = json.loads(archive.quick("config", "--json").out)
    assert values["fetch.delay"] == 0.0
    assert values["user_agent"].startswith("PhuongChi/")


def test_status_when_nothing_ran_then_says_so(archive: Archive) -> None:
    archive.add(URL)
    status = json.loads(archive.quick("status", "--json").out)
    assert (status["last_run"], status["totals"]["articles"], status["portals"][0]["id"]) == (None, 0, ID)
    shown = archive.quick("status").out
    assert "Chưa có phiên thu thập nào | No run yet" in shown
    heading, row = shown.splitlines()[-2:]
    assert heading.index("Nền tảng | Platform") == row.index("–")  # aligned, off a terminal too
    assert "\t" not in shown


def test_status_when_there_was_a_run_then_its_time_and_state_are_vietnamese(archive: Archive) -> None:
    archive.add(URL)
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    with runs.hold(db, archive.folder) as fence:
        run = runs.begin_run(db, fence, kind="hand", portals=[], now=datetime(2026, 11, 21, 15, 30, tzinfo=UTC))
        runs.end_run(db, fence, run.id, state="stopped", exit_code=9, now=run.started_at)
    db.close()
    assert "last run: 1 (bị dừng | stopped), 21/11/2026 22:30\n" in archive.quick("status").out


def test_status_when_there_are_alerts_then_they_are_told_with_cause_in_both_languages(archive: Archive) -> None:
    archive.add(URL)
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    night = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    with runs.hold(db, archive.folder) as fence:
        run = runs.begin_run(db, fence, kind="hand", portals=[], now=night)
        runs.end_run(db, fence, run.id, state="done", exit_code=0, now=night)
    hour = timedelta(hours=1)
    alerts = [
        (layouts.CAUSE, night + hour, night + hour, "template 2 learned from 10 captures"),
        (layouts.CAUSE, night - hour, night - hour, "of an earlier night"),
        ("something-else", night - hour, None, ""),
    ]
    with db.write() as connection:
        for cause, opened, closed, detail in alerts:
            row = {"portal": ID, "cause": cause, "opened_at": opened, "closed_at": closed, "detail": detail}
            connection.execute(schema.alert.insert().values(**row))
    db.close()
    told = json.loads(archive.quick("status", "--json").out)["alerts"]
    assert [(alert["cause"], alert["closed_at"] is None) for alert in told] == [
        (layouts.CAUSE, False),
        ("something-else", True),
    ]
    assert all(told[0]["meaning"].values())
    shown = archive.quick("status").out
    first, last = shown.splitlines()[-2:]
    assert "Cảnh báo | alerts: 2\n" in shown
    assert first.startswith(
        f"  21/11/2026 23:30  {ID}: giao diện cổng đã đổi; đã học lại mẫu trang | the portal's pages came"
    )
    assert first.endswith("(layout-changed); template 2 learned from 10 captures")
    assert last.endswith(f"{ID}: something-else")


def test_ingest_when_nothing_waits_then_says_so_and_writes_nothing(archive: Archive) -> None:
    archive.add(URL)
    done = archive.quick("ingest", "--dry-run")
    assert (done.code, done.out) == (0, "")
    assert "Nothing waits to be read" in done.err


def test_upgrade_when_the_schema_is_current_then_says_so(archive: Archive) -> None:
    done = archive.quick("db", "upgrade")
    assert done.code == 0
    assert "already at" in done.err


def test_quiet_when_asked_then_only_results_are_said(archive: Archive) -> None:
    archive.add(URL)
    assert archive.quick("-q", "portals", "pause", ID).err == ""
    assert archive.quick("portals", "resume", ID, "-q").err == ""
