"""The texts of pages: each has its English, and no English is left of a text that is gone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import access
from access.pages.language import LOCALES
from access.pages.times import as_words, moment, number, printed, size

ROOT = Path(access.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def in_templates() -> Iterator[str]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        with path.open("rb") as template:
            options = {"trim_blocks": "true", "lstrip_blocks": "true"}
            for _, _, message, _ in babel_extract(template, ("_", "gettext", "ngettext"), [], options):
                text = message[0] if isinstance(message, tuple) else message
                if text:  # none: a word of ours that is named elsewhere
                    yield text


def in_code() -> Iterator[str]:
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("N_", "said"):
                last = node.args[-1]
                if isinstance(last, ast.Constant):
                    yield last.value


def translated() -> dict[str, list[str]]:
    with (LOCALES / "en.po").open("rb") as texts:
        catalogue = read_po(texts, locale="en", abort_invalid=True)
    assert not any(message.fuzzy for message in catalogue if message.id)
    return {
        message.id[0] if isinstance(message.id, tuple) else message.id:
        list(message.string) if isinstance(message.string, tuple) else [message.string]
        for message in catalogue if message.id
    }  # fmt: skip


def test_texts_when_compared_with_their_english_then_both_are_complete() -> None:
    assert {*in_templates(), *in_code()} == set(translated())


def test_english_when_it_has_places_for_values_then_those_of_the_vietnamese() -> None:
    for text, english in translated().items():
        for one in english:
            assert one, text
            assert set(PLACEHOLDER.findall(one)) <= set(PLACEHOLDER.findall(text)), text


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        ("2022", "2022", "2022"),
        ("2022-07", "07/2022", "July 2022"),
        ("2022-07-14", "14/07/2022", "14 July 2022"),
        ("2022-07-14T08:30:00+07:00", "08:30, 14/07/2022", "14 July 2022, 08:30"),
    ],
)
def test_date_when_shown_then_as_exact_as_the_page_gave_it(value: str, vietnamese: str, english: str) -> None:
    assert (as_words("vi", value), as_words("en", value)) == (vietnamese, english)
    assert printed("vi", value) == f'<time datetime="{value}">{vietnamese}</time>'


def test_moment_when_shown_then_in_vietnamese_time() -> None:
    assert moment("vi", "2025-12-31T17:30:00Z") == '<time datetime="2025-12-31T17:30:00Z">00:30, 01/01/2026</time>'
    assert moment("en", None) == ""


def test_numbers_when_shown_then_as_each_language_writes_them() -> None:
    assert (number("vi", 1234567), number("en", 1234567)) == ("1.234.567", "1,234,567")
    assert [size("vi", value) for value in (0, 999, 1500, 999_960, 10**13)] == [
        "0 byte",
        "999 byte",
        "1,5 kB",
        "1 MB",
        "10 TB",
    ]
    assert (size("en", 1), size("en", 2), size("en", 1500)) == ("1 byte", "2 bytes", "1.5 kB")
