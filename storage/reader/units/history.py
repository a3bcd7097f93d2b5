"""A unit with what came before and after it, for people."""

from __future__ import annotations

from dataclasses import dataclass

from storage.engine import Database
from storage.reader.units.meaning import candidates
from storage.reader.units.portals import all_portals, serving
from storage.reader.units.rows import after, before, by_code, name_of, shares
from storage.reader.units.values import Served, Unit


@dataclass(frozen=True, slots=True)
class Told:
    """A unit, what it was made of and how much of each (`whole`, `part`; empty: by way of another), what became of it.

    `portals` are those that stood for it and for those it was made of, by the unit's place in `(unit, *made_of)`.
    """

    unit: Unit
    made_of: tuple[tuple[Unit, str], ...]
    became: tuple[Unit, ...]
    portals: tuple[tuple[Served, ...], ...]


def called(db: Database, asked: str) -> list[Unit]:
    """All units that a name or code may mean; none for nothing."""
    if not asked.strip():
        return []
    with db.read() as connection:
        return candidates(connection, asked)


def history(db: Database, asked: str) -> list[Told]:
    """The history of every unit that a name or code means; of a code all that ever had it."""
    with db.read() as connection:
        code, at, _ = asked.strip().partition("@")
        units = by_code(connection, code) if code.isdecimal() and not at else candidates(connection, asked)
        portals = all_portals(connection)
        told = []
        for unit in units:
            older, direct = before(connection, [unit]), shares(connection, name_of(unit))
            served = serving(connection, [unit, *older], portals)
            told.append(
                Told(
                    unit, tuple((one, direct.get(name_of(one), "")) for one in older), tuple(after(connection, [unit])),
                    tuple(tuple(served.get(name_of(one), ())) for one in (unit, *older)),
                )
            )  # fmt: skip
    return told
