"""Wards and communes in time, and which portal stood for which: rows in the caller's transaction."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from storage import schema, search
from storage.engine import upsert
from storage.errors import UsageError
from storage.units import Succession, Tables, UnitRow

_unit, _succession, _bound = schema.unit, schema.succession, schema.portal_unit


def load(conn: Connection, tables: Tables) -> None:
    """Put units and successions in; those that are known by code and first day are brought up to date."""
    for unit in tables.units:
        values = {
            "valid_to": unit.valid_to or None, "name": unit.name, "folded": folded(unit.name), "kind": unit.kind,
            "province": unit.province, "district": unit.district,
        }  # fmt: skip
        new = upsert(conn, _unit).values(code=unit.code, valid_from=unit.valid_from, **values)
        conn.execute(new.on_conflict_do_update(index_elements=["code", "valid_from"], set_=values))
    keys = ("old_code", "old_from", "new_code", "new_from")
    for one in tables.successions:
        row = {name: getattr(one, name) for name in keys}
        told = {"share": one.share, "act": one.act}
        conn.execute(
            upsert(conn, _succession).values(**row, **told).on_conflict_do_update(index_elements=keys, set_=told)
        )


def all_of(conn: Connection) -> Tables:
    """All units and successions, in an order that never changes."""
    units = conn.execute(select(_unit).order_by(_unit.c.code, _unit.c.valid_from)).mappings()
    order = (_succession.c.old_code, _succession.c.old_from, _succession.c.new_code, _succession.c.new_from)
    went = conn.execute(select(_succession).order_by(*order)).mappings()
    names = [name for name in UnitRow.__dataclass_fields__ if name != "valid_to"]
    return Tables(
        tuple(UnitRow(**{name: row[name] for name in names}, valid_to=row["valid_to"] or "") for row in units),
        tuple(Succession(**{name: row[name] for name in Succession.__dataclass_fields__}) for row in went),
    )


def folded(name: str) -> str:
    """The words of a name as they are compared."""
    return " ".join(search.cut(name))


def bind(conn: Connection, portal: str, code: str, unit_from: str, *, since: str = "", until: str = "") -> None:
    """A portal stood for a unit, from day to day; what was said of the two before holds no more. Raises UsageError."""
    if conn.execute(select(schema.portal.c.id).where(schema.portal.c.id == portal)).first() is None:
        raise UsageError(f"no portal {portal!r}", cure="Look at `phuongchi portals list`")
    values = {"valid_from": since, "valid_to": until or None}
    new = upsert(conn, _bound).values(portal=portal, code=code, unit_from=unit_from, **values)
    conn.execute(new.on_conflict_do_update(index_elements=["portal", "code", "unit_from"], set_=values))


def unbind(conn: Connection, portal: str, code: str, unit_from: str) -> bool:
    """A portal never stood for a unit; False if nobody had said so."""
    here = (_bound.c.portal == portal) & (_bound.c.code == code) & (_bound.c.unit_from == unit_from)
    return bool(conn.execute(delete(_bound).where(here)).rowcount)
