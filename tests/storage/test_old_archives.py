"""Archives of earlier programs on PostgreSQL: their tables are made as those of the kept SQLite archives stand, and upgraded.

The kept archives are SQLite files. The programs that made them made the same tables on both databases, with the types that
each of them has.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Column, DateTime, Engine, Index, MetaData, Table, create_engine, func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL

from storage import engine, reader, schema
from tests.conftest import new_database
from tests.releases import FIXTURES, restored
from tests.storage.test_migrations import is_ours

RELEASES = sorted(FIXTURES.glob("release-*"))


@pytest.mark.slow
@pytest.mark.parametrize("fixture", RELEASES, ids=lambda path: path.name)
def test_upgrade_when_the_archive_is_old_and_on_postgresql_then_todays_tables_and_the_same_rows(
    fixture: Path, postgres: URL, tmp_path: Path
) -> None:
    old = create_engine(f"sqlite:///{restored(fixture, tmp_path / 'kho')}/phuongchi.db")
    with new_database(postgres) as made:
        url = made.render_as_string(hide_password=False)
        new = create_engine(made)
        kept = _copied(old, new)
        old.dispose()
        before, after = engine.upgrade(url)
        assert (before, after) == ("0001", engine.REVISIONS[-1])
        with new.connect() as conn:
            options = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
            assert _differences(compare_metadata(MigrationContext.configure(conn, opts=options), schema.metadata)) == []
            for table in (schema.capture, schema.article, schema.revision, schema.event):
                assert conn.execute(select(func.count()).select_from(table)).scalar() == kept[table.name] > 0
        new.dispose()
        with closing(engine.connect(url)) as database:
            titles = [line.title for line in reader.articles(database, reader.Filters(words="tiêm phòng"))]
        assert titles == ["Phường Hòa Bình tiêm phòng cho chó, mèo"]


def _differences(found: list[Any]) -> list[Any]:
    """What Alembic found, but for comments, which SQLite has none of."""
    flat = [one for some in found for one in (some if isinstance(some, list) else [some])]
    return [one for one in flat if one[0] not in ("modify_comment", "add_table_comment", "remove_table_comment")]


def _copied(old: Engine, new: Engine) -> dict[str, int]:
    """Make the tables of one database in another, and copy the rows; returns how many each has."""
    found, counts = MetaData(), dict[str, int]()
    found.reflect(old, only=lambda name, _: not name.startswith("article_search"))
    tables = MetaData(naming_convention=schema.metadata.naming_convention)
    for table in found.sorted_tables:
        _as_on_postgresql(table.to_metadata(tables))
    words = Column("words", postgresql.TSVECTOR, nullable=False)
    search = Table("article_search", tables, Column("number", BigInteger, primary_key=True, autoincrement=False), words)
    Index("ix_article_search_words", search.c.words, postgresql_using="gin")
    tables.create_all(new)
    with old.connect() as source, new.begin() as target:
        target.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for table in found.sorted_tables:
            rows = [
                {name: _aware(value) for name, value in row.items()} for row in source.execute(select(table)).mappings()
            ]
            counts[table.name] = len(rows)
            if rows:
                target.execute(tables.tables[table.name].insert(), rows)
    return counts


def _as_on_postgresql(table: Table) -> None:
    """Give a table the types and partial indexes that it has on PostgreSQL."""
    today = schema.metadata.tables.get(table.name)
    for column in table.columns:
        same = today.columns.get(column.name) if today is not None else None
        if isinstance(column.type, DateTime):
            column.type = DateTime(timezone=True)
        elif same is not None and isinstance(same.type, BigInteger):
            column.type = BigInteger()
        else:
            column.type = column.type.as_generic()
        if same is not None:
            column.autoincrement = same.autoincrement
    for index in table.indexes:
        where = index.dialect_options["sqlite"].get("where")
        if where is not None:
            index.dialect_options["postgresql"]["where"] = where


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
