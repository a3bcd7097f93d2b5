"""Text as it comes out of a file, page by page: cleaned like every text of the archive, and never more than is kept."""

from __future__ import annotations

import unicodedata

from storage.legacy import doubts, mend
from storage.text import normalise

MOST_CHARACTERS = 1_000_000
"""Characters of one file's text that are kept: some 400 full pages. What is behind them is flagged as `too-large`."""


class Enough(Exception):
    """No more of the file is needed."""


class Lines:
    """The lines of a file's text, up to the limit. `garbled` counts the pages on which they are no words."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self.garbled = 0
        self._kept: list[str] = []
        self._page: list[str] = []
        self._left = most

    def add(self, line: str) -> None:
        """Add one line; blank ones are dropped. Raises Enough when the limit is reached."""
        line = line.strip()[: self._left]
        if line:
            self._page.append(line)
            self._left -= len(line) + 1
        if self._left <= 0:
            raise Enough

    def end_page(self) -> None:
        """Part what comes from what came by a blank line.

        Old fonts are found out page by page: a line is too short to be sure, and files mix them with Unicode.
        """
        text = mend("\n".join(self._page))
        self._page = []
        self._left -= 1
        self.garbled += is_garbled(text) or "legacy-font" in doubts(text)
        lines = [line for raw in text.split("\n") if (line := normalise(raw))]
        if lines and self._kept:
            self._kept.append("")
        self._kept += lines

    def text(self) -> str:
        """All of it."""
        self.end_page()
        return "\n".join(self._kept)


def is_garbled(text: str) -> bool:
    """Whether a tenth of `text` are no characters at all: a font without a table of what its glyphs mean."""
    odd = sum(unicodedata.category(char) in ("Cc", "Co", "Cn") or char == "\ufffd" for char in text if char > "\x1f")
    return odd * 10 > len(text)
