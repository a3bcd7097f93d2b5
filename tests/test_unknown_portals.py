"""The gate for portals that nobody wrote a rule for: systems of the tests alone, crawled by command, held against their gold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from phuongchi.demo.site import serve
from tests.holdout import run as holdout
from tests.holdout.sites import catalogue as two_nights
from tests.unseen import run as unseen
from tests.unseen.score import Score
from tests.unseen.sites import catalogue as one_night

pytestmark = pytest.mark.slow

PATIENCE = timedelta(minutes=10).total_seconds()

# What the archive promises over all portals together, and what no single one may miss.
FOUND, DATED, FOREIGN = 0.95, 0.95, 0.03
FOUND_ON_EACH = 0.85


def _gate(scores: Mapping[str, Score]) -> list[str]:
    """What falls short, and the notes of every portal if anything does; empty when all is well."""
    total = sum(scores.values(), Score())
    low = {name: result.ratios["recall"] for name, result in scores.items()}
    failures = [
        f"{name}: {share:.1%} is {'under' if least else 'over'} {bound:.0%}"
        for name, share, bound, least in (
            ("articles found", total.ratios["recall"], FOUND, True),
            ("printed days right", total.ratios["day"], DATED, True),
            ("stored that are no articles", total.ratios["nonart"], FOREIGN, False),
            ("stored twice", total.ratios["dup"], 0.0, False),
            *((f"articles found on {name}", share, FOUND_ON_EACH, True) for name, share in low.items()),
        )
        if (share < bound if least else share > bound)
    ]
    return failures + [f"  {name}: {note}" for name, result in scores.items() for note in result.notes if failures]


def test_unseen_portals_when_crawled_once_then_they_pass_the_gate(tmp_path: Path) -> None:
    sites = one_night.portals()
    with serve(sites) as world:
        articles = unseen.crawl(tmp_path / "archive", world, sites, PATIENCE, strict=True)
    failures = _gate({site.name: unseen.rate(site, world, articles) for site in sites})
    assert not failures, "\n".join(failures)
    known = {site.name: site for site in sites}
    assert not [target for name, target, _ in world.requests if known[name].forbidden(target)]


def test_holdout_portals_when_crawled_two_nights_then_they_pass_the_gate_and_every_change_is_seen(
    tmp_path: Path,
) -> None:
    sites = two_nights.portals()
    nights = []
    with serve(sites) as world:
        unseen.prepare(tmp_path / "archive", world, sites, PATIENCE)
        for night in (1, 2):
            world.night = night
            nights.append(holdout.crawl(tmp_path, night, PATIENCE, strict=True))
    for number, articles in enumerate(nights, 1):
        failures = _gate({site.name: holdout.rate(site, world, articles, number) for site in sites})
        assert not failures, "\n".join([f"night {number}", *failures])
    changed = [holdout.changes(site, world, nights, 0) for site in sites]
    added, edited = (sum(getattr(change, key) for change in changed) for key in ("added", "edited"))
    assert added, "the sample portals show nothing new"
    assert edited, "the sample portals show no edit"
    seen = [sum(getattr(change, key) for change in changed) for key in ("found", "noticed", "false", "removed")]
    assert seen == [added, edited, 0, 0], "\n".join(note for change in changed for note in change.notes)
