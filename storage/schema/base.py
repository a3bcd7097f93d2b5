"""What all tables share: the metadata with its naming rules, and the column types that both databases lack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    ScalarSelect,
    TypeDecorator,
    func,
    literal_column,
    select,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; naive values are refused because their zone would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    # SQLite keeps instants as text. Written and read at once, without SQLAlchemy's own steps between, they cost a third.

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Makes what the driver is given."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Makes what a row holds of what the driver gives."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


@lru_cache(maxsize=256)  # the rows of one answer bear the same instant
def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: an instant needs its zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:-_ZONE]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


_ZONE = len("+00:00")


def is_set(column: Column[bool]) -> ColumnElement[bool]:
    """Whether a flag is set, in the words of the partial indexes over flags: SQLite uses such an index for `flag`, and not for
    `flag = 1`, which `column == true()` becomes there."""
    found: ColumnElement[bool] = literal_column(f"{column.table.name}.{column.name}")
    return found


def next_of(column: Column[int]) -> ScalarSelect[int]:
    """The number behind the last one, as SQLite gives it. What PostgreSQL gives stays taken by a transaction that came to
    nothing. Only for rows that none but the holder of a lease adds."""
    return select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()


Big = BigInteger().with_variant(Integer, "sqlite")  # SQLite gives row ids to INTEGER keys only
