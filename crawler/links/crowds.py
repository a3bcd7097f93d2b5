"""Tags with so many attributes that a parser drowns in them: libxml2's time grows with the square of their number."""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 2000
"""Attributes that one tag may have: a hundred times what a page has, and read in a hundredth of a second."""

_LONG_TAG = re.compile(rb"<[a-zA-Z][^\"'>]*+(?:(?:\"[^\"]*+\"|'[^']*+')[^\"'>]*+)*+")
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")


def crowded(text: bytes) -> int | None:
    """Where the first tag with too many attributes begins; None if there is none."""
    for tag in _LONG_TAG.finditer(text):
        if tag.end() - tag.start() > 2 * MOST_ATTRIBUTES and len(_QUOTED.sub(b"", tag[0]).split()) > MOST_ATTRIBUTES:
            return tag.start()
    return None
