"""`docs/reference.md` and the program say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from phuongchi import __version__
from phuongchi.commands.files import FLAGS
from phuongchi.portals.rows import KEYS
from storage import errors, runs
from storage.records import FileFlag
from tests.docs.generate import BLOCK, BLOCKS, REFERENCE, commands, rendered

ROOT = REFERENCE.parent.parent
TEXT = REFERENCE.read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The text under a heading."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None, heading
    return found[1]


def first_column(text: str) -> list[str]:
    """The first cells of a table, without head and back ticks."""
    return [row.strip("` ") for row in re.findall(r"^\| *(.*?) *\|", text, re.MULTILINE)][2:]


def test_reference_when_made_anew_then_is_the_same() -> None:
    assert {found["name"] for found in BLOCK.finditer(TEXT)} == set(BLOCKS)
    assert rendered(TEXT) == TEXT, "run: python -m tests.docs.generate"


def test_portal_keys_when_documented_then_are_those_of_the_program() -> None:
    assert first_column(section("Portals")) == list(dict.fromkeys(("url", "id", "name", *KEYS)))


def test_exit_codes_when_documented_then_are_those_of_the_errors() -> None:
    raised = {
        one.exit_code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.PhuongChiError)
    }
    documented = {int(code) for code in first_column(section("Exit codes"))}
    assert raised | {0, runs.LIMIT} == documented


def test_version_when_packaged_then_is_that_of_the_program() -> None:
    assert f'\nversion = "{__version__}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name
)
def test_commands_when_named_in_a_document_then_exist(path: Path) -> None:
    known = {name for name, _ in commands()}
    groups = {name.split()[0] for name in known if " " in name}
    for line in re.findall(
        r"(?:^ {4}|`)phuongchi ((?:-C \S+ )?[a-z][a-z -]*)", path.read_text(encoding="utf-8"), re.MULTILINE
    ):
        words = re.sub(r"^-C \S+ ", "", line).split()
        name = " ".join(words[:2]) if words and words[0] in groups and len(words) > 1 else " ".join(words[:1])
        assert name in known | groups, f"{path.name}: phuongchi {line}"


def test_flags_of_files_when_documented_then_are_those_of_the_program() -> None:
    flags = set(get_args(FileFlag)) - {""}
    schema = json.loads((ROOT / "docs" / "article.schema.json").read_text(encoding="utf-8"))
    exported = schema["properties"]["attachments"]["items"]["properties"]["flag"]["enum"]
    assert set(first_column(section("Attachments"))) == flags == set(exported) - {None} == set(FLAGS)
