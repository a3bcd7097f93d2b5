"""How a visit is judged when it has nothing more to ask."""

from __future__ import annotations

from typing import Any

from crawler.fetch.visit import Visit
from storage.frontier import Facts
from tests.builders import NOW, make_portal


def visit(**changes: Any) -> Visit:
    """A visit that met one dead link and nothing else in this process."""
    made = Visit(make_portal(), Facts({}), None, None, NOW, None, "", **changes)  # type: ignore[arg-type]
    made.causes["http.404"] += 1
    return made


def test_verdict_when_nothing_answered_then_the_visit_is_partial() -> None:
    assert visit().verdict() == ("partial", "http.404", "no page could be fetched")


def test_verdict_when_pages_answered_before_a_kill_then_the_rest_of_the_visit_is_done() -> None:
    resumed = visit(earlier=9)
    assert resumed.verdict() == ("done", "", "")
    resumed.counts.update(asked=1, gone=1)
    assert resumed.counted() == {"answered": 9, "asked": 10, "gone": 1}
