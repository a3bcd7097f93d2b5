"""What all commands share: `-C`, `-v`, `-q`, and the way from a command's function to Typer."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from phuongchi.archive import Archive
from phuongchi.clock import Clock
from phuongchi.console import Voice

P = ParamSpec("P")

FolderOption = Annotated[
    Path | None,
    typer.Option("-C", "--archive", metavar="DIR", help="The archive's folder. Thư mục của kho.", show_default=False),
]
VerboseOption = Annotated[
    int,
    typer.Option("-v", "--verbose", count=True, help="Say more; twice: tracebacks. Nói nhiều hơn.", show_default=False),
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Only results and errors. Chỉ in kết quả và lỗi.")]
PortalsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="PORTAL", help="Ids or addresses; none: all. Mã hoặc địa chỉ nguồn.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs. Cho chương trình đọc.")]


@dataclass(frozen=True, slots=True)
class Session:
    """One command line at work: which archive was asked for, and how loud to be."""

    given: Path | None
    voice: Voice

    def archive(self) -> Archive:
        """The archive that this command is about. Raises NoArchive or UsageError."""
        return Archive.find(self.given, os.environ, Path.cwd())

    def clock(self) -> Clock:
        """The clock of a command that needs no archive."""
        return Clock.read(os.environ)


def shared_options(context: typer.Context, folder: FolderOption = None, verbose: VerboseOption = 0,
                   quiet: QuietOption = False) -> Session:  # fmt: skip
    """The session of a command, from the options before and after its name."""
    before: Session | None = context.obj if isinstance(context.obj, Session) else None
    loudness = (before.voice.loudness if before else 0) + verbose
    return Session(
        given=folder or (before.given if before else None),
        voice=Voice(-1 if quiet or (before and before.voice.loudness < 0) else loudness),
    )


def command(
    app: typer.Typer, name: str
) -> Callable[[Callable[Concatenate[Session, P], int | None]], Callable[Concatenate[Session, P], int | None]]:
    """Register a function `(session, …) -> exit code or None` as the command `name`, with the shared options added."""

    def register(
        function: Callable[Concatenate[Session, P], int | None],
    ) -> Callable[Concatenate[Session, P], int | None]:
        app.command(name)(_with_shared_options(function))
        return function

    return register


def _with_shared_options(function: Callable[..., int | None]) -> Callable[..., None]:
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    shared = list(inspect.signature(shared_options, eval_str=True).parameters.values())

    @functools.wraps(function)
    def run(**values: Any) -> None:
        session = shared_options(**{parameter.name: values.pop(parameter.name) for parameter in shared})
        code = function(session, **values)
        if code:
            raise typer.Exit(code)

    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*own, *shared)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
