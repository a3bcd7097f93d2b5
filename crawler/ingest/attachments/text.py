"""Text as it comes out of a file, piece by piece: cleaned like every text of the archive, and never more than is kept."""

from __future__ import annotations

import unicodedata

from storage.text import normalise

MOST_CHARACTERS = 1_000_000
"""Characters of one file's text that are kept: some 400 full pages. What is behind them is flagged as `too-large`."""


class Enough(Exception):
    """No more of the file is needed."""


class Lines:
    """The lines of a file's text, up to the limit."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._lines: list[str] = []
        self._left = most

    def add(self, line: str) -> None:
        """Add one line; blank ones are dropped. Raises Enough when the limit is reached."""
        line = normalise(line[: self._left * 2])
        if not line:
            return
        if len(line) >= self._left:
            self._lines.append(line[: self._left])
            self._left = 0
            raise Enough
        self._lines.append(line)
        self._left -= len(line) + 1

    def end_page(self) -> None:
        """Part what comes from what came by a blank line."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """All of it."""
        return "\n".join(self._lines).strip()


def is_garbled(text: str) -> bool:
    """Whether a tenth of `text` are no characters at all: a font without a table of what its glyphs mean."""
    seen = [char for char in text if not char.isspace()]
    odd = sum(unicodedata.category(char) in ("Cc", "Co", "Cn") or char == "\ufffd" for char in seen)
    return odd * 10 > len(seen)
