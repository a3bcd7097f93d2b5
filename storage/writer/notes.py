"""What reading a capture came to: a note beside the capture, and word to the fetching half of what its page is.

In the caller's transaction, beside what `articles` stores of the verdict itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from storage import points, schema
from storage.records import Capture, Verdict

# Built once, as in `articles`.
_NOTED = update(schema.reading).where(schema.reading.c.entry == bindparam("of_entry"))
_NOTE = schema.reading.insert()
_FAILED = schema.failure.insert().values(
    run=select(schema.capture.c.run).where(schema.capture.c.entry == bindparam("of_entry")).scalar_subquery()
)
_READ = update(schema.capture).where(schema.capture.c.entry == bindparam("of_entry")).values(unread=False)
_PAGE = select(schema.page.c.id, schema.page.c.shape, schema.page.c.read_as).where(
    schema.page.c.portal == bindparam("of_portal"), schema.page.c.key == bindparam("of_key")
)
_SET_PAGE = update(schema.page).where(schema.page.c.id == bindparam("of_id"))
_SHAPE = (schema.pattern.c.portal == bindparam("of_portal")) & (schema.pattern.c.shape == bindparam("of_shape"))
_PATTERN = select(schema.pattern.c.shape).where(_SHAPE)
_NEW_PATTERN = schema.pattern.insert()
_COUNT = {
    (column.name, step): update(schema.pattern).where(_SHAPE).values({column: column + step})
    for column in (schema.pattern.c.articles, schema.pattern.c.others)
    for step in (1, -1)
}


def on_reading(conn: Connection, capture: Capture, reader: str, verdict: Verdict, *, confidence: float,
                 at: datetime, evidence: str = "", strange: bool = False) -> None:  # fmt: skip
    """The capture was read: with which reader and mentions (`evidence.digest`), and what it meant. It waits no longer.

    `strange`: the portal's template did not know the page's layout.
    """
    row: dict[str, Any] = {
        "reader": reader,
        "verdict": verdict.kind,
        "detail": verdict.detail,
        "article": verdict.article,
        "confidence": confidence,
        "at": at,
        "evidence": evidence,
        "strange": strange,
    }
    if not conn.execute(_NOTED, {"of_entry": capture.entry, **row}).rowcount:
        conn.execute(_NOTE, {"entry": capture.entry, **row})
    conn.execute(_READ, {"of_entry": capture.entry})
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


def on_page(
    conn: Connection, portal: str, key: str, *, article: bool, copy: bool = False, variant: bool = False
) -> None:
    """Tell the fetching half what became of a page: its purpose, and its URL shape's record (once a page).

    `copy`: it shows an article that was seen at another address first. `variant`: its address is such a one with parameters
    more, and speaks against addresses of its shape.
    """
    row = conn.execute(_PAGE, {"of_portal": portal, "of_key": key}).first()
    if row is None:
        return
    read_as = "not-article" if not article else "copy" if copy else "article"
    if row.read_as == read_as:
        return
    values: dict[str, Any] = {"read_as": read_as}
    if article:
        values["purpose"] = "article"
    conn.execute(_SET_PAGE, {"of_id": row.id, **values})
    counts = article and not variant
    before = None if not row.read_as else row.read_as == "article"
    if not row.shape or row.read_as == "copy" or counts is before:
        return
    same = {"of_portal": portal, "of_shape": row.shape}
    if conn.execute(_PATTERN, same).first() is None:
        conn.execute(_NEW_PATTERN, {"portal": portal, "shape": row.shape, "articles": 0, "others": 0})
    gained, lost = ("articles", "others") if counts else ("others", "articles")
    conn.execute(_COUNT[gained, 1], same)
    if before is not None:
        conn.execute(_COUNT[lost, -1], same)
