"""What a page asks of archives: `noarchive`, in its meta elements or in the head of its answer.

Such a page is captured and read like any other, and its article is `restricted`: kept, but not for showing to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

NOARCHIVE = "noarchive"
"""Flag of a reading whose page asks not to be shown from an archive."""

AGENT = "phuongchi"
"""Our product token, as robots.txt and X-Robots-Tag call us."""

_WORD = re.compile(r"[\s,;]+")
_ADDRESSED = re.compile(r"\s*([a-z][a-z0-9_-]*)\s*:(?!//)")
_VALUED = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
"""Directives with a value behind a colon: no names of robots."""


def asks_not_to_be_kept(headers: Iterable[str], metas: Mapping[str, str]) -> bool:
    """Whether one of these X-Robots-Tag values, or of the meta elements by lower-case name, says `noarchive` to us."""
    said = [_for_us(value.lower()) for value in headers]
    said += [metas.get(name, "").lower() for name in ("robots", AGENT)]
    return any(NOARCHIVE in _WORD.split(value) for value in said)


def _for_us(value: str) -> str:
    """What of a header's value is said to every robot or to us: `googlebot: noarchive` is said to another one."""
    name = _ADDRESSED.match(value)
    if name is None or name[1] in _VALUED:
        return value
    return value[name.end() :] if name[1] in (AGENT, "*") else ""
