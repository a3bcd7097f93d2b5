"""A portal of a thousand pages: what was learned from the first of them holds for all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import schema
from storage.engine import connect
from storage.writer import layouts
from tests.ingest.archives import PORTAL, Archive, path_of, story

PAGES = 1_000


@pytest.mark.long
def test_template_when_a_thousand_pages_come_night_by_night_stays_as_it_was_learned(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "phuongchi.db")
    archive = Archive(connect(f"sqlite:///{tmp_path / 'phuongchi.db'}"), tmp_path)
    for start in range(0, PAGES, 100):
        for number in range(start, start + 100):
            archive.put(path_of(number), story(number, hits=number + 1), days=number == start)
        assert archive.read() == {"new": 100}
    revision = schema.revision
    with archive.db.read() as connection:
        learned = layouts.templates(connection, PORTAL.id, 9)
        read = [
            (tuple(texts), tuple(authors))
            for texts, authors in connection.execute(select(revision.c.paragraphs, revision.c.authors))
        ]
        alerts = connection.execute(select(schema.alert.c.cause)).scalars().all()
    assert len(learned) == 1
    assert alerts == []
    assert len(read) == PAGES
    assert {(len(texts), authors) for texts, authors in read} == {(3, ("Kim Dung",))}
    archive.writer.close()
    archive.db.close()
