"""The bytes of what was deleted taken out of the database's own files, where a delete leaves them lying."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from storage import schema, sqlite
from storage.engine import Database
from storage.errors import DatabaseError
from storage.faults import wrapped
from storage.upkeep.rebuild import BEFORE, BEFORE_SCHEMA, NEW


def compact(db: Database) -> None:
    """Write the database's files anew without what was deleted, and take away copies that a reindex has left.

    Raises DatabaseError while another program has it open, StorageFull: it needs as much room again for a while.
    """
    if db.dialect == "sqlite":
        _sqlite(Path(make_url(db.url).database or ""), db.place)
    else:
        with db.session() as conn:
            conn.execute(text(f"DROP SCHEMA IF EXISTS {BEFORE_SCHEMA} CASCADE"))
            for name in (*sorted(schema.metadata.tables), "article_search"):
                conn.execute(text(f'VACUUM (FULL) "{name}"'))


def _sqlite(path: Path, place: str) -> None:
    for suffix in (BEFORE, NEW):
        for copy in path.parent.glob(f"{path.name}{suffix}*"):
            copy.unlink()
    with wrapped(place):
        connection = sqlite.opener(path, mode="rw", patience=5.0)()
        try:
            cursor = connection.cursor()
            # A deleted word stays in older segments of the index, and beside a mark in newer ones, until they are merged.
            cursor.execute("INSERT INTO article_search(article_search) VALUES ('optimize')")
            cursor.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, article_search, row)")
            cursor.execute("DELETE FROM article_search_words WHERE word NOT IN (SELECT term FROM temp.terms)")
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = (cursor.fetchone() or (0,))[0]
        finally:
            connection.close()
    if busy:
        raise DatabaseError(
            f"{path} is in use: what was deleted is still in its log",
            cure="End the programs that have it open, and run `phuongchi redact --again`",
        )
