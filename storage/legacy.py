"""Vietnamese that was stored as other characters: old fonts (TCVN3, VNI) and UTF-8 read in a wrong charset.

A word is judged by its spelling (`storage.syllables`): garbled as it stands, a syllable once it is read the other way.
Nothing is changed unless that is certain, so text that is right stays as it is, whatever else it resembles; `doubts` names
what was left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import filterfalse
from typing import Literal

from storage.syllables import is_syllable

Font = Literal["tcvn3", "vni"]
FONTS: tuple[Font, ...] = ("tcvn3", "vni")

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
# VNI writes a letter and then its mark; some letters are one character, which takes further marks (`ôù` is ớ).
_VNI_MARKS = {
    "a": dict(zip("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
_VNI_SINGLE = dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))
_VNI_LETTER = re.compile("([aeouyôö])([ùøûõïâáàåãäêéèúüë])|[íìæóòôöîñ]", re.IGNORECASE)

# Letters and punctuation of Vietnamese pages; what UTF-8 made of them is looked for.
_LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_MEANT = _LETTERS + _LETTERS.upper() + "“”‘’–—…•«»°²½\u00a0"
# A gap in a word is no gap between words: U+00A0 and U+0085 are bytes of letters here.
_WORD = re.compile(r"[^ \t\n\r\f]+")
_PIECE = re.compile("[^\\s!-/:-@\\[-`{-~0-9\u2000-\u206f]+")
_LETTER_RUN = re.compile(r"(?:[^\W\d_ºª])+")
_FRAME = "«»“”‘’„…–—•!\"'()*,-./:;<=>?[]_{|}~0123456789\u00a0"
_SIGNS = re.compile("[\u2000-\u206f\u00a0«»™®©°¹²³½¼¾]+")
_UNICODE_ONLY = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_LEADS = re.compile("[ÃÂÄÅÆáâ][\u0080-\u00bf‘’“”•–—…™š›œžŸ€‚ƒ„†‡ˆ‰Š‹ŒŽ˜]")
_SOUND = re.compile(f"[\t\n\r\f -~{_LETTERS}{_LETTERS.upper()}“”‘’–—…•«»°²½\u00a0]*")
_REMEMBERED = 16384
_SOUND_WORDS: set[str] = set()
"""Words of which nothing is Vietnamese in an old font only: nearly all, and the same ones on page after page."""
_CERTAIN = 2
"""Different words that must be Vietnamese in an old font, and only there, before a text is taken for written in it."""


def _windows(data: bytes) -> str:
    """`data` as browsers read windows-1252: the five holes are control characters."""
    return "".join(bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in data)


@cache
def _garblings() -> dict[str, str]:
    """What UTF-8 makes of each letter that is meant; made when the first text looks garbled, which hardly any does."""
    found: dict[str, str] = {}
    for char in _MEANT:
        once = _windows(char.encode())
        for garbled in (_windows(once.encode()), once, char.encode().decode("latin-1")):
            found[garbled] = char
    return found


@cache
def _garbling() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(key) for key in sorted(_garblings(), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many different words of a text are Vietnamese only in an old font, only as they stand, both, or neither."""

    font: int
    plain: int
    both: int
    neither: int

    @property
    def certain(self) -> bool:
        """Whether the text can only have been written for that font."""
        return self.font >= _CERTAIN and not self.plain and self.neither * 4 <= self.font + self.both


def is_sound(text: str) -> bool:
    """Whether `text` is certainly right: nothing but Vietnamese letters and usual signs, some that only Unicode has, and no
    trace of garbling. Most texts are; what is not sound may be right as well.
    """
    return _SOUND.fullmatch(text) is not None and _UNICODE_ONLY.search(text) is not None and _LEADS.search(text) is None


def mend(text: str) -> str:
    """`text` read as it was meant, where it is certain that it was garbled; else `text` itself."""
    if text.isascii():
        return text
    return _mend_font(_mend_encoding(text))


def doubts(text: str) -> tuple[str, ...]:
    """What seems to be wrong with a text that `mend` left alone: `undecodable`, `mojibake`, `legacy-font`."""
    found = []
    if "\ufffd" in text:
        found.append("undecodable")
    # A sign between two words that lack their spaces (`ĐÃ…họp`) is none of a garbled letter.
    if _LEADS.search(text) and any(
        _LEADS.search(word) and not _is_plain(_SIGNS.sub(" ", word)) for word in _WORD.findall(text)
    ):
        found.append("mojibake")
    else:
        words = set(filterfalse(str.isascii, text.split()))
        only = set[str]().union(*map(_only_in_a_font, words - _SOUND_WORDS))
        if len(only) >= _CERTAIN and any(_is_doubtful(tallied(" ".join(words), font)) for font in FONTS):
            found.append("legacy-font")
    return tuple(found)


def _only_in_a_font(word: str) -> set[str]:
    """What of a word between blanks is Vietnamese in an old font and not as it stands; of most there is nothing."""
    # Nearly all are syllables as they stand, and what they would be in a font is not looked up.
    pieces = {piece for piece in _PIECE.findall(word) if not (piece.isascii() or is_syllable(piece.strip(_FRAME)))}
    only = {piece for piece in pieces if any(_kind(piece, font) == (True, False) for font in FONTS)}
    if not only:
        if len(_SOUND_WORDS) >= _REMEMBERED:
            _SOUND_WORDS.clear()
        _SOUND_WORDS.add(word)
    return only


def _is_doubtful(words: Tally) -> bool:
    return words.font > _CERTAIN or words.font == _CERTAIN > words.plain


# -- UTF-8 that was read as windows-1252 or latin-1, once or twice


def _mend_encoding(text: str) -> str:
    if _LEADS.search(text) is None:
        return text
    for _ in range(3):
        mended = _ungarbled(text)
        if mended == text:
            break
        text = mended
    return text


def _ungarbled(text: str) -> str:
    words = _WORD.findall(text)
    sure = {word for word in words if _is_garbled(word)}
    if sure and all(_is_wholly_garbled(word) for word in words):
        # All of it went the same wrong way, so what could be right by itself (`CÃ”` beside `VIá»†T`) is garbled too.
        return _garbling().sub(_meant, text)
    return (
        _WORD.sub(lambda found: _garbling().sub(_meant, found[0]) if found[0] in sure else found[0], text)
        if sure
        else text
    )


def _meant(found: re.Match[str]) -> str:
    return _garblings()[found[0]]


def _is_garbled(word: str) -> bool:
    """Whether a word is Vietnamese once it is read as UTF-8, and nothing as it stands."""
    rest = _garbling().sub("", word)
    if rest == word or _UNICODE_ONLY.search(rest) or _is_plain(word):
        return False
    if all(letters[0] in "ÃÂ" for letters in _garbling().findall(word)) and _is_plain(_SIGNS.sub(" ", word)):
        return False  # `…LÃ•` in capitals
    meant = _garbling().sub(_meant, word)
    runs = [run for run in _LETTER_RUN.findall(meant) if not run.isascii()]
    return bool(runs) and all(is_syllable(run) for run in runs) and _LEADS.search(meant) is None


def _is_wholly_garbled(word: str) -> bool:
    rest = _garbling().sub("", word)
    return rest.isascii() or not (_UNICODE_ONLY.search(rest) or _is_plain(word))


def _is_plain(word: str) -> bool:
    """Whether a word is right as it stands: letters only between its punctuation, each run of them a syllable or ASCII."""
    # No garbled letter begins with a sign, but some end with one.
    core = word.lstrip(_FRAME + "°²™®©").rstrip(_FRAME + "°²")
    if not core or core.isascii():
        return True
    runs = _LETTER_RUN.findall(core)
    return _LETTER_RUN.sub("", core).isascii() and all(
        run.isascii() or is_syllable(run) or _is_abbreviation(run.upper()) for run in runs
    )


# -- old fonts


def _mend_font(text: str) -> str:
    if _UNICODE_ONLY.search(text) or text.isascii():
        return text
    best = max(FONTS, key=lambda font: tallied(text, font).font)
    return from_font(text, best) if tallied(text, best).certain else text


def has_vietnamese_letters(text: str) -> bool:
    """Whether `text` holds a letter that only Unicode has: it was not written for an old font."""
    return _UNICODE_ONLY.search(text) is not None


def from_font(text: str, font: Font) -> str:
    """A text that was written for a TCVN3 (`.VnTime`) or VNI font, in Unicode. Words in capitals become capitals throughout."""
    return _PIECE.sub(lambda found: _recased(found[0], _READERS[font](found[0])), text)


def tallied(text: str, font: Font) -> Tally:
    """The different words of `text` with letters beyond ASCII, counted by where they are Vietnamese."""
    return tally(_PIECE.findall(text), font)


def tally(words: Iterable[str], font: Font) -> Tally:
    """As `tallied`, of words."""
    counts = {(True, False): 0, (False, True): 0, (True, True): 0, (False, False): 0}
    for word in set(words):
        if not word.isascii() and (kind := _kind(word, font)) is not None:
            counts[kind] += 1
    return Tally(counts[True, False], counts[False, True], counts[True, True], counts[False, False])


@lru_cache(maxsize=16384)
def _kind(word: str, font: Font) -> tuple[bool, bool] | None:
    """Whether a word is Vietnamese in the font, and as it stands; None for one that tells nothing."""
    bare = word.strip(_FRAME)
    if not bare:
        return None
    meant = _recased(word, _READERS[font](word))
    if len(meant) > 1 and _is_abbreviation(meant):
        return None
    return _is_of(word, font) and is_syllable(meant), is_syllable(bare)


def _is_of(word: str, font: Font) -> bool:
    """Whether each letter of a word beyond ASCII is one of the font's."""
    if font == "vni":
        return _VNI_LETTER.sub("", word).isascii()
    return all(char.isascii() or char in _TCVN3 for char in word)


def _is_abbreviation(word: str) -> bool:
    return all(char in "BCDĐGHKLMNPQRSTVX" for char in word)


def _from_tcvn3(word: str) -> str:
    return "".join(_TCVN3.get(char, char) for char in word)


def _from_vni(word: str) -> str:
    return _VNI_LETTER.sub(_vni_letter, word)


def _vni_letter(found: re.Match[str]) -> str:
    letters = found[0]
    meant = (
        _VNI_SINGLE.get(letters.lower(), "")
        if len(letters) == 1
        else _VNI_MARKS[found[1].lower()].get(found[2].lower(), "")
    )
    if not meant:
        # The mark is none of this letter's: the letter may still be one that stands alone (`ôi`, `öa`).
        return _from_vni(letters[0]) + _from_vni(letters[1:]) if len(letters) > 1 else letters
    return meant.upper() if letters[0].isupper() else meant


def _recased(word: str, meant: str) -> str:
    """TCVN3 has small letters with marks only; its capitals were another font."""
    capitals = sum("A" <= char <= "Z" for char in word)
    return meant.upper() if capitals > 1 and not any("a" <= char <= "z" for char in word) else meant


_READERS: dict[Font, Callable[[str], str]] = {"tcvn3": _from_tcvn3, "vni": _from_vni}
