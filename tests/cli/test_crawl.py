"""`crawl` as processes: complete, stopped, killed, held, unreachable; each time the same command goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from phuongchi.demo.compare import compare
from phuongchi.demo.site import Site, World
from tests.cli.conftest import NOW, Archive, Done, Tripwire, closed_port, command, environment, phuongchi
from tests.conftest import new_database

Serving = Callable[..., World]
pytestmark = pytest.mark.slow


class Started:
    """A command that runs while the test goes on; `send` waits until it is there."""

    def __init__(self, archive: Archive, *arguments: str) -> None:
        self.archive, self.arguments = archive, arguments
        self.process: subprocess.Popen[str] | None = None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command alone, not to its children."""
        assert self.process is not None
        os.kill(self.process.pid, number)

    def to_its_end(self) -> Done:
        """Start it and wait for it."""
        self.process = subprocess.Popen(
            command("-C", self.archive.folder, *self.arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(PHUONGCHI_NOW=NOW),
        )  # fmt: skip
        out, err = self.process.communicate(timeout=300)
        return Done(self.process.returncode, out, err)


def complete(archive: Archive, world: World) -> None:
    """Every article of the world is in the archive once, with the addresses of its capture readable."""
    lines = [json.loads(line) for line in archive.quick("export", "jsonl").out.splitlines()]
    assert len({line["id"] for line in lines}) == len(lines)
    for name, site in world.sites.items():
        base = world.urls[name]
        host = base.removeprefix("http://").rstrip("/").replace(":", "-")
        found = compare([line for line in lines if line["portal"] == host], site.gold(1), base)
        assert found.missing == ()
    totals = archive.totals()
    assert totals["unread"] == 0
    assert not list(archive.folder.glob("warc/*.open"))


def test_crawl_when_all_goes_well_then_exit_0_and_the_last_line_is_json(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["vinh"], sites["nukeviet"])
    archive.add(*world.urls.values())
    done = archive.run("crawl")
    assert done.code == 0, done.err
    summary = done.summary
    assert (summary["code"], summary["ending"], summary["resumed"]) == (0, "complete", 0)
    assert {portal["state"] for portal in summary["portals"].values()} == {"done"}
    assert summary["verdicts"]["new"] == archive.totals()["articles"]
    complete(archive, world)
    _look_around(archive)


def _look_around(archive: Archive) -> None:
    """Search, show and export what a crawl brought home."""
    found = [json.loads(line) for line in archive.quick("search", "--json", "-n", "50", "hoi", "NGHI").out.splitlines()]
    assert found
    with_marks = archive.quick("search", "--json", "-n", "50", "hội", "nghị").out.splitlines()
    assert [json.loads(line)["id"] for line in with_marks] == [line["id"] for line in found]
    name = found[0]["id"]
    shown = archive.quick("show", name)
    assert shown.code == 0
    assert found[0]["title"] in shown.out
    whole = json.loads(archive.quick("show", name, "--json").out)
    assert (whole["schema"], whole["id"]) == ("phuongchi.article/1", name)
    assert archive.quick("show", found[0]["url"], "--evidence").code == 0
    assert archive.quick("show", "a0000").code == 2
    assert "«" not in archive.quick("search", "khongcotrongkho").out
    file = archive.folder / "articles.jsonl"
    assert archive.quick("export", "jsonl", "-o", file).code == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == archive.totals()["articles"]
    assert archive.quick("export", "jsonl", "-o", archive.folder / "no" / "x.jsonl").code == 2
    assert archive.quick("ingest").err.startswith("Không có bản chụp nào cần đọc")


def test_crawl_when_killed_in_the_middle_then_the_same_command_completes_and_nothing_is_doubled(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    started = Started(archive, "crawl")
    world = serving(Tripwire(sites["vinh"], at=12, act=lambda: started.send(signal.SIGKILL)))
    archive.add(*world.urls.values())
    assert started.to_its_end().code == -signal.SIGKILL
    asked_before = {target for _, target, _ in world.requests}
    world.requests.clear()
    done = archive.run("crawl")
    assert done.code == 0, done.err
    assert done.summary["resumed"] == 1
    complete(archive, world)
    assert len(asked_before & {target for _, target, _ in world.requests}) < 12


def test_crawl_when_stopped_then_exit_9_in_order_and_the_same_command_completes(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    started = Started(archive, "crawl")
    world = serving(Tripwire(sites["vinh"], at=8, act=lambda: started.send(signal.SIGTERM)))
    archive.add(*world.urls.values())
    stopped = started.to_its_end()
    assert stopped.code == 9, stopped.err
    assert stopped.summary["ending"] == "stopped"
    assert "Traceback" not in stopped.err
    assert not list(archive.folder.glob("warc/*.open"))
    assert archive.run("crawl").code == 0
    complete(archive, world)


def test_crawl_when_stopped_twice_then_ends_at_once_and_the_same_command_completes(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    started = Started(archive, "crawl")

    def stop_twice() -> None:
        started.send(signal.SIGINT)
        started.send(signal.SIGTERM)

    world = serving(Tripwire(sites["vinh"], at=8, act=stop_twice))
    archive.add(*world.urls.values())
    assert started.to_its_end().code == 9
    assert archive.run("crawl").code == 0
    complete(archive, world)


def test_ingest_when_killed_while_it_reads_then_the_same_command_completes(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["vinh"])
    archive.add(*world.urls.values())
    assert archive.run("crawl").code == 0
    before = archive.quick("export", "jsonl").out
    ingest = subprocess.Popen(
        command("-C", archive.folder, "ingest", "--reprocess"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(PHUONGCHI_NOW=NOW),
    )  # fmt: skip
    waiting = archive.totals()["unread"]
    while waiting == 0 and ingest.poll() is None:
        waiting = archive.totals()["unread"]
    while archive.totals()["unread"] == waiting and ingest.poll() is None:
        pass
    ingest.kill()
    ingest.communicate()
    assert archive.run("ingest").code == 0
    assert archive.quick("export", "jsonl").out == before
    complete(archive, world)


def test_crawl_when_the_database_is_postgresql_then_all_is_the_same(
    postgres: URL, made_archive: Path, tmp_path: Path, serving: Serving, sites: dict[str, Site], archive: Archive
) -> None:
    world = serving(sites["hue"])
    with new_database(postgres) as url:
        there = Archive(tmp_path / "elsewhere")
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        done = phuongchi("init", there.folder, "--database", address)
        assert done.code == 0, done.err
        with (there.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
            file.write("fetch.delay = 0.0\n")
        there.add(*world.urls.values())
        done = there.run("crawl")
        assert done.code == 0, done.err
        complete(there, world)
        assert phuongchi("init", tmp_path / "third", "--database", address).code == 2
        assert not (tmp_path / "third").exists()


def test_crawl_when_another_one_holds_the_archive_then_exit_3(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    second: list[Done] = []
    world = serving(Tripwire(sites["vinh"], at=5, act=lambda: second.append(archive.run("crawl"))))
    archive.add(*world.urls.values())
    assert archive.run("crawl").code == 0
    [held] = second
    assert held.code == 3
    assert "crawl is held by process" in held.err
    assert len(held.err.splitlines()) == 1


def test_crawl_when_one_portal_is_unreachable_then_exit_4_and_5_when_all_are(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["vinh"])
    dead = f"http://127.0.0.1:{closed_port()}/"
    archive.add(dead, *world.urls.values())
    done = archive.run("crawl", "--max-pages", "3", world.urls["vinh"])
    assert (done.code, done.summary["portals"].popitem()[1]["cause"]) == (10, "limit.pages")
    done = archive.run("crawl")
    assert done.code == 4
    assert {portal["state"] for portal in done.summary["portals"].values()} == {"done", "unreachable"}
    done = archive.run("crawl", dead)
    assert done.code == 5
    complete(archive, world)


def test_add_when_it_answers_then_shows_five_articles_and_writes_the_row_only(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["nukeviet"])
    url = world.urls["nukeviet"]
    checked = archive.run("portals", "check", url)
    assert checked.code in (0, 4), checked.err
    assert "nukeviet" in checked.out
    assert checked.out.count("\n      http://") == 5
    assert "[[portal]]\nurl" not in (archive.folder / "portals.toml").read_text(encoding="utf-8")
    added = archive.run("portals", "add", url, "--name", "Phường mẫu")
    assert added.code in (0, 4), added.err
    [portal] = json.loads(archive.quick("portals", "list", "--json").out)
    assert (portal["url"], portal["name"]) == (url, "Phường mẫu")
    assert archive.totals()["captures"] == 0
    again = archive.quick("portals", "add", url)
    assert again.code == 2
    assert "is in portals.toml already" in again.err


def test_import_when_some_are_unreachable_or_wrong_then_exit_4_and_the_others_are_kept(
    archive: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path
) -> None:
    world = serving(sites["vinh"], sites["hue"])
    dead = f"http://127.0.0.1:{closed_port()}/"
    sheet = tmp_path / "list.csv"
    rows = ["url;name", f"{world.urls['vinh']};Vinh", "ftp://x;", f"{dead};Đóng", f"{world.urls['hue']};Huế"]
    sheet.write_text("\n".join(rows), encoding="utf-8-sig")
    trial = archive.quick("portals", "import", sheet, "--dry-run")
    assert trial.code == 2
    assert "line 3: url: 'ftp://x' is not an http or https address" in trial.out
    assert json.loads(archive.quick("portals", "list", "--json").out) == []
    done = archive.run("portals", "import", sheet)
    assert done.code == 4, done.err
    assert f"{dead}\tvẫn giữ, cần xem lại | kept, but: không truy cập được | unreachable (net.refused)" in done.out
    assert [portal["name"] for portal in json.loads(archive.quick("portals", "list", "--json").out)] == [
        "Vinh",
        "Đóng",
        "Huế",
    ]
    assert archive.quick("portals", "import", sheet, "--dry-run").out.count("\n") == 1


def test_scrapy_crawl_when_stopped_then_the_run_is_stopped_and_its_visit_partial(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    processes: list[subprocess.Popen[str]] = []
    world = serving(Tripwire(sites["hue"], at=5, act=lambda: processes[0].send_signal(signal.SIGINT)))
    archive.add(*world.urls.values())
    env = environment(
        PHUONGCHI_NOW=NOW, PHUONGCHI_ARCHIVE=str(archive.folder), SCRAPY_SETTINGS_MODULE="crawler.settings"
    )
    line = [command()[0], "-m", "scrapy", "crawl", "portal", "-a", f"portal={world.urls['hue']}"]
    processes.append(subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env))
    _, err = processes[0].communicate(timeout=120)
    state = json.loads(archive.quick("status", "--json").out)
    visit = state["portals"][0]["last_visit"]
    assert (state["last_run"]["state"], visit["state"], visit["cause"]) == ("stopped", "partial", "stopped"), err


def test_scrapy_crawl_when_run_bare_then_takes_the_same_way(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["hue"])
    archive.add(*world.urls.values())
    env = environment(
        PHUONGCHI_NOW=NOW, PHUONGCHI_ARCHIVE=str(archive.folder), SCRAPY_SETTINGS_MODULE="crawler.settings"
    )
    scrapy = [command()[0], "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], capture_output=True, text=True, env=env, check=False)
    assert (listed.returncode, listed.stdout.split()) == (0, ["portal"]), listed.stderr
    done = subprocess.run(
        [*scrapy, "crawl", "portal", "-a", f"portal={world.urls['hue']}"],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    state = json.loads(archive.quick("status", "--json").out)
    assert (state["last_run"]["state"], state["portals"][0]["last_visit"]["state"]) == ("done", "done")
    assert state["totals"]["articles"] == 0
    read = archive.run("ingest")
    assert read.code == 0, read.err
    complete(archive, world)
