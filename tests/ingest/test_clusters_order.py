"""Clusters are sound in whatever order articles come, change, go out of sight and are looked at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crawler.ingest.clusters.minhash import BANDS
from storage import schema
from storage.engine import Database, connect
from storage.reader import clusters as reading
from storage.writer import clusters as rows
from tests.builders import NOW
from tests.ingest.test_clusters import everything, groups, put, revise, run, set_visible, story

ACTS = st.lists(st.tuples(st.sampled_from(["put", "revise", "hide", "show", "follow"]), st.integers(0, 5), st.integers(0, 2)),
                min_size=4, max_size=14)  # fmt: skip


@pytest.mark.slow
@given(acts=ACTS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_clusters_when_anything_happens_in_any_order_then_they_are_sound(
    acts: list[tuple[str, int, int]], sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("order")
    (folder / "phuongchi.db").write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{folder / 'phuongchi.db'}")
    made: list[str] = []
    for number, (act, which, what) in enumerate(acts):
        text = story(50 + what)[which % 3 :]
        if act == "put" or not made:
            day = f"2026-10-{(NOW + timedelta(days=7 * which + number)).day:02}"
            # Without a number: titles that differ in nothing else are of two stories.
            title = f"Tin {'abcdefghijklmn'[number]}"
            made.append(put(database, "abcdef"[which], text, day=day, title=title))
        elif act == "follow":
            run(database, folder)
        elif act == "revise":
            revise(database, made[which % len(made)], text)
        else:
            set_visible(database, made[which % len(made)], "withheld" if act == "hide" else "public")
    run(database, folder)
    _check_sound(database)
    before = everything(database)
    run(database, folder)
    assert everything(database) == before
    database.close()


def _check_sound(database: Database) -> None:
    found = groups(database)
    with database.read() as conn:
        states = rows.states(conn, conn.execute(select(schema.article.c.id)).scalars().all())
        fingerprints = conn.execute(select(schema.fingerprint.c.number)).scalars().all()
        sketches = select(schema.sketch.c.number, schema.sketch.c.signature)
        signed = {number: signature for number, signature in conn.execute(sketches)}
        assert not rows.stale(conn, 1)
    members = set().union(*found.values()) if found else set()
    for head, group in found.items():
        assert len(group) > 1
        assert min(group, key=lambda article: states[article].order) == head
        assert len({states[article].portal for article in group}) == len(group)
        assert all(states[article].digest for article in group)
        likeness = {member.article: member.similarity for member in reading.members(database, head)}
        assert all(likeness[article] >= 0.7 for article in group)
    for state in states.values():
        is_head = bool(signed[state.number]) and (state.article in found or state.article not in members)
        assert fingerprints.count(state.number) == (BANDS if is_head else 0)
