"""The command line as a module for `tests.copies`, whose children are copies of one process for all: loaded by the server alone."""

from __future__ import annotations

from phuongchi import cli
from phuongchi.runners import forks
from phuongchi.runners.child import inherited

forks._server = forks.Server.start(inherited())  # our copies inherit the handle


def main() -> None:
    """The console script."""
    cli.main()
