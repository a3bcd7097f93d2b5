"""Whether a word can be a Vietnamese syllable: an onset, a rhyme, one tone. The ground on which garbled text is told from good.

Spelling only, no dictionary: `xoè` passes, `Háº¡nh` and `ñònh` do not. A stopped rhyme (`-c -ch -p -t`) takes only two tones,
which most accidental combinations get wrong.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOPPED = ("c", "ch", "p", "t")
_STOPPED_TONES = frozenset("\u0301\u0323")
_ONSETS = "ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
# Each nucleus with the finals it can take; a dash stands for none.
_FINALS = {
    "a": "- c ch i m n ng nh o p t u y",
    "ă": "- c m n ng p t",
    "â": "- c m n ng p t u y",
    "e": "- c m n ng o p t",
    "ê": "- c ch m n ng nh p t u",
    "i": "- a c ch m n nh p t u",
    "iê": "c m n ng p t u",
    "yê": "m n ng t u",
    "o": "- c i m n ng p t",
    "oo": "c ng",
    "oa": "- c ch i m n ng nh o p t y",
    "oă": "c m n ng p t",
    "oe": "- m n o t",
    "ô": "- c i m n ng p t",
    "ơ": "- i m n p t",
    "u": "- a c i m n ng p t",
    "uâ": "n ng t y",
    "uê": "- ch n nh",
    "uơ": "- n t",
    "uô": "c i m n ng p t",
    "uy": "- a ch n nh p t u",
    "uyê": "n t",
    "ư": "- a c i m n ng t u",
    "ươ": "c i m n ng p t u",
    "y": "- ch m n nh t",
}
_RHYMES = sorted(
    (nucleus + final.strip("-") for nucleus, finals in _FINALS.items() for final in finals.split()),
    key=len,
    reverse=True,
)
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?(?:{'|'.join(_RHYMES)})")


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether `word` is spelt like one Vietnamese syllable, in small letters, capitals or with one capital in front."""
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in letters if char in TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(char for char in letters if char not in TONES))
    if _SYLLABLE.fullmatch(bare) is None:
        return False
    return not bare.endswith(_STOPPED) or not tones or tones[0] in _STOPPED_TONES
