"""Opens the database of an archive: SQLite beside the WARC files, or PostgreSQL for many machines.

Readers are read-only at the connection, not by promise. Writers of SQLite queue at one file lock before `BEGIN IMMEDIATE`,
because SQLite's own waiting is unfair (`docs/decisions.md`, "SQLite"). A fence is checked inside the transaction it guards.
Driver errors leave here as the project's own (`storage.faults`).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    exc,
    insert,
    inspect,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from storage import addresses, index_version, points, schema, search, sqlite
from storage.addresses import Dialect
from storage.errors import DatabaseError, SchemaError, UsageError
from storage.faults import translated, wrapped
from storage.fences import Fence as Fence
from storage.fences import check_fence, check_moved, lock_portals

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.dialects import sqlite as sqlite_dialect

    Upsert = postgresql.Insert | sqlite_dialect.Insert

Transaction = Connection
"""What `Database.read` and `write` hand out, by a name that callers outside of storage can use."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Every migration in order, the last one being the schema of this program; a test compares them with `migrations/`."""

PATIENCE = 30.0
"""Seconds that a writer waits for other writers before it calls the database busy."""

DAMAGED = "Restore it from a backup, or make it anew with `phuongchi reindex`; the WARC files are not touched by this"
"""What an operator whose database is broken or gone can do."""

_SIGNS_OF_LIFE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""A server notices within a minute that a host is gone, and frees what its sessions held; by itself it takes two hours."""

QUICK = 3.0
"""Seconds that somebody who only reads waits for a server that does not answer: a person sits before it."""

_READERS: Mapping[str, Any] = {"pool_size": 10, "max_overflow": 5, "pool_use_lifo": True}
"""How many connections readers keep open to a server: a new one looks every table up before it answers, for some hundredths of
a second. The one that was used last is used next."""


class Database:
    """One archive's database in one process. Made by `connect`, never directly."""

    def __init__(self, url: URL, *, readonly: bool, patience: float) -> None:
        self.url = url.render_as_string(hide_password=False)
        self.dialect: Dialect = addresses.dialect(url)
        self.place = addresses.place(url)
        self._patience = patience
        self._path = Path(url.database or "") if self.dialect == "sqlite" else None
        self._file = sqlite.identity(self._path)
        self._reader = _make_engine(url, readonly=True, patience=patience)
        self._writer = None if readonly else _make_engine(url, readonly=False, patience=patience)
        self._begun: list[Callable[[Connection], object]] = []

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database and cannot write. Keep it short: under 200 ms."""
        with wrapped(self.place), self._connected(self._reader) as connection, connection.begin():
            for act in self._begun:
                act(connection)
            yield connection

    @contextmanager
    def write(self, fence: Fence | None = None, *, portals: Iterable[str] = ()) -> Iterator[Connection]:
        """A connection inside one transaction, committed at the end and rolled back by any exception.

        With a `fence`, raises Held when the lease has passed to another holder, or the archive to another database; without one
        that is a DatabaseError. Name the `portals` whose pages, captures and
        articles the transaction writes: see `lock_portals`. Raises DatabaseError when other writers keep the database for
        longer than the patience it was opened with.
        """
        if self._writer is None:
            raise RuntimeError("this database was opened read-only")
        with wrapped(self.place), self._turn(), self._connected(self._writer) as connection, connection.begin():
            if fence is not None:
                check_fence(connection, fence)
            else:
                check_moved(connection, self.place)
            lock_portals(connection, {*portals, *({fence.portal} if fence and fence.portal else ())})
            points.reached("database.begun")
            yield connection
            points.reached("database.commit")
        points.reached("database.committed")

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """PostgreSQL: a connection of its own outside any transaction, for locks that live as long as the session."""
        url = self._reader.url
        options = f"{_SIGNS_OF_LIFE} {url.query.get('options', '')}"
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"options": options})
        try:
            with wrapped(self.place), engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def check_integrity(self) -> None:
        """Raise DatabaseError when a SQLite file is damaged; a PostgreSQL server looks after its own pages."""
        if self._path is None:
            return
        with self.read() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise DatabaseError(f"{self.place} is damaged: {found}", cure=DAMAGED)

    def on_begin(self, act: Callable[[Connection], object]) -> None:
        """Call `act` with the connection of each read that begins."""
        self._begun.append(act)

    def is_replaced(self) -> bool:
        """Whether another file stands where this one was opened, as after `reindex`; what is read here is the old one."""
        return self._file is not None and sqlite.identity(self._path) not in (None, self._file)

    def close(self) -> None:
        """Close all connections; the last one to leave a SQLite file folds its WAL in."""
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def _turn(self) -> AbstractContextManager[None]:
        return sqlite.writers_turn(self._path, self._file, self._patience)

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        connection = _retry(engine.connect, patience=self._patience if self._path is None else 0.0)
        try:
            yield connection
        finally:
            connection.close()


COUNTERS = ("entry", "article", "event")
"""Numbers that the archive gives out itself: of captures, of articles in the search index, of the change feed."""


def create(url: str, *, now: datetime) -> None:
    """Make the tables of a new archive in an empty database: `url` is a SQLite file or an existing PostgreSQL database.

    Raises UsageError when there is an archive already. Interrupted, it leaves nothing that `create` could not go on from.
    """
    with _migrating(url, must_exist=False) as connection:
        if _revision(connection):
            raise UsageError(f"{addresses.place(make_url(url))} holds an archive already", cure="Choose another place")
        _migrate(connection)
        connection.execute(
            insert(schema.archive).values(id=secrets.token_hex(8), epoch=1, search=search.VERSION, created_at=now)
        )
        connection.execute(insert(schema.counter), [{"name": name, "value": 0} for name in COUNTERS])


def shown(url: str) -> str:
    """A database's address as people may see it: without its password."""
    return addresses.place(make_url(url))


def is_made(url: str) -> bool:
    """Whether there are an archive's tables in the database; False for a missing or empty one. Makes nothing.

    Raises DatabaseError when it is no database or cannot be asked.
    """
    location = addresses.absolute(make_url(url))
    if location.drivername == "sqlite":
        path = Path(location.database or "")
        if not path.is_file() or not path.stat().st_size:
            return False
        with wrapped(str(path)):
            sqlite.recover(path)
    database = Database(location, readonly=True, patience=QUICK)
    try:
        with database.read() as connection:
            return bool(_revision(connection))
    finally:
        database.close()


def connect(url: str, *, readonly: bool = False, patience: float | None = None) -> Database:
    """Open an existing archive's database.

    Never creates one. Raises DatabaseError when it is missing or damaged, SchemaError when it is newer or older than this
    program. `patience` is how long a writer waits for its turn, and for a server that does not answer, in seconds.
    """
    location = addresses.absolute(make_url(url))
    if location.drivername == "sqlite":
        path = Path(location.database or "")
        if not path.is_file():
            raise DatabaseError(f"there is no database {path}", cure=DAMAGED)
        with wrapped(str(path)):
            sqlite.recover(path)
    if patience is None:
        patience = QUICK if readonly and addresses.dialect(location) == "postgresql" else PATIENCE
    database = Database(location, readonly=readonly, patience=patience)
    try:
        with database.read() as connection:
            _check_revision(_revision(connection), database.place)
            index_version.check(connection, database.place)
        if not readonly and database.dialect == "sqlite":
            with database.write():
                pass  # finds out now, not after the first page, that the file cannot be written
    except BaseException:
        database.close()
        raise
    return database


def upgrade(url: str) -> tuple[str, str]:
    """Bring an archive's database to this program's schema and return the revisions before and after.

    The search index is made anew if its words are cut otherwise now.

    One transaction: interrupted, the old schema stands. Make a backup first all the same.
    """
    with _migrating(url, must_exist=True) as connection:
        before = _revision(connection)
        if before not in REVISIONS:
            _check_revision(before, addresses.place(make_url(url)))
        _migrate(connection)
        index_version.renew(connection)
    return before, REVISIONS[-1]


def next_numbers(connection: Connection, counter: str, count: int = 1) -> range:
    """Take the next `count` numbers of one of `COUNTERS` inside the caller's transaction.

    Numbers have no gaps: a rolled back transaction gives them back, and on PostgreSQL the counter's row stays locked until
    the commit, so take them last.
    """
    last: int = connection.execute(_COUNT, {"counter": counter, "more": count}).scalar_one()
    return range(last - count + 1, last + 1)


_COUNT = (
    update(schema.counter)
    .where(schema.counter.c.name == bindparam("counter"))
    .values(value=schema.counter.c.value + bindparam("more"))
    .returning(schema.counter.c.value)
)


def upsert(connection: Connection, table: Table) -> Upsert:
    """An INSERT that knows `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`, for either database."""
    return upsert_on(connection.dialect.name, table)


def upsert_on(dialect: str, table: Table) -> Upsert:
    """What `upsert` makes, by the name of the dialect, for statements that are built once.

    Only the dialect of the database that is there is loaded: either takes some hundredths of a second.
    """
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite as sqlite_dialect

    return sqlite_dialect.insert(table)


# --- making engines -------------------------------------------------------------------------------------------------


def _make_engine(url: URL, *, readonly: bool, patience: float) -> Engine:
    if addresses.dialect(url) == "sqlite":
        engine = create_engine(
            "sqlite:///archive", module=sqlite.driver,
            creator=sqlite.opener(Path(url.database or ""), mode="ro" if readonly else "rw", patience=patience),
            json_serializer=sqlite.written, json_deserializer=sqlite.read,
        )  # fmt: skip
        sqlite.begin_with(engine, "BEGIN" if readonly else "BEGIN IMMEDIATE")
        return engine
    milliseconds = max(1, int(patience * 1000))
    options = f"-c timezone=UTC -c lock_timeout={milliseconds} -c idle_in_transaction_session_timeout=600000"
    options += f" {_SIGNS_OF_LIFE} {url.query.get('options', '')}"
    if readonly:
        options += " -c default_transaction_read_only=on -c jit=off"  # pages ask for little: to compile takes longer
        options += " -c plan_cache_mode=force_custom_plan"  # one plan for rare and common words suits neither
    return create_engine(
        url, pool_pre_ping=True, **(_READERS if readonly else {}),
        connect_args={"options": options, "connect_timeout": max(2, int(patience))},
        isolation_level="REPEATABLE READ" if readonly else "READ COMMITTED",
    )  # fmt: skip


def _retry(attempt: Callable[[], Connection], *, patience: float) -> Connection:
    """Connect, and again with growing pauses while a server restarts."""
    deadline, pause = time.monotonic() + patience, 0.1
    while True:
        try:
            return attempt()
        except exc.OperationalError as error:
            if time.monotonic() + pause > deadline or not isinstance(translated(error, ""), DatabaseError):
                raise
        time.sleep(pause)
        pause = min(pause * 2, 5.0)


# --- schema ---------------------------------------------------------------------------------------------------------


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _check_revision(revision: str, place: str) -> None:
    if revision == REVISIONS[-1]:
        return
    if not revision:
        raise SchemaError(f"{place} holds no archive", cure="Make one with `phuongchi init`")
    if revision in REVISIONS:
        raise SchemaError(f"{place} has the older schema {revision}", cure="Run `phuongchi db upgrade`")
    raise SchemaError(f"{place} has the unknown schema {revision}", cure="Use the newer program that wrote it")


@contextmanager
def _migrating(url: str, *, must_exist: bool) -> Iterator[Connection]:
    """One transaction in which tables may be made and rebuilt: foreign keys are not enforced in it, only checked after."""
    location = addresses.absolute(make_url(url))
    path = Path(location.database or "") if addresses.dialect(location) == "sqlite" else None
    if path is None:
        engine = create_engine(location, poolclass=NullPool)
    else:
        if must_exist and not path.is_file():
            raise DatabaseError(f"there is no database {path}", cure=DAMAGED)
        opener = sqlite.opener(path, mode="rwc", patience=PATIENCE, foreign_keys=False)
        engine = create_engine("sqlite:///archive", module=sqlite.driver, creator=opener, poolclass=NullPool)
        sqlite.begin_with(engine, "BEGIN IMMEDIATE")
    try:
        turn = sqlite.writers_turn(path, None, PATIENCE)
        with wrapped(addresses.place(location)), turn, engine.begin() as connection:
            if path is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('phuongchi migrations'))"))
            yield connection
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    from storage.migrations import (
        run_migrations,  # Alembic takes a tenth of a second to load; most commands never need it
    )

    run_migrations(connection)
