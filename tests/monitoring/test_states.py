"""How portals stand, from visits as values: one bad night is no trouble, two are, and the cause is the true one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.cadence import Cadence
from monitoring.states import Before, Case, decide
from storage.observations import Observation

FIRST = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
SOUND = Cadence(5.0, 60, FIRST, FIRST, FIRST + timedelta(days=900), FIRST + timedelta(days=900), 0.5, 0)
WELL = {"asked": 20, "answered": 20, "listed": 24, "announced": 1, "created": 1, "read": 3, "headlines": 24}
NOTHING = {"listed": 0, "announced": 0, "created": 0}


def visit(night: int, **changes: object) -> Observation:
    """A visit of a night; a sound one but for the changes."""
    at = FIRST + timedelta(days=night)
    values = {"portal": "a.vn", "run": night + 1, "at": at, "ended": at, "state": "done", "counts": WELL, **changes}
    return Observation(**values)  # type: ignore[arg-type]


def bad(night: int) -> Observation:
    """A visit on which nobody answered."""
    return visit(night, state="unreachable", cause="net.refused", counts=NOTHING, failures={"net.refused": 3})


def stands(*observed: Observation, before: Before | None = None, cadence: Cadence = SOUND) -> tuple[str, bool]:
    """The state after these visits, and whether it is an alarm."""
    found = decide(Case("a.vn", observed, cadence, before), now=observed[-1].at + timedelta(hours=2))
    return found.state, found.alarm


def nights(count: int) -> list[Observation]:
    return [visit(night) for night in range(count)]


def test_decide_when_nights_are_bad_then_the_second_in_a_row_and_the_third_of_six_alarm() -> None:
    assert stands(*nights(5), bad(5)) == ("healthy", False)
    assert stands(*nights(5), bad(5), bad(6)) == ("unreachable", True)
    assert stands(*nights(3), bad(3), visit(4), bad(5), visit(6), bad(7)) == ("unreachable", True)


def test_decide_when_a_trouble_ends_then_two_good_visits_end_it_and_it_began_with_the_first() -> None:
    before = Before("unreachable", FIRST + timedelta(days=3))
    assert stands(*nights(3), bad(3), bad(4), visit(5), before=before) == ("unreachable", True)
    found = decide(
        Case("a.vn", (*nights(3), bad(3), bad(4), visit(5), visit(6)), SOUND, before), now=FIRST + timedelta(days=6)
    )
    assert (found.state, found.since) == ("healthy", FIRST + timedelta(days=5))


def test_decide_when_a_visit_was_cut_short_then_it_neither_ends_nor_begins_a_trouble() -> None:
    short = visit(6, state="partial", cause="limit.time", counts={"asked": 2, "answered": 2, "listed": 0})
    before = Before("unreachable", FIRST + timedelta(days=4))
    assert stands(*nights(4), bad(4), bad(5), short, replace(short, run=8), before=before) == ("unreachable", True)
    assert stands(*nights(6), short) == ("healthy", False)


def test_decide_when_no_visit_ever_tells_anything_then_that_is_an_error() -> None:
    stalled = [visit(night, state="deferred", cause="visit.stalled", counts={}) for night in range(3, 8)]
    assert stands(*nights(3), *stalled[:4]) == ("healthy", False)
    assert stands(*nights(3), *stalled) == ("error", True)


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("tls", {"state": "unreachable", "cause": "tls.invalid", "counts": NOTHING}),
        ("robots-deferred", {"state": "deferred", "cause": "robots.unavailable", "counts": NOTHING, "failures": {"http.5xx": 3}}),
        ("unreachable", {"state": "deferred", "cause": "robots.unavailable", "counts": NOTHING, "failures": {"net.reset": 3}}),
        ("blocked", {"state": "partial", "cause": "http.4xx", "counts": {**NOTHING, "asked": 9, "failed": 9}}),
        ("blocked", {"state": "deferred", "cause": "retry.later", "counts": NOTHING, "failures": {"http.429": 1}}),
        ("blocked", {"counts": {**WELL, **NOTHING, "home.blocked": 1}}),
        ("moved", {"state": "partial", "cause": "redirect.offsite", "counts": NOTHING, "away": "https://b.vn/"}),
        ("dissolved", {"counts": {**WELL, **NOTHING, "home.closed": 1}}),
        ("maintenance", {"counts": {**WELL, **NOTHING, "same": 15}}),
        ("empty-listing", {"counts": {**WELL, **NOTHING}}),
        ("needs-browser", {"state": "partial", "cause": "needs-browser", "counts": {**WELL, **NOTHING, "shells": 20}}),
        ("hijacked", {"counts": {**WELL, "headlines": 40, "promoted": 12}}),
        ("hijacked", {"counts": {**WELL, "headlines": 40, "foreign": 16}}),
        ("layout-changed", {"counts": {**WELL, "announced": 2, "barren": 2, "created": 0}}),
    ],
)  # fmt: skip
def test_decide_when_two_visits_show_it_then_the_trouble_has_its_name(state: str, seen: dict[str, object]) -> None:
    assert stands(*nights(5), visit(5, **seen), visit(6, **seen)) == (state, True)


def test_decide_when_a_new_layout_is_still_being_learned_then_nothing_is_wrong() -> None:
    waits = {**WELL, "announced": 1, "barren": 1, "created": 0, "waiting": 1, "strange": 1}
    assert stands(*nights(5), visit(5, counts=waits), visit(6, counts=waits)) == ("healthy", False)


def test_decide_when_the_portal_always_had_foreign_headlines_then_it_is_not_hijacked() -> None:
    english = {**WELL, "headlines": 40, "foreign": 16}
    assert stands(*(visit(night, counts=english) for night in range(6))) == ("healthy", False)


def test_decide_when_trouble_outlasts_all_that_is_looked_at_then_what_was_usual_is_not_forgotten() -> None:
    little = {**WELL, **NOTHING, "listed": 2, "usual": 24, "usual.foreign": 0}
    before = Before("empty-listing", FIRST)
    assert stands(*(visit(night, counts=little) for night in range(14)), before=before) == ("empty-listing", True)


def test_decide_when_nobody_came_then_that_is_not_the_portals_silence() -> None:
    late = replace(SOUND, late_after=FIRST + timedelta(days=2))
    case = Case("a.vn", nights(3), late)
    assert decide(case, now=FIRST + timedelta(days=2, hours=30)).state == "healthy"
    assert decide(case, now=FIRST + timedelta(days=5)).state == "never-ran"
    silent = replace(late, looked_at=FIRST + timedelta(days=2))
    assert decide(replace(case, cadence=silent), now=FIRST + timedelta(days=2, hours=2)).state == "late"


def test_decide_when_the_portal_said_farewell_then_it_is_dissolved_unless_it_goes_on() -> None:
    said = visit(5, counts={**WELL, "farewell": 1})
    case = Case("a.vn", (*nights(5), said), SOUND, farewell="Trang thông tin điện tử phường ngừng hoạt động")
    assert decide(case, now=said.at).state == "dissolved"
    later = [visit(night) for night in range(6, 30)]
    assert decide(replace(case, observed=(*nights(5), said, *later)), now=later[-1].at).state == "healthy"
