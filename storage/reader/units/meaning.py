"""What the names in a list's filters stand for: a ward with those it was made of, a province with those it took in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from storage import schema, search
from storage.errors import UsageError
from storage.reader.units.portals import About, all_portals, provinces_of, serving
from storage.reader.units.rows import before, by_code, by_name, lies_in, name_of, short
from storage.reader.units.values import NOWHERE, Meant, Served, Unit

_unit, _succession = schema.unit, schema.succession
_SHOWN = 20  # places of one name that are listed


def meaning(connection: Connection, *, ward: str = "", province: str = "", platform: str = "") -> Meant:
    """The units and portals that are asked for. Raises UsageError for a name of several places, and lists them."""
    if not (ward.strip() or province.strip() or platform):
        return NOWHERE
    portals = [one for one in all_portals(connection) if not platform or one.platform == platform]
    if ward.strip():
        unit = find(connection, ward, province)
        return _of_unit(connection, unit, portals) if unit else _called(portals, ward, province)
    if province.strip():
        return _of_province(connection, province, portals)
    return Meant(portals=tuple(Served(one.id) for one in portals))


def find(connection: Connection, asked: str, province: str = "") -> Unit | None:
    """The unit that a code (`19804`, or `19804@2024` for who had it then) or a name means; None if there is none.

    Of a unit and those it was made of the newest is meant. Raises UsageError for a name of several places.
    """
    found = [unit for unit in candidates(connection, asked) if lies_in(unit, province)]
    if len(found) > 1:
        older = {name_of(unit) for one in found for unit in before(connection, [one])}
        found = [unit for unit in found if name_of(unit) not in older]
    if len(found) > 1:
        raise several(asked, found)
    return found[0] if found else None


def candidates(connection: Connection, asked: str) -> list[Unit]:
    """All units that a code or a name may mean; of a code the one that has it now, or had it last."""
    code, _, day = asked.strip().partition("@")
    if code.strip().isdecimal():
        return by_code(connection, code.strip(), day.strip())[:1]
    return by_name(connection, asked)


def several(asked: str, units: Sequence[Unit]) -> UsageError:
    """The complaint that a name stands for several places, with their codes."""
    listed = "; ".join(f"{unit.title} ({unit.code}{_days(unit)})" for unit in units[:_SHOWN])
    more = f"; … ({len(units)})" if len(units) > _SHOWN else ""
    return UsageError(
        f"{asked!r} is the name of several places: {listed}{more}",
        cure="Give the code, or name the place it lies in (--ward 'Phường Hương An, Huế')",
        vi=f"“{asked}” là tên của nhiều nơi: {listed}{more}. Hãy ghi mã, hoặc thêm tên tỉnh (Phường Hương An, Huế)",
    )


def _days(unit: Unit) -> str:
    return f"@{unit.since}" if unit.since and unit.until else f", đến {unit.until}" if unit.until else ""


def _of_unit(connection: Connection, unit: Unit, portals: Sequence[About]) -> Meant:
    older = before(connection, [unit])
    served = serving(connection, [unit, *older], portals)
    own = set(served.get(name_of(unit), ()))
    others = [one for one in older if set(served.get(name_of(one), ())) - own]
    return Meant((unit,), tuple(others), _joined(one for some in served.values() for one in some))


def _called(portals: Iterable[About], ward: str, province: str) -> Meant:
    """Portals by their own names, where no unit has the name."""
    found = [
        one for one in portals if _holds(f"{one.name} {one.unit}", ward) and _holds(one.province, province)
    ]  # fmt: skip
    return Meant(portals=tuple(Served(one.id) for one in found))


def _of_province(connection: Connection, asked: str, portals: Sequence[About]) -> Meant:
    lying = provinces_of(connection, portals)
    known = set(connection.execute(select(_unit.c.province).distinct()).scalars())
    said = {one.province for one in portals if one.province}
    names = _province(asked, known | said, ambiguous=known)
    older = _taken_in(connection, names)
    places = {short(name) for name in names | older}
    inside = {name for name in known | said if short(name) in places}
    served = []
    for portal in portals:
        mine = [one for province, one in lying.get(portal.id, ()) if province in inside]
        served += mine
        if not mine and portal.province in inside:
            served.append(Served(portal.id))
    includes = tuple(Unit("", "", "", name, "", "", "") for name in sorted(older))
    return Meant(includes=includes, portals=_joined(served))


def _province(asked: str, names: Iterable[str], *, ambiguous: Iterable[str]) -> set[str]:
    """The provinces of a name: those that are called so, else those whose names hold it."""
    words = short(asked)
    exact = {name for name in names if short(name) == words}
    if exact:
        return exact
    found = {name for name in names if f" {words} " in f" {short(name)} "}
    places = sorted({name for name in ambiguous if name in found})
    if len({short(name) for name in places}) > 1:
        raise several(asked, [Unit("", "", "", name, "", "", "") for name in places])
    return found


def _taken_in(connection: Connection, names: set[str]) -> set[str]:
    """The provinces most of whose wards became wards of these."""
    old, new = _unit.alias("old"), _unit.alias("new")
    query = (
        select(old.c.province, new.c.province, func.count())
        .join(_succession, (_succession.c.old_code == old.c.code) & (_succession.c.old_from == old.c.valid_from))
        .join(new, (_succession.c.new_code == new.c.code) & (_succession.c.new_from == new.c.valid_from))
        .where(old.c.province != new.c.province)
        .group_by(old.c.province, new.c.province)
    )
    moved = {(before, after): count for before, after, count in connection.execute(query).all()}
    total = Counter[str]()
    for (before_, _), count in moved.items():
        total[before_] += count
    return {old for (old, new), count in moved.items() if new in names and count * 2 > total[old]} - names


def _joined(served: Iterable[Served]) -> tuple[Served, ...]:
    """Each portal's spans once; one without end or beginning makes the others needless."""
    spans: dict[str, set[Served]] = {}
    for one in served:
        spans.setdefault(one.portal, set()).add(one)
    return tuple(
        one
        for portal, some in spans.items()
        for one in ([Served(portal)] if Served(portal) in some else sorted(some, key=lambda s: (s.since, s.until)))
    )


def _holds(name: str, wanted: str) -> bool:
    return f" {' '.join(search.cut(wanted))} " in f" {' '.join(search.cut(name))} " if wanted.strip() else True
