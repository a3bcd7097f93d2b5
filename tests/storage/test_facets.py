"""What the answers to a search have in common, and what is known of them once is not looked for again."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from storage import reader, schema
from storage.engine import Database
from storage.reader import Filters
from storage.reader.facets import facets
from tests.builders import make_portal, make_reading, put_article

BORDER = make_portal("https://bien.gov.vn/", name="Phường Biên", province="Huế", unit="19804")


@pytest.fixture
def shelf(database: Database) -> dict[str, str]:
    """Five articles on two portals: a notice, three of one story, and one on the last evening of a year in UTC."""
    told = {
        "n": ("Thông báo", "notice", "2024-01-05", None), "a": ("Hội chợ", "article", "2024-02-01", None),
        "b": ("Hội chợ xuân", "article", "2024-02-02", BORDER), "c": ("Hội chợ", "article", "2024-02-03", BORDER),
        "y": ("Giao thừa", "article", "2024-01-01T01:00:00+07:00", BORDER),
    }  # fmt: skip
    found = {
        letter: put_article(database, make_reading(title, kind=kind, identity=letter, published=day), portal=portal)
        for letter, (title, kind, day, portal) in told.items()
    }
    with database.write() as connection:
        story = [{"id": found["a"], "article": found[letter], "similarity": 1.0} for letter in "abc"]
        connection.execute(insert(schema.cluster), story)
        units = [{"code": "19804", "valid_from": since, "valid_to": until, "name": "Phường Biên", "folded": "phuong bien",
                  "kind": "phường", "province": "Huế", "district": ""}
                 for since, until in (("2004-01-01", "2025-07-01"), ("2025-07-01", None))]  # fmt: skip
        connection.execute(insert(schema.unit), units)
    return found


def test_facets_when_counted_then_what_each_of_the_newest_answers_has(
    database: Database, shelf: dict[str, str]
) -> None:
    known = reader.known(database, Filters(), limit=10)
    found = facets(database, known.newest)
    assert (found.counted, found.all) == (5, True)
    assert found.portals[BORDER.id] == 3
    assert found.names[BORDER.id] == "Phường Biên"
    assert found.provinces["Huế"] == 3
    assert dict(found.kinds) == {"article": 4, "notice": 1}
    assert dict(found.months) == {"2024-01": 2, "2024-02": 3}
    assert dict(found.wards) == {"19804": 3}
    assert dict(found.clusters) == {shelf["a"]: 3}
    assert found.names[shelf["a"]] in ("Hội chợ", "Hội chợ xuân")


def test_facets_when_many_portals_stand_for_a_ward_then_all_their_answers_are_counted(
    database: Database, shelf: dict[str, str]
) -> None:
    for number in range(31):
        portal = make_portal(f"https://to{number}.bien.gov.vn/", province="Huế", unit="19804")
        put_article(database, make_reading(f"Tổ {number}", identity=f"to{number}"), portal=portal)
    assert dict(facets(database, reader.known(database, Filters(), limit=40).newest).wards) == {"19804": 34}


def test_known_when_handed_on_then_the_lists_are_those_that_are_looked_for(
    database: Database, shelf: dict[str, str]
) -> None:
    for filters in (Filters("hoi cho"), Filters("hội chợ", province="Huế"), Filters(kind="notice")):
        known = reader.known(database, filters, limit=10)
        assert reader.lines(database, known.newest) == reader.articles(database, filters)
        assert reader.relevant(database, filters, known=known) == reader.relevant(database, filters)
        assert known.meant == reader.meant(database, filters)
