"""JSON Lines: one object a line, exactly as the schema has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO

from access.exports.columns import chosen
from access.shape import Article


class Lines:
    """Writes articles as lines. Raises UsageError for fields that articles do not have."""

    def __init__(self, out: IO[bytes], fields: Sequence[str] = ()) -> None:
        self._out, self._fields = out, tuple(chosen(fields)) if fields else ()

    def put(self, articles: Sequence[Article]) -> None:
        """Write some articles."""
        self._out.write("".join(map(self._line, articles)).encode())

    def close(self) -> None:
        """Nothing is left to be written."""

    def _line(self, article: Article) -> str:
        found = {name: article[name] for name in self._fields} if self._fields else article
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"
