from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Connection, FromClause, literal, literal_column, select, union_all
from sqlalchemy import text as sql

from storage import search
from storage.engine import Database
from storage.order import first_key, sort_key
from storage.search import Document, Question, tsquery
from storage.text import fold, normalise
from tests.conftest import CREATED_AT

ARTICLES = {
    1: ("Phường Hưng Phúc: Lễ kỷ niệm ngày Quốc khánh", "Sáng 02/9, UBND phường tổ chức lễ chào cờ.\n\nĐường phố sạch đẹp."),
    2: ("Thông báo số 60/2026 về việc tiêm chủng", "Trạm y tế phường Hưng Dũng mời gia đình. Đối tượng: trẻ dưới 5 tuổi."),
    3: ("Buôn M’Droh đón Tết", "Ông Y’Bliu Arul chúc mừng bà con. Hoà bình, ấm no. Thủy lợi nội đồng."),
    4: ("Kỳ họp thứ 10 HĐND phường", "Đại biểu thảo luận về đường giao thông và trường học, không bàn về chợ Vinh."),
}  # fmt: skip


def _document(number: int, title: str, text: str, attachments: str = "", **facets: str) -> Document:
    return Document(sort_key(CREATED_AT, number), title, text, attachments, **{"portal": "p", **facets})  # type: ignore[arg-type]


def _fill(connection: Connection) -> None:
    for number, (title, text) in ARTICLES.items():
        search.add(connection, _document(number, title, text))


def _find(connection: Connection, query: str, **asked: Any) -> set[int]:
    """The numbers of articles that a query finds, one by one as lists do and all at once as exports do."""
    if not query.strip():
        question = Question(**asked)
    else:
        question = Question(search.parse(query), **asked) if search.parse(query) else Question(marks=((),))
    rows = search.newest(connection, question, 100)
    assert rows == sorted(rows, reverse=True)
    key = literal_column("sort_key", BigInteger)
    every = select(key).select_from(_keys()).where(search.condition(connection, question, key))
    assert set(connection.execute(every).scalars()) == set(rows)
    return {row - first_key(CREATED_AT) for row in rows}


def _keys() -> FromClause:
    """The keys of articles, as their table has them."""
    known = (select(literal(sort_key(CREATED_AT, number), BigInteger).label("sort_key")) for number in range(1, 10))
    return union_all(*known).subquery()


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
    '"hop thu 10 hdnd"': {4},
    '"thu 10 10"': set(),
    '"phuong hung"': {1, 2},
    '"phuong hung dung"': {2},
    '"tiem chung tram"': set(),  # its pairs stand in title and text
    '-"phuong hung"': {3, 4},
    'title:"hung phuc le"': {1},
    'title:"phuong hung dung"': set(),
    "60/2026": {2},
    "2026/60": set(),
    '"bao so 60/2026 ve"': {2},
    '"ve so 60/2026"': set(),
    'title:"so 60/2026"': {2},
    '"ve so 60/2026" OR "so 60/2026"': {2},
    'tiem -"ve so 60/2026"': {2},
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
    "title:hung": {1},
    "title:phuong": {1, 4},
    "tieude:trạm": set(),
    'title:"ky hop"': {4},
    'title:"hop ky"': set(),
    "title:th*": {2, 4},
    "-title:phuong": {2, 3},
    "file:phuong": set(),
    "nowhere:phuong": set(),
    "ủy ban nhân dân": {1},
    '"uỷ ban nhân dân phường"': {1},
    "UBND": {1},
    '"đại biểu hội đồng nhân dân"': set(),
    '"thứ 10 hội đồng nhân dân"': {4},
    "-ubnd phuong": {2, 4},
    '-"ủy ban nhân dân" phuong': {2, 4},
    "chợ OR tết": {3, 4},
    '"no am" OR "am no" OR quoc': {1, 3},
    "phường (chợ | tết)": {4},
    "OR": set(),
    "OR chợ OR": {4},
    "ho\u0301a bi\u0300nh": {3},
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
        search.replace(connection, _document(1, *ARTICLES[1]), _document(1, "Phường Hưng Phúc", "Bão số 3"))
        assert _find(connection, "quoc khanh") == set()
        assert _find(connection, "bao so 3") == {1}
        assert _find(connection, "hung phuc") == {1}


def test_remove_when_done_then_not_found_and_others_stay(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        search.remove(connection, _document(1, *ARTICLES[1]))
        assert _find(connection, "phuong") == {2, 4}


def test_attachments_when_indexed_then_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        new = _document(3, *ARTICLES[3], "Quyết định 15/QĐ-UBND")
        search.replace(connection, _document(3, *ARTICLES[3]), new)
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
        search.add(connection, _document(9, "Dài", long))
        assert _find(connection, "tu77 lap") == {9}
        assert _find(connection, "x" * 3000) == {9}


@pytest.mark.slow
def test_index_when_words_are_more_than_a_tsvector_holds_then_the_first_are_found(database: Database) -> None:
    with database.write() as connection:
        _fill(connection)
        new = _document(1, "Dài", " ".join(f"từ{number}" for number in range(150_000)))
        search.replace(connection, _document(1, *ARTICLES[1]), new)
        assert _find(connection, "tu77 tu78") == {1}


def test_index_when_words_are_as_long_as_they_can_be_then_they_are_found(database: Database) -> None:
    letters = [chr(0x20000 + number) for number in range(3990)]  # four bytes each
    with database.write() as connection:
        _fill(connection)
        search.add(connection, _document(9, "Dài", " ".join(letter * 64 for letter in letters)))
        assert _find(connection, letters[7] * 64) == {9}


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as connection:
        _fill(connection)
    return database


@pytest.mark.slow
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
        old, new = _document(1, *ARTICLES[1]), _document(1, "", text)
        search.replace(connection, old, new)
        for word in words:
            assert 1 in _find(connection, word)
        if words:
            assert 1 in _find(connection, '"' + " ".join(words) + '"')
        search.replace(connection, new, old)


OTHERS = {
    5: ("Thông báo", "Văn bản chung", {"portal": "q", "kind": "notice", "category": "Tin tức", "basis": "printed"}),
    6: ("Tin", "Văn bản chung", {"portal": "r", "kind": "article", "category": "TIN TỨC", "visibility": "restricted"}),
}


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        ((("portal", "q"),), {5}),
        ((("kind", "article"),), {6}),
        ((("category", "tin tuc"),), {5, 6}),
        ((("category", "tin tuc"), ("portal", "r")), {6}),
        ((("basis", "printed"),), {5}),
        ((("visibility", "restricted"),), {6}),
    ],
)
def test_newest_when_marks_are_asked_for_then_those_articles(
    database: Database, facets: tuple[tuple[Any, str], ...], expected: set[int]
) -> None:
    with database.write() as connection:
        _fill(connection)
        for number, (title, body, about) in OTHERS.items():
            search.add(connection, _document(number, title, body, **about))
        marks = tuple((search.mark(facet, value),) for facet, value in facets)
        assert _find(connection, "", marks=marks) == expected
        assert _find(connection, "van ban", marks=marks) == expected
        assert _find(connection, "-van", marks=marks) == set()
        assert _find(connection, "van", marks=(*marks, ())) == set()


def test_newest_when_there_are_more_than_asked_then_the_newest_of_the_span(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in every article, in every third, and nowhere but at the far end; page by page, looked through and by the index."""
    with database.write() as connection:
        for number in range(1, 701):
            rare = "hiếm" if number in (1, 2, 699) else ""
            third = "phần ba" if number % 3 == 0 else ""
            search.add(connection, _document(number, "Tin", f"Phường {third} {rare}"))
        connection.execute(sql("ANALYZE"))
        asked = {"phuong": range(700, 0, -1), "ba": range(699, 0, -3), "hiem": (699, 2, 1), '"phan ba"': range(699, 0, -3),
                 '"phuong hiem"': (2, 1), "title:tin -ba": [n for n in range(700, 0, -1) if n % 3]}  # fmt: skip
        for (query, numbers), dear in product(asked.items(), (0, 40)):
            monkeypatch.setattr(tsquery, "_DEAR", dear)
            rows = [sort_key(CREATED_AT, number) for number in numbers]
            seen: list[int] = []
            while page := search.newest(
                connection, Question(search.parse(query), below=(seen or [search.END])[-1]), 130
            ):
                seen += page
            assert seen == rows
        span = {"floor": sort_key(CREATED_AT, 100), "below": sort_key(CREATED_AT, 103)}
        assert search.newest(connection, Question(search.parse("phuong"), **span), 9) == [
            sort_key(CREATED_AT, number) for number in (102, 101, 100)
        ]


@given(text=st.text(max_size=60) | st.text(alphabet="aắẫđĐʼ'’_-½ﬁİK\u0323\u20d7\u0f71ẛ 1", max_size=30))
def test_tokens_when_text_is_anything_then_the_words_of_its_folded_form_where_they_stand(text: str) -> None:
    words = [word[:64] for word in re.findall(r"[^\W_]+", fold(text))]
    assert search.cut(text) == words
    found = list(search.tokens(text))
    assert [word for _, _, word in found] == words
    assert all(fold(text[start:end]).strip("'").startswith(word[:1]) for start, end, word in found)
