"""Two languages. Pages are written in Vietnamese; `locales/en.po` has the English of each text (gettext)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = Path(__file__).parent.parent / "locales"

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
PREFIXES: Mapping[Language, str] = {"vi": "", "en": "/en"}
"""What the addresses of a language begin with."""


def language_of(path: str) -> Language:
    """The language of the page at an address."""
    return "en" if path == "/en" or path.startswith("/en/") else "vi"


def bare(path: str) -> str:
    """The address of a page without its language."""
    return path.removeprefix(PREFIXES[language_of(path)]) or "/"


def address(language: Language, path: str, **query: object) -> str:
    """The address of a page in a language; of `query` what is empty or None is left out, of lists each value stands.

    `path` as it reads, not quoted. It stays on this server whatever it says: two slashes would name another.
    """
    asked = {name.rstrip("_"): value for name, value in query.items() if value not in ("", None, (), [])}
    quoted = quote("/" + path.lstrip("/"), safe="/~:@!$&'()*+,;=")
    return PREFIXES[language] + quoted + (f"?{urlencode(asked, doseq=True)}" if asked else "")


@cache
def translations(language: Language) -> Translations:
    """The texts of a language, for gettext."""
    if language == "vi":
        return Translations()
    compiled = BytesIO()
    with (LOCALES / f"{language}.po").open("rb") as texts:
        write_mo(compiled, read_po(texts, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def half(language: Language, text: str) -> str:
    """What a text of our own says in one language, if it was written down as `Vietnamese | English`; else all of it."""
    vietnamese, bar, english = text.partition(" | ")
    return english if bar and language == "en" else vietnamese


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a text of ours that is said later, so that the translations know of it."""
    return text


def said(language: Language, text: str) -> str:
    """A text of ours in a language, for what no template says."""
    return str(translations(language).gettext(text))
