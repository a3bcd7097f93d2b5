"""Moments, days and numbers as people read them: in Vietnamese time, as exact as they are known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from access.pages.language import Language
from storage.text import VIETNAM, instant_text

_DAY = {"vi": "dd/MM/yyyy", "en": "d MMMM yyyy"}
_MINUTE = {"vi": "HH:mm, dd/MM/yyyy", "en": "d MMMM yyyy, HH:mm"}


@lru_cache(maxsize=4096)
def moment(language: Language, at: datetime | str | None) -> Markup:
    """An instant to the minute as a `time` element; texts as the export has them. Nothing for None."""
    if not at:
        return Markup("")
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    shown = format_datetime(instant.astimezone(VIETNAM), _MINUTE[language], locale=language)
    return Markup('<time datetime="{}">{}</time>').format(instant_text(instant), shown)


def printed(language: Language, value: str | None) -> Markup:
    """A date as a page gave it (`2022`, `2022-07`, `2022-07-14` or a time with its zone) as a `time` element."""
    if not value:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(value, escape(as_words(language, value)))


def as_words(language: Language, value: str) -> str:
    """A date as a page gave it, in words, without more exactness than it has; what is none stays as it is."""
    try:
        return _in_words(language, value)
    except ValueError:
        return value


def _in_words(language: Language, value: str) -> str:
    if len(value) == 4:
        return value
    if len(value) == 7:
        first = date.fromisoformat(f"{value}-01")
        return format_date(first, "MM/yyyy" if language == "vi" else "MMMM yyyy", locale=language)
    if len(value) == 10:
        return format_date(date.fromisoformat(value), _DAY[language], locale=language)
    return format_datetime(datetime.fromisoformat(value).astimezone(VIETNAM), _MINUTE[language], locale=language)


def month(language: Language, value: str) -> str:
    """A month (`2024-07`) or year in few letters, as there is room for below a chart."""
    if language == "vi" or len(value) != 7:
        return as_words(language, value)
    return format_date(date.fromisoformat(f"{value}-01"), "MMM yyyy", locale=language)


def month_name(language: Language, value: str) -> str:
    """The name of a month (`2024-07`) without its year, short."""
    return format_date(date.fromisoformat(f"{value}-01"), "MMM", locale=language)


def weekday(language: Language, number: int) -> str:
    """The name of a weekday, short; 0 is Monday."""
    monday = date(2024, 1, 1)
    return format_date(monday + timedelta(days=number), "EEE", locale=language)


def number(language: Language, value: int) -> str:
    """A whole number with its thousands apart: `1.234.567` in Vietnamese."""
    return str(format_decimal(value, locale=language))


def size(language: Language, value: int) -> str:
    """Bytes in the unit that suits them, in powers of a thousand."""
    if value < 1000:
        return f"{value} byte" if language == "vi" or value == 1 else f"{value} bytes"
    amount, unit = float(value), ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007 - the last one is meant
        amount /= 1000
        if amount < 999.95:
            break
    return f"{format_decimal(amount, format='#,##0.#', locale=language)} {unit}"
