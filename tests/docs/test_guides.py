"""The operator's guide says the same in both languages, and what it names exists."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monitoring.words import OTHERS, STATES
from phuongchi.runners.crawling import PATIENCE
from phuongchi.settings import ENVIRONMENT, SETTINGS
from storage import errors, runs
from tests.docs.generate import REFERENCE, commands

DOCS = REFERENCE.parent
GUIDES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("operators-guide.md", "huong-dan-van-hanh.md")}
each = pytest.mark.parametrize("text", GUIDES.values(), ids=GUIDES)


def blocks(text: str) -> list[str]:
    return re.findall(r"^ {4}\S.*$", text, re.MULTILINE)


def test_guides_when_compared_then_sections_tables_and_commands_are_the_same() -> None:
    english, vietnamese = GUIDES.values()
    assert blocks(english) == blocks(vietnamese)
    for shape in (r"^## \d+", r"^\|", r"^\* "):
        found = [re.findall(shape, text, re.MULTILINE) for text in (english, vietnamese)]
        assert found[0] == found[1], shape
    named = [sorted(re.findall(r"`(phuongchi [^`]+|[a-z_]+\.[a-z_]+)`", text)) for text in (english, vietnamese)]
    assert named[0] == named[1]


@each
def test_guide_when_it_names_settings_and_variables_then_they_exist(text: str) -> None:
    known = {setting.name for setting in SETTINGS}
    tables = {name.partition(".")[0] for name in known if "." in name}
    named = {
        name for name in re.findall(r"(?:`|^ {4})([a-z]+\.[a-z_]+)", text, re.MULTILINE) if name.split(".")[0] in tables
    }
    assert len(named) > 15
    assert named <= known
    assert set(re.findall(r"PHUONGCHI_\w+", text)) <= {name for name, _ in ENVIRONMENT}


@each
def test_guide_when_it_names_options_then_the_commands_have_them(text: str) -> None:
    options: dict[str, set[str]] = {
        name: {word for one in command.params for word in one.opts} for name, command in commands()
    }
    shown: list[Any] = re.findall(r"(?:`|^ {4}|bin/)phuongchi ((?:-C \S+ )?[^`\n]*)", text, re.MULTILINE)
    assert len(shown) > 40
    for line in shown:
        words = re.sub(r"^-C \S+ ?", "", line).split()
        if not words:
            continue  # how the archive is named
        name = next((name for name in (" ".join(words[:2]), words[0]) if name in options), "")
        assert name, line
        assert {word for word in words if word.startswith("--")} <= options[name], line


@each
def test_guide_when_states_and_alerts_exist_then_each_has_its_cure(text: str) -> None:
    rows = re.findall(r"^\| `([a-z-]+)`", text, re.MULTILINE)
    assert [row for row in rows if row in STATES] and set(rows) & set(STATES) == set(STATES)
    assert all(f"`{cause}" in text for cause in OTHERS)
    codes = {
        one.exit_code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.PhuongChiError)
    }
    told = {int(code) for code in re.findall(r"(?:exit code|mã) (\d+)", text, re.IGNORECASE)}
    assert told <= codes | {0, runs.LIMIT}
    assert {1, 3, 5, 6, 7, 8} <= told


@each
def test_guide_when_it_names_files_to_install_then_they_are_there(text: str) -> None:
    named = set(re.findall(r"deploy/([\w@.-]+\.(?:service|conf))", text))
    assert named == {path.name for path in (DOCS.parent / "deploy").iterdir()}


@each
def test_guide_when_it_says_how_long_a_stop_takes_then_it_is_what_runner_and_unit_allow(text: str) -> None:
    unit = (DOCS.parent / "deploy" / "phuongchi-schedule.service").read_text(encoding="utf-8")
    [patience] = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    night, upgrade = re.split(r"^## 4\.", text, flags=re.MULTILINE)
    stop = night[night.index("`systemctl stop`") :].split(";")[0]
    assert re.findall(r"(\d+) (?:seconds|giây)", stop) == [str(int(PATIENCE)), "30"]
    assert re.findall(r"(\d+) (?:seconds|giây)", upgrade.partition("## 6.")[2].partition("## 7.")[0]) == [patience]
