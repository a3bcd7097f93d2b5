"""One night as the database tells it: which runs are its own, what each portal brought, what was missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from storage import reader, runs, schema
from storage.engine import Database
from storage.leases import _take as take_lease
from storage.records import RobotsOverride
from storage.runs.dates import date_of
from storage.runs.history import growth
from storage.writer import articles
from tests.builders import make_portal, make_reading, put_article, put_portal

EVENING = datetime(2026, 11, 2, 15, 30, tzinfo=UTC)  # 22:30 in Vietnam
CRON = "30 22 * * *"


def a_night(db: Database, *, begins: datetime = EVENING, kind: str = "night", cron: str = CRON) -> int:
    """A run over one portal that ended after an hour."""
    portal = make_portal(robots_override=RobotsOverride("Công văn 12", "2027-01-31"), server="203.0.113.7")
    runs.sync_portals(db, [portal], now=begins)
    fence = take_lease(db, "crawl")
    run = runs.begin_run(db, fence, kind=kind, portals=[portal.id], now=begins, slot=begins, slots=[(cron, begins)])  # type: ignore[arg-type]
    runs.start_visit(db, fence, run.id, portal.id, now=begins, deep=False)
    runs.end_visit(db, fence, run.id, portal.id, state="done", counts={"answered": 3}, now=begins)
    with db.write() as connection:
        failure = {"run": run.id, "portal": portal.id, "url": "https://x/", "class": "http.5xx", "at": begins}
        connection.execute(insert(schema.failure).values(**failure))
    runs.end_run(db, fence, run.id, state="done", exit_code=0, now=begins + timedelta(hours=1))
    return run.id


def test_night_when_told_then_has_its_visits_events_troubles_and_liberties(database: Database) -> None:
    run = a_night(database)
    article = put_article(database, make_reading("Tin trong đêm"))
    with database.write() as connection:
        connection.execute(schema.capture.update().values(run=run))
        later = EVENING + timedelta(days=3)
        articles.publish(
            connection, [("removed", article, EVENING + timedelta(minutes=5)), ("returned", article, later)]
        )
        state = {"portal": make_portal().id, "since": EVENING, "cause": ""}
        connection.execute(insert(schema.portal_state), [{**state, "state": "late"}, {**state, "state": "quiet"}])
    night = reader.night(database, date(2026, 11, 2))
    assert night is not None
    assert night == reader.night_of_run(database, run)
    [portal] = night.portals
    uncounted = replace(night, totals=None, portals=(replace(portal, counts={}),))
    assert reader.night_of_run(database, run, totals=False) == uncounted
    assert (portal.state, dict(portal.counts), portal.server) == ("done", {"answered": 3}, "203.0.113.7")
    assert portal.events == {"created": 1, "removed": 1} == night.events
    assert [(one.kind, one.title) for one in night.happened] == [
        ("created", "Tin trong đêm"),
        ("removed", "Tin trong đêm"),
    ]
    assert [(one.cause, one.count) for one in portal.troubles] == [("http.5xx", 1)]
    assert portal.robots_override == ("Công văn 12", "2027-01-31")
    assert portal.standing is not None
    assert portal.standing.state == "quiet"
    assert (night.captures, night.ended_at) == (1, EVENING + timedelta(hours=1))


def test_night_when_told_later_then_states_and_alerts_are_those_of_its_end(database: Database) -> None:
    run = a_night(database)
    later = a_night(database, begins=EVENING + timedelta(days=2))
    other = make_portal("https://resting.vn/")
    with database.write() as connection:
        put_portal(connection, other)
        state = {"portal": make_portal().id, "since": EVENING, "cause": ""}
        connection.execute(
            insert(schema.portal_state),
            [{**state, "state": "late", "run": run}, {**state, "state": "healthy", "run": later}],
        )
        during = {"opened_at": EVENING - timedelta(days=1), "closed_at": EVENING + timedelta(days=2)}
        connection.execute(insert(schema.alert), [
            {**during, "portal": make_portal().id, "cause": "late", "detail": ""},
            {**during, "portal": "", "cause": "outage", "detail": "server 1.2.3.4 · unreachable: resting.vn, else.vn"},
            {"opened_at": EVENING + timedelta(days=2), "closed_at": None, "portal": make_portal().id, "cause": "tls", "detail": ""},
        ])  # fmt: skip
    night = reader.night(database, date(2026, 11, 2))
    assert night is not None
    first, second = night.portals
    assert (first.standing and first.standing.state, second.id, second.state) == ("late", "resting.vn", "unvisited")
    assert {(alert.cause, alert.closed_at) for alert in night.alerts} == {("late", None), ("outage", None)}


def test_night_when_a_trouble_is_over_since_the_last_night_then_one_night_tells_it(database: Database) -> None:
    days = [EVENING + timedelta(days=days) for days in range(4)]
    told = [a_night(database, begins=begins) for begins in days]
    portal, opened = make_portal().id, EVENING - timedelta(days=2)
    first_good, by_day = days[1] + timedelta(minutes=1), days[1] + timedelta(hours=9)
    with database.write() as connection:
        rows = [("late", portal, first_good), ("outage", "", first_good), ("job:backup", "", by_day)]
        connection.execute(insert(schema.alert), [
            {"cause": cause, "portal": where, "opened_at": opened, "closed_at": closed_at, "detail": ""}
            for cause, where, closed_at in rows
        ])  # fmt: skip
        # The second good night finds that the trouble ended with the first.
        state = {"portal": portal, "state": "healthy", "since": first_good, "run": told[2]}
        connection.execute(insert(schema.portal_state), [state])
    for day, causes in ((4, {"late", "outage", "job:backup"}), (5, set())):
        night = reader.night(database, date(2026, 11, day))
        assert night is not None
        assert {alert.cause for alert in night.alerts if alert.closed_at} == causes


@pytest.mark.slow
def test_night_when_captures_were_read_by_day_then_they_are_told_with_it(database: Database) -> None:
    a_night(database)
    article = put_article(database, make_reading("Đọc ban ngày"))
    with database.write() as connection:
        connection.execute(schema.event.delete())
        articles.publish(connection, [("created", article, EVENING + timedelta(hours=12))])
    run = a_night(database, begins=EVENING + timedelta(days=1))
    [yesterday, today] = [reader.night(database, date(2026, 11, day)) for day in (2, 3)]
    alone = reader.night_of_run(database, run)
    assert yesterday and today and alone
    assert (yesterday.events, today.events, alone.events) == ({}, {"created": 1}, {})


def test_night_when_an_article_is_hidden_then_it_is_counted_and_not_named(database: Database) -> None:
    run = a_night(database)
    article = put_article(database, make_reading("Không ai được đọc"))
    with database.write() as connection:
        connection.execute(schema.article.update().where(schema.article.c.id == article).values(visibility="withheld"))
    night = reader.night_of_run(database, run)
    assert night is not None
    assert night.events == {"created": 1}
    assert night.happened == ()


def test_night_when_the_newest_are_hidden_then_the_older_are_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.reader.nights._TOLD", 2)
    run = a_night(database)
    told = [put_article(database, make_reading(f"Tin {number}", identity=str(number))) for number in range(8)]
    with database.write() as connection:
        hidden = schema.article.c.id.in_(told[3:])  # more than are looked at first
        connection.execute(schema.article.update().where(hidden).values(visibility="restricted"))
    night = reader.night_of_run(database, run)
    assert night is not None
    assert night.events == {"created": 8}
    assert [one.article for one in night.happened] == told[1:3]


def test_night_when_others_were_missed_before_it_then_they_are_named(database: Database) -> None:
    a_night(database, begins=EVENING - timedelta(days=3))
    gone = [EVENING - timedelta(days=days) for days in (2, 1)]
    with database.write() as connection:
        connection.execute(insert(schema.slot), [{"schedule": CRON, "due_at": at, "state": "missed"} for at in gone])
    a_night(database)
    night = reader.night(database, date(2026, 11, 2))
    assert night is not None
    assert night.missed == tuple(gone)


def test_night_when_portals_have_hours_of_their_own_then_only_nights_are_missed_and_told_by_the_next(
    database: Database,
) -> None:
    own, hour = "0 * * * *", timedelta(hours=1)
    a_night(database, begins=EVENING - timedelta(days=2))
    gone = [{"schedule": CRON, "due_at": EVENING - timedelta(days=1), "state": "missed"}]
    with database.write() as connection:
        connection.execute(
            insert(schema.slot), [*gone, {"schedule": own, "due_at": EVENING - 3 * hour, "state": "missed"}]
        )
    by_day = a_night(database, begins=EVENING - 2 * hour, cron=own)
    a_night(database)
    alone = reader.night_of_run(database, by_day, schedule=CRON)
    night = reader.night(database, date(2026, 11, 2), schedule=CRON)
    assert alone and night
    assert (alone.missed, night.missed) == ((), (EVENING - timedelta(days=1),))


def test_growth_when_portals_have_hours_of_their_own_then_the_runs_of_one_night_are_one(database: Database) -> None:
    begins = [EVENING + timedelta(days=day, hours=hour) for day in range(9) for hour in (0, 4)]
    told = [a_night(database, begins=at, cron="30 */4 * * *") for at in begins]
    file = {"series": "keep", "state": "closed", "opened_at": EVENING}
    with database.write() as connection:
        files = [{**file, "name": f"{run}", "run": run, "bytes": 10 + run} for run in told]
        connection.execute(insert(schema.warc_file), files)
    grown, size, _ = growth(database)
    assert grown == [20 + one + other for one, other in list(zip(told[::2], told[1::2], strict=True))[:1:-1]]
    assert size == sum(10 + run for run in told)


def test_night_when_none_was_then_none(database: Database) -> None:
    assert reader.last_night(database) is None
    a_night(database, kind="hand")
    assert reader.last_night(database) is None
    assert reader.night(database, date(2026, 11, 2)) is None
    a_night(database)
    assert reader.last_night(database) == date(2026, 11, 2)


def test_date_of_when_after_midnight_then_the_evening_before() -> None:
    assert date_of(EVENING) == date_of(EVENING + timedelta(hours=6)) == date(2026, 11, 2)
    assert date_of(EVENING + timedelta(hours=14)) == date(2026, 11, 3)
