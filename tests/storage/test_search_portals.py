"""Searches within some portals: what is looked through, what the index is asked, and how far each list is whole."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import text as sql

from storage import reader, search
from storage.engine import Database
from storage.reader import Filters, Key
from storage.search import Question, fts, tsquery
from tests.builders import make_portal, make_reading, put_article

BUSY = make_portal("https://busy.gov.vn/", name="Phường Bận", province="Huế")
SLOW = [make_portal(f"https://p{number}.gov.vn/", name=f"Phường {number}", province="Huế") for number in range(9)]
ELSEWHERE = make_portal("https://xa.gov.vn/", name="Xã Xa", province="Nghệ An")


def _told(number: int) -> str:
    words = ["chợ quê"]  # everywhere
    words += ["phần ba"] if number % 3 == 0 else []
    words += ["hiếm hoi"] if number in (1, 2, 40) else []
    return f"Tin {' '.join(words)} {number}"


@pytest.fixture
def archive(database: Database) -> dict[int, str]:
    """Articles by number, the oldest first: of ten portals of Huế, one of which publishes half of them, and of one elsewhere."""
    found = {}
    for number in range(1, 46):
        place = ELSEWHERE if number % 4 == 0 else BUSY if number % 2 else SLOW[number // 2 % 9]
        made = make_reading(
            "Tin", paragraphs=(_told(number),), identity=str(number), published=f"2024-01-{number // 2 + 1:02}"
        )
        found[number] = put_article(database, made, portal=place)
    with database.write() as connection:
        connection.execute(sql("ANALYZE"))
    return found


HUE = [number for number in range(45, 0, -1) if number % 4]
ASKED = {
    "chợ": HUE, "ba": [n for n in HUE if n % 3 == 0], "hiếm": [2, 1], '"phan ba"': [n for n in HUE if n % 3 == 0],
    '"ba hiem"': [], "-ba": [n for n in HUE if n % 3], "cho -ba": [n for n in HUE if n % 3], "": HUE,
}  # fmt: skip


def test_articles_when_portals_are_many_then_all_of_theirs_newest_first(
    database: Database, archive: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {article: number for number, article in archive.items()}
    monkeypatch.setattr(tsquery, "_FEW", 4)
    monkeypatch.setattr(tsquery, "_EACH", 1)
    for dear, named in product((0, 40), (8, 32)):  # looked through or by the index; by rows or by marks
        monkeypatch.setattr(tsquery, "_DEAR", dear)
        monkeypatch.setattr(tsquery, "_NAMED", named)
        for words, numbers in ASKED.items():
            seen: list[int] = []
            after = None
            while page := reader.articles(database, Filters(words, province="Huế"), after=after, limit=7):
                seen += [names[line.id] for line in page]
                after = Key(page[-1].sort_key)
            assert seen == numbers, (words, dear, named)
            all_at_once = reader.choose(database, Filters(words, province="Huế"))
            assert [names[name] for some in all_at_once.slices(50) for name in some] == numbers


JOINED = [
    (Filters("ba", portal=BUSY.id, since="2024-01-05"), [45, 39, 33, 27, 21, 15, 9]),
    (Filters("cho", portal=ELSEWHERE.id, province="Huế"), []),
    (Filters("cho", portal=BUSY.id, province="Huế", until="2024-01-02"), [3, 1]),
    (Filters("hiem", province="Nghệ An"), [40]),
    (Filters("cho", portal="nobody.gov.vn"), []),
]


def test_articles_when_filters_are_joined_then_what_all_of_them_let_through(
    database: Database, archive: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {article: number for number, article in archive.items()}
    for most in (400, 3):  # by marks, and by rows alone
        monkeypatch.setattr(fts, "MOST_PORTALS", most)
        for filters, numbers in [*JOINED, (Filters("cho", province="Huế"), HUE[:20])]:
            assert [names[line.id] for line in reader.articles(database, filters)] == numbers, filters
    monkeypatch.undo()
    with database.read() as connection:  # as many portals as are asked for by name
        many = Question(search.parse("hiem"), portals=(*(f"{number}.gov.vn" for number in range(399)), BUSY.id))
        assert len(search.newest(connection, many, 9)) == 1
