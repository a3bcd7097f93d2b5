"""What links a decision about personal data to the request that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from storage.requests import Request


def answered(archive: Archive, number: int, reason: str) -> str:
    """The reason of a decision with the request that it answers. Raises UsageError when there is no such open request."""
    from storage import requests

    db = archive.connect(readonly=True)
    try:
        found: Request | None = requests.request(db, number)
    finally:
        db.close()
    if found is None or found.closed_at is not None:
        raise UsageError(f"there is no open request {number}", cure="See: phuongchi requests list")
    return f"{reason} (yêu cầu | request {number})".strip()
