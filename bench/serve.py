"""The sample portals in a process of their own, so that a bench measures the crawler only.

    python -m bench.serve COPIES [NAME…]

Serves each portal COPIES times, on a port each. Prints the addresses in one line and serves until its standard input is
closed.
"""

from __future__ import annotations

import contextlib
import sys

from phuongchi.demo.site import serve
from phuongchi.demo.world import sample_sites


def main(copies: int, names: list[str]) -> None:
    """Serve the named sites (all without names)."""
    sites = [site for site in sample_sites(None) if not names or site.name in names]
    with contextlib.ExitStack() as stack:
        worlds = [stack.enter_context(serve(sites)) for _ in range(copies)]
        print(*(url for world in worlds for url in world.urls.values()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
