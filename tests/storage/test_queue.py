"""What the reading half asks of the archive about a page's mentions."""

from __future__ import annotations

from sqlalchemy import insert

from storage import runs, schema
from storage.engine import Database
from storage.writer import queue
from tests.builders import NOW, make_portal


def test_everywhere_when_nearly_every_page_mentions_a_page_then_it_is_of_the_menu(database: Database) -> None:
    portal = make_portal()
    runs.sync_portals(database, [portal], now=NOW)
    mentions = {"menu": range(10), "nearly": range(8), "often": range(7)}
    rows = [
        {"portal": portal.id, "key": key, "listing": f"list-{number}", "url": key, "source": "listing", "position": 1}
        | {"anchor": key, "date_text": "", "first_seen": NOW, "last_seen": NOW}
        for key, numbers in mentions.items()
        for number in numbers
    ]
    with database.write() as conn:
        conn.execute(insert(schema.sighting), rows)
    with database.read() as conn:
        counts = {key: len(numbers) for key, numbers in mentions.items()}
        assert queue.everywhere(conn, portal.id, counts) == {"menu", "nearly"}
        assert not queue.everywhere(conn, portal.id, {"often": 7})


def test_everywhere_when_few_pages_are_known_then_nothing_is_said(database: Database) -> None:
    portal = make_portal()
    runs.sync_portals(database, [portal], now=NOW)
    rows = [
        {
            "portal": portal.id,
            "key": "menu",
            "listing": f"list-{number}",
            "url": "menu",
            "source": "listing",
            "position": 1,
        }
        | {"anchor": "menu", "date_text": "", "first_seen": NOW, "last_seen": NOW}
        for number in range(4)
    ]
    with database.write() as conn:
        conn.execute(insert(schema.sighting), rows)
    with database.read() as conn:
        assert not queue.everywhere(conn, portal.id, {"menu": 4})
