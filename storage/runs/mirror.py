"""The rows of `portals.toml` in the database, beside what the crawl learned of each portal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update

from storage import schema
from storage.engine import Database, upsert
from storage.records import Portal

_portal = schema.portal


def sync_portals(db: Database, portals: Sequence[Portal], *, now: datetime) -> None:
    """Mirror the rows of `portals.toml` into the database; a portal that is no longer there is switched off, never removed.

    What the crawl learned of a portal (its platform, its server) stays where the row says nothing; of one that has moved to
    another host only what is true of its articles.
    """
    wanted = {portal.id: _portal_columns(portal) for portal in portals}
    with db.read() as connection:
        known = {row["id"]: dict(row) for row in connection.execute(select(_portal)).mappings()}
    for name, columns in wanted.items():
        if name in known and _host(known[name]["url"]) != _host(columns["url"]):
            wanted[name] = {**_UNKNOWN, **columns}
    changed = {
        name: {column: value for column, value in columns.items() if known.get(name, {}).get(column) != value}
        for name, columns in wanted.items()
    }
    absent = [name for name, row in known.items() if name not in wanted and row["enabled"]]
    if not absent and not any(changed.values()):
        return
    with db.write(portals=known) as connection:
        for name, columns in sorted(changed.items()):
            if name not in known:
                new = {"platform": "", "server": "", "added_at": now, **columns}
                connection.execute(upsert(connection, _portal).values(id=name, **new).on_conflict_do_nothing())
            elif columns:
                connection.execute(update(_portal).where(_portal.c.id == name).values(**columns))
        if absent:
            connection.execute(update(_portal).where(_portal.c.id.in_(absent)).values(enabled=False))


_UNKNOWN = {"server": "", "deep_at": None, "backfilled": False}
"""What is not known any more of a portal that has moved to another host: where it is, and how far its lists were walked."""


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _portal_columns(portal: Portal) -> dict[str, Any]:
    columns = {
        "url": portal.url, "name": portal.name, "unit": portal.unit, "province": portal.province,
        "row": _json(asdict(portal)), "enabled": portal.enabled, "retired": portal.retired,
    }  # fmt: skip
    return columns | {name: value for name in ("platform", "server") if (value := getattr(portal, name))}


def _json(value: Any) -> Any:
    """`value` as it comes back from a JSON column, so that rows can be compared."""
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, (list, tuple)) else value
