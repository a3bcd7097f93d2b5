from tests.ingest.conftest import archive, filled, filled_postgres, filled_sqlite

__all__ = ["archive", "filled", "filled_postgres", "filled_sqlite"]
