"""Which portals stand for which units: as somebody bound them, else by the code in `portals.toml`, else by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage import schema, search
from storage.reader.units.rows import Name, by_code, name_of, named, short
from storage.reader.units.values import Served, Unit

_portal, _bound = schema.portal, schema.portal_unit


@dataclass(frozen=True, slots=True)
class About:
    """What a portal says of its place."""

    id: str
    name: str
    unit: str
    province: str
    platform: str


def all_portals(connection: Connection) -> list[About]:
    """All portals; a few thousand at most."""
    columns = (_portal.c.id, _portal.c.name, _portal.c.unit, _portal.c.province, _portal.c.platform)
    return [About(*row) for row in connection.execute(select(*columns).order_by(_portal.c.id))]


def bindings(connection: Connection) -> dict[str, list[tuple[Name, Served]]]:
    """By portal, the units that somebody bound it to."""
    found = defaultdict[str, list[tuple[Name, Served]]](list)
    for row in connection.execute(select(_bound)):
        found[row.portal].append(((row.code, row.unit_from), Served(row.portal, row.valid_from, row.valid_to or "")))
    return found


def serving(connection: Connection, units: Iterable[Unit], portals: Iterable[About]) -> dict[Name, list[Served]]:
    """By unit, the portals among `portals` that stand for it."""
    wanted = {name_of(unit): unit for unit in units}
    codes = {code for code, _ in wanted}
    bound = bindings(connection)
    current = {code: name_of(theirs[0]) for code in codes if (theirs := by_code(connection, code))}
    found = defaultdict[Name, list[Served]](list)
    for portal in portals:
        if portal.id in bound:
            for name, served in bound[portal.id]:
                if name in wanted:
                    found[name].append(served)
        elif portal.unit:
            if current.get(portal.unit) in wanted:
                found[current[portal.unit]].append(Served(portal.id))
        else:
            for name, unit in wanted.items():
                if is_called(portal, unit):
                    found[name].append(Served(portal.id))
    return dict(found)


def units_of(connection: Connection, portals: Iterable[About]) -> dict[str, list[tuple[Unit, Served]]]:
    """By portal, the units that it was bound to, or whose code it has."""
    portals = list(portals)
    bound = bindings(connection)
    for portal in portals:
        if portal.id not in bound and portal.unit and (theirs := by_code(connection, portal.unit)):
            bound[portal.id] = [(name_of(theirs[0]), Served(portal.id))]
    units = {name_of(unit): unit for unit in named(connection, {name for some in bound.values() for name, _ in some})}
    return {portal: [(units[name], one) for name, one in some if name in units] for portal, some in bound.items()}


def is_called(portal: About, unit: Unit) -> bool:
    """Whether a portal bears a unit's name, and lies in its province as far as it says."""
    own, province = " ".join(search.cut(portal.name)), short(portal.province)
    theirs = short(unit.province)
    if province and f" {theirs} " not in f" {province} " and f" {province} " not in f" {theirs} ":
        return False
    return own == short(unit.name) or f" {' '.join(search.cut(unit.name))} " in f" {own} "
