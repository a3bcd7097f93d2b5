"""Those inside the archive who follow its change feed: how far each has come."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from storage import schema
from storage.engine import upsert
from storage.errors import Held

_follower = schema.follower

# Built once: to put a statement together takes longer than to carry it out.
_NAMED = _follower.c.name == bindparam("of_name")
_CURSOR = select(_follower.c.seq).where(_NAMED)
_ADVANCED = update(_follower).where(_NAMED, _follower.c.seq == bindparam("before")).values(seq=bindparam("after"))


def cursor(conn: Connection, follower: str) -> int:
    """The number of the last event that a follower has dealt with; 0 at the beginning."""
    return conn.execute(_CURSOR, {"of_name": follower}).scalar() or 0


def advance(conn: Connection, follower: str, before: int, after: int) -> None:
    """Move a follower's cursor. Raises Held when it does not stand at `before` any more: somebody else does its work."""
    if before == 0:
        new = upsert(conn, _follower).values(name=follower, seq=0)
        conn.execute(new.on_conflict_do_nothing())
    if conn.execute(_ADVANCED, {"of_name": follower, "before": before, "after": after}).rowcount != 1:
        raise Held(f"another process follows the change feed as {follower!r}", cure="Wait for it to end")
