"""Pages that a browser drew, beside the answers that they were made from."""

from __future__ import annotations

from sqlalchemy import update

from storage import schema
from storage.engine import Database, Fence
from storage.records import Capture


def supersede(db: Database, fence: Fence, run: int, drawn: Capture) -> None:
    """The drawn page is read in the place of the answers that its page gave in this run before."""
    capture = schema.capture
    same = (capture.c.portal == drawn.portal) & (capture.c.key == drawn.key) & (capture.c.run == run)
    with db.write(fence) as conn:
        conn.execute(update(capture).where(same, capture.c.entry < drawn.entry).values(unread=False))
