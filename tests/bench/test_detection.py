"""A small world through the real decisions of the watch: breakages are found by their names, and little else is alarmed about."""

from __future__ import annotations

import pytest

from bench.detection.score import Score, score
from bench.detection.world import KINDS, make_world
from bench.detection.year import Year


@pytest.mark.slow
def test_year_when_small_then_breakages_are_found_in_time_and_by_name() -> None:
    total = Score()
    year = Year(make_world(5, portals=24, days=200))
    for _ in year.live():
        pass
    score(year, total)
    assert sum(total.broken.values()) >= 12
    assert total.share(total.timely) >= 0.95
    assert total.share(total.right) >= 0.95
    assert total.false_per_week <= 1.0


def test_world_when_made_twice_then_the_same_and_every_kind_breaks() -> None:
    one, two = (make_world(1, portals=60) for _ in range(2))
    assert one.breakages == two.breakages
    assert {breakage.kind for breakage in one.breakages} == set(KINDS)
    assert one.breakages != make_world(2, portals=60).breakages
