"""Numbers that take long to count: kept, shown as of their moment, counted beside the pages."""

from __future__ import annotations

import gc
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NoReturn

import pytest
from lxml import html
from sqlalchemy import select, text

from access import background, figures
from access.figures import Figures
from storage import reader, schema
from storage.engine import Database, connect
from storage.errors import TooSlow
from storage.reader import catalogue
from storage.reader.among import among
from storage.serving import Unhurried, connect_to_serve
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


def test_number_when_counted_in_the_database_that_took_another_s_place_then_known_before_anybody_asked(
    numbers: Numbers, database_url: str
) -> None:
    assert numbers.kept.here("n", numbers.count).value == 1
    numbers.db = connect(database_url)
    again = numbers.kept.renew("n", numbers.count)
    assert again is not None
    again.result()
    with held(numbers.kept):
        assert numbers.kept.beside("n", numbers.count, patience=0) == figures.Figure(2, NOW + timedelta(minutes=1))
    numbers.db.close()


def test_number_when_a_bug_keeps_it_from_being_counted_then_logged_and_it_rests_until_it_is_counted(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Database) -> int:
        raise ZeroDivisionError

    assert numbers.kept.beside("n", fail, patience=60) is None
    assert numbers.kept.failed("n") and numbers.kept.renew("n", numbers.count) is None
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr(figures.time, "monotonic", lambda now=time.monotonic: now() + figures.AGAIN)
    with held(numbers.kept):
        assert numbers.kept.beside("n", numbers.count, patience=0) is None and numbers.kept.failed("n")
    assert numbers.kept.beside("n", numbers.count, patience=60) == figures.Figure(1, NOW)
    assert not numbers.kept.failed("n")


def test_numbers_when_many_are_waited_for_then_lasting_ones_come_first_then_what_was_asked_for_last(
    numbers: Numbers,
) -> None:
    kept = Figures(lambda: numbers.db, lambda: NOW, lasting=("size",))
    order = list[object]()
    names = ["size", *range(background.WAITING + 5)]
    with held(kept):
        asked = {name: kept.renew(name, lambda _, name=name: order.append(name)) for name in names}
        kept.renew(7, lambda _: None)
    kept.settle()
    assert order == ["size", 7, *(name for name in range(background.WAITING + 4, 5, -1) if name != 7)]
    assert [name for name, done in asked.items() if done is not None and done.cancelled()] == [*range(6)]
    kept.close(60)


def test_numbers_when_they_are_too_many_then_those_go_that_were_asked_for_longest_ago_and_lasting_ones_stay(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Figures(lambda: numbers.db, lambda: NOW, lasting=("size",))
    count: Callable[[Database], bytes] = lambda _: random.randbytes(1000)  # noqa: E731
    monkeypatch.setattr(figures, "MOST", 4500)
    first = {name: kept.here(name, count) for name in ("size", "a", "b", "c")}
    assert kept.here("a", count) == first["a"]
    kept.here("d", count)
    assert [name for name in ("a", "c", "size", "b") if kept.here(name, count) != first[name]] == ["b"]
    kept.close()


def test_days_of_a_large_portal_when_kept_then_those_of_the_whole_country_have_room(numbers: Numbers) -> None:
    day = date(2014, 1, 1)
    counts = {(day + timedelta(days=number)).isoformat(): number % 7 + 1 for number in range(3650)}
    for portal in range(3):
        assert numbers.kept.here(portal, lambda _: counts).value == counts
        assert numbers.kept.here(portal, numbers.count).value == counts
    assert numbers.kept._weight / 3 * 3321 < figures.MOST


def test_numbers_when_the_server_ends_then_what_waits_is_dropped_and_nobody_waits_for_what_is_counted(
    numbers: Numbers,
) -> None:
    before = threading.active_count()
    with held(numbers.kept):
        assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("figures"))
        waiting = numbers.kept.renew("n", numbers.count)
        numbers.kept.close()
        assert waiting is not None and waiting.cancelled()
        assert numbers.kept.renew("n", numbers.count) is None
    numbers.kept.close(60)
    assert numbers.asked == 0 and threading.active_count() == before


def test_question_of_a_count_when_the_server_ends_then_it_is_broken_off_and_so_is_the_next(database_url: str) -> None:
    connect(database_url).close()
    db = connect_to_serve(database_url, seconds=60)
    begun, unhurried = threading.Event(), Unhurried(60)

    def count() -> None:
        with unhurried.asking(), db.read() as connection:
            begun.set()
            connection.execute(text(ENDLESS[db.dialect]))

    with ThreadPoolExecutor(1) as other:
        counting = other.submit(count)
        begun.wait()
        while not wait([counting], 0.05).done:  # PostgreSQL may be told before it has the question
            unhurried.end()
        assert isinstance(counting.exception(), TooSlow)
        assert isinstance(other.submit(count).exception(), TooSlow)
        with db.read() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    db.close()


def test_question_of_a_count_when_it_takes_longer_than_a_visitor_s_then_it_is_answered(database_url: str) -> None:
    some = {
        "sqlite": ENDLESS["sqlite"].replace("FROM n)", "FROM n LIMIT 300000)"),
        "postgresql": "SELECT pg_sleep(1.2)",
    }
    connect(database_url).close()
    db = connect_to_serve(database_url, seconds=0.001 if database_url.startswith("sqlite") else 1.0)
    with pytest.raises(TooSlow), db.read() as connection:
        connection.execute(text(some[db.dialect]))
    with Unhurried(60_000).asking(), db.read() as connection:
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
        counted(server).settle()
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


def test_pages_when_a_count_failed_then_they_say_so_instead_of_asking_to_come_back_at_once(
    own_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise TooSlow("a count", cure="")

    monkeypatch.setattr("access.pages.overview._FEW", 0)
    monkeypatch.setattr("access.pages.overview.size", fail)
    monkeypatch.setattr("access.pages.portals.catalogue.is_large", lambda *_: True)
    monkeypatch.setattr("access.pages.portals._complete", fail)
    own_shelf.library.article("Bài 1", published="2024-04-18")
    for path in ("/tong-quan", f"/nguon/{PORTAL.id}"):
        said(own_shelf.server, path)
        counted(own_shelf.server).settle()
        shown = said(own_shelf.server, path)
        assert "chưa đếm được" in shown and "ít giây" not in shown
        assert "could not be counted" in said(own_shelf.server, f"/en{path}")


def test_archive_s_size_when_it_could_not_be_counted_then_tried_again_by_itself(
    own_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, again = list[int](), threading.Event()

    def fail(_: Database) -> NoReturn:
        tries.append(1)
        if len(tries) > 2:
            again.set()
        raise ZeroDivisionError

    monkeypatch.setattr("access.app.AGAIN", 0.001)
    monkeypatch.setattr(figures, "AGAIN", 0.0)
    monkeypatch.setattr("access.app.size", fail)
    with serve(own_shelf.url, own_shelf.library.folder):
        assert again.wait(60)


def test_server_when_its_rehearsal_meets_a_bug_then_it_is_logged_and_visitors_are_let_in(
    own_shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr("access.rehearsal.articles", fail)
    with serve(own_shelf.url, own_shelf.library.folder, rehearsed=True) as server:
        assert server.get("/gioi-thieu").status == 200
        gc.unfreeze()
    assert "ZeroDivisionError" in caplog.text


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
