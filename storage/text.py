"""Vietnamese text as the archive keeps it, and folded keys for search and comparison.

`normalise` is what every text column holds; `fold` is a key and never shown. Facts: `docs/decisions.md`, "Text".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TypeVar

from storage.legacy import is_sound, mend

T = TypeVar("T")

_LONGEST_PIECE = 40  # characters; longer ones are no words, and too much to be remembered
_MOST_PIECES = 32_768
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Line ends and separators are white space, not control characters. The soft hyphen and the controls beyond ASCII can be
# bytes of letters (ư in TCVN3, ờ in UTF-8 read as windows-1252): they go once that is decided.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\ud800-\udfff]")
# Letters pasted from social networks: mathematical alphabets and full-width forms hide words from search under NFC.
_DISGUISED = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e][\u0300-\u036f]*")
_ETH = str.maketrans({"ð": "đ", "Ð": "Đ"})
_ETH_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]*[ðÐ][^\W\d_]*")  # from its beginning only: a word may be long
_VIETNAMESE_WORD = re.compile("[abcdeghiklmnopqrstuvxyđð\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_NEITHER = re.compile("[^\\x00-\x7f\u0300-\u036f]")
"""Neither ASCII nor a mark; in most texts nothing is, once their marks stand apart."""
_REMEMBERED = 300
"""Characters up to which a text's forms are remembered: most lines of a page are those of the portal's other pages."""
_OTHER_MARKS = re.compile("[^\\x00-\u036f\u0370-\u0482\u1e00-\u20cf]")  # outside of these ranges there may be some


def normalise(text: str) -> str:
    """`text` in NFC with white space folded to single spaces; invisible and control characters are gone.

    Wording, punctuation, tone placement and quotes stay as they were written. Letters that only look right become what was
    meant: mathematical and full-width ones, and the Icelandic Ð in a word that is otherwise Vietnamese. Text that was
    certainly garbled (old fonts, a wrong charset) is read as it was meant: `storage.legacy`.
    """
    return _short_normalised(text) if len(text) <= _REMEMBERED else _normalised(text)


def _normalised(text: str) -> str:
    if text.isascii():
        return typed(text)
    if is_sound(text):
        return " ".join(text.split())
    done = _CONTROL.sub("", mend(_composed(text)))
    if "ð" in done or "Ð" in done:
        done = _ETH_WORD.sub(_vietnamese_eth, done)
    done = " ".join(done.split())
    # What was taken out may have parted what belongs together; a second pass is rare and the last.
    return done if _is_settled(done) else _normalised(done)


def typed(text: str) -> str:
    """A query as `normalise` would have it, but taken at its word: what somebody typed was not garbled by a portal."""
    return " ".join(_CONTROL.sub("", _composed(text)).split())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _DISGUISED.sub(_undisguised, _INVISIBLE.sub("", text)))


def _is_settled(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and mend(text) == text


def _undisguised(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


def fold(text: str) -> str:
    """The key under which `text` is found: no case, no marks, no tone, đ as d.

    Tone placement (hoà, hòa) needs no rule of its own: without marks both are `hoa`.
    """
    return _short_folded(text) if len(text) <= _REMEMBERED else _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        return text.replace("`", "'").lower()
    text = text.replace("đ", "d").replace("Đ", "D").replace("ð", "d").replace("Ð", "D")
    text = (
        text.replace("\u2019", "'")
        .replace("\u2018", "'")
        .replace("\u02bc", "'")
        .replace("\u00b4", "'")
        .replace("`", "'")
    )
    text = unicodedata.normalize("NFD", text)
    if _NEITHER.search(text) is None:
        return text.encode("ascii", "ignore").decode("ascii").lower()
    text = _MARKS.sub("", text)
    if _OTHER_MARKS.search(text):
        text = "".join(char for char in text if not unicodedata.combining(char))
    return text.lower()


def has_rare_marks(text: str) -> bool:
    """Whether there may be marks in `text` that are not among those of Latin alphabets."""
    return _OTHER_MARKS.search(text) is not None


_short_normalised = lru_cache(maxsize=8192)(_normalised)
_short_folded = lru_cache(maxsize=8192)(_folded)


class Remembered(dict[str, T]):
    """What becomes of the pieces between spaces, which no word crosses: they come again, commas and all. Long ones are not
    kept, and all are forgotten when there are too many: a dictionary answers twice as fast as a cache that knows what was
    used last.
    """

    def __init__(self, make: Callable[[str], T]) -> None:
        self._make = make

    def __missing__(self, piece: str) -> T:
        made = self._make(piece)
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = made
        return made


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


VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""The time of the portals and of the nights in which they are visited; no daylight saving since before the web."""


def day_text(at: datetime) -> str:
    """The day of an instant in Viet Nam, `2026-11-02`."""
    return at.astimezone(VIETNAM).date().isoformat()


def instant_text(at: datetime) -> str:
    """An instant as it is written everywhere: UTC, to the second, `2026-11-02T15:30:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
