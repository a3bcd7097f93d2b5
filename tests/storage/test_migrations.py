from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage import reader, schema, search
from storage.engine import REVISIONS, Database, connect, upgrade
from storage.errors import SchemaError
from storage.migrations import configuration
from storage.reader import Filters
from storage.schema import metadata
from storage.search import Question
from tests.builders import make_reading, put_article


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith("article_search"))


def test_schema_when_all_migrations_ran_then_equal(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        )
        assert compare_metadata(context, metadata) == []


def test_unique_keys_when_all_migrations_ran_then_equal(database: Database) -> None:
    """Alembic compares names of keys only where they have some; the columns matter."""
    with database.read() as connection:
        inspector = inspect(connection)
        for table in metadata.tables.values():
            assert inspector.get_pk_constraint(table.name)["constrained_columns"] == list(
                table.primary_key.columns.keys()
            )


def test_revisions_when_compared_with_scripts_then_complete() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_search_index_when_made_then_there(database: Database) -> None:
    with database.read() as connection:
        assert search.newest(connection, Question(search.parse("phuong")), 1) == []


def test_connect_when_the_index_was_made_by_other_rules_then_refused_until_upgraded(
    database: Database, database_url: str
) -> None:
    article = put_article(database, make_reading("Lễ hội làng"))
    with database.write() as connection:
        search.clear(connection)
        connection.execute(schema.archive.update().values(search=search.SINCE[database.dialect] - 1))
    with pytest.raises(SchemaError, match="db upgrade"):
        connect(database_url)
    upgrade(database_url)
    again = connect(database_url)
    assert [line.id for line in reader.articles(again, Filters('"le hoi lang"'))] == [article]
    again.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_upgrade_when_only_the_other_databases_index_changed_then_this_one_stays(
    database: Database, database_url: str
) -> None:
    put_article(database, make_reading("Lễ hội làng"))
    with database.write() as connection:
        search.clear(connection)  # so that an index that is made anew shows
        connection.execute(schema.archive.update().values(search=search.SINCE["postgresql"]))
    with pytest.raises(SchemaError, match="db upgrade"):
        connect(database_url)
    upgrade(database_url)
    again = connect(database_url)
    assert reader.articles(again, Filters("lang")) == []
    again.close()
