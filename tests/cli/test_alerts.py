"""Saved searches: what is new is told once, by mail after a night, and also after kills, lost mails and a new database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from access import alerts
from phuongchi import alerting, config
from phuongchi.archive import Archive
from phuongchi.clock import Clock
from phuongchi.runners.order import Outcome
from phuongchi.telling import Herald
from storage import reader, schema
from storage.engine import Database, connect, create
from storage.errors import UsageError
from storage.reader import Filters
from storage.reader.searches import searches
from storage.writer.searches import carry_over, remove, save
from tests.builders import NOW, make_reading, put_article
from tests.cli.conftest import Archive as Town
from tests.cli.postboxes import postbox

LE_HOI = Filters(words='"le hoi"')


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """The database of the archive below."""
    opened = connect(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def kho(database: Database, tmp_path: Path) -> Archive:
    """An archive with nothing in it."""
    (tmp_path / config.FILE).write_text("", encoding="utf-8")
    return Archive(tmp_path, config.load(tmp_path), Clock(NOW, 0.0, simulated=True, monotonic=lambda: 0.0))


def titles(kho: Archive) -> list[str]:
    """What is told now."""
    told: list[str] = []
    for _ in alerting.tell(kho, lambda news: told.extend(article["title"] for article in news.articles)):
        pass
    return told


def test_search_when_run_again_and_again_then_each_article_is_told_once(kho: Archive, database: Database) -> None:
    put_article(database, make_reading("Lễ hội cũ"))
    save(database, kho.folder, "lễ hội", LE_HOI, cursor=alerts.here(database), now=NOW)
    assert titles(kho) == []
    put_article(database, make_reading("Lễ hội đền Hùng"))
    put_article(database, make_reading("Chuyện khác"))
    hidden = put_article(database, make_reading("Lễ hội bị ẩn"))
    with database.write() as connection:
        connection.execute(update(schema.article).where(schema.article.c.id == hidden).values(visibility="withheld"))
    assert titles(kho) == ["Lễ hội đền Hùng"]
    assert titles(kho) == []
    put_article(database, make_reading("Lễ hội xuân"))

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(alerting.tell(kho, killed))
    assert titles(kho) == ["Lễ hội xuân"]


def test_search_when_the_database_is_made_anew_then_it_goes_on_by_time(
    kho: Archive, tmp_path: Path, database: Database
) -> None:
    save(database, kho.folder, "một", LE_HOI, cursor=alerts.here(database), now=NOW)
    save(database, kho.folder, "hai", Filters(portal="x"), cursor="", now=NOW)
    remove(database, kho.folder, "hai", now=NOW)
    for lost in (False, True):
        url = f"sqlite:///{tmp_path / f'anew-{lost}.db'}"
        create(url, now=NOW)
        db = connect(url)
        with db.write() as connection:
            connection.execute(update(schema.archive).values(id=reader.about(database).id, epoch=2))
        assert carry_over(db, "sqlite:////nowhere/phuongchi.db" if lost else database.url, kho.folder) == 1
        [search] = searches(db)
        assert (search.name, search.filters, search.told_at) == ("một", LE_HOI, NOW)
        put_article(db, make_reading("Lễ hội đã báo"), fetched_at=NOW - timedelta(days=1))
        put_article(db, make_reading("Lễ hội chưa báo"), fetched_at=NOW + timedelta(days=1))
        wanted = ["Lễ hội chưa báo"]
        assert [article["title"] for article in alerts.look(db, search).articles] == wanted
        db.close()


def test_search_when_it_is_there_already_or_is_none_then_said(kho: Archive, database: Database) -> None:
    save(database, kho.folder, "một", LE_HOI, cursor="", now=NOW)
    with pytest.raises(UsageError, match="there is a saved search 'một' already"):
        save(database, kho.folder, "một", LE_HOI, cursor="", now=NOW)
    with pytest.raises(UsageError, match="there is no saved search 'hai'"):
        remove(database, kho.folder, "hai", now=NOW)
    with pytest.raises(UsageError, match="no date"):
        alerts.check(database, Filters(since="gestern"))


def test_news_when_mail_is_away_then_the_next_night_brings_them(kho: Archive, database: Database) -> None:
    save(database, kho.folder, "lễ hội", LE_HOI, cursor=alerts.here(database), now=NOW)
    put_article(database, make_reading("Lễ hội đền Hùng\r\nBcc: x@y.vn"))
    said: list[str] = []
    with postbox() as box:
        settings = f'notify.to = "kho@phuong.vn"\nnotify.smtp_host = "127.0.0.1"\nnotify.smtp_port = {box.port}\n'
        with (kho.folder / config.FILE).open("a", encoding="utf-8") as file:
            file.write(settings + 'notify.smtp_security = "none"\nnotify.when = "trouble"\n')
        herald = Herald(Archive(kho.folder, config.load(kho.folder), kho.clock), said.append, {}, pause=0.0)
        box.refuse = "451 come later"
        herald.ended(Outcome(1, 0, (), {}))
        assert box.mails == []
        box.refuse = ""
        herald.ended(Outcome(2, 0, (), {}))
        herald.ended(Outcome(3, 0, (), {}))
        [mail] = [mail for mail in box.mails if "lễ hội" in mail["Subject"]]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Phường Chí: lễ hội: 1 tin mới | 1 new"
    assert "2023-12-26  Lễ hội đền Hùng" in text
    assert mail["Bcc"] is None


def test_alerts_when_kept_on_the_command_line_then_added_listed_told_and_removed(archive: Town) -> None:
    assert archive.quick("alerts", "add", "tết", "tết", "OR", "xuân", "--province", "Nghệ An").code == 0
    [line] = archive.quick("alerts", "list", "--json").out.splitlines()
    assert json.loads(line)["query"] == {"words": "tết OR xuân", "province": "Nghệ An"}
    assert "tết OR xuân province=Nghệ An" in archive.quick("alerts", "list").out
    db = connect(config.load(archive.folder).database)
    put_article(db, make_reading("Chợ hoa xuân"))
    db.close()
    told = archive.quick("alerts", "run", "--json")
    assert [(news["alert"], news["title"]) for news in map(json.loads, told.out.splitlines())] == [
        ("tết", "Chợ hoa xuân")
    ]
    again = archive.quick("alerts", "run")
    assert (again.out, "nothing new" in again.err) == ("", True)
    assert archive.quick("alerts", "remove", "tết").code == 0
    assert archive.quick("alerts", "list", "--json").out == ""


def test_text_when_no_date_is_known_then_the_day_it_was_first_seen_in_viet_nam(
    kho: Archive, database: Database
) -> None:
    save(database, kho.folder, "tin", Filters(), cursor=alerts.here(database), now=NOW)
    put_article(database, make_reading("Tin đêm"))
    [news] = list(alerting.tell(kho, lambda _: None))
    [article] = news.articles
    seen = {**article, "published_at": None, "first_seen": "2026-11-01T18:30:00Z"}
    assert "2026-11-02  Tin đêm" in alerting.text(replace(news, articles=(seen,)))
