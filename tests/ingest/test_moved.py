"""A portal under a new address: its articles follow one by one, and another site's stories do not take their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.ingest.decide import carried_over, differences
from storage import schema
from storage.engine import Database
from storage.records import Attachment, DateCandidate, Dates, Reading
from tests.builders import make_portal
from tests.ingest.archives import Archive, story

OLD = make_portal("https://phuonghoabinh.gov.vn/")
NEW = replace(OLD, url="https://hoabinh.example.gov.vn/", hosts=("hoabinh.example.gov.vn", "phuonghoabinh.gov.vn"))
LATER = "<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>"
FILE = '<p><a href="/{}/ke-hoach-{}.pdf">Kế hoạch số {}</a></p>'


@pytest.fixture
def moving(database: Database, tmp_path: Path) -> Iterator[Callable[[Callable[[int], str], str], Archive]]:
    """A function that reads twelve articles of a portal of a platform at these paths; then the portal moves."""
    made: list[Archive] = []

    def read_and_move(path: Callable[[int], str], platform: str = "") -> Archive:
        archive = Archive(database, tmp_path, replace(OLD, platform=platform))
        made.append(archive)
        for number in range(12):
            archive.put(path(number), story(number, extra=FILE.format("uploads", number, number)))
        assert archive.read() == {"new": 12}
        archive.portal = replace(NEW, platform=platform)
        return archive

    yield read_and_move
    for archive in made:
        archive.writer.close()


def plain(number: int) -> str:
    """A path that says nothing to any platform."""
    return f"tin-tuc/bai-viet-so-{number}.html"


def numbered(number: int) -> str:
    """A path with the number by which NukeViet knows its articles."""
    return f"vi/news/tin-tuc/bai-viet-so-{number}-{number + 40}.html"


def cited(archive: Archive) -> list[str]:
    """The addresses articles are cited by, in their order."""
    with archive.db.read() as connection:
        return list(connection.execute(select(schema.article.c.url).order_by(schema.article.c.number)).scalars())


def files(number: int) -> str:
    """The article's file where the new site keeps it."""
    return FILE.format("2026/05", number, number)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "platform"),
    [
        (plain, plain, ""),
        (plain, lambda number: f"bai/{number + 900}", ""),
        (numbered, numbered, "nukeviet"),
        (numbered, lambda number: f"tin/{number + 900}.htm", "nukeviet"),
    ],
    ids=["same path", "other path", "same identity", "other identity"],
)
def test_article_when_met_at_the_new_address_then_moves_with_its_id_and_is_revised_there_alone(
    moving: Callable[..., Archive], before: Callable[[int], str], after: Callable[[int], str], platform: str
) -> None:
    archive = moving(before, platform)
    for number in range(12):
        archive.put(after(number), story(number, extra=files(number), hits=9))
    assert archive.read() == {"unchanged": 12}
    assert archive.events()[12:] == ["moved"] * 12
    assert cited(archive) == [NEW.url + after(number) for number in range(12)]
    assert [archive.count(name) for name in ("article", "revision", "article_address")] == [12, 12, 24]
    archive.put(after(3), story(3, extra=files(3) + LATER, hits=10))
    assert archive.read() == {"revised": 1}
    archive.portal = replace(archive.portal, url=OLD.url)
    capture = archive.put(before(3), story(3, extra=FILE.format("uploads", 3, 3), hits=11))
    archive.portal = replace(archive.portal, url=NEW.url)
    assert capture.url.startswith(OLD.url)
    assert archive.read() == {"unchanged": 1}
    assert archive.events()[24:] == ["revised"]


@pytest.mark.slow
def test_article_when_it_was_edited_on_the_way_then_moves_and_is_revised(moving: Callable[..., Archive]) -> None:
    archive = moving(numbered, "nukeviet")
    archive.put(numbered(5), story(5, extra=files(5) + LATER, hits=9))
    assert archive.read() == {"revised": 1}
    assert archive.events()[12:] == ["moved", "revised"]
    assert archive.read() == {}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "platform"), [(plain, ""), (numbered, "nukeviet")])
def test_new_site_when_it_gives_the_old_numbers_to_other_stories_then_they_are_new_articles(
    moving: Callable[..., Archive], path: Callable[[int], str], platform: str
) -> None:
    archive = moving(path, platform)
    for number in range(12):
        archive.put(path(number), story(number + 13, hits=9))
    assert archive.read() == {"new": 12}
    assert cited(archive) == [f"{site.url}{path(number)}" for site in (OLD, NEW) for number in range(12)]
    archive.put(path(2), story(15, extra=LATER, hits=10))
    assert archive.read() == {"revised": 1}
    assert archive.count("article") == 24


@pytest.mark.slow
def test_left_address_when_it_shows_another_story_or_none_then_the_article_stays_as_it_is(
    moving: Callable[..., Archive],
) -> None:
    archive = moving(numbered, "nukeviet")
    for number in (1, 2):
        archive.put(numbered(number), story(number, extra=files(number)))
    assert archive.read() == {"unchanged": 2}
    archive.portal = replace(archive.portal, url=OLD.url)
    archive.put(numbered(1), story(20, hits=30))
    for days in (0, 1, 3, 4):
        archive.put(numbered(2), b"<h1>404</h1>", status=404, days=days)
    archive.portal = replace(archive.portal, url=NEW.url)
    assert archive.read() == {"new": 1, "absent": 4}
    assert archive.events()[12:] == ["moved", "moved", "created"]


DAY = DateCandidate("2026-05-12", "day", "head-line", "printed", "12/05/2026")
FORM = Reading(
    article=True, reader="1+t1", title="Thông báo niêm yết công khai", dates=Dates(DAY),
    paragraphs=("Phường thông báo niêm yết hồ sơ của ông Nguyễn Văn Nam, thửa đất số 41.",),
    attachments=(Attachment("https://cu.vn/a/41.pdf", "Hồ sơ 41"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (
            replace(FORM, paragraphs=("Phường thông báo niêm yết hồ sơ của ông", "Nguyễn Văn Nam, thửa đất số 41.")),
            True,
        ),
        (replace(FORM, title="Thông báo"), False),
        (replace(FORM, dates=Dates(replace(DAY, value="2026-06-12"))), False),
        (replace(FORM, dates=Dates()), False),
        (replace(FORM, attachments=(Attachment("https://moi.vn/52.pdf", "Hồ sơ 52"),)), False),
        (replace(FORM, paragraphs=("Phường thông báo niêm yết hồ sơ của bà Trần Thị Lan, thửa đất số 52.",)), False),
    ],
    ids=["other paragraphs", "other title", "other day", "no day", "other file", "other names"],
)
def test_carried_over_when_only_the_story_speaks_then_all_of_it_must_fit(other: Reading, *, same: bool) -> None:
    assert bool(carried_over(FORM, other, pointed=False)) is same


def test_carried_over_when_the_address_speaks_then_only_another_story_is_refused() -> None:
    other = replace(FORM, title="Hội thao", paragraphs=("Sáng nay khai mạc hội thao của phường.",))
    assert carried_over(FORM, replace(other, title=FORM.title), pointed=True)
    assert not carried_over(
        FORM, replace(other, title=FORM.title, dates=Dates(replace(DAY, value="2026-07-01"))), pointed=True
    )
    assert not carried_over(FORM, other, pointed=True)


def test_differences_when_all_files_have_another_host_then_their_names_count() -> None:
    moved = replace(FORM, attachments=(Attachment("https://moi.vn/tep/ho-so.pdf", "Hồ sơ 41"),))
    assert differences(FORM, moved) == ()
    assert differences(FORM, replace(FORM, attachments=(Attachment("https://cu.vn/b/41.pdf", "Hồ sơ 41"),))) == (
        "attachments",
    )
    assert differences(
        FORM, replace(moved, attachments=(*moved.attachments, Attachment("https://moi.vn/b", "Phụ lục")))
    )
