"""Which portals stand for which units: as somebody bound them, else by the code in `portals.toml`, else by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, select

from storage import schema, search
from storage.reader.among import among
from storage.reader.units.rows import Name, name_of, named, newest_of, short
from storage.reader.units.values import Served, Unit

_portal, _bound, _unit = schema.portal, schema.portal_unit, schema.unit


@dataclass(frozen=True, slots=True)
class About:
    """What a portal says of its place."""

    id: str
    name: str
    unit: str
    province: str
    platform: str


def all_portals(connection: Connection, names: Collection[str] | None = None) -> list[About]:
    """All portals, a few thousand at most; or those of these names."""
    query = select(_portal.c.id, _portal.c.name, _portal.c.unit, _portal.c.province, _portal.c.platform)
    if names is not None:
        query = query.where(among(connection, _portal.c.id, names))
    return [About(*row) for row in connection.execute(query.order_by(_portal.c.id)).all()]


def bindings(connection: Connection, portals: Collection[About] | None = None) -> dict[str, list[tuple[Name, Served]]]:
    """By portal, the units that somebody bound it to; of all portals, or of these."""
    found = defaultdict[str, list[tuple[Name, Served]]](list)
    columns = (_bound.c.portal, _bound.c.code, _bound.c.unit_from, _bound.c.valid_from, _bound.c.valid_to)
    query = select(*columns)
    if portals is not None:
        query = query.where(among(connection, _bound.c.portal, [one.id for one in portals]))
    for portal, code, since, first, last in connection.execute(query).all():
        found[portal].append(((code, since), Served(portal, first, last or "")))
    return found


def serving(connection: Connection, units: Iterable[Unit], portals: Iterable[About]) -> dict[Name, list[Served]]:
    """By unit, the portals among `portals` that stand for it."""
    wanted = {name_of(unit): unit for unit in units}
    bound = bindings(connection)
    current = newest_of(connection, {code for code, _ in wanted})
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
    bound = bindings(connection, portals)
    current = newest_of(connection, {one.unit for one in portals if one.unit and one.id not in bound})
    for portal in portals:
        if portal.id not in bound and portal.unit in current:
            bound[portal.id] = [(current[portal.unit], Served(portal.id))]
    units = {name_of(unit): unit for unit in named(connection, {name for some in bound.values() for name, _ in some})}
    return {portal: [(units[name], one) for name, one in some if name in units] for portal, some in bound.items()}


def provinces_of(connection: Connection, portals: Sequence[About]) -> dict[str, list[tuple[str, Served]]]:
    """By portal, the provinces of the units that it was bound to, or of the one whose code it has. For all portals at once."""
    bound = bindings(connection)
    lying = {
        name_of(unit): unit.province
        for unit in named(connection, {name for some in bound.values() for name, _ in some})
    }
    found = {portal: [(lying[name], one) for name, one in some if name in lying] for portal, some in bound.items()}
    query = select(_unit.c.code, _unit.c.province).order_by(_unit.c.valid_from)  # of several the last stays
    now = dict(
        map(tuple, connection.execute(query.where(among(connection, _unit.c.code, {one.unit for one in portals}))))
    )
    for portal in portals:
        if portal.id not in bound and portal.unit in now:
            found[portal.id] = [(now[portal.unit], Served(portal.id))]
    return found


def is_called(portal: About, unit: Unit) -> bool:
    """Whether a portal bears a unit's name, and lies in its province as far as it says."""
    own, province = _words(portal.name), short(portal.province)
    theirs = short(unit.province)
    if province and f" {theirs} " not in f" {province} " and f" {province} " not in f" {theirs} ":
        return False
    return own == short(unit.name) or f" {_words(unit.name)} " in f" {own} "


@lru_cache(maxsize=8192)
def _words(name: str) -> str:
    return " ".join(search.cut(name))
