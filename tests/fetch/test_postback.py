"""Lists that turn their pages by postback: walked once, in order, with their own forms only."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.records import RecordRef
from storage.warc import read_payload
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.grids import LIST, SESSION, Grid, serve_grid
from tests.fetch.test_interruption import at_page

DAY = timedelta(days=1)
ARTICLES = {f"/hoi-nghi-tong-ket-cong-tac-nam-{number}.html" for number in range(1, 26)}


def posts(grid: Grid) -> list[str]:
    """What was asked by POST since the last call, and nothing else is remembered."""
    found = [form.get("__EVENTARGUMENT", "") for method, _, form in grid.log if method == "POST"]
    grid.log.clear()
    return found


def test_crawl_when_a_list_turns_by_postback_then_every_part_is_walked_once_and_kept(any_archive: Archive) -> None:
    archive = any_archive
    with serve_grid(Grid()) as grid:
        assert archive.crawl(grid.url) == 0
        gets = Counter(target for method, target, _ in grid.log if method == "GET")
        assert all(form["cookie"] == "" for method, _, form in grid.log if method == "GET")
        assert posts(grid) == ["Page$2", "Page$3", "Page$4", "Page$5"]

    assert set(gets) >= ARTICLES
    assert [target for target, count in gets.items() if count > 1] == []
    assert archive.failures() == []
    assert archive.visit(grid.url)["state"] == "done"
    parts = archive.rows("select * from page where paging > 0 order by paging")
    assert [(row["paging"], row["status"], row["due_at"]) for row in parts] == [(n, 200, None) for n in (1, 2, 3, 4)]
    assert len({row["key"] for row in parts}) == 4
    rows = archive.captures(purpose="listing")
    assert [row["unread"] for row in rows if "#post-" in row["key"]] == [False] * 4
    for row in rows:
        read_payload(archive.folder, RecordRef(row["series"], row["file"], row["offset"], row["length"]))


@pytest.mark.slow
def test_crawl_when_a_form_was_sent_then_the_warc_holds_method_and_body(archive: Archive) -> None:
    with serve_grid(Grid(count=10)) as grid:
        assert archive.crawl(grid.url) == 0
    requests = []
    for path in sorted((archive.folder / "warc").glob("*.warc.gz")):
        check = subprocess.run([Path(sys.executable).with_name("warcio"), "check", "-v", path], capture_output=True)
        assert check.returncode == 0, check.stdout
        with path.open("rb") as stream:
            requests += [
                (record.http_headers, record.content_stream().read().decode())
                for record in ArchiveIterator(stream)
                if record.rec_type == "request" and record.http_headers.protocol == "POST"
            ]
    [(head, body)] = requests
    assert head.get_header("Content-Length") == str(len(body))
    assert head.get_header("Cookie") == f"{SESSION}=s1"
    assert "__EVENTARGUMENT=Page%242" in body
    assert "__VIEWSTATE=trang%3D1" in body


@pytest.mark.slow
def test_crawl_when_nights_go_on_then_only_a_list_that_is_all_new_or_the_weekly_pass_sends_forms(
    archive: Archive,
) -> None:
    with serve_grid(Grid()) as grid:
        archive.crawl(grid.url)
        posts(grid)
        archive.crawl(grid.url, at=NIGHT + DAY)
        assert posts(grid) == []
        grid.count = 28
        archive.crawl(grid.url, at=NIGHT + 2 * DAY)
        assert posts(grid) == []
        grid.count = 36
        archive.crawl(grid.url, at=NIGHT + 3 * DAY)
        assert posts(grid) == ["Page$2"]
        archive.crawl(grid.url, at=NIGHT + 8 * DAY)
        assert posts(grid) == [f"Page${part}" for part in range(2, 9)]
    assert len(archive.rows("select * from page where purpose = 'article'")) == 36
    assert len(archive.rows("select * from page where paging > 0")) == 7


@pytest.mark.slow
@pytest.mark.parametrize("number", [5, 9, 20])
def test_crawl_when_killed_in_a_walk_then_the_next_start_completes_it(archive: Archive, number: int) -> None:
    with serve_grid(Grid()) as grid:
        assert archive.crawl(grid.url, kill=at_page(number, signal.SIGKILL)) == -signal.SIGKILL
        assert archive.crawl(grid.url) == 0
    assert {row["url"].removeprefix(grid.url.rstrip("/")) for row in archive.captures(purpose="article")} == ARTICLES
    assert [row["status"] for row in archive.rows("select * from page where paging > 0")] == [200] * 4
    assert archive.failures() == []


@pytest.mark.slow
def test_crawl_when_the_first_night_ends_in_a_walk_then_the_next_completes_it(archive: Archive) -> None:
    with serve_grid(Grid()) as grid:
        for night in range(3):
            assert archive.crawl(grid.url, at=NIGHT + night * DAY, max_pages=20) == 0
        assert {target for _, target, _ in grid.log} >= ARTICLES
        assert posts(grid) == [f"Page${part}" for end in (4, 5, 6) for part in range(2, end)]


def test_crawl_when_the_server_ignores_the_form_then_the_walk_ends_at_once(archive: Archive) -> None:
    with serve_grid(Grid(deaf=True)) as grid:
        assert archive.crawl(grid.url) == 0
        assert posts(grid) == ["Page$2"]
    assert archive.visit(grid.url)["state"] == "done"


@pytest.mark.slow
def test_crawl_when_a_form_is_answered_with_another_address_then_that_is_followed_by_get(archive: Archive) -> None:
    with serve_grid(Grid(redirects=True)) as grid:
        assert archive.crawl(grid.url) == 0
        assert {target for _, target, _ in grid.log} >= ARTICLES
        turns = [(method, target) for method, target, _ in grid.log if target.startswith(LIST)]
    parts = [turn for part in range(2, 6) for turn in (("POST", LIST), ("GET", f"{LIST}?trang={part}"))]
    assert turns == [("GET", LIST), *parts]
    assert archive.failures() == []


@pytest.mark.slow
def test_crawl_when_a_part_fails_then_the_next_night_walks_to_it_again(archive: Archive) -> None:
    with serve_grid(Grid(broken=3)) as grid:
        archive.crawl(grid.url)
        assert posts(grid) == ["Page$2", "Page$3", "Page$3", "Page$3"]
        grid.broken = 0
        archive.crawl(grid.url, at=NIGHT + DAY)
        assert posts(grid) == ["Page$2", "Page$3", "Page$4", "Page$5"]


@pytest.mark.slow
def test_crawl_when_everything_is_asked_again_then_the_walk_keeps_its_order(archive: Archive) -> None:
    with serve_grid(Grid()) as grid:
        archive.crawl(grid.url)
        posts(grid)
        archive.crawl(grid.url, at=NIGHT + DAY, full=True)
        assert posts(grid) == ["Page$2", "Page$3", "Page$4", "Page$5"]
    assert archive.failures() == []


@pytest.mark.slow
def test_crawl_when_robots_forbids_the_list_then_nothing_is_sent(archive: Archive) -> None:
    class Forbidding(Grid):
        def get(self, target: str) -> tuple[int, str]:
            if target == "/robots.txt":
                return 200, f"User-agent: *\nDisallow: {LIST}$\n"
            return (200, self._list(1)) if target == "/" else super().get(target)

    with serve_grid(Forbidding()) as grid:
        assert archive.crawl(grid.url) == 0
        assert posts(grid) == []
    assert ("robots.disallowed", grid.url + LIST[1:]) in archive.failures()
