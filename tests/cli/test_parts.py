"""The command line loads the commands that are asked for, and all of them for who asks what there is."""

from __future__ import annotations

import pytest

from phuongchi import cli


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["crawl"], "crawl"), (["-C", "status", "crawl", "-q"], "crawl"), (["-vq", "--archive", "x", "withhold"], "redact"),
        (["--archive=x", "crawl"], ""), (["-h", "crawl"], ""), (["--version"], ""), ([], ""), (["crwl", "crawl"], ""),
    ],
)  # fmt: skip
def test_part_when_asked_for_then_it_is_the_module_of_the_first_word(arguments: list[str], part: str) -> None:
    assert cli.part_of(arguments) == part


def test_parts_when_taken_together_then_they_are_the_command_line() -> None:
    for part, names in cli._COMMANDS.items():
        assert set(cli.application(part).commands) == set(names)
    assert set(cli.application().commands) == {name for names in cli._COMMANDS.values() for name in names}


def test_help_when_a_command_is_named_after_it_then_all_commands_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-h", "crawl"]) == 0
    assert "reindex" in capsys.readouterr().out
