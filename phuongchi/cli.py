"""`phuongchi`: the commands wired together, and errors turned into one line and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.main import get_command

from phuongchi import __version__, logs
from phuongchi.commands.common import FolderOption, QuietOption, VerboseOption, shared_options
from phuongchi.commands.values import take_plain
from phuongchi.ending import finish
from storage.errors import PhuongChiError, StorageFull

_COMMANDS: Mapping[str, Sequence[str]] = {
    "archive": ("init", "config"), "doctor": ("doctor",), "portals": ("portals",), "crawl": ("crawl",), "ingest": ("ingest",),
    "foreign": ("import",), "schedule": ("schedule",), "report": ("report",), "serve": ("serve",), "search": ("search",),
    "show": ("show",), "export": ("export",), "changes": ("changes",), "alerts": ("alerts",), "status": ("status",),
    "completeness": ("completeness",), "verify": ("verify",), "reindex": ("reindex",), "backup": ("backup", "restore"),
    "expire": ("expire",), "shelve": ("shelve",), "redact": ("redact", "withhold", "release"), "requests": ("requests",),
    "units": ("units",), "db": ("db",), "worker": ("worker",), "demo": ("demo",),
}  # fmt: skip
"""Modules of `phuongchi.commands` and what they add, in the order of the help: who asks for one command loads one."""


@cache
def application(part: str = "") -> Any:
    """The command line with the commands of one module, or with all of them."""
    take_plain()
    app = typer.Typer(
        name="phuongchi",
        help="Keeps the record of Vietnam's ward portals.\n\nLưu giữ trang thông tin điện tử của phường, xã Việt Nam.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_start)
    for name in [part] if part else _COMMANDS:
        import_module(f"phuongchi.commands.{name}").register(app)
    return get_command(app)


def part_of(arguments: Sequence[str]) -> str:
    """The module of the command that is asked for; nothing where that takes more than a look, or is asked of all of them."""
    words = iter(arguments)
    for word in words:
        if word in ("-C", "--archive"):
            next(words, "")
        elif not word.startswith("-"):
            return next((part for part, names in _COMMANDS.items() if word in names), "")
        elif word.strip("-qv") and word not in ("--quiet", "--verbose"):
            return ""
    return ""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"phuongchi {__version__}")
        raise typer.Exit


def _start(
    context: typer.Context,
    folder: FolderOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version. In phiên bản.")
    ] = False,
) -> None:
    context.obj = shared_options(context, folder, verbose, quiet)


def main() -> NoReturn:
    """Entry of the console script: run the command, say what went wrong in one line, exit with its code."""
    _open_streams()
    try:
        code = run(sys.argv[1:], copies=True)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error.
        _drop_output()
        code = 0
    finish(code)


def _open_streams() -> None:
    """Put something on 0, 1 and 2 that the shell closed (`>&-`): what opens next would take its number for its own."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def _prepare(arguments: Sequence[str]) -> None:
    """Begin what children are copied from while this process knows nothing that they must not know."""
    if part_of(arguments) in ("crawl", "ingest", "worker") and not {"--due", "--dry-run", "-h", "--help"} & {
        *arguments
    }:
        from phuongchi.runners import forks

        forks.prepare()


def run(arguments: list[str], *, copies: bool = False) -> int:
    """Run one command line and return its exit code; errors of the project become one line on stderr.

    With `copies` this process may be copied for the children of a command: nothing but the command runs in it.
    """
    try:
        if copies:
            _prepare(arguments)
        command = application(part_of(arguments))
        with command.make_context("phuongchi", list(arguments)) as context:
            command.invoke(context)
        sys.stdout.flush()
        return 0
    except typer.Exit as end:
        return _finish(end.exit_code, arguments)
    except PhuongChiError as error:
        return _complain(error, error.exit_code, arguments)
    except typer.TyperException as error:
        if not error.format_message():  # no arguments: the help was printed
            return _finish(error.exit_code, arguments)
        return _complain(f"{error.format_message()} See: phuongchi --help", error.exit_code, arguments)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("stopped", 9, arguments)
    except BrokenPipeError:
        raise
    except Exception as error:  # the last line of defence: a bug is said to be one, with its own exit code
        if isinstance(error, OSError) and error.errno in FULL:
            return _complain(_unwritable(error), StorageFull.exit_code, arguments)
        text = f"internal error: {type(error).__name__}: {error}"
        return _complain(f"{text}. Run it again with -vv and report what it prints", 1, arguments)


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says when a disk, a quota or a file may take no more."""


def _finish(code: int, arguments: list[str]) -> int:
    """`code`, once the results are out; that of a full disk if they cannot get out."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in FULL:
            raise
        return _complain(_unwritable(error), StorageFull.exit_code, arguments)
    return code


def _unwritable(error: OSError) -> StorageFull:
    place = str(error.filename or "the output")
    return StorageFull(f"{place} cannot be written: {error.strerror}", cure="Free some space, or write it elsewhere")


def _complain(what: object, code: int, arguments: list[str]) -> int:
    """Say in one line what went wrong, masked; what stands before it on stdout goes out first, if it can."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    with contextlib.suppress(OSError):  # nobody can be told; the code says it all the same
        mask = logs.environment_mask()
        if _loud(arguments):
            sys.stderr.write(mask(traceback.format_exc()))
        sys.stderr.write(mask(f"phuongchi: {what}".replace("\n", " ").rstrip()) + "\n")
    return code


def _drop_output() -> None:
    """Send what is left of stdout nowhere: it cannot be written, and trying again at exit would only say so twice."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _loud(arguments: list[str]) -> bool:
    return "-vv" in arguments or sum(argument in ("-v", "--verbose") for argument in arguments) >= 2
