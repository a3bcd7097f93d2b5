"""Values of a command line: what is taken as it stands, and what Typer looks at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperArgument, TyperOption
from typer.main import get_command

from phuongchi.commands import values

GIVEN = [
    [], ["-C", "/"], ["-C", "/nowhere/at all"], ["-C", ""], ["-C", "-"], ["-vv"], ["a"], ["phường", "xã"], ["a\udcff"],
    ["--name", "Bến Nghé"], ["--name", ""], ["--name", "\udcff"], ["--name", "a\nb"], ["-C", "/\udcff"], ["--most", "3"],
    ["--most", "0"], ["--most", "ba"], ["--since", "2026-11-02"], ["--since", "hôm qua"], ["--loud"], ["--must"],
    ["--file", "/"], ["--file", "/dev/null"], ["--real", "/usr/../tmp"],
]  # fmt: skip


def command(said: list[Any]) -> Any:
    app = typer.Typer()

    @app.callback()
    def start() -> None:
        pass

    @app.command()
    def work(
        words: Annotated[list[str] | None, typer.Argument()] = None,
        folder: Annotated[Path | None, typer.Option("-C")] = None,
        verbose: Annotated[int, typer.Option("-v", count=True)] = 0,
        name: Annotated[str, typer.Option()] = "không",
        since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
        most: Annotated[int | None, typer.Option(min=1)] = None,
        size: Annotated[int, typer.Option(min=1)] = 5,
        loud: Annotated[bool, typer.Option("--loud")] = False,
        file: Annotated[Path | None, typer.Option(dir_okay=False)] = None,
        real: Annotated[Path | None, typer.Option(resolve_path=True)] = None,
    ) -> None:
        said.append([words, folder, verbose, name, since, most, size, loud, file, real])

    return get_command(app)


def outcome(arguments: list[str]) -> list[Any]:
    said: list[Any] = []
    asked = command(said)
    try:
        with asked.make_context("x", ["work", *arguments]) as context:
            asked.invoke(context)
    except typer.TyperException as error:
        said.append((type(error), error.format_message()))
    return said


@pytest.mark.parametrize("arguments", GIVEN, ids=repr)
def test_take_plain_when_a_line_is_given_then_its_values_are_those_that_typer_makes(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        for kind in (TyperOption, TyperArgument):
            before.setattr(kind, values.WAY, values._typers)
        expected = outcome(arguments)
        assert expected
        values.take_plain()
        assert outcome(arguments) == expected
