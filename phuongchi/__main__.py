"""Where the command `phuongchi` begins, and `python -m phuongchi`, which is the same."""

from __future__ import annotations

import gc
from typing import NoReturn

from phuongchi.dataclassing import compile_later


def main() -> NoReturn:
    """Load the command line and run it. Nothing that is loaded is garbage, nor looked through for any."""
    gc.disable()
    compile_later()
    from phuongchi import cli

    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
