"""The change feed and its cursors."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from access import changes as feed
from access.changes import OldCursor, changes
from storage import reader, schema
from storage.engine import Database
from storage.errors import UsageError
from tests.builders import make_reading, put_article


def test_changes_when_followed_from_a_cursor_then_what_came_behind_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SLICE", 2)
    articles = [put_article(database, make_reading(f"Tin số {number}")) for number in range(5)]
    every = list(changes(database))
    assert [(entry["kind"], entry["article"]) for entry in every] == [("created", name) for name in articles]
    assert len({entry["cursor"] for entry in every}) == 5
    for number, entry in enumerate(every, 1):
        assert list(changes(database, entry["cursor"])) == every[number:]


def test_changes_when_the_epoch_is_another_then_refused_with_the_way_to_start_again(database: Database) -> None:
    put_article(database, make_reading())
    [entry] = changes(database)
    with database.write() as connection:
        connection.execute(update(schema.archive).values(epoch=2))
    with pytest.raises(OldCursor, match=r"epoch 1.*epoch 2.*Start again without a cursor"):
        list(changes(database, entry["cursor"]))
    assert [again["article"] for again in changes(database)] == [entry["article"]]


@pytest.mark.parametrize("cursor", ["17", "abc.1.2", "x", "{id}.1", "{id}.1.-2", "{id}.1.9223372036854775808"])
def test_changes_when_the_cursor_is_none_of_this_archive_then_usage_error(database: Database, cursor: str) -> None:
    with pytest.raises(UsageError, match="is no cursor of this archive"):
        list(changes(database, cursor.format(id=reader.about(database).id)))
