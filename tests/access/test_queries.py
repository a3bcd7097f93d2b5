from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from access import queries
from storage import schema, warc
from storage.engine import Database
from storage.errors import UsageError
from storage.reader import Filters
from storage.records import DateCandidate, Dates
from tests.builders import NOW, make_date, make_reading, put_article


def test_search_when_typed_without_accents_then_found_and_paged(database: Database) -> None:
    for number in range(5):
        put_article(database, make_reading(f"Lễ hội số {number}", published=f"2024-01-0{number + 1}"))
    put_article(database, make_reading("Chuyện khác"))
    first = queries.search(database, Filters('"le hoi"'), limit=3)
    assert [line.title for line in first.articles] == ["Lễ hội số 4", "Lễ hội số 3", "Lễ hội số 2"]
    second = queries.search(database, Filters('"le hoi"'), limit=3, after=first.after)
    assert [line.title for line in second.articles] == ["Lễ hội số 1", "Lễ hội số 0"]
    assert second.after == ""
    assert queries.search(database, Filters('"le hoi"'), limit=5).after == ""
    assert queries.search(database, Filters('"khong co gi"')).articles == ()


def test_article_when_unknown_then_names_the_cure(database: Database) -> None:
    with pytest.raises(UsageError, match=r"no article 'a123'.*phuongchi search"):
        queries.article(database, "a123")
    name = put_article(database, make_reading())
    with pytest.raises(UsageError, match="has no revision 7"):
        queries.article(database, name, revision=7)
    assert queries.article(database, name)["id"] == name
    assert [line.number for line in queries.history(database, name)] == [1]


def test_evidence_when_dates_were_rejected_then_with_reasons(database: Database) -> None:
    rejected = DateCandidate("2026-11-02", "day", "meta", "embedded", "02/11/2026", "clock of the page")
    dates = Dates(make_date(), rejected=(rejected,))
    name = put_article(database, make_reading(dates=dates, flags=("short",)))
    found = queries.evidence(database, name)
    assert (found.published, found.rejected, found.flags) == (make_date(), (rejected,), ("short",))


def test_raw_when_asked_then_the_response_as_received(database: Database, tmp_path: Path) -> None:
    writer = warc.WarcWriter(tmp_path, series="keep", run=1, archive="x", software="test", opened_at=NOW)
    exchange = warc.Exchange("https://a.vn/", "GET", (), 200, "OK", (), "<p>Phường</p>".encode(), NOW)
    ref = writer.write(exchange, entry=1, metadata={})
    writer.close()
    name = put_article(database, make_reading(), record=ref)
    assert queries.raw(database, tmp_path, name).body.decode() == "<p>Phường</p>"
    with database.write() as connection:
        connection.execute(update(schema.article).values(visibility="withheld"))
    with pytest.raises(UsageError, match="is withheld"):
        queries.raw(database, tmp_path, name)
