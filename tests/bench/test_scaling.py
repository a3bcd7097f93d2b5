"""The model of ten years: what it multiplies."""

from dataclasses import replace

import pytest

from bench.scaling import Assumed, Bytes, project

COST = Bytes(article=3_000, answer=1_000, visit=700, portal=8_000, page=0.25, listed=0.2, recheck=0.1)
COUNTRY = Assumed(
    articles=1.0, kb=60, requests=20, files=0.5, file_kb=700, delay=2.0, on_one_server=100, ms=12.0, active=16
)


def test_project_when_one_portal_publishes_one_article_a_night_then_a_year_has_365_and_20_answers_a_night() -> None:
    year = project(COST, COUNTRY, 1, 1)
    assert year.articles == 365
    assert year.answers == pytest.approx(365 * 20)
    assert year.server_hours == pytest.approx(20 * 2.0 / 3600)


def test_project_when_articles_age_then_a_tenth_of_them_is_asked_again_each_year() -> None:
    first, tenth = (project(COST, COUNTRY, 100, years) for years in (1, 10))
    assert tenth.minutes / first.minutes == pytest.approx((20 + 0.9) / 20)
    assert tenth.keep == pytest.approx(10 * first.keep)
    assert tenth.watch > 10 * first.watch


def test_project_when_portals_stand_on_one_server_then_its_pace_bounds_the_night() -> None:
    alone, together = (project(COST, replace(COUNTRY, on_one_server=held), 300, 1) for held in (1, 300))
    assert together.server_hours == pytest.approx(300 * alone.server_hours)
    assert together.night_hours == alone.night_hours
