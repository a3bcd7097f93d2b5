"""An archive's database moved to another one, of its own or the other kind: row by row, gone on with, and proved equal.

The source stands still while it is copied: nobody writes to it, everybody may read. Until the last transaction the target has
no row in `archive` and a lease that says whose copy it is, so no half of a copy is ever taken for an archive. Rows go over in
the order of their keys; what is there already is compared by its digest before the copy goes on behind it. Leases are not
copied as they stand: whoever holds one, holds it of the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
)

from storage import engine, fences, leases, schema, search
from storage.engine import Database
from storage.errors import DatabaseError, UsageError

ROWS, CHARACTERS = 1000, 8_000_000
"""Rows, and characters of their texts, that one transaction of a copy takes over at most."""

_STREAM = 200  # rows that are fetched from a server together
_MARK = "copy:"
_LAST = (schema.archive, schema.lease)
TABLES = tuple(table for table in schema.metadata.sorted_tables if table not in _LAST)
"""What is copied row by row, each table behind those it points at."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A table's rows: how many, and the hex SHA-256 over all of them in the order of their keys."""

    rows: int
    sha256: str


def copy(
    source: Database, url: str, *, now: datetime, resume: bool, say: Callable[[str], None],
    switch: Callable[[], None] | None = None,
) -> Mapping[str, Proof]:  # fmt: skip
    """Make the database at `url` what `source` holds; returns what both hold by table, which was compared.

    `url` is an empty database. With `resume` it may also be what an interrupted copy of this archive left; rows that are not
    those of the source any more are copied anew. `switch` lets the archive use the copy from then on: whoever still has the
    source open, or waits for it, is refused, and nothing is written there any more. Raises UsageError for a target that is in
    use, DatabaseError when the copy is not equal.
    """
    with source.read() as connection:
        about = dict(connection.execute(select(schema.archive)).mappings().one())
    target = _opened(url, about, now=now, resume=resume)
    try:
        with _still(source, leaving=switch is not None) as origin:
            if not _is_part(origin, target):
                say("what is there already differs from the source by now: everything is copied anew")
                _empty(target)
            for table in TABLES:
                _fill(origin, target, table, say)
            proofs = _compared(origin, target, say)
            say("article_search")
            _finish(origin, target, {**about, "search": search.VERSION})
            if switch is not None:
                origin.execute(insert(schema.lease).values(name=fences.MOVED, fence=1, holder=target.place))
                switch()
            return proofs
    finally:
        target.close()


# --- both ends ------------------------------------------------------------------------------------------------------


@contextmanager
def _still(source: Database, *, leaving: bool) -> Iterator[Connection]:
    """A connection to a database that nobody else writes to until the block ends; if it is left, nobody of now after it."""
    with source.write() as connection:
        if leaving:
            fences.keep_writers_out(connection)
        if source.dialect == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in TABLES)
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        yield connection


def _opened(url: str, about: Mapping[str, Any], *, now: datetime, resume: bool) -> Database:
    """The target, which knows from then on whose copy it is."""
    mark = f"{_MARK}{about['id']}"
    if not engine.is_made(url):
        engine.create(url, now=now)
    target = engine.connect(url)
    try:
        with target.write() as connection:
            found = connection.execute(
                select(schema.lease.c.name).where(schema.lease.c.name.startswith(_MARK))
            ).scalar()
            if found is None:
                _claim(connection, target.place, about)
                connection.execute(insert(schema.lease).values(name=mark, fence=1))
            elif found != mark:
                raise UsageError(f"{target.place} holds a part of another archive", cure="Name an empty database")
            elif not resume:
                raise UsageError(f"{target.place} holds an unfinished copy", cure="Go on with it: --resume")
    except BaseException:
        target.close()
        raise
    return target


def _claim(connection: Connection, place: str, about: Mapping[str, Any]) -> None:
    """Make a new archive that nothing is in a copy's target. Raises UsageError for any other, and for the source itself."""
    same = connection.execute(select(schema.archive.c.id)).scalar() == about["id"]
    used = (schema.portal, schema.run, schema.unit, schema.warc_file, schema.lease)
    if same or any(connection.execute(select(literal(1)).select_from(table).limit(1)).first() for table in used):
        raise UsageError(f"{place} holds an archive already", cure="Name an empty database")
    connection.execute(delete(schema.archive))
    connection.execute(delete(schema.counter))


def _empty(target: Database) -> None:
    with target.write() as connection:
        for table in reversed(TABLES):
            connection.execute(delete(table))


# --- rows -----------------------------------------------------------------------------------------------------------


def _fill(origin: Connection, target: Database, table: Table, say: Callable[[str], None]) -> None:
    """Copy the rows of a table behind the last one that is there."""
    with target.read() as connection:
        last = _last_key(connection, table)
    written = 0
    for batch in _batches(_rows(origin, table, after=last)):
        with target.write() as connection:
            connection.execute(insert(table), batch)
        written += len(batch)
    if written:
        say(f"{table.name} +{written}")


def _batches(rows: Iterator[Any]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        batch.append(dict(row._mapping))
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) == ROWS or size > CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _rows(
    connection: Connection, table: Table, *, after: Sequence[Any] | None = None, to: Sequence[Any] | None = None
) -> Iterator[Any]:
    """The rows of a table in the order of their keys, between two of them."""
    keys = _keys(connection, table)
    query = select(table).order_by(*keys)
    if after is not None:
        query = query.where(tuple_(*keys) > _values(table, after))
    if to is not None:
        query = query.where(tuple_(*keys) <= _values(table, to))
    yield from connection.execute(query.execution_options(yield_per=_STREAM))


def _keys(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """The columns of a table's key, in an order that both kinds of database share: that of bytes."""
    server = connection.dialect.name == "postgresql"
    return [
        column.collate("C") if server and isinstance(column.type, String) else column for column in table.primary_key
    ]


def _values(table: Table, values: Sequence[Any]) -> ColumnElement[Any]:
    return tuple_(*(literal(value, column.type) for value, column in zip(values, table.primary_key, strict=True)))


def _last_key(connection: Connection, table: Table) -> tuple[Any, ...] | None:
    backwards = [key.desc() for key in _keys(connection, table)]
    row = connection.execute(select(*table.primary_key).order_by(*backwards).limit(1)).first()
    return None if row is None else tuple(row)


# --- proofs ---------------------------------------------------------------------------------------------------------


def _proof(connection: Connection, table: Table, *, to: Sequence[Any] | None = None) -> Proof:
    digest, count = hashlib.sha256(), 0
    for row in _rows(connection, table, to=to):
        digest.update(f"{tuple(row)!r}\n".encode("utf-8", "surrogatepass"))
        count += 1
    return Proof(count, digest.hexdigest())


def _is_part(origin: Connection, target: Database) -> bool:
    """Whether each table of the target is the beginning of the source's."""
    with target.read() as there:
        for table in TABLES:
            last = _last_key(there, table)
            if last is not None and _proof(there, table, to=last) != _proof(origin, table, to=last):
                return False
    return True


def _compared(origin: Connection, target: Database, say: Callable[[str], None]) -> dict[str, Proof]:
    proofs = {}
    with target.read() as there:
        for table in TABLES:
            proofs[table.name] = proof = _proof(origin, table)
            if (found := _proof(there, table)) != proof:
                raise DatabaseError(
                    f"{target.place}: the copy of {table.name} differs, {found.rows} rows for {proof.rows}",
                    cure="Empty that database and copy again; the source was not changed",
                )
            say(f"{table.name}: {proof.rows} = {proof.sha256[:16]}")
    return proofs


# --- the end --------------------------------------------------------------------------------------------------------


def _finish(origin: Connection, target: Database, about: Mapping[str, Any]) -> None:
    """The search index, the numbers to be given out next, the leases' fences, and the row that makes it an archive."""
    from storage.writer import words

    kept = schema.lease.c.name.not_like(f"{leases.TURN}%") & schema.lease.c.name.not_like(f"{leases.WISH}%")
    fences = origin.execute(select(schema.lease.c.name, schema.lease.c.fence).where(kept)).mappings().all()
    with target.write() as connection:
        if target.dialect == "postgresql":
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _set_sequences(connection)
        words.rebuild(connection)
        connection.execute(delete(schema.lease))
        if fences:
            connection.execute(insert(schema.lease), [{**row, "holder": "", "expires_at": None} for row in fences])
        connection.execute(insert(schema.archive).values(**about))


def _set_sequences(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind the last one; SQLite does so by itself."""
    sequence = text("SELECT pg_get_serial_sequence(:table, :column)")
    for table in TABLES:
        [key, *others] = table.primary_key
        if others or not isinstance(key.type, Integer):
            continue
        name = connection.execute(sequence, {"table": f'"{table.name}"', "column": key.name}).scalar()
        last = connection.execute(select(func.max(key))).scalar()
        if name and last:
            connection.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": name, "last": last})
