"""WARC files of a crawl: begun anew when they are full, and without the bodies that are there already."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from phuongchi.demo.site import serve
from storage import warc
from storage.engine import connect
from storage.records import RecordRef
from storage.upkeep import fixity
from tests.fetch.crawling import FAST, NIGHT, Archive
from tests.fetch.sites import News
from tests.storage.warcs import check


def kinds(archive: Archive) -> Counter[str]:
    """How many records of each kind the archive's files hold."""
    paths = sorted((archive.folder / "warc").glob("*.warc.gz"))
    members = [member.record for path in paths for member in warc.Walk(archive.folder, path.name)]
    return Counter(record.kind for record in members if record is not None)


@pytest.mark.slow
def test_crawl_when_files_are_full_then_others_are_begun_and_every_capture_is_readable(any_archive: Archive) -> None:
    archive = any_archive
    archive.settings = replace(FAST, file_size=20_000, group=5)
    with serve([News()]) as world:
        assert archive.crawl(world.urls["news"]) == 0
    files = archive.rows("select * from warc_file order by name")
    assert len(files) > 2
    assert {row["state"] for row in files} == {"closed"}
    assert not list((archive.folder / "warc").glob("*.open"))
    for row in archive.captures():
        record = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        assert warc.read_payload(archive.folder, record).status == row["status"]
    assert set(warc.read_manifest(archive.folder)) == {row["name"] for row in files}


@pytest.mark.slow
def test_crawl_when_a_body_came_before_then_a_revisit_and_nothing_is_missed(archive: Archive) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        assert kinds(archive)["revisit"] == 0
        first = {row["key"]: row for row in archive.captures()}
        assert archive.crawl(url, at=NIGHT + timedelta(days=1), full=True) == 0
    again = [row for row in archive.captures() if row["run"] == 2]
    same = [row for row in again if row["size"] and row["payload_sha256"] == first[row["key"]]["payload_sha256"]]
    assert same
    assert kinds(archive)["revisit"] == len(same)
    for row in same:
        record, original = (
            RecordRef(one["series"], one["file"], one["offset"], one["length"]) for one in (row, first[row["key"]])
        )
        assert warc.read_payload(archive.folder, record).body == warc.read_payload(archive.folder, original).body
    db = connect(archive.url)
    for file in fixity.due(db, now=NIGHT):
        assert fixity.check(db, archive.folder, file) == []
        assert check(archive.folder / "warc" / file.name).returncode == 0
    db.close()
