"""What lists announce against what is kept, by month, with the reason for each gap; from the tables to the command's lines."""

from __future__ import annotations

from sqlalchemy import insert

from storage import schema
from storage.engine import Database
from storage.reader.completeness import by_month
from storage.reader.listed import dated, listed, month_of
from tests.builders import NOW, make_capture, make_portal, make_reading, put_article, put_capture

PORTAL = make_portal()


def page(db: Database, name: str, *, date_text: str = "", source: str = "listing", **columns: object) -> None:
    """An announced page."""
    key = f"{PORTAL.id}/{name}"
    row = {"portal": PORTAL.id, "key": key, "url": f"https://{key}", "purpose": "article", "first_seen": NOW, **columns}
    seen = {"portal": PORTAL.id, "key": key, "url": f"https://{key}", "listing": "a", "source": source, "position": 0}
    with db.write() as conn:
        conn.execute(insert(schema.page).values(**row))
        conn.execute(insert(schema.sighting).values(**seen, date_text=date_text, first_seen=NOW, last_seen=NOW))


def test_by_month_when_pages_are_missing_then_each_has_its_month_and_reason(database: Database) -> None:
    put_article(database, make_reading(published="2026-10-05"), url=f"https://{PORTAL.id}/co")
    page(database, "co", status=200, run=1, read_as="article", date_text="05/10/2026")
    page(database, "loi", attempts=2, run=1, date_text="Ngày đăng: 07-10-2026 | 08:00")
    page(database, "mat", status=404, run=1, negatives=4, date_text="12/09/2026")
    page(database, "cho", date_text="Mon, 05 Oct 2026 08:00:00 +0700", source="feed")
    page(database, "cam", run=1)
    page(database, "tinh", status=200, run=1, read_as="not-article")
    page(database, "bao-tri", status=200, run=1, read_as="not-article", date_text="01/10/2026")
    with database.write() as conn:
        put_capture(conn, make_capture(77, url=f"https://{PORTAL.id}/bao-tri"))
        row = {"entry": 77, "reader": "1/0", "verdict": "not-article", "detail": "maintenance", "at": NOW}
        conn.execute(insert(schema.reading).values(**row, confidence=1.0, article=""))
    months = by_month(listed(database, PORTAL.id))
    assert [(one.month, one.listed, one.stored, dict(one.missing), one.gaps) for one in months] == [
        ("2026-10", 4, 1, {"failed": 1, "not-asked": 1, "passing": 1}, 3),
        ("2026-09", 1, 0, {"gone": 1}, 0),
        ("", 1, 0, {"refused": 1}, 0),
    ]


def test_by_month_when_articles_say_their_month_then_counted_without_being_told_one_by_one(database: Database) -> None:
    for name, published in (("a", "2026-10-05"), ("b", "2026-10"), ("c", "2026"), ("d", "")):
        put_article(database, make_reading(identity=name, published=published), url=f"https://{PORTAL.id}/{name}")
        page(database, name, status=200, run=1, read_as="article")
    page(database, "mat", status=404, run=1, negatives=4, date_text="12/09/2026")
    whole = by_month(listed(database, PORTAL.id))
    assert [(one.month, one.listed) for one in whole] == [("2026-10", 2), ("2026-09", 1), ("", 2)]
    assert dated(database, PORTAL.id) == {(PORTAL.id, "2026-10"): 2}
    assert len(list(listed(database, PORTAL.id, settled=False))) == 3
    assert by_month(listed(database, PORTAL.id, settled=False), dated(database, PORTAL.id)) == whole


def test_month_of_when_a_line_is_dated_in_any_usual_way_then_its_month() -> None:
    texts = (
        "05/10/2026",
        "2026-10-05T08:00:00",
        "Thứ hai, 5.10.2026",
        "Mon, 05 Oct 2026 08:00:00 +0700",
        "hôm qua",
        "",
    )
    assert [month_of(text) for text in texts] == ["2026-10"] * 4 + ["", ""]
