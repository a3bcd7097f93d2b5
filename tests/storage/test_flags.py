"""Flags that few rows have are found by their partial indexes, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, select, text

from storage import schema
from storage.engine import Database

_capture, _sketch = schema.capture, schema.sketch


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (select(_capture.c.entry).where(schema.is_set(_capture.c.unread)), "ix_capture_portal_unread"),
        (select(_sketch.c.number).where(schema.is_set(_sketch.c.stale)).order_by(_sketch.c.number), "ix_sketch_stale"),
    ],
)
def test_flag_when_asked_for_then_its_index_is_used(database: Database, query: Select[tuple[int]], index: str) -> None:
    sqlite = database.dialect == "sqlite"
    with database.write() as conn:
        if not sqlite:
            conn.execute(text("SET LOCAL enable_seqscan = off"))
        words = str(query.compile(conn.engine, compile_kwargs={"literal_binds": True}))
        plan = conn.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{words}")).all()
    assert index in repr(plan)
