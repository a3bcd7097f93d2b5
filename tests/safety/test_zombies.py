"""A process that slept through its own replacement: when it wakes, it cannot commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.safety import wards
from tests.safety.conftest import Archives
from tests.safety.forks import Forks
from tests.safety.test_walks import crawling, reading
from tests.safety.walking import Walk

pytestmark = pytest.mark.slow
__all__ = ["crawling", "reading"]

CRAWL = ("visit.begun", "fetch.answer", "warc.synced", "visit.end", "run.end")
READ = ("lease.taken", "read.slice", "read.numbers", "file.read")
QUICK = ("fetch.answer", "visit.end", "read.slice")
"""Those that `make test` stops at; `make test-long` stops at all."""
IDLE = ("lease.taken",)
"""Where it had nothing in hand: awake, it finds that all is done."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in CRAWL]
)
def test_crawl_when_it_wakes_after_its_lease_was_taken_then_it_commits_nothing(
    crawling: Walk, archives: Archives, forks: Forks, name: str
) -> None:
    zombie, arguments = crawling.begun
    _, wanted = crawling.unhurt()
    with crawling.base.copy(crawling.room / "zombie") as place:
        ended = forks.run(
            zombie, place.url, place.folder, *arguments, kill=f"{name}:1:stop", meanwhile=wards.take_over_crawl
        )
        assert ended.code == 3, ended
        assert "passed to another process" in ended.said
        assert forks.run(wards.contents, place.url).value == ended.other
        again = forks.run(wards.crawl_and_read, place.url, place.folder, *arguments)
        assert (again.code, again.value) == (0, wanted)


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in READ])
def test_reader_when_it_wakes_after_its_lease_was_taken_then_it_commits_nothing(
    reading: Walk, archives: Archives, forks: Forks, tmp_path: Path, name: str
) -> None:
    _, wanted = reading.unhurt()
    with reading.base.copy(tmp_path / "zombie") as place:
        ended = forks.run(
            wards.read, place.url, place.folder, archives.urls, kill=f"{name}:1:stop", meanwhile=wards.take_over_reading
        )
        assert ended.code == (0 if name in IDLE else 3), ended
        assert forks.run(wards.state, place.url, place.folder).value == wanted
