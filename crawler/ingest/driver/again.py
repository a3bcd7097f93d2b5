"""Reading again what was read too early: a list that is visited later may date a page, or call it by its headline."""

from __future__ import annotations

from collections.abc import Callable

from crawler.ingest.driver.desk import Desk
from crawler.ingest.judge import CURABLE
from storage.engine import Transaction
from storage.writer import evidence
from storage.writer.evidence import Doubtful

LOOKED_AT = 500
"""Readings that are looked at in one go: well under 200 ms of reading the database."""


def reopened(desk: Desk) -> int:
    """Put captures back into the queue whose pages lists say something new of; returns how many.

    Only pages that print no date themselves, or were taken for no articles for a reason that a headline overcomes. A second
    call finds nothing, unless more was said meanwhile.
    """
    reasons = sorted(CURABLE)
    portal = desk.portal.id
    found = [
        *_outdated(desk, lambda conn, after: evidence.undated(conn, portal, after=after, limit=LOOKED_AT)),
        *_outdated(desk, lambda conn, after: evidence.refused(conn, portal, reasons, after=after, limit=LOOKED_AT)),
    ]
    for start in range(0, len(found), LOOKED_AT):
        with desk.db.write(desk.fence) as conn:
            evidence.reopen(conn, found[start : start + LOOKED_AT])
    return len(found)


def _outdated(desk: Desk, slice_after: Callable[[Transaction, int], list[Doubtful]]) -> list[int]:
    found: list[int] = []
    after = 0
    while True:
        with desk.db.read() as conn:
            readings = slice_after(conn, after)
            found += evidence.outdated(conn, desk.portal.id, readings)
        if len(readings) < LOOKED_AT:
            return found
        after = readings[-1].entry
