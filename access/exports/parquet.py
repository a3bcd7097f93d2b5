"""Parquet, typed: instants are timestamps in UTC, lists lists, objects structs. Written a row group at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from access.exports.columns import Kind, chosen
from access.shape import Article
from storage.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, CHARACTERS = 5_000, 8_000_000
"""A row group ends at the first of both: what is kept in memory until then."""


class Parquet:
    """Writes articles as rows of a Parquet file; `about` becomes its metadata.

    Raises UsageError for unknown fields, and when pyarrow is not installed.
    """

    def __init__(self, out: IO[bytes], fields: Sequence[str] = (), *, about: Mapping[str, str] | None = None) -> None:
        arrow, files = _arrow()
        self._columns = chosen(fields)
        schema = arrow.schema([arrow.field(name, _type(arrow, kind)) for name, kind in self._columns.items()])
        self._schema = schema.with_metadata({f"phuongchi.{name}": value for name, value in (about or {}).items()})
        packing = "zstd" if arrow.Codec.is_available("zstd") else "snappy"
        self._table = arrow.Table
        self._file = files.ParquetWriter(out, self._schema, compression=packing)
        self._rows: list[dict[str, Any]] = []
        self._characters = 0

    def put(self, articles: Sequence[Article]) -> None:
        """Write some articles."""
        for article in articles:
            self._rows.append({name: _value(article.get(name), kind) for name, kind in self._columns.items()})
            self._characters += len(article["text"]) + sum(len(file["text"] or "") for file in article["attachments"])
            if len(self._rows) >= ROWS or self._characters >= CHARACTERS:
                self._flush()

    def close(self) -> None:
        """Write the last row group and the footer."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._characters = [], 0


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed", cure="Install it: pip install 'phuongchi[parquet]'"
        ) from error
    return pyarrow, pyarrow.parquet


def _type(arrow: Any, kind: Kind) -> pa.DataType:
    if isinstance(kind, str):
        return {"text": arrow.string(), "integer": arrow.int64(), "instant": arrow.timestamp("ms", tz="UTC")}[kind]
    if isinstance(kind, Mapping):
        return arrow.struct([arrow.field(name, _type(arrow, inner)) for name, inner in kind.items()])
    return arrow.list_(_type(arrow, kind[0]))


def _value(value: Any, kind: Kind) -> Any:
    if value is None or kind in ("text", "integer"):
        return value
    if isinstance(kind, str):
        return datetime.fromisoformat(value)
    if isinstance(kind, Mapping):
        return {name: _value(value.get(name), inner) for name, inner in kind.items()}
    return [_value(one, kind[0]) for one in value] if not isinstance(kind[0], str) else value
