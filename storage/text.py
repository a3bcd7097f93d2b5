"""Vietnamese text as the archive keeps it, and folded keys for search and comparison.

`normalise` is what every text column holds; `fold` is a key and never shown. Facts: `docs/decisions.md`, "Text".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Letters pasted from social networks: mathematical alphabets and full-width forms hide words from search under NFC.
_DISGUISED = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e][\u0300-\u036f]*")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})
_DYET = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})


def normalise(text: str) -> str:
    """`text` in NFC with white space folded to single spaces; invisible and control characters are gone.

    Wording, punctuation, tone placement and quotes stay as they were written.
    """
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = _DISGUISED.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
        text = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """The key under which `text` is found: no case, no marks, no tone, đ as d.

    Tone placement (hoà, hòa) needs no rule of its own: without marks both are `hoa`.
    """
    text = unicodedata.normalize("NFD", text.translate(_DYET).translate(_APOSTROPHES))
    return "".join(char for char in text if not unicodedata.combining(char)).lower()


def sha256_text(text: str) -> str:
    """Hex SHA-256 over the UTF-8 of `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
