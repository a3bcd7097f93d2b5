"""Pages that ask not to be shown from an archive: captured and read, and their articles restricted while they ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crawler.ingest.marks import asks_not_to_be_kept
from storage import reader, schema
from storage.redaction import articles as hiding
from tests.ingest.archives import Archive, story

META = '<meta name="Robots" content="index, NOARCHIVE">'
HEAD = (("X-Robots-Tag", "noindex, noarchive"),)


@pytest.mark.parametrize(
    ("headers", "metas", "asked"),
    [
        (("noarchive",), {}, True),
        (("noindex, NoArchive",), {}, True),
        (("noindex", "noarchive"), {}, True),
        (("PhuongChi: noarchive",), {}, True),
        (("googlebot: noarchive",), {}, False),
        (("unavailable_after: 25 Jun 2027 15:00:00 GMT, noarchive",), {}, True),
        (("all", "nosnippet"), {"robots": "index,follow"}, False),
        ((), {"robots": "noindex,noarchive"}, True),
        ((), {"phuongchi": "noarchive"}, True),
        ((), {"googlebot": "noarchive", "description": "noarchive"}, False),
        ((), {"robots": "noarchived"}, False),
    ],
)
def test_asks_not_to_be_kept_when_it_is_said_to_us_or_all_then_true(
    headers: tuple[str, ...], metas: dict[str, str], asked: bool
) -> None:
    assert asks_not_to_be_kept(headers, metas) is asked


@given(st.lists(st.text()), st.text())
def test_asks_not_to_be_kept_when_given_anything_then_it_answers(headers: list[str], meta: str) -> None:
    assert asks_not_to_be_kept(headers, {"robots": meta}) in (True, False)


def path(number: int) -> str:
    return f"tin-tuc/bai-viet-so-{number}.html"


def visibility(archive: Archive, number: int) -> str:
    with archive.db.read() as conn:
        query = select(schema.article.c.visibility).where(schema.article.c.url == archive.portal.url + path(number))
        return conn.execute(query).scalar_one()


def told(archive: Archive) -> list[str]:
    return [kind for kind in archive.events() if kind in ("withheld", "released")]


def article(archive: Archive, number: int) -> str:
    with archive.db.read() as conn:
        query = select(schema.article.c.id).where(schema.article.c.url == archive.portal.url + path(number))
        return conn.execute(query).scalar_one()


@pytest.mark.parametrize("way", ["meta", "head"])
def test_reading_when_a_page_says_noarchive_then_its_article_is_kept_and_restricted(archive: Archive, way: str) -> None:
    for number in range(12):
        marked = number == 4
        archive.put(
            path(number), story(number, head=META if marked and way == "meta" else ""),
            heads=HEAD if marked and way == "head" else (),
        )  # fmt: skip
    assert archive.read() == {"new": 12}
    assert [visibility(archive, number) for number in (3, 4)] == ["public", "restricted"]
    assert archive.events().count("withheld") == 1
    [state] = reader.states(archive.db, [article(archive, 4)])
    assert state.visibility == "restricted"
    assert len(state.revision["paragraphs"]) == 3
    assert "noarchive" in state.revision["flags"]


@pytest.mark.parametrize("way", ["meta", "head"])
def test_reading_when_the_mark_comes_and_goes_then_the_article_follows(filled: Archive, way: str) -> None:
    filled.put(path(5), story(5, head=META if way == "meta" else ""), heads=HEAD if way == "head" else (), days=1)
    filled.read()
    assert visibility(filled, 5) == "restricted"
    filled.put(
        path(5), story(5, hits=4, head=META if way == "meta" else ""), heads=HEAD if way == "head" else (), days=1
    )
    filled.read()
    assert told(filled) == ["withheld"]
    filled.put(path(5), story(5), days=1)  # the bytes it came with first
    filled.read()
    assert visibility(filled, 5) == "public"
    assert told(filled) == ["withheld", "released"]


def test_reading_when_people_withheld_an_article_then_its_mark_changes_nothing(filled: Archive) -> None:
    name = article(filled, 5)
    with filled.db.write() as conn:
        assert hiding.set_visible(conn, name, False, "Xác minh", at=filled.at, now=filled.at)
    filled.put(path(5), story(5, hits=3, head=META), days=1)
    filled.read()
    assert visibility(filled, 5) == "withheld"


def test_release_when_the_page_asks_not_to_be_shown_then_the_article_is_restricted_again(filled: Archive) -> None:
    name = article(filled, 5)
    filled.put(path(5), story(5, hits=3, head=META), days=1)
    filled.read()
    with filled.db.write() as conn:
        assert hiding.set_visible(conn, name, False, "Xác minh", at=filled.at, now=filled.at)
        assert hiding.set_visible(conn, name, True, "Đã rõ", at=filled.at, now=filled.at)
    assert visibility(filled, 5) == "restricted"
