"""What time servers of others said it was, in the answers kept last: this machine's clock checked without asking anybody."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy import RowMapping, select

from storage import schema
from storage.engine import Database
from storage.errors import PhuongChiError
from storage.records import RecordRef
from storage.warc.exchanges import read_exchange

SERVERS = 9
"""So many servers are enough to judge one clock."""

_CAPTURES = 500
"""The captures that entered last among which they are looked for."""
_OPENED = 40
"""Records that are opened at most: a file may stand far away, and some servers never say the time."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a server `said` the time was (its `Date`), and when that came `at` by this machine's clock."""

    server: str
    at: datetime
    said: datetime


def told_times(db: Database, folder: Path, *, since: datetime) -> list[Told]:
    """The last answer of each server since an instant that gives a date of its own, of at most `SERVERS` servers.

    Servers of this machine share its clock, and an answer out of a cache is as old as it says: neither counts.
    """
    capture = schema.capture
    query = select(capture).order_by(capture.c.entry.desc()).limit(_CAPTURES)
    with db.read() as connection:
        rows = connection.execute(query).mappings().all()
    recent = [row for row in rows if row["fetched_at"] >= since and row["origin"] == "crawl"]
    found: dict[str, Told] = {}
    opened = 0
    for row in _elsewhere(recent):
        if len(found) == SERVERS or opened == _OPENED:
            break
        if row["server"] not in found:
            opened += 1
            if (said := _date(folder, row)) is not None:
                found[row["server"]] = Told(row["server"], row["fetched_at"], said)
    return list(found.values())


def _elsewhere(rows: Iterable[RowMapping]) -> Iterable[RowMapping]:
    for row in rows:
        with suppress(ValueError):
            if not ipaddress.ip_address(row["server"]).is_loopback:
                yield row


def _date(folder: Path, row: RowMapping) -> datetime | None:
    with suppress(PhuongChiError, OSError, ValueError, TypeError):
        kept = read_exchange(folder, RecordRef(row["series"], row["file"], row["offset"], row["length"]))
        if not kept.header("age"):
            return parsedate_to_datetime(kept.header("date")).astimezone(UTC)
    return None
