"""Compression by the name of a file: `.gz`, and `.zst` where pyarrow is installed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from storage.errors import UsageError


def packing_of(name: str) -> str:
    """How a file of this name is compressed: `gzip`, `zstd`, or not at all (empty)."""
    return {"gz": "gzip", "zst": "zstd"}.get(name.lower().rpartition(".")[2], "")


@contextmanager
def packed(out: IO[bytes], packing: str) -> Iterator[IO[bytes]]:
    """A stream that writes to `out`, compressed; ends what was begun, and leaves `out` open.

    The same bytes give the same file. Raises UsageError when nothing here can do it.
    """
    if packing == "gzip":
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=6) as file:
            yield file  # type: ignore[misc]
    elif packing == "zstd":
        try:
            import pyarrow
        except ImportError as error:
            raise UsageError(
                "zstd needs pyarrow, which is not installed",
                cure="Install it: pip install 'phuongchi[parquet]', or name the file .gz",
            ) from error
        with pyarrow.CompressedOutputStream(pyarrow.PythonFile(_Open(out), mode="w"), "zstd") as file:
            yield file
    else:
        yield out


class _Open:
    """A stream that whoever it is given to cannot close."""

    closed = False

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        """Nothing."""
