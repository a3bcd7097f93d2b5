"""Vietnamese text as the archive keeps it, and folded keys for search and comparison.

`normalise` is what every text column holds; `fold` is a key and never shown. Facts: `docs/decisions.md`, "Text".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Line ends and separators are white space, not control characters.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
# Letters pasted from social networks: mathematical alphabets and full-width forms hide words from search under NFC.
_DISGUISED = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e][\u0300-\u036f]*")
_PLAIN = str.maketrans(
    {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"}
)
_ETH = str.maketrans({"ð": "đ", "Ð": "Đ"})
_ETH_WORD = re.compile(r"[^\W\d_]*[ðÐ][^\W\d_]*")
_VIETNAMESE_WORD = re.compile("[abcdeghiklmnopqrstuvxyđð\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_OTHER_MARKS = re.compile("[^\\x00-\u036f\u0370-\u0482\u1e00-\u20cf]")  # outside of these ranges there may be some


def normalise(text: str) -> str:
    """`text` in NFC with white space folded to single spaces; invisible and control characters are gone.

    Wording, punctuation, tone placement and quotes stay as they were written. Two letters that only look right become what
    was meant: mathematical and full-width ones, and the Icelandic Ð in a word that is otherwise Vietnamese.
    """
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = _DISGUISED.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
        text = unicodedata.normalize("NFC", text)
        if "ð" in text or "Ð" in text:
            text = _ETH_WORD.sub(_vietnamese_eth, text)
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """The key under which `text` is found: no case, no marks, no tone, đ as d.

    Tone placement (hoà, hòa) needs no rule of its own: without marks both are `hoa`.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFD", text.translate(_PLAIN)))
    if _OTHER_MARKS.search(text):
        text = "".join(char for char in text if not unicodedata.combining(char))
    return text.lower()


def sha256_text(text: str) -> str:
    """Hex SHA-256 over the UTF-8 of `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _vietnamese_eth(found: re.Match[str]) -> str:
    word = found.group()
    letters = unicodedata.normalize("NFD", word).lower()
    return word.translate(_ETH) if _VIETNAMESE_WORD.fullmatch(letters) else word


_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def comparable(text: str) -> str:
    """`text` with each word's tone moved to the word's end, case and marks kept: equal for `hoà` and `hòa`, not for `hoa`.

    Decides whether two states of a text differ by more than where a keyboard puts the tone.
    """
    decomposed = unicodedata.normalize("NFD", normalise(text))
    return re.sub(r"[^\W\d_][\w\u0300-\u036f]*", _tone_last, decomposed)


def _tone_last(word: re.Match[str]) -> str:
    letters = word.group()
    return _TONES.sub("", letters) + "".join(_TONES.findall(letters))


def instant_text(at: datetime) -> str:
    """An instant as it is written everywhere: UTC, to the second, `2026-11-02T15:30:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
