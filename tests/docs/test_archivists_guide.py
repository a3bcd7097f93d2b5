"""The archivist's guide says the same in both languages, and what it names exists."""

from __future__ import annotations

import importlib.util
import re

import pytest

from access.pages import PAGES
from phuongchi.settings import SETTINGS
from tests.access.screenshots import GUIDE
from tests.docs.generate import REFERENCE, commands

DOCS = REFERENCE.parent
GUIDES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("archivists-guide.md", "huong-dan-tra-cuu.md")}
each = pytest.mark.parametrize("text", GUIDES.values(), ids=GUIDES)


def test_guides_when_compared_then_sections_tables_and_commands_are_the_same() -> None:
    english, vietnamese = GUIDES.values()
    for shape in (r"^## \d+", r"^\| `[^`]*`", r"^\* ", r"^ {4}\S.*$"):
        found = [re.findall(shape, text, re.MULTILINE) for text in (english, vietnamese)]
        assert found[0] == found[1], shape


def test_pictures_when_compared_with_the_guides_then_each_is_small_and_shown_once() -> None:
    shown = re.findall(r"\]\((images/[^)]*)\)", "".join(GUIDES.values()))
    there = {f"images/{path.name}": path.stat().st_size for path in (DOCS / "images").iterdir()}
    assert (
        sorted(shown)
        == sorted(there)
        == sorted(f"images/{name}.{code}.webp" for name in GUIDE for code in ("en", "vi"))
    )
    assert max(there.values()) <= 60_000


@each
def test_guide_when_it_names_pages_then_exactly_those_of_the_server(text: str) -> None:
    named = re.findall(r"^\| `([^`]*)` \|", text, re.MULTILINE)
    there = {re.sub(r":path", "", route.path) for router in PAGES for route in router.routes} - {"/"}
    assert sorted(named) == sorted(there)


@each
def test_guide_when_it_names_commands_and_settings_then_they_exist(text: str) -> None:
    options = {name: {word for one in command.params for word in one.opts} for name, command in commands()}
    shown = re.findall(r"^ {4}phuongchi (.*)$", text, re.MULTILINE)
    assert len(shown) >= 4
    for line in shown:
        words = line.split()
        name = next(name for name in (" ".join(words[:2]), words[0]) if name in options)
        assert {word for word in words if word.startswith("-")} <= options[name], line
    for module in re.findall(r"^ {4}python -m (\S+)", text, re.MULTILINE):
        assert importlib.util.find_spec(module), module
    assert set(re.findall(r"`(serve\.\w+)`", text)) <= {setting.name for setting in SETTINGS}
