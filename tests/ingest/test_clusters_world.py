"""A labelled world of republished stories and of forms that look alike: the bounds that docs/benchmarks.md keeps."""

from __future__ import annotations

import pytest

from bench.clusters import pairs_found

pytestmark = pytest.mark.slow


def test_clusters_when_the_labelled_world_was_read_then_nearly_all_pairs_and_hardly_another() -> None:
    true, found, right, _ = pairs_found(1_500, seed=3)
    assert true > 1_000
    assert right >= 0.99 * found
    assert right >= 0.97 * true
