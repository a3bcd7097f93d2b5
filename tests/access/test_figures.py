"""Numbers that take long to count: kept, shown as of their moment, counted beside the pages."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select, text

from access import figures
from access.figures import Figures
from storage import reader, schema
from storage.engine import Database, connect
from storage.errors import TooSlow
from storage.reader import catalogue
from storage.reader.among import among
from storage.serving import connect_to_serve, unhurried
from tests.access.conftest import Shelf
from tests.access.served import PORTAL, Server, serve
from tests.access.test_guard import ENDLESS
from tests.builders import NOW, make_portal, put_portal

LATER = NOW + timedelta(hours=1)


@contextmanager
def held(kept: Figures) -> Iterator[None]:
    """The thread that counts has something else to do until the block ends."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: Database) -> None:
        begun.set()
        go_on.wait()

    held = kept.renew("held", hold)
    begun.wait()
    try:
        yield
    finally:
        go_on.set()
        if held:
            held.result()


class Numbers:
    """Counts how often it is asked, each time at another moment."""

    def __init__(self, db: Database) -> None:
        self.asked, self.db = 0, db
        self.kept = Figures(lambda: self.db, lambda: NOW + timedelta(minutes=self.asked))

    def count(self, _: Database) -> int:
        """How often it was asked with this time."""
        self.asked += 1
        return self.asked


@pytest.fixture
def numbers(database: Database) -> Iterator[Numbers]:
    """Something to count in a database."""
    made = Numbers(database)
    yield made
    made.kept.close()


def test_number_when_old_then_shown_as_of_its_moment_and_counted_anew_once_for_all(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "FRESH", 0.0)
    ask: Callable[[], figures.Figure[int] | None] = lambda: numbers.kept.beside("n", numbers.count, patience=60)  # noqa: E731
    assert ask() == figures.Figure(1, NOW)
    with held(numbers.kept):
        assert [ask() for _ in range(5)] == [figures.Figure(1, NOW)] * 5
    again = numbers.kept.renew("n", numbers.count)
    if again:
        again.result()
    assert ask() in [figures.Figure(number, NOW + timedelta(minutes=number - 1)) for number in (2, 3)]


def test_number_when_fresh_then_nobody_counts(numbers: Numbers) -> None:
    assert numbers.kept.here("n", numbers.count) == numbers.kept.here("n", numbers.count)
    assert numbers.kept.beside("n", numbers.count, patience=0) == figures.Figure(1, NOW)
    assert numbers.asked == 1


def test_number_when_never_counted_then_who_asks_goes_without_it_or_waits(numbers: Numbers) -> None:
    with held(numbers.kept):
        assert numbers.kept.beside("n", numbers.count, patience=0) is None
    assert numbers.kept.beside("n", numbers.count, patience=60) == figures.Figure(1, NOW)


def test_number_when_another_database_is_served_then_it_is_not_shown(numbers: Numbers, database_url: str) -> None:
    assert numbers.kept.here("n", numbers.count).value == 1
    numbers.db = connect(database_url)
    assert numbers.kept.here("n", numbers.count).value == 2
    numbers.db.close()


def test_number_when_counting_fails_then_the_old_one_stays_and_it_rests(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> int:
        raise TooSlow("a count", cure="")

    assert numbers.kept.beside("n", fail, patience=60) is None
    assert numbers.kept.renew("n", numbers.count) is None
    assert numbers.kept.here("n", numbers.count).value == 1
    monkeypatch.setattr(figures, "FRESH", 0.0)
    assert numbers.kept.here("m", numbers.count).value == 2
    failed = numbers.kept.renew("m", fail)
    assert failed is not None and failed.result() is None
    assert numbers.kept.beside("m", fail, patience=60) == figures.Figure(2, NOW + timedelta(minutes=1))


def test_numbers_when_the_server_ends_then_what_waits_is_dropped_and_the_thread_is_gone(numbers: Numbers) -> None:
    before = threading.active_count()
    with held(numbers.kept):
        waiting = numbers.kept.renew("n", numbers.count)
        closing = threading.Thread(target=numbers.kept.close)
        closing.start()
    closing.join()
    assert waiting is not None and waiting.cancelled() and numbers.asked == 0
    assert threading.active_count() == before


def test_question_of_a_count_when_it_takes_longer_than_a_visitor_s_then_it_is_answered(database_url: str) -> None:
    some = {
        "sqlite": ENDLESS["sqlite"].replace("FROM n)", "FROM n LIMIT 300000)"),
        "postgresql": "SELECT pg_sleep(1.2)",
    }
    connect(database_url).close()
    db = connect_to_serve(database_url, seconds=0.001 if database_url.startswith("sqlite") else 1.0)
    with pytest.raises(TooSlow), db.read() as connection:
        connection.execute(text(some[db.dialect]))
    with unhurried(60_000), db.read() as connection:
        connection.execute(text(some[db.dialect]))
    db.close()


def said(server: Server, path: str) -> str:
    """What a page says, white space folded."""
    page = html.document_fromstring(server.get(path, headers={"Accept": "text/html"}).body)
    return " ".join(" ".join(page.find(".//main").itertext()).split())


def counted(server: Server) -> Figures:
    """The numbers of a server."""
    found: Figures = server.app.state.serving.figures
    return found


def test_large_portal_when_not_counted_yet_then_its_page_says_so_and_later_as_of_when(
    own_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_ARTICLES", 1)
    for number in range(2):
        own_shelf.library.article(f"Bài {number}", published="2024-04-18")
    path = f"/nguon/{PORTAL.id}"
    with serve(own_shelf.url, own_shelf.library.folder, now=lambda: LATER) as server:
        with held(counted(server)):
            early = said(server, path)
        counted(server).renew("behind it", lambda _: None).result()  # type: ignore[union-attr]
        late = said(server, path)
        own_shelf.library.article("Bài mới", published="2024-05-18")
        assert said(server, path).partition("Mới nhất")[0] == late.partition("Mới nhất")[0]
    assert "chưa đếm xong" in early and "Lịch đăng bài" not in early and "Bài 1" in early
    assert "Tin bài trong kho 2 đếm lúc" in late and "chưa đếm xong" not in late
    assert "Lịch đăng bài năm 2024" in late and f"{LATER.astimezone():%Y}" in late


def test_small_portal_when_shown_then_its_articles_are_counted_for_each_visitor(own_shelf: Shelf) -> None:
    for number in range(2):
        own_shelf.library.article(f"Bài {number}", published="2024-04-18")
        assert f"Tin bài trong kho {number + 1} Trong kho từ" in said(own_shelf.server, f"/nguon/{PORTAL.id}")


def test_overview_when_the_server_was_rehearsed_then_counted_before_the_first_visitor(own_shelf: Shelf) -> None:
    own_shelf.library.article("Bài 1", published="2024-04-18")
    with serve(own_shelf.url, own_shelf.library.folder, rehearsed=True, now=lambda: LATER) as server:
        server.get("/gioi-thieu")
        gc.unfreeze()
        own_shelf.library.article("Bài 2", published="2024-04-18")
        shown = said(server, "/tong-quan")
    assert "Tin bài 1 " in shown and "Đếm lúc" in shown


def test_overview_when_a_large_archive_was_never_counted_then_it_says_so(
    own_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access.pages.overview._FEW", 0)
    own_shelf.library.article("Bài 1", published="2024-04-18")
    with held(counted(own_shelf.server)):
        assert "Kho chưa đếm xong" in said(own_shelf.server, "/tong-quan")
    assert "Tin bài 1 " in said(own_shelf.server, "/tong-quan")


def test_portals_when_their_states_are_wanted_then_so_many_of_each_in_that_order(database: Database) -> None:
    with database.write() as connection:
        for number, states in enumerate((["late"], ["late", "healthy"], ["failing"], ["healthy", "late"], [])):
            portal = make_portal(f"http://p{number}.gov.vn/")
            put_portal(connection, portal)
            for state in states:
                row = {"portal": portal.id, "state": state, "since": NOW}
                connection.execute(schema.portal_state.insert().values(row))
    assert [one.id for one in catalogue.in_states(database, ["failing", "late"], limit=5)] == [
        "p2.gov.vn", "p0.gov.vn", "p3.gov.vn",
    ]  # fmt: skip
    assert [one.id for one in catalogue.in_states(database, ["late"], limit=1)] == ["p0.gov.vn"]
    assert catalogue.by_state(database) == {"late": 2, "": 1, "failing": 1, "healthy": 1}


def test_among_when_texts_hold_signs_of_the_databases_then_each_is_itself(database: Database) -> None:
    names = ["p\\", 'q"r', "a,b", "{c}", "đ", "NULL", ""]
    with database.write() as connection:
        for name in names:
            row = {"code": name, "valid_from": "", "name": name, "folded": "", "kind": "", "province": ""}
            connection.execute(schema.unit.insert().values(row))
        here = select(schema.unit.c.code).where(among(connection, schema.unit.c.code, [*names, "q"]))
        assert sorted(connection.execute(here).scalars()) == sorted(names)
        none = select(schema.unit.c.code).where(among(connection, schema.unit.c.code, []))
        assert connection.execute(none).all() == []
    assert reader.about(database).epoch == 1
