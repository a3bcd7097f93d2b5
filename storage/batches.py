"""The ledger of a queue's batches: who has which, how often each was begun, and when to stop. PostgreSQL only.

A batch is a lease `batch:RUN:NUMBER`, kept by the worker that carries it out. Its fence counts how often the batch was taken
since it last got on. Every write shows the fence of the run as well: when another process takes the run over, its workers learn
of it here. Of the queue's own tables, which lie in a schema beside the archive's, nothing is worth keeping: they only say who
is called next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text, update

from storage import leases, schema
from storage.engine import Database, Fence, upsert
from storage.errors import Held
from storage.processes import is_dead, this_process

SCHEMA = "procrastinate"
"""The PostgreSQL schema that holds the queue's tables."""

_BATCH = "batch:"
_lease, _page, _reading = schema.lease, schema.page, schema.reading


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands: how often it was taken since it last got on; if somebody has it (`living`), or had it and is gone."""

    taken: int
    living: bool
    lost: bool


def name_of(run: int, number: int) -> str:
    """The lease of a run's batch."""
    return f"{_BATCH}{run}:{number}"


def take(db: Database, run_fence: Fence, name: str, *, ttl: float) -> Fence | None:
    """Take a batch for `ttl` seconds; None while somebody living has it. Raises Held when the run passed to another process."""
    with db.write(run_fence) as connection:
        return leases.take_while(connection, Fence(name, 0), this_process(), ttl)


def keep(db: Database, run_fence: Fence, batch: Fence, *, ttl: float) -> bool:
    """Keep a batch for `ttl` seconds more; returns whether it may go on. Raises Held when batch or run are somebody else's."""
    with db.write(run_fence) as connection:
        mine = (_lease.c.name == batch.name) & (_lease.c.fence == batch.number) & (_lease.c.holder == this_process())
        until = leases.after(leases.real_time(connection), ttl)
        if not connection.execute(update(_lease).where(mine).values(expires_at=until)).rowcount:
            raise Held(f"{batch.name} has passed to another worker", cure="Nothing: it goes on there")
        return connection.execute(select(_lease.c.name).where(_lease.c.name == _stop(batch.name))).first() is None


def give_back(db: Database, batch: Fence, *, untried: bool) -> None:
    """Let others have a batch; `untried` if it was ended in order, so that this was no try."""
    with db.write() as connection:
        mine = (_lease.c.name == batch.name) & (_lease.c.fence == batch.number) & (_lease.c.holder == this_process())
        values = {"holder": "", "expires_at": None, "fence": batch.number - int(untried)}
        connection.execute(update(_lease).where(mine).values(**values))


def standings(db: Database, run: int | None = None) -> dict[str, Standing]:
    """How the batches of a run (or of all) stand, by name; those that nobody took yet are not there."""
    beginning = _BATCH if run is None else f"{_BATCH}{run}:"
    with db.read() as connection:
        now = leases.real_time(connection)
        rows = connection.execute(select(_lease).where(_lease.c.name.startswith(beginning))).all()
    found = {}
    for row in rows:
        living = bool(row.holder) and row.expires_at is not None and row.expires_at > now and not is_dead(row.holder)
        found[row.name] = Standing(row.fence, living, bool(row.holder) and not living)
    return found


def stop(db: Database, run: int) -> None:
    """Tell all workers that have batches of a run to end them in order."""
    with db.write() as connection:
        row = upsert(connection, _lease).values(name=_stop(name_of(run, 0)), fence=0)
        connection.execute(row.on_conflict_do_nothing())


def free(db: Database, name: str, portals: Sequence[str], *, got_on: bool) -> None:
    """Take a batch from a worker that is gone, and its portals from that one's readers: what those still write is refused.

    `got_on` says that there was progress since it was counted last: the count of tries begins anew.
    """
    ended = {"holder": "", "expires_at": None}
    with db.write() as connection:
        count = {"fence": 0} if got_on else {}
        connection.execute(update(_lease).where(_lease.c.name == name).values(**ended, **count))
        reads = _lease.c.name.in_([f"{leases.READ}{portal}" for portal in portals])
        connection.execute(update(_lease).where(reads).values(**ended, fence=_lease.c.fence + 1))


def forget(db: Database) -> None:
    """Drop all batches: none is under way."""
    with db.write() as connection:
        connection.execute(delete(_lease).where(_lease.c.name.startswith(_BATCH)))


def asked(db: Database, run: int, portals: Sequence[str]) -> int:
    """Pages of these portals that a run has asked for: it gets on while this grows."""
    with db.read() as connection:
        mine = _page.c.portal.in_(portals) & (_page.c.run == run)
        return int(connection.execute(select(func.count()).where(mine)).scalar_one())


def last_entry(db: Database) -> int:
    """The number of the last capture that entered the archive."""
    with db.read() as connection:
        counter = schema.counter
        return int(connection.execute(select(counter.c.value).where(counter.c.name == "entry")).scalar_one())


def verdicts(db: Database, *, after: int) -> dict[str, int]:
    """What readers said of captures behind one, by kind."""
    query = select(_reading.c.verdict, func.count()).where(_reading.c.entry > after).group_by(_reading.c.verdict)
    with db.read() as connection:
        return {verdict: int(count) for verdict, count in connection.execute(query)}


# --- the queue's own tables -----------------------------------------------------------------------------------------


def make_queue(db: Database, ddl: str, version: str, *, renew: bool) -> None:
    """Make the queue's tables by `ddl`, unless they are there; with `renew` anew when they are of another `version`."""
    with db.write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('phuongchi queue'))"))
        says = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"
        found = connection.execute(text(says), {"name": SCHEMA}).first()
        if found is not None and (found[0] == version or not renew):
            return
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(ddl)  # many statements, as only the driver itself takes them
        connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{version}'")


def workers(db: Database, *, silence: float) -> int:
    """How many workers have said to the queue within `silence` seconds that they live, with or without a batch."""
    heard = "last_heartbeat > now() - make_interval(secs => :silence)"
    query = text(f"SELECT count(*) FROM {SCHEMA}.procrastinate_workers WHERE {heard}")  # noqa: S608
    with db.read() as connection:
        return int(connection.execute(query, {"silence": silence}).scalar_one())


def clear_queue(db: Database, job: int | None = None, *, idle: bool = False) -> None:
    """Take all jobs out of the queue, or one; with `idle` those that no worker has."""
    which = "id = COALESCE(:job, id)" + (" AND status <> 'doing'" if idle else "")
    query = text(f"DELETE FROM {SCHEMA}.procrastinate_jobs WHERE {which}")  # noqa: S608
    with db.write() as connection:
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))  # its triggers name tables without it
        connection.execute(query, {"job": job})


def jobs(db: Database, numbers: Collection[int]) -> Mapping[int, str]:
    """The states of jobs by number: todo, doing, succeeded, failed; those that are gone are not there."""
    query = text(f"SELECT id, status FROM {SCHEMA}.procrastinate_jobs WHERE id = ANY(:numbers)")  # noqa: S608
    with db.read() as connection:
        return {row.id: row.status for row in connection.execute(query, {"numbers": list(numbers)})}


def _stop(batch: str) -> str:
    return f"{batch.rpartition(':')[0]}:stop"
