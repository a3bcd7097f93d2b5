"""CSV (RFC 4180) for spreadsheets and tables: one row an article, objects spread over cells, lists as JSON.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; `restored` takes it away again.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from access.exports.columns import Kind, chosen, flat
from access.shape import Article

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_DOUBLED = frozenset({"paragraphs"})
"""Not in a sheet unless asked for: it is the text once more."""


class Sheet:
    """Writes articles as rows; `bom` marks the file as UTF-8 for Excel. Raises UsageError for unknown fields."""

    def __init__(self, out: IO[bytes], fields: Sequence[str] = (), *, bom: bool = False) -> None:
        self._out = out
        self._columns = {name: kind for name, kind in chosen(fields).items() if fields or name not in _DOUBLED}
        self._write([list(flat(self._columns))], first="\ufeff" if bom else "")

    def put(self, articles: Sequence[Article]) -> None:
        """Write some articles."""
        self._write([[safe(cell) for cell in _cells(article, self._columns)] for article in articles])

    def close(self) -> None:
        """Nothing is left to be written."""

    def _write(self, rows: Sequence[Sequence[str]], first: str = "") -> None:
        made = io.StringIO(newline="")
        csv.writer(made, lineterminator="\r\n").writerows(rows)
        self._out.write((first + made.getvalue()).encode())


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever page it came from."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """The cell that `safe` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _cells(article: Article, columns: Mapping[str, Kind]) -> Iterator[str]:
    for name, kind in columns.items():
        value = article.get(name)
        if isinstance(kind, Mapping):
            yield from (_cell((value or {}).get(inner)) for inner in kind)
        else:
            yield _cell(value)


def _cell(value: object) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, (str, int)):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
