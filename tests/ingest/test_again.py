"""Captures read again with another reader: what it would change, and that it is never taken for an edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from crawler.ingest import driver, read
from crawler.ingest.blocks import Block
from storage import schema
from storage.writer import queue
from tests.ingest.archives import PORTAL, Archive, path_of, story


@pytest.fixture
def next_reader(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The program's next release: its reader has another version, and leaves out closing sentences."""
    before = read.clean

    def clean(blocks: Sequence[Block], **options: Any) -> Any:
        found = before(blocks, **options)
        return replace(found, blocks=tuple(one for one in found.blocks if not one.text.startswith("Kết thúc buổi")))

    monkeypatch.setattr(read, "EXTRACTOR", "next")
    monkeypatch.setattr(read, "clean", clean)
    return monkeypatch


def read_again(archive: Archive) -> list[str]:
    """The events of `ingest --reprocess`."""
    before = len(archive.events())
    with archive.db.write() as conn:
        queue.reread(conn, PORTAL.id)
    archive.read()
    return archive.events()[before:]


def paragraphs(archive: Archive) -> list[tuple[int, int, str]]:
    revision = schema.revision
    with archive.db.read() as conn:
        rows = conn.execute(select(revision).order_by(revision.c.article, revision.c.number)).mappings()
        return [(row["number"], len(row["paragraphs"]), row["reader"].partition(".")[0]) for row in rows]


def test_preview_when_the_reader_is_another_one_then_counts_and_shows_and_writes_nothing(
    filled: Archive, next_reader: pytest.MonkeyPatch
) -> None:
    before = {name: filled.count(name) for name in ("event", "revision", "reading")}
    found = driver.preview(filled.desk(), shown=10)
    assert (found.looked, dict(found.kinds), len(found.first)) == (12, {"reextracted": 12}, 10)
    change = found.first[0]
    assert change.changed == ("text",)
    assert (len(change.before.paragraphs), len(change.after.paragraphs)) == (3, 2)
    assert {name: filled.count(name) for name in before} == before
    assert {row[1] for row in paragraphs(filled)} == {3}


def test_preview_when_the_reader_is_the_same_then_nothing_would_change(filled: Archive) -> None:
    found = driver.preview(filled.desk(), shown=10)
    assert (found.looked, found.kinds.total()) == (12, 0)
    assert read_again(filled) == []


@pytest.mark.slow
def test_states_when_read_again_by_another_reader_then_all_of_them_and_no_revision(
    filled: Archive, request: pytest.FixtureRequest
) -> None:
    filled.put(path_of(3), story(3, extra="<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>"))
    for number in range(12):
        if number != 3:
            filled.put(path_of(number), story(number, hits=20))
    assert filled.read() == {"revised": 1, "unchanged": 11}
    next_reader: pytest.MonkeyPatch = request.getfixturevalue("next_reader")
    predicted = driver.preview(filled.desk(), shown=0).kinds
    assert read_again(filled) == ["reextracted"] * 12
    assert predicted == {"reextracted": 12}
    assert sorted(paragraphs(filled)) == [(1, 2, "next")] * 12 + [(2, 3, "next")]
    assert read_again(filled) == [], "a second time finds nothing to change"
    for number in range(12):
        extra = "<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>" if number == 3 else ""
        filled.put(path_of(number), story(number, hits=30, extra=extra))
    assert filled.read() == {"unchanged": 12}
    filled.put(path_of(5), story(5, extra="<p>Đoạn được bổ sung.</p>"))
    assert filled.read() == {"revised": 1}
    next_reader.undo()


def test_page_when_edited_before_the_new_reader_saw_the_old_state_then_both_events_and_one_revision(
    filled: Archive, next_reader: pytest.MonkeyPatch
) -> None:
    before = len(filled.events())
    filled.put(path_of(4), story(4, extra="<p>Đoạn được bổ sung.</p>"))
    filled.put(path_of(6), story(6, hits=70))
    assert filled.read() == {"revised": 1, "unchanged": 1}
    assert sorted(filled.events()[before:]) == ["reextracted", "reextracted", "revised"]
    assert filled.count("revision") == 13


def test_captures_when_only_dates_are_read_differently_then_redated(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = read.decide_dates

    def by_day(evidence: Any) -> Any:
        found = decided(evidence)
        day = replace(found.published, value=found.published.value[:10], precision="day") if found.published else None
        return replace(found, published=day)

    monkeypatch.setattr(read, "EXTRACTOR", "next")
    monkeypatch.setattr(read, "decide_dates", by_day)
    assert driver.preview(filled.desk(), shown=1).kinds == {"redated": 12}
    assert read_again(filled) == ["redated"] * 12
    assert filled.count("revision") == 12
