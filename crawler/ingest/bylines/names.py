"""Who a bare byline names: people in any alphabet, initials, else an office; nothing rather than a guess."""

from __future__ import annotations

import re

from crawler.ingest.bylines.words import (
    ABBREVIATION,
    BRACKET,
    DOTTED_END,
    EDITORS,
    HYPHENED,
    INITIALS,
    MOTTO,
    NO_NAME,
    OFFICE,
    PLACE_HEAD,
    RANK,
    SEPARATOR,
)
from crawler.ingest.stamps import without_dates
from storage.text import fold

LONGEST = 60
"""Characters of a byline without a label."""


def clean_value(value: str) -> str:
    """A byline's value without date, rank before the name, bracketed place or office, separators and full stop."""
    value = RANK.sub("", without_dates(value).strip())
    value = BRACKET.sub("", value) if value.count("(") == value.count(")") and "(" in value else value.rstrip(")] ")
    value = value.strip(" ,;|-–—([\t")
    return value if DOTTED_END.search(value) else value.rstrip(". ,;")


def names_in(text: str, *, right: bool) -> tuple[str, ...]:
    """The people a bare byline names, else its office, else nothing. `right`: the page or a label already says signature."""
    text = clean_value(text) if len(text) <= 2 * LONGEST else ""
    if not text or len(text) > LONGEST or text[-1] in ":?!" or MOTTO.match(text):
        return ()
    pieces = [name for piece in SEPARATOR.split(text) if piece for name in _unhyphen(piece)]
    people = tuple(piece for piece in pieces if is_person(piece) and not OFFICE.match(piece))
    initials = tuple(piece for piece in pieces if _is_initials(piece) and piece not in people)
    if people and people[0] == pieces[0] and (right or len(pieces) > 1 or not text.isupper() or _dotted(text)):
        # Who is named first signs; a place or an office may follow. Initials beside names are names only after a comma.
        listed = len(people) + len(initials) == len(pieces) and not re.search(r"[-–—/]", text)
        return tuple(pieces) if listed else people
    if initials and len(initials) == len(pieces) and (right or len(pieces) > 1) and not OFFICE.match(text):
        return initials
    if OFFICE.match(text) and (right or text[0].isupper()) and _is_office(text):
        return (text,)
    return (text,) if right and _is_lower_name(text) else ()


def _unhyphen(piece: str) -> list[str]:
    """`Phan Thanh-Thu Huyền` are two; `BBT-NHĐ` is one office, `Anh-Thư` one name."""
    halves = HYPHENED.split(piece)
    return halves if len(halves) == 2 and all(" " in half and is_person(half) for half in halves) else [piece]


def is_person(text: str) -> bool:
    """Two to five capitalised syllables in any alphabet (`Kim Dung`, `H'Giang Niê`, `Kien Le Viet`), or `L.Duy`."""
    words = text.rstrip(".").split()
    if not 2 <= len(words) <= 5:
        return len(words) == 1 and _dotted(text)
    return not NO_NAME.match(text) and all(_is_syllable(word) for word in words)


def _is_syllable(word: str) -> bool:
    """A capitalised word with a vowel: `TTTH` and `ĐTT` are offices, `A` may end a name."""
    letters = [char for char in word if char not in "'’ʼ.-"]
    if not letters or len(letters) > 10 or not letters[0].isupper() or not all(char.isalpha() for char in letters):
        return False
    return len(letters) == 1 or ("." in word) or any(char in "aeiouy" for char in fold(word))


def _dotted(text: str) -> bool:
    """`T.PHƯƠNG`, `L.Duy`, `N.T`: an initial before a name or another initial."""
    return bool(INITIALS.match(text)) and text[0].isupper()


def _is_initials(text: str) -> bool:
    bare = text.rstrip(".")
    return 1 < len(bare) <= 4 and bare.isalpha() and bare.isupper() and not ABBREVIATION.match(bare)


def _is_office(text: str) -> bool:
    """An office's name without a label: short, and not a sentence about it."""
    words = text.split()
    low = [word for word in words[1:] if word[0].islower()]
    if PLACE_HEAD.match(text):
        return 2 <= len(words) <= 5 and len(low) == 0
    if EDITORS.match(text):
        return len(words) <= 10
    return len(words) <= 9 and len(low) <= 4 and text[-1] not in ",;"


def _is_lower_name(text: str) -> bool:
    """`Xin huấn`: a capital first, a given name in lower case; also one-word pen names. Only where a signature is expected."""
    words = text.split()
    return (
        1 <= len(words) <= 3
        and all(word.isalpha() and len(word) <= 7 for word in words)
        and text[0].isupper()
        and not NO_NAME.match(text)
    )
