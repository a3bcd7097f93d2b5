from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.batch import FetchSettings
from crawler.fetch.pace import JITTER, LONGEST_CRAWL_DELAY, Breaker, Server, retry_after

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@given(st.floats(0.1, 30.0), st.integers())
def test_server_when_a_request_started_then_the_next_waits_at_least_the_delay(delay: float, seed: int) -> None:
    server = Server(delay, limit=2)
    server.start(100.0, Random(seed))
    ready = server.ready_at(100.0)
    assert ready is not None
    assert 100.0 + delay <= ready <= 100.0 + delay * (1 + JITTER) + 1e-6


def test_server_when_its_place_is_taken_then_nothing_starts() -> None:
    server = Server(0.0)
    server.start(1.0, Random(1))
    assert server.ready_at(5.0) is None
    server.end()
    assert server.ready_at(5.0) == 5.0


def test_server_when_slowed_down_then_the_longer_delay_holds_up_to_thirty_seconds() -> None:
    server = Server(2.5)
    server.start(100.0, Random(1))
    server.slow_down(10.0)
    server.end()
    assert server.ready_at(101.0) == 110.0
    server.slow_down(1.0)
    assert server.delay == 10.0
    server.slow_down(86400.0)
    assert server.delay == LONGEST_CRAWL_DELAY


def test_server_when_paused_then_it_is_left_alone_until_then() -> None:
    server = Server(1.0)
    server.pause(500.0)
    server.pause(400.0)
    assert server.ready_at(100.0) == 500.0


def test_breaker_when_ten_fail_in_a_row_then_it_trips_and_an_answer_starts_it_over() -> None:
    breaker = Breaker()
    assert [breaker.failure() for _ in range(9)] == [False] * 9
    breaker.success()
    assert [breaker.failure() for _ in range(10)] == [False] * 9 + [True]


def test_retry_after_when_given_seconds_or_a_date_then_the_same_wait() -> None:
    assert retry_after("120", NOW) == 120.0
    assert retry_after(format_datetime(NOW + timedelta(seconds=90), usegmt=True), NOW) == 90.0


def test_retry_after_when_past_or_nonsense_then_none() -> None:
    for value in ("", "-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "1e9", "½", "99" * 500 + "x"):
        assert retry_after(value, NOW) is None


@given(st.text())
def test_retry_after_when_given_anything_then_never_negative(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or wait >= 0


def test_server_when_it_answers_slowly_then_it_rests_as_long_as_it_worked() -> None:
    server, now = Server(2.5), 0.0
    for _ in range(12):  # ten seconds for each answer
        server.start(now, Random(1))
        server.end(10.0)
        now = max(server.next_at, now + 10.0)
    assert 19.0 <= server.gap <= 20.0
    for _ in range(12):
        server.end(0.1)
    assert server.gap == 2.5  # never below what was asked for
    for _ in range(12):
        server.end(300.0)
    assert server.gap == LONGEST_CRAWL_DELAY


def test_server_when_no_delay_is_kept_then_latency_does_not_count() -> None:
    server = Server(0.0)
    server.start(0.0, Random(1))
    server.end(5.0)
    assert server.ready_at(5.0) == 5.0


class NoJitter(Random):
    def uniform(self, a: float, b: float) -> float:
        return a


def test_server_when_defaults_hold_then_floods_of_nukeviet_are_far() -> None:
    """NukeViet locks out who asks 40 times in a minute or 150 times in five; a simulated hour at the fastest we may go."""
    server, now, starts = Server(FetchSettings("x").delay, FetchSettings("x").per_server), 0.0, []
    while now < 3600:
        ready = server.ready_at(now)
        assert ready is not None
        now = ready
        server.start(now, NoJitter())
        starts.append(now)
        server.end(0.0)
    for span, most in ((60, 40), (300, 150)):
        busiest = max(sum(start <= one < start + span for one in starts) for start in starts[:200])
        assert busiest <= 0.8 * most
