from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from storage import schema, search
from storage.engine import Database
from storage.text import normalise
from tests.conftest import CREATED_AT

ARTICLES = {
    1: ("Phường Hưng Phúc: Lễ kỷ niệm ngày Quốc khánh", "Sáng 02/9, UBND phường tổ chức lễ chào cờ.\n\nĐường phố sạch đẹp."),
    2: ("Thông báo số 60/2026 về việc tiêm chủng", "Trạm y tế phường Hưng Dũng mời gia đình. Đối tượng: trẻ dưới 5 tuổi."),
    3: ("Buôn M’Droh đón Tết", "Ông Y’Bliu Arul chúc mừng bà con. Hoà bình, ấm no. Thủy lợi nội đồng."),
    4: ("Kỳ họp thứ 10 HĐND phường", "Đại biểu thảo luận về đường giao thông và trường học, không bàn về chợ Vinh."),
}  # fmt: skip


def _fill(connection: Connection) -> None:
    connection.execute(insert(schema.portal).values(id="p", url="http://p/", row={}, added_at=CREATED_AT))
    for number, (title, text) in ARTICLES.items():
        connection.execute(
            insert(schema.article).values(
                id=f"a{number:016}", number=number, portal="p", identity=str(number), url="", revision=1, kind="article",
                title=title, sort_at=CREATED_AT, first_seen=CREATED_AT, last_seen=CREATED_AT, text_sha256="",
                twin_sha256="",
            )
        )  # fmt: skip
        search.index(connection, number, title=title, text=text)


def _find(connection: Connection, query: str) -> set[int]:
    condition = search.match(query, connection.dialect.name)
    return set(connection.execute(select(schema.article.c.number).where(condition)).scalars())


CASES = {
    "": {1, 2, 3, 4},
    "  ": {1, 2, 3, 4},
    "???": set(),
    "hung phuc": {1},
    "Hưng Phúc": {1},
    "HƯNG PHÚC": {1},
    "duong": {1, 4},
    "đường": {1, 4},
    "doi tuong": {2},
    '"duong pho"': {1},
    '"pho duong"': set(),
    '"quoc khanh sang"': set(),  # no phrase over title and text
    "phường -hưng": {4},
    "-phuong": {3},
    '-phuong -"am no"': set(),
    '"hưng phúc" -tết': {1},
    "giao*": {4},
    "gia*": {2, 4},
    "gia": {2},
    "60/2026": {2},
    "2026/60": set(),
    "m'droh": {3},
    "M’DROH": {3},
    "hòa bình": {3},
    "hoà bình": {3},
    "thuỷ lợi": {3},
    "hđnd": {4},
    "hdnd": {4},
    "phường AND lễ": set(),  # AND is a word like any other
    '"': set(),
    'hung"phuc': {1},
    "NEAR(hung phuc)": set(),
    "title:hung": set(),
    "* * *": set(),
    "-": set(),
}


@pytest.mark.parametrize("query", CASES)
def test_match_when_asked_then_same_articles_on_each_database(database: Database, query: str) -> None:
    with database.write() as connection:
        _fill(connection)
        assert _find(connection, query) == CASES[query]


def test_reindex_when_text_changed_then_only_new_words_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        search.reindex(connection, 1, old=ARTICLES[1], new=("Phường Hưng Phúc", "Bão số 3"))
        assert _find(connection, "quoc khanh") == set()
        assert _find(connection, "bao so 3") == {1}
        assert _find(connection, "hung phuc") == {1}


def test_remove_when_done_then_not_found_and_others_stay(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        search.remove(connection, 1, title=ARTICLES[1][0], text=ARTICLES[1][1])
        assert _find(connection, "phuong") == {2, 4}


def test_attachments_when_indexed_then_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        title, text = ARTICLES[3]
        search.reindex(connection, 3, old=(title, text), new=(title, text, "Quyết định 15/QĐ-UBND"))
        assert _find(connection, '"qd ubnd"') == {3}


def test_clear_when_done_then_nothing_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        search.clear(connection)
        assert _find(connection, "phuong") == set()


@pytest.mark.slow
def test_index_when_text_is_huge_then_stored_and_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        long = " ".join(f"từ{number % 5000} lặp" for number in range(150_000)) + " " + "x" * 5000
        search.index(connection, 9, title="Dài", text=long)
        connection.execute(schema.article.update().where(schema.article.c.number == 1).values(number=9))
        assert _find(connection, "tu77 lap") == {9}
        assert _find(connection, "x" * 3000) == {9}


def test_index_when_words_are_more_than_a_tsvector_holds_then_the_first_are_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        old = ARTICLES[1]
        search.reindex(connection, 1, old=old, new=("Dài", " ".join(f"từ{number}" for number in range(150_000))))
        assert _find(connection, "tu77 tu78") == {1}


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as connection:
        _fill(connection)
    return database


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60) | st.text(alphabet="\"'*-()^:&|!<>\\%{}[]+~ aàđ1\x00", max_size=30))
def test_match_when_query_is_anything_then_no_error(filled: Database, query: str) -> None:
    with filled.read() as connection:
        _find(connection, query)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40))
@example("ế ¼ æ")  # the query alone looks like an old font
def test_match_when_text_is_indexed_then_each_of_its_words_is_found(filled: Database, text: str) -> None:
    text = normalise(text)  # as every text is stored
    words = search.cut(text)
    with filled.read() as reading:
        assert reading.dialect.name in ("sqlite", "postgresql")
    connection_context = filled.write()
    with connection_context as connection:
        search.reindex(connection, 1, old=ARTICLES[1], new=("", text))
        for word in words:
            assert 1 in _find(connection, word)
        if words:
            assert 1 in _find(connection, '"' + " ".join(words) + '"')
        search.reindex(connection, 1, old=("", text), new=ARTICLES[1])
