"""What proved to be a change goes from `watch` to `keep`, and everybody finds it there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage import runs, schema
from storage.errors import Away, Held
from storage.records import Capture
from storage.upkeep import fixity, rebuild
from storage.warc import WarcWriter, places
from storage.warc.shelves import MARK
from storage.writer import keeping
from tests.ingest.archives import Archive, path_of, story
from tests.upkeep.archives import damage

EDITED = story(3, extra="<p>Danh sách được bổ sung sau khi niêm yết tại trụ sở.</p>", hits=9)
RUN = 5


@pytest.fixture
def watched(filled: Archive) -> tuple[Archive, Capture, Capture]:
    """A night later: one page was edited, one was not; both stand in a finished file of `watch`."""
    before, at = filled.writer, filled.at
    filled.writer = WarcWriter(filled.folder, series="watch", run=RUN, archive="test", software="test", opened_at=at)
    edited, same = filled.put(path_of(3), EDITED, days=1), filled.put(path_of(4), story(4, hits=9))
    filled.writer.close()
    assert filled.read() == {"revised": 1, "unchanged": 1}
    filled.writer = before
    return filled, edited, same


def keep(archive: Archive) -> int:
    """What is kept is copied."""
    with runs.hold(archive.db, archive.folder) as fence:
        return keeping.keep_changes(keeping.Keeper(archive.db, archive.folder, fence, "test", archive.at))


def row(archive: Archive, capture: Capture) -> dict[str, Any]:
    """Where a capture stands."""
    with archive.db.read() as conn:
        found = conn.execute(select(schema.capture).where(schema.capture.c.entry == capture.entry)).mappings().one()
    return {name: found[name] for name in ("series", "file", "offset", "length")}


def bytes_at(archive: Archive, place: dict[str, Any]) -> bytes:
    """A record as it stands in its file."""
    start: int = place["offset"]
    return (archive.folder / "warc" / place["file"]).read_bytes()[start : start + place["length"]]


def test_keep_changes_when_a_recheck_was_an_edit_then_its_records_stand_in_keep_verbatim(
    watched: tuple[Archive, Capture, Capture],
) -> None:
    archive, edited, same = watched
    before, untouched = row(archive, edited), row(archive, same)
    assert keep(archive) == 1
    after = row(archive, edited)
    assert (before["series"], after["series"]) == ("watch", "keep")
    assert f"-{RUN}-" in after["file"]
    assert bytes_at(archive, after) == bytes_at(archive, before)
    assert row(archive, same) == untouched
    assert keep(archive) == 0
    assert row(archive, edited) == after


def test_keep_changes_when_done_then_files_are_well_and_each_answer_counts_once(
    watched: tuple[Archive, Capture, Capture],
) -> None:
    archive, edited, same = watched
    keep(archive)
    [copy] = [file for file in fixity.due(archive.db, now=archive.at, everything=True) if f"-{RUN}-" in file.name]
    assert fixity.check(archive.db, archive.folder, copy) == []
    found = {place.entry: place.ref for place in rebuild.survey(archive.folder).places}
    assert len(found) == len(rebuild.survey(archive.folder).places)
    kept = row(archive, edited)
    assert (found[edited.entry].file, found[edited.entry].offset) == (kept["file"], kept["offset"])
    (archive.folder / "warc" / row(archive, same)["file"]).unlink()
    assert edited.entry in {place.entry for place in rebuild.survey(archive.folder).places}


def test_keep_changes_when_the_answer_is_damaged_then_it_stays_and_the_others_are_kept(
    watched: tuple[Archive, Capture, Capture],
) -> None:
    archive, edited, _ = watched
    before = row(archive, edited)
    damage(archive.folder / "warc" / before["file"], before["offset"] + 60)
    assert keep(archive) == 0
    assert row(archive, edited) == before


def test_keep_changes_when_an_answer_stands_on_a_shelf_that_is_away_then_away_and_kept_the_next_time(
    watched: tuple[Archive, Capture, Capture],
) -> None:
    archive, edited, _ = watched
    shelf, file = archive.folder / "shelf", row(archive, edited)["file"]
    shelf.mkdir()
    (shelf / MARK).write_text("test\n")
    (archive.folder / "warc" / file).rename(shelf / file)
    places.note_shelf(archive.folder, str(shelf))
    shelf.rename(archive.folder / "gone")
    with pytest.raises(Away):
        keep(archive)
    assert row(archive, edited)["file"] == file
    assert not list((archive.folder / "warc").glob(f"*-{RUN}-*.open"))
    (archive.folder / "gone").rename(shelf)
    assert keep(archive) == 1
    assert row(archive, edited)["series"] == "keep"


def test_keep_changes_when_the_lease_has_passed_to_another_then_no_row_moves(
    watched: tuple[Archive, Capture, Capture],
) -> None:
    archive, edited, _ = watched
    before = row(archive, edited)
    with runs.hold(archive.db, archive.folder) as old:
        pass
    with runs.hold(archive.db, archive.folder), pytest.raises(Held):
        keeping.keep_changes(keeping.Keeper(archive.db, archive.folder, old, "test", archive.at))
    assert row(archive, edited) == before
