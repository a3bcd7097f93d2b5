"""What stands in an article's place with status 200 is never an article, and never an edit of the one that was there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import schema
from tests.cases.golden import cases
from tests.ingest.archives import Archive, path_of, story

KINDS = {
    "maintenance": ("maintenance-1", "maintenance-2", "nukeviet-maintenance-1"),
    "block": ("blocked-1", "blocked-2", "captcha-1"),
    "soft 404": ("soft-404-1", "soft-404-2", "nukeviet-404-1", "liferay-deleted-1"),
    "home page": ("home-1",),
    "empty template": ("template-empty-1", "template-empty-2"),
    "login wall": ("login-1", "login-2"),
    "gambling spam": ("hijacked-1", "hijacked-2", "hijacked-3", "hijacked-4"),
    "closure": ("closure-1", "closure-2", "closure-3", "hosting-suspended-1"),
}
"""Golden cases by what they stand for."""
CASES = {case.name: case for case in cases()}


def shown(archive: Archive) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each revision: its article, title and text."""
    table = schema.revision
    query = select(table.c.article, table.c.title, table.c.paragraphs).order_by(table.c.article, table.c.number)
    with archive.db.read() as connection:
        return [(article, title, tuple(texts)) for article, title, texts in connection.execute(query)]


@pytest.mark.parametrize("kind", KINDS)
def test_read_when_a_soft_error_stands_in_an_articles_place_then_it_is_neither_edit_nor_article(
    filled: Archive, kind: str
) -> None:
    before = shown(filled)
    for number, name in enumerate(KINDS[kind]):
        body = CASES[name].body
        filled.put(path_of(number), body, days=1)
        assert set(filled.read()) <= {"absent", "not-article"}, name
        filled.put(f"tin-tuc/bai-viet-moi-{number}.html", body)  # and where no article ever was
        assert set(filled.read()) <= {"absent", "not-article"}, name
        filled.put(path_of(number), story(number, hits=9), days=1)
        assert filled.read() == {"unchanged": 1}, name
    assert shown(filled) == before
    assert not {"revised", "removed"} & set(filled.events())
