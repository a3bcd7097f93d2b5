"""The register of requests about personal data and removal: what was asked when, until when it is due, what was done.

The rows hold what people said of themselves, so they are in the database alone, and in its backups. `ledger.jsonl`, which
nothing is ever taken out of, only has number, kind and days of each: a database made anew from WARC files takes the rows of the
old one over, and where that is lost, the deadlines at least are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, cast, get_args

from sqlalchemy import ColumnElement, RowMapping, func, insert, select, update

from storage import schema
from storage.engine import Database
from storage.errors import UsageError
from storage.salvage import salvaged
from storage.upkeep import ledger

RequestKind = Literal["access", "correction", "erasure", "objection", "other"]
KINDS: tuple[RequestKind, ...] = get_args(RequestKind)

LOST = "?"
"""What a request is about of which the ledger alone tells."""

_table = schema.privacy_request


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `subject` is what it is about and `contact` where the answer goes; both are empty once they were erased,
    some time after it was closed. `outcome` is what was done."""

    id: int
    kind: RequestKind
    subject: str
    contact: str
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    outcome: str = ""

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been dealt with by now."""
        return self.closed_at is None and self.due_at < now


def add(
    db: Database, folder: Path, kind: RequestKind, *, subject: str, contact: str, received_at: datetime, due_at: datetime,
    now: datetime,
) -> Request:  # fmt: skip
    """Enter a request in the register and in the ledger; returns it with its number. Raises StorageFull."""
    with db.write() as conn:
        conn.execute(select(schema.archive.c.id).with_for_update())  # numbers are given out one by one
        number = (conn.execute(select(func.max(_table.c.id))).scalar() or 0) + 1
        made = Request(number, kind, subject, contact, received_at, due_at)
        values = {"kind": kind, "subject": subject, "contact": contact, "received_at": received_at, "due_at": due_at}
        conn.execute(insert(_table).values(id=number, outcome="", **values))
    ledger.append(
        folder, "request", at=now, number=number, kind=kind, received=received_at.isoformat(), due=due_at.isoformat()
    )
    return made


def close(db: Database, folder: Path, number: int, *, outcome: str, now: datetime) -> Request:
    """Write down what was done about a request. Raises UsageError when there is none of this number, or it is closed."""
    with db.write() as conn:
        row = conn.execute(select(_table).where(_table.c.id == number).with_for_update()).mappings().first()
        if row is None:
            raise UsageError(f"there is no request {number}", cure="See: phuongchi requests list --all")
        if row["closed_at"] is not None:
            raise UsageError(f"request {number} is closed already: {row['outcome']}", cure="Add another one")
        conn.execute(update(_table).where(_table.c.id == number).values(closed_at=now, outcome=outcome))
    ledger.append(folder, "request-closed", at=now, number=number)
    return _request({**row, "closed_at": now, "outcome": outcome})


def forget(db: Database, *, before: datetime) -> int:
    """Erase what people said of themselves in requests that were closed before then; returns in how many."""
    here = (_table.c.closed_at < before) & ((_table.c.contact != "") | (_table.c.subject != ""))
    with db.read() as conn:
        count = conn.execute(select(func.count()).select_from(_table).where(here)).scalar_one()
    if count:
        with db.write() as conn:
            conn.execute(update(_table).where(here).values(contact="", subject=""))
    return count


def requests(db: Database, *, closed: bool = False) -> list[Request]:
    """The open requests, what is due first; with the closed ones behind them if wished for."""
    found = _read(db, _table.c.closed_at.is_(None), _table.c.due_at, _table.c.id)
    return (
        found + _read(db, _table.c.closed_at.is_not(None), _table.c.closed_at.desc(), _table.c.id) if closed else found
    )


def request(db: Database, number: int) -> Request | None:
    """The request of this number."""
    return next(iter(_read(db, _table.c.id == number)), None)


def overdue(db: Database, now: datetime, *, within: timedelta = timedelta()) -> list[Request]:
    """The open requests that should have been dealt with by now, or will have to be `within` that time."""
    return _read(db, _table.c.closed_at.is_(None) & (_table.c.due_at < now + within), _table.c.due_at, _table.c.id)


def carry_over(db: Database, before: str, folder: Path) -> int:
    """Give a database that was made anew the register of the one at `before`; returns how many requests it has then.

    Where that one cannot be read, and for requests that it does not have, the ledger tells kind and days.
    """
    rows = {row.id: row for row in (*_told(folder), *salvaged(before, lambda db: requests(db, closed=True)))}
    if rows:
        with db.write() as conn:
            conn.execute(insert(_table), [
                {"id": one.id, "kind": one.kind, "subject": one.subject, "contact": one.contact, "outcome": one.outcome,
                 "received_at": one.received_at, "due_at": one.due_at, "closed_at": one.closed_at}
                for one in rows.values()
            ])  # fmt: skip
    return len(rows)


def _told(folder: Path) -> Iterable[Request]:
    """What the ledger has of the requests."""
    found: dict[int, Request] = {}
    for line in ledger.read(folder):
        number = int(line.facts.get("number", 0))
        if line.what == "request":
            received, due = (datetime.fromisoformat(line.facts[name]) for name in ("received", "due"))
            found[number] = Request(number, line.facts["kind"], LOST, "", received, due)
        elif line.what == "request-closed" and number in found:
            one = found[number]
            found[number] = Request(number, one.kind, LOST, "", one.received_at, one.due_at, line.at, LOST)
    return found.values()


def _read(db: Database, here: ColumnElement[bool], *order: ColumnElement[object]) -> list[Request]:
    with db.read() as conn:
        return [_request(row) for row in conn.execute(select(_table).where(here).order_by(*order)).mappings()]


def _request(row: RowMapping | dict[str, object]) -> Request:
    return Request(**cast("dict[str, object]", dict(row)))  # type: ignore[arg-type]
