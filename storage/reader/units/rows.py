"""Units as rows: by code, by name, what they were made of and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, tuple_

from storage import schema, search
from storage.reader.among import among
from storage.reader.units.values import Unit

_unit, _succession = schema.unit, schema.succession
_KINDS = ("phuong", "xa", "thi tran", "dac khu", "thi xa", "huyen", "quan", "thanh pho", "tinh")
_MOST_STEPS = 8  # reorganisations that are followed; there were four since 1975

Name = tuple[str, str]
"""Code and first day: what names one unit."""


def name_of(unit: Unit) -> Name:
    """What names the unit."""
    return unit.code, unit.since


def is_empty(connection: Connection) -> bool:
    """Whether no units were loaded yet."""
    return connection.execute(select(_unit.c.code).limit(1)).first() is None


def by_code(connection: Connection, code: str, day: str = "") -> list[Unit]:
    """The units of a code, the newest first; with a `day` (or year) the one of that day."""
    found = sorted(_read(connection, _unit.c.code == code), key=lambda unit: unit.since, reverse=True)
    if not day:
        return found
    return [unit for unit in found if unit.since <= day and (not unit.until or day < unit.until)]


def by_name(connection: Connection, name: str) -> list[Unit]:
    """Units of this name, with the kind before it or without; what is written behind commas must be in their places.

    If the name is typed with accents that some of them have, the others are left out.
    """
    own, _, places = name.partition(",")
    words = " ".join(search.cut(own))
    if not words:
        return []
    found = _read(connection, _unit.c.folded.in_([words, *(f"{kind} {words}" for kind in _KINDS)]))
    found = [unit for unit in found if all(lies_in(unit, place) for place in places.split(","))]
    typed = f" {' '.join(search.accented(own))} "
    exact = [unit for unit in found if f" {' '.join(search.accented(unit.name))} ".endswith(typed)]
    return sorted(exact or found, key=lambda unit: (unit.province, unit.district, unit.code, unit.since))


def lies_in(unit: Unit, place: str) -> bool:
    """Whether a unit lies in a district or province, given by words of its name or none."""
    words = short(place)
    return not words or any(f" {words} " in f" {short(name)} " for name in (unit.district, unit.province))


@lru_cache(maxsize=8192)
def short(place: str) -> str:
    """The folded words of a place's name without what kind of place it is."""
    words = " ".join(search.cut(place))
    for kind in (*_KINDS, "tp", "tx"):
        if words.startswith(f"{kind} "):
            return words[len(kind) + 1 :]
    return words


def before(connection: Connection, units: Iterable[Unit]) -> list[Unit]:
    """The units that these were made of, and those before them, the newest first."""
    return _along(connection, units, backwards=True)


def after(connection: Connection, units: Iterable[Unit]) -> list[Unit]:
    """What became of these units, and of that, the nearest first."""
    return _along(connection, units, backwards=False)


def shares(connection: Connection, new: Name) -> dict[Name, str]:
    """Of each unit that went into another one directly, whether the `whole` or a `part` of it."""
    here = (_succession.c.new_code == new[0]) & (_succession.c.new_from == new[1])
    rows = connection.execute(select(_succession.c.old_code, _succession.c.old_from, _succession.c.share).where(here))
    return {(code, since): share for code, since, share in rows}


def named(connection: Connection, names: Collection[Name]) -> list[Unit]:
    """The units of these names."""
    found = _read(connection, among(connection, _unit.c.code, sorted({code for code, _ in names}))) if names else []
    return [unit for unit in found if name_of(unit) in names]


def newest_of(connection: Connection, codes: Collection[str]) -> dict[str, Name]:
    """By code, the unit that has it now, or had it last."""
    query = select(_unit.c.code, func.max(_unit.c.valid_from)).where(among(connection, _unit.c.code, sorted(codes)))
    return {code: (code, since) for code, since in connection.execute(query.group_by(_unit.c.code)).all()}


def _along(connection: Connection, units: Iterable[Unit], *, backwards: bool) -> list[Unit]:
    ends = [(_succession.c.new_code, _succession.c.new_from), (_succession.c.old_code, _succession.c.old_from)]
    here, there = ends if backwards else ends[::-1]
    seen = {name_of(unit) for unit in units}
    step, order = set(seen), list[Name]()
    for _ in range(_MOST_STEPS):
        rows = connection.execute(select(*there).where(_in(*here, step))).all()
        step = {(code, since) for code, since in rows} - seen
        if not step:
            break
        seen |= step
        order += sorted(step)
    found = {name_of(unit): unit for unit in named(connection, order)}
    return [found[name] for name in order if name in found]


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Unit]:
    names = ("code", "valid_from", "valid_to", "name", "kind", "district", "province")
    rows = connection.execute(select(*(_unit.c[name] for name in names)).where(where)).all()
    return [Unit(code, since, until or "", *told) for code, since, until, *told in rows]


def _in(code: ColumnElement[str], since: ColumnElement[str], names: Collection[Name]) -> ColumnElement[bool]:
    some = sorted(names)
    slices = [some[start : start + 5000] for start in range(0, len(some), 5000)]
    return or_(*(tuple_(code, since).in_(part) for part in slices)) if slices else false()
