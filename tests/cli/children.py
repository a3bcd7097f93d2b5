"""A child of the program as `tests.copies` copies it: a session of its own. It does not watch its parent, who is never killed."""

from __future__ import annotations

import os
import sys

from phuongchi import children


def main() -> int:
    """The child that the arguments name."""
    os.setsid()
    children.die_with = lambda parent: None
    return children.main([sys.argv[1], str(os.getppid())])
