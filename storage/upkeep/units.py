"""Units and bindings of portals, so that no `reindex` loses them: the units in `units.csv`, the bindings in the ledger."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from storage.engine import Database
from storage.errors import UsageError
from storage.units import Tables, read_sheet, write_sheet
from storage.upkeep import ledger
from storage.writer import units

FILE = "units.csv"


def load(db: Database, folder: Path, tables: Tables) -> Tables:
    """Put units and successions into an archive, beside those it has; returns all of them."""
    with db.write() as conn:
        units.load(conn, tables)
        every = units.all_of(conn)
        write_sheet(folder / FILE, every)
    return every


def bind(
    db: Database, folder: Path, portal: str, code: str, unit_from: str, *, since: str, until: str, at: datetime
) -> None:
    """A portal stood for a unit, from day to day. Raises UsageError for a portal that is unknown."""
    with db.write() as conn:
        units.bind(conn, portal, code, unit_from, since=since, until=until)
        facts = {"portal": portal, "code": code, "unit_from": unit_from, "since": since, "until": until}
        ledger.append(folder, "bind", at=at, **facts)


def unbind(db: Database, folder: Path, portal: str, code: str, unit_from: str, *, at: datetime) -> None:
    """A portal never stood for a unit. Raises UsageError if nobody had said so."""
    with db.write() as conn:
        if not units.unbind(conn, portal, code, unit_from):
            raise UsageError(f"{portal} is not bound to {code}", cure="Look at `phuongchi units show`")
        ledger.append(folder, "unbind", at=at, portal=portal, code=code, unit_from=unit_from)


def put_back(db: Database, folder: Path) -> None:
    """Units and bindings as rows of a new database."""
    path = folder / FILE
    with db.write() as conn:
        if path.exists():
            units.load(conn, read_sheet(path))
        for line in ledger.read(folder):
            facts = line.facts
            if line.what == "bind":
                days = {"since": facts["since"], "until": facts["until"]}
                with suppress(UsageError):  # a portal of which nothing else is left
                    units.bind(conn, facts["portal"], facts["code"], facts["unit_from"], **days)
            elif line.what == "unbind":
                units.unbind(conn, facts["portal"], facts["code"], facts["unit_from"])
