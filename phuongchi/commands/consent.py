"""Leave to do what changes an archive: `--yes`, or a word at the terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from storage.errors import Stopped, UsageError

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask. Không hỏi lại.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done. Chỉ nói sẽ làm gì.")]


def need_consent(question: str, *, yes: bool) -> None:
    """Raise UsageError where nobody can be asked and `--yes` is not there, Stopped when the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question}: nobody is there to be asked", cure="Say --yes, or look first with --dry-run")
    if not typer.confirm(f"{question}?", err=True):
        raise Stopped("nothing was changed", cure="Say yes to go on")
