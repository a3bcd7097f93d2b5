"""What a killed run left behind, put in order before the next one. Apart from `run`, so that no reactor is loaded for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from storage import frontier, warc
from storage.engine import Database, Fence
from storage.warc import Repair


def repair(db: Database, folder: Path, fence: Fence, *, now: datetime) -> list[Repair]:
    """Close the WARC files that dead runs left open, without their torn tails. Call it before the first batch of a run."""
    finished = sorted(path.name for path in warc.warc_folder(folder).glob("*.warc.gz"))
    with db.read() as conn:
        unclosed = [*frontier.open_files(conn), *frontier.unlisted(conn, finished)]
    done = warc.repair(folder, unclosed=unclosed)
    if done:
        frontier.close_files(db, fence, [(item.name, item.bytes, item.sha256) for item in done], now=now)
    return done
