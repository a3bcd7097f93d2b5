"""Leases: what keeps two processes from doing the same work.

A lease is a row with a fence: a number that grows with each holder. Each write of a holder checks its number in the same
transaction, so a process that slept through its own replacement cannot write. Leases use real time, never the instant that a
command was told to start at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.dml import ReturningInsert

from storage import points, schema
from storage.engine import Database, Fence, upsert, upsert_on
from storage.errors import Held
from storage.faults import full_disk
from storage.locks import LockBusy, file_lock
from storage.processes import described, is_dead, this_process

_lease = schema.lease
_CURE = "Wait for it to end, or stop it"
READ = "read:"
"""How the names of leases begin that are about reading one portal."""

TURN, WISH = "ask:", "wish:"
"""How the names of leases begin that are about one server: to ask it, and to be told that somebody waits."""

# Built once, for what each portal asks: building a statement costs more than SQLite takes to run it.
_NAMED = _lease.c.name == bindparam("of_name")
_TAKEN = select(_lease.c.fence, _lease.c.holder, _lease.c.expires_at).where(_NAMED).with_for_update()
_UNTIL: BindParameter[datetime] = bindparam("until")
_PASSED = update(_lease).where(_NAMED)
_PASSED = _PASSED.values(fence=bindparam("number"), holder=bindparam("mine"), expires_at=_UNTIL)
_MINE = update(_lease).where(_NAMED, _lease.c.fence == bindparam("of_number"))
_PROLONGED, _RELEASED = _MINE.values(expires_at=_UNTIL), _MINE.values(holder="", expires_at=None)


@contextmanager
def hold(db: Database, folder: Path, *, what: str = "crawl") -> Iterator[Fence]:
    """Hold the archive for one kind of work until the block ends; the fence is what its writes must show.

    On SQLite the lock is a file in `folder`, freed by the kernel when the process dies; on PostgreSQL it is a lock of the
    session. Raises Held at once, naming the holder, when another process has it.
    """
    lock = _file_hold(folder / f".{what}.lock", what) if db.dialect == "sqlite" else _session_hold(db, what)
    with lock:
        fence = _take(db, what)
        points.reached("lease.taken")
        try:
            yield fence
        finally:
            release(db, fence)


def holder_of(db: Database, what: str) -> str:
    """Who does one kind of work now, in words; "" if nobody does. Takes nothing, so that nobody who comes is turned away."""
    with db.read() as connection:
        name = connection.execute(select(_lease.c.holder).where(_lease.c.name == what)).scalar() or ""
    return described(name) if name and not is_dead(name) else ""


def silence_of(db: Database, what: str) -> tuple[str, datetime] | None:
    """Who holds one kind of work but gives no sign of life any more (`renew`), and until when its last one held.

    None if nobody holds it, if its holder is dead (then it is free), and if it was never promised that signs are given.
    """
    with db.read() as connection:
        row = connection.execute(select(_lease.c.holder, _lease.c.expires_at).where(_lease.c.name == what)).first()
        if row is None or not row.holder or row.expires_at is None or row.expires_at > real_time(connection):
            return None
    return None if is_dead(row.holder) else (described(row.holder), row.expires_at)


def take_portal(db: Database, portal: str, *, holder: str = "", ttl: float) -> Fence | None:
    """Take the lease to read one portal for `ttl` seconds of real time; None while another living holder has it.

    A lease is free when it was given back, when it ran out, or when the process that took it is dead. `holder` is what the
    caller calls itself, beside its process; the same holder of the same process may take its lease again.
    """
    mine = f"{this_process()} {holder}".rstrip()
    with db.write() as connection:
        return take_while(connection, Fence(f"{READ}{portal}", 0, portal), mine, ttl)


def take_while(connection: Connection, free: Fence, mine: str, ttl: float) -> Fence | None:
    """Take a lease that a living holder keeps for `ttl` seconds at a time; `free` names it, `mine` the one who takes it."""
    now = real_time(connection)
    row = connection.execute(_TAKEN, {"of_name": free.name}).mappings().one_or_none()
    if row is None:
        new = upsert(connection, _lease).values(name=free.name, fence=1, holder=mine, expires_at=after(now, ttl))
        made = connection.execute(new.on_conflict_do_nothing().returning(_lease.c.fence)).first()
        return replace(free, number=1) if made else None
    expires: datetime | None = row["expires_at"]
    living = row["holder"] not in ("", mine) and expires is not None and expires > now
    if living and not is_dead(row["holder"]):
        return None
    next_one = {"of_name": free.name, "number": row["fence"] + 1, "mine": mine, "until": after(now, ttl)}
    connection.execute(_PASSED, next_one)
    return replace(free, number=row["fence"] + 1)


def check(db: Database, fence: Fence) -> None:
    """Raise Held when a lease has passed to somebody else: a lock of a session is lost with its connection."""
    with db.read() as connection:
        number = connection.execute(select(_lease.c.fence).where(_lease.c.name == fence.name)).scalar()
    if number != fence.number:
        raise Held(f"the lease {fence.name!r} has passed to another process", cure=_CURE)


def take_turn(db: Database, server: str, *, ttl: float) -> Literal["free", "late", "taken"]:
    """Be the one process that asks a server, for `ttl` seconds of real time, unless it is `taken` by another living one.

    `late`: the one before did not give it back. One small write. Who is refused is remembered for as long: `keep_turns` tells
    the holder that somebody waits.
    """
    name, mine = f"{TURN}{server}", this_process()
    with db.write() as connection:
        now = real_time(connection)
        row = connection.execute(_TAKEN, {"of_name": name}).first()  # its holder may be renewing it at this moment
        living = row is not None and row.holder != mine and row.expires_at is not None and row.expires_at > now
        if row is not None and living and not is_dead(row.holder):
            _put(connection, f"{WISH}{server}", mine, after(now, ttl))
            return "taken"
        if not _put(connection, name, mine, after(now, ttl), only=(mine, row.holder if row is not None else mine)):
            return "taken"
        return "late" if row is not None and row.holder != mine else "free"


def keep_turns(db: Database, servers: Iterable[str], *, ttl: float) -> tuple[frozenset[str], frozenset[str]]:
    """Keep asking these servers for `ttl` seconds more: one write for all.

    Returns those that are this process's still, and those of them that another process waits for.
    """
    names, mine = [f"{TURN}{server}" for server in servers], this_process()
    wishes = [f"{WISH}{server}" for server in servers]
    with db.write() as connection:
        now = real_time(connection)
        wanted = _lease.c.name.in_(names) & (_lease.c.holder == mine)
        values = {"expires_at": after(now, ttl)}
        kept = set(connection.execute(update(_lease).where(wanted).values(values).returning(_lease.c.name)).scalars())
        other = _lease.c.name.in_(wishes) & (_lease.c.holder != mine) & (_lease.c.expires_at > now)
        waited = set(connection.execute(select(_lease.c.name).where(other)).scalars())
    mine_still = frozenset(name.removeprefix(TURN) for name in kept)
    return mine_still, mine_still & {name.removeprefix(WISH) for name in waited}


def leave_turns(db: Database, servers: Iterable[str]) -> None:
    """Let others ask these servers, and wait for none of them; what is somebody else's by now stays."""
    names = [f"{kind}{server}" for server in servers for kind in (TURN, WISH)]
    with db.write() as connection:
        connection.execute(delete(_lease).where(_lease.c.name.in_(names), _lease.c.holder == this_process()))


def renew(db: Database, fence: Fence, *, ttl: float) -> None:
    """Keep a lease for another `ttl` seconds from now. Raises Held when it has passed to somebody else."""
    with db.write(fence) as connection:
        prolong(connection, fence, ttl=ttl)


def prolong(connection: Connection, fence: Fence, *, ttl: float) -> None:
    """Keep a lease for another `ttl` seconds from now, inside a transaction that has checked it."""
    here = {"of_name": fence.name, "of_number": fence.number}
    connection.execute(_PROLONGED, {**here, "until": after(real_time(connection), ttl)})


def release(db: Database, fence: Fence) -> None:
    """Give a lease back; nothing happens when it is somebody else's by now."""
    points.reached("lease.release")
    with suppress(Held), db.write(fence) as connection:
        connection.execute(_RELEASED, {"of_name": fence.name, "of_number": fence.number})


def _put(connection: Connection, name: str, holder: str, expires_at: datetime, *, only: Sequence[str] = ()) -> bool:
    """Write a lease that has no use for its fence, if it is new or held by none but these (`only`; empty: by anybody)."""
    values = {"name": name, "fence": 1, "holder": holder, "expires_at": expires_at}
    statement = _written(connection.dialect.name, seen=bool(only))
    return connection.execute(statement, {**values, "seen": only} if only else values).first() is not None


@cache
def _written(dialect: str, *, seen: bool) -> ReturningInsert[tuple[str]]:
    new = upsert_on(dialect, _lease)
    changed = new.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": new.excluded.holder, "expires_at": new.excluded.expires_at},
        where=_lease.c.holder.in_(bindparam("seen", expanding=True)) if seen else None,
    )
    return changed.returning(_lease.c.name)


def _take(db: Database, name: str) -> Fence:
    """The next fence of a lease whose lock is held."""
    with db.write() as connection:
        statement = upsert(connection, _lease).values(name=name, fence=1, holder=this_process(), expires_at=None)
        taken = statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"fence": _lease.c.fence + 1, "holder": statement.excluded.holder, "expires_at": None},
        ).returning(_lease.c.fence)
        return Fence(name, connection.execute(taken).scalar_one())


@contextmanager
def _file_hold(path: Path, what: str) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(path, patience=0))
            path.write_text(json.dumps({"holder": this_process(), "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}))
        except LockBusy as error:
            holder, since = _written_holder(path)
            raise Held(f"{what} is held by {holder}{since}", cure=_CURE) from error
        except OSError as error:
            raise full_disk(error, str(path)) or error from error
        yield


def _written_holder(path: Path) -> tuple[str, str]:
    try:
        note = json.loads(path.read_text())
        return described(str(note["holder"])), f" since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process", ""  # it has not written its name yet


@contextmanager
def _session_hold(db: Database, what: str) -> Iterator[None]:
    with db.session() as session:
        taken = session.execute(text("SELECT pg_try_advisory_lock(hashtext(:name))"), {"name": f"phuongchi {what}"})
        if not taken.scalar():
            holder = session.execute(select(_lease.c.holder).where(_lease.c.name == what)).scalar()
            raise Held(f"{what} is held by {described(holder or '')}", cure=_CURE)
        try:
            yield
        finally:
            # The server sees only a moment later that a session has ended: whoever comes next would be refused.
            with suppress(SQLAlchemyError):  # a session that is gone holds nothing
                session.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"phuongchi {what}"})


def real_time(connection: Connection) -> datetime:
    """The time that all holders of leases share: the server's, or this machine's."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return datetime.now(UTC)


def after(now: datetime, seconds: float) -> datetime:
    """`now` and so many seconds."""
    return now + timedelta(seconds=seconds)
