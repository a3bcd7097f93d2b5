"""What a command says: results on stdout, everything else on stderr, as loud as was asked for."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.text import instant_text


@dataclass(frozen=True, slots=True)
class Voice:
    """How loud a command is: -1 quiet, 0 as usual, 1 verbose, 2 with tracebacks."""

    loudness: int = 0

    def result(self, text: str = "") -> None:
        """A line of the result, on stdout."""
        sys.stdout.write(text + "\n")

    def say(self, text: str) -> None:
        """A line for the person at the terminal; nothing when quiet."""
        if self.loudness >= 0:
            self._line(text)

    def detail(self, text: str) -> None:
        """A line for somebody who asked for more."""
        if self.loudness >= 1:
            self._line(text)

    def json(self, value: object) -> None:
        """One JSON document on stdout."""
        self.result(json.dumps(value, ensure_ascii=False, indent=None, default=_plain))

    def last_line(self, value: Mapping[str, Any]) -> None:
        """One JSON object as the last line of stderr, whatever the loudness: programs read it."""
        self._line(json.dumps(value, ensure_ascii=False, default=_plain))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
        """A table on stdout: drawn for a terminal, aligned lines below their headings for a file or a pipe."""
        if not sys.stdout.isatty():
            for line in aligned([columns, *rows]):
                self.result(line)
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table(title=title or None, title_justify="left")
        for column in columns:
            drawn.add_column(column, overflow="fold")
        for row in rows:
            drawn.add_row(*(Text(str(cell)) for cell in row))
        Console().print(drawn)

    def shown(self, text: str) -> str:
        """A line as it may be shown."""
        return text

    def _line(self, text: str) -> None:
        sys.stdout.flush()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def aligned(rows: Iterable[Sequence[object]]) -> list[str]:
    """Rows as lines whose cells stand below each other, two blanks apart; a cell never breaks its line."""
    cells = [[" ".join(unicodedata.normalize("NFC", str(cell)).split()) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(char) else 1 for char in text)


def _plain(value: object) -> str:
    return instant_text(value) if isinstance(value, datetime) else str(value)
