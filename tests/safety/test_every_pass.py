"""The whole walk: hurt at the first pass through any point, at the second, the third …, until the work ends untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.points import Fault
from tests.safety import wards
from tests.safety.conftest import Archives
from tests.safety.forks import Forks
from tests.safety.test_walks import FAULTS, backing_up, crawling, reading, repairing
from tests.safety.walking import Walk

pytestmark = pytest.mark.long
__all__ = ["backing_up", "crawling", "reading", "repairing"]


@pytest.mark.parametrize("fault", FAULTS)
def test_crawl_when_hurt_at_every_pass_then_the_next_one_completes_it(crawling: Walk, fault: Fault) -> None:
    assert crawling.every_pass(fault) > 50


@pytest.mark.parametrize("fault", FAULTS)
def test_read_when_hurt_at_every_pass_then_the_next_one_completes_it(reading: Walk, fault: Fault) -> None:
    assert reading.every_pass(fault) > 50


@pytest.mark.parametrize("fault", FAULTS)
def test_backup_when_hurt_at_every_pass_then_the_next_one_is_whole(backing_up: Walk, fault: Fault) -> None:
    assert backing_up.every_pass(fault) > 5


@pytest.mark.parametrize("fault", FAULTS)
def test_reindex_when_hurt_at_every_pass_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    walk = Walk(forks, archives.night, tmp_path, (wards.reindex, ()), (wards.reindexed, ()))
    assert walk.every_pass(fault) > 20


def test_crawl_when_killed_in_the_repair_of_a_killed_one_then_the_third_completes_it(repairing: Walk) -> None:
    assert repairing.every_pass("kill") > 50
