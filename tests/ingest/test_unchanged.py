"""Known pages that changed only round their article: told by what its reading stood on, and not read."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from crawler.ingest import read
from crawler.ingest.driver.readers import SAMPLED
from storage import schema
from storage.records import Capture
from tests.ingest.archives import Archive, path_of, story

EDIT = "<p>Buổi sinh hoạt tới sẽ diễn ra vào tháng sau tại nhà văn hóa phường.</p>"


def again(archive: Archive, number: int = 3, *, hits: int = 28, extra: str = "",
          heads: tuple[tuple[str, str], ...] = ()) -> Capture:  # fmt: skip
    """An article's page the night after, with other counters; never the one of `SAMPLED` that is read anyhow. The day that its
    clock shows is that of `hits` modulo 27.
    """
    capture = archive.put(path_of(number), story(number, hits=hits, extra=extra), days=1, heads=heads)
    return capture if capture.entry % SAMPLED else again(archive, number, hits=hits, extra=extra, heads=heads)


def was_read(archive: Archive, capture: Capture) -> bool:
    """Whether somebody read this capture: a reading says with which reader."""
    table = schema.reading
    with archive.db.read() as connection:
        return bool(connection.execute(select(table.c.reader).where(table.c.entry == capture.entry)).scalar_one())


def test_page_that_changed_round_its_article_is_not_read(filled: Archive) -> None:
    events, page = filled.events(), again(filled)
    assert filled.read() == {"unchanged": 1}
    assert not was_read(filled, page)
    assert filled.events() == events
    with filled.db.read() as connection:
        seen = schema.article.c.last_seen, schema.article_address.c.last_seen
        met = connection.execute(
            select(*seen).join(schema.article_address).where(schema.article_address.c.key == page.key)
        ).one()
    assert tuple(met) == (page.fetched_at, page.fetched_at)


def test_edit_is_found_whatever_else_changed(filled: Archive) -> None:
    page = again(filled, extra=EDIT)
    assert filled.read() == {"revised": 1}
    assert was_read(filled, page)
    assert filled.events()[-1:] == ["revised"]


def test_what_was_revised_is_known_by_its_new_state(filled: Archive) -> None:
    again(filled, extra=EDIT)
    assert filled.read() == {"revised": 1}
    page = again(filled, extra=EDIT, hits=55)
    back = again(filled, hits=82)
    assert filled.read() == {"unchanged": 1, "revised": 1}
    assert (was_read(filled, page), was_read(filled, back)) == (False, True)


def test_one_page_in_sixteen_is_read_nevertheless(filled: Archive) -> None:
    pages = []
    for number in range(SAMPLED):
        pages.append(filled.put(path_of(number % 12), story(number % 12, hits=28 + 27 * number), days=1))
        assert filled.read() == {"unchanged": 1}
    assert [page.entry for page in pages if was_read(filled, page)] == [
        page.entry for page in pages if page.entry % SAMPLED == 0
    ]


def test_page_that_was_changed_back_in_the_same_night_is_read(filled: Archive) -> None:
    again(filled, extra=EDIT)
    again(filled, hits=55)
    assert filled.read() == {"revised": 2}


def test_page_is_read_where_the_older_one_is_gone(filled: Archive) -> None:
    page = again(filled)
    older = [file for file in filled.folder.rglob("*.warc.gz*") if not file.name.startswith(page.record.file)]
    assert older
    for file in older:
        file.unlink()
    assert filled.read() == {"unchanged": 1}
    assert was_read(filled, page)


def test_page_is_read_that_says_something_to_robots(filled: Archive) -> None:
    page = again(filled, heads=(("X-Robots-Tag", "noarchive"),))
    filled.read()
    assert was_read(filled, page)


def test_page_is_read_whose_reading_is_of_another_extractor(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    page = again(filled)
    monkeypatch.setattr(read, "EXTRACTOR", "next")
    assert filled.read() == {"unchanged": 1}
    assert was_read(filled, page)


@pytest.mark.parametrize("known", [{"ground": None}, {"strange": True}], ids=["before schema 0010", "strange"])
def test_page_is_read_of_whose_reading_too_little_is_known(filled: Archive, known: dict[str, object]) -> None:
    page = again(filled)
    with filled.db.write() as connection:
        connection.execute(update(schema.reading).values(**known))
    filled.read()
    assert was_read(filled, page)


def test_layout_is_known_by_pages_that_nobody_read(filled: Archive) -> None:
    pages = [again(filled, number, hits=28 + 27 * number) for number in range(3)]
    filled.read()
    assert not any(was_read(filled, page) for page in pages)
    assert filled.count("template") == 1
