"""What each transaction that writes checks first: that its lease is its holder's still, and the archive in this database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, text, update

from storage import schema
from storage.errors import DatabaseError, Held


@dataclass(frozen=True, slots=True)
class Fence:
    """The number of a lease, as its holder was given it. A write with a stale number is refused.

    The lease to read one portal names it: writes under it are kept apart from all others of that `portal`.
    """

    name: str
    number: int
    portal: str = ""


_FENCE = select(schema.lease.c.fence).where(schema.lease.c.name == bindparam("lease")).with_for_update(read=True)


def check_fence(connection: Connection, fence: Fence) -> None:
    """Raise Held unless `fence` is still the lease's number; nobody can take the lease before the transaction's end."""
    current = connection.execute(_FENCE, {"lease": fence.name}).scalar()
    if current != fence.number:
        raise Held(f"the lease {fence.name!r} has passed to another process", cure="Start the command again")


MOVED = "moved"
"""The lease of a database that the archive has left (`db copy --switch`); its holder says where to."""

_MOVED = select(schema.lease.c.holder).where(schema.lease.c.name == MOVED)
_STAY = text("SELECT pg_advisory_xact_lock_shared(hashtext('phuongchi move'))")
_MOVE = text("SELECT pg_advisory_xact_lock(hashtext('phuongchi move'))")


def check_moved(connection: Connection, place: str) -> None:
    """Raise DatabaseError when the archive has left this database; it cannot do so before the transaction's end.

    Whoever opened the database before, or waited for its turn while it was copied, would write what nobody reads any more.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_STAY)
    if to := connection.execute(_MOVED).scalar():
        cure = "Start the command again; to come back here, `phuongchi db copy` from there to an empty database"
        raise DatabaseError(f"the archive has moved from {place} to {to}", cure=cure)


def keep_writers_out(connection: Connection) -> None:
    """Wait until nobody writes, and let nobody begin until the transaction's end; its leases are others' then.

    On SQLite whoever writes is alone.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_MOVE)
    connection.execute(update(schema.lease).values(fence=schema.lease.c.fence + 1, holder="", expires_at=None))


def lock_portals(connection: Connection, portals: Collection[str]) -> None:
    """Keep all others who lock one of these portals waiting until the transaction's end; before any other write in it.

    Both halves write a portal's pages, each in an order of its own. On SQLite they take turns; PostgreSQL lets them in
    together, and would end one of two that wait for each other's rows. So everybody waits here, for the portals' rows in the
    order of their ids, and nowhere behind.
    """
    if portals and connection.dialect.name == "postgresql":
        table = schema.portal
        rows = select(table.c.id).where(table.c.id.in_(sorted(portals))).order_by(table.c.id)
        connection.execute(rows.with_for_update(key_share=True)).all()
