"""The watch over a real database: what it writes down after each night, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitoring import watch
from monitoring.nights import instants
from storage import overview, runs, states
from storage.engine import Database
from tests.monitoring.archives import Nights, ward


@pytest.mark.parametrize(
    "cron", ["30 22 * * *", "0 0 * * *", "0 6,18 * * *", "15 22 * * 1", "0 3 */2 * *", "5 4 1 * *"]
)
def test_interval_when_visits_are_planned_then_it_is_the_longest_time_between_the_next_ones_or_a_day(cron: str) -> None:
    now = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    planned = list(instants(cron, now + timedelta(seconds=1), now + timedelta(days=400)))[:8]
    assert watch._interval(cron, now) == max(timedelta(days=1), *(later - one for one, later in pairwise(planned)))


@pytest.mark.slow
def test_watch_when_the_home_page_says_maintenance_then_alarmed_once_and_closed_with_the_first_good_visit(
    database: Database,
) -> None:
    nights = Nights(database, ward(1))
    nights.history(ward(1))
    place = ward(1).id
    assert nights.night().states[place].state == "healthy"
    nights.night()
    fell = nights.at
    first = nights.night(said={place: "maintenance"})
    assert (first.states[place].state, first.states[place].doubt) == ("healthy", "maintenance")
    assert states.open_alerts(database) == []
    second = nights.night(said={place: "maintenance"}).states[place]
    assert (second.state, second.since, second.alarm) == ("maintenance", fell, True)
    nights.night(said={place: "maintenance"})
    [alert] = states.open_alerts(database)
    assert (alert.portal, alert.cause) == (place, "maintenance")
    mended = nights.at
    nights.night()
    assert len(states.open_alerts(database)) == 1
    nights.night()
    assert states.open_alerts(database) == []
    [closed] = overview.alerts(database, since=fell)
    assert closed.closed_at == mended
    assert [one.state for one in states.history(database, place)][::-1] == ["healthy", "maintenance", "healthy"]


def test_watch_when_done_twice_for_one_run_then_nothing_is_written_twice(database: Database) -> None:
    from monitoring import watch

    nights = Nights(database, ward(1))
    nights.history(ward(1))
    nights.night()
    for _ in range(2):
        nights.night(broken={ward(1).id: ("unreachable", "net.refused")})
    before = (states.history(database, ward(1).id), states.open_alerts(database), runs.last_visits(database))
    run = runs.last_visits(database)[ward(1).id].run
    watch.watch(database, nights.fence, nights.portals, run=run, now=nights.at - timedelta(hours=22))
    assert (states.history(database, ward(1).id), states.open_alerts(database), runs.last_visits(database)) == before


@pytest.mark.slow
def test_watch_when_all_portals_of_a_server_fall_then_one_alarm_until_the_last_is_back(database: Database) -> None:
    wards = [ward(number, server="198.51.100.7" if number < 5 else "") for number in range(1, 9)]
    nights = Nights(database, *wards)
    for one in wards:
        nights.history(one, days=20)
    nights.night()
    fallen = {one.id: ("unreachable", "timeout.connect") for one in wards[:4]}
    for _ in range(3):
        nights.night(broken=fallen)
    [alert] = states.open_alerts(database)
    assert (alert.portal, alert.cause) == ("", "outage")
    assert alert.detail == "server 198.51.100.7 · unreachable: " + ", ".join(sorted(fallen))
    last = dict([fallen.popitem()])
    for _ in range(2):
        nights.night(broken=last)
    [still] = states.open_alerts(database)
    assert still.detail == "server 198.51.100.7 · unreachable: " + ", ".join(last)
    for _ in range(2):
        nights.night()
    assert states.open_alerts(database) == []
    assert len(overview.alerts(database, since=nights.at - timedelta(days=99))) == 1
