"""In which charset the bytes of a page are, as far as that needs no vocabulary. The crawl and the reading half share this."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,30})""", re.IGNORECASE)
_SAMPLE = 65_536
ROTTEN = 0.002
"""Share of undecodable characters above which a charset is not believed."""
_TONED = re.compile("[aeiouyăâêôơư][\u0300\u0301\u0303\u0309\u0323]", re.IGNORECASE)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_LATIN = frozenset({"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252", "x-user-defined"})
"""Labels under which pages in windows-1258 are sent."""
_ENOUGH = 3
"""Tones behind vowels from which bytes are Vietnamese; of other languages' letters hardly one stands behind a vowel."""


def marked(body: bytes) -> str:
    """The charset that the first bytes show: a byte order mark, or UTF-16 without one; else nothing."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    # Of ASCII, which markup is made of, every second byte is zero.
    head = body[:2048]
    for name, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros) and others.count(0) < 0.1 * len(others):
            return name
    return ""


def declared(body: bytes, charset: str) -> Iterator[str]:
    """What the HTTP head (`charset`) and the page itself say, in lower case."""
    found = _META.search(body[:4_096])
    for label in (charset, found.group(1).decode("ascii") if found else ""):
        if label.strip():
            yield label.strip().lower()


def as_utf8(body: bytes, charset: str) -> bytes:
    """The page's bytes as UTF-8. A mark and valid UTF-8 win over what is declared; a charset that does not fit the bytes over
    nothing. What nobody declares rightly is windows-1258, if it is no UTF-8 with a byte or two that are broken.
    """
    if name := marked(body):
        return body.decode(name, "replace").encode("utf-8", "replace")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        name = next(_fitting(body, charset), "utf-8")
        return body.decode(name, "replace").encode("utf-8", "replace")
    return body


def _fitting(body: bytes, charset: str) -> Iterator[str]:
    sample = body[:_SAMPLE]
    for name in (*declared(body, charset), "utf-8", "windows-1258"):
        if name in _LATIN and _is_toned(sample):
            name = "windows-1258"
        try:
            text = sample.decode(name, "replace")
        except (LookupError, UnicodeError):  # a codec of Python's that is no charset
            continue
        if text.count("\ufffd") <= ROTTEN * len(text):
            yield name


def _is_toned(sample: bytes) -> bool:
    """Whether the bytes are Vietnamese in windows-1258: tones stand behind vowels, and nowhere else."""
    text = sample.decode("windows-1258", "replace")
    toned = len(_TONED.findall(text))
    return toned >= _ENOUGH and toned >= 0.9 * len(_TONES.findall(text))
