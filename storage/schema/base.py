"""What all tables share: the metadata with its naming rules, and the column types that both databases lack."""

from __future__ import annotations

from datetime import UTC, datetime

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
