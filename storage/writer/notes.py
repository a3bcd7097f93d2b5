"""What reading a capture came to: a note beside the capture, and beside what failed in its run.

In the caller's transaction, beside what `rows` stores of the verdict itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, select, update

from storage import points, schema
from storage.engine import upsert_on
from storage.records import Capture, Verdict

_reading = schema.reading

# Built once, as in `rows`.
_FAILED = schema.failure.insert().values(
    run=select(schema.capture.c.run).where(schema.capture.c.entry == bindparam("of_entry")).scalar_subquery()
)
_READ = (
    update(schema.capture).where(schema.capture.c.entry.in_(bindparam("entries", expanding=True))).values(unread=False)
)


@cache
def _noted(dialect: str) -> Insert:
    new = upsert_on(dialect, _reading)
    told = {column.name: new.excluded[column.name] for column in _reading.c if column.name != "entry"}
    return new.on_conflict_do_update(index_elements=["entry"], set_=told)


def note(capture: Capture, reader: str, verdict: Verdict, *, confidence: float,
         at: datetime, evidence: str = "", ground: str = "", strange: bool = False) -> dict[str, Any]:  # fmt: skip
    """The row of `reading` of a capture that was read: with which reader and mentions (`evidence.digest`), and what it meant.

    `ground`: the pieces of the page's source that the reading stands on. `strange`: the portal's template did not know the
    page's layout.
    """
    return {
        "entry": capture.entry,
        "reader": reader,
        "verdict": verdict.kind,
        "detail": verdict.detail,
        "article": verdict.article,
        "confidence": confidence,
        "at": at,
        "evidence": evidence,
        "ground": ground or None,
        "strange": strange,
    }


def write(conn: Connection, read: Sequence[dict[str, Any]]) -> None:
    """Write down what reading some captures came to. They wait no longer."""
    if not read:
        return
    conn.execute(_noted(conn.dialect.name), list(read))
    conn.execute(_READ, {"entries": [row["entry"] for row in read]})
    points.reached("store.noted")


def on_failure(conn: Connection, capture: Capture, detail: str, *, at: datetime) -> None:
    """Reading failed for a reason that the report of the run must tell: its class stands before the first colon of `detail`."""
    cause, _, more = detail.partition(": ")
    row = {
        "of_entry": capture.entry,
        "portal": capture.portal,
        "url": capture.url,
        "class": cause,
        "detail": more,
        "at": at,
    }
    conn.execute(_FAILED, row)
