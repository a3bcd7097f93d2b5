"""The sample portals in a process of their own, so that a bench measures the crawler only.

    python -m bench.serve COPIES [NAME…]
    python -m bench.serve growing SEED [KB]

Serves each portal COPIES times, or the portals of `bench.growing` (pages of KB thousand bytes), on a port each. Prints the
addresses in one line and serves until its standard input is closed; a number on it is the night that begins.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

from bench.growing import growing_sites
from phuongchi.demo.site import Site, serve
from phuongchi.demo.world import sample_sites


def main(copies: int, sites: Sequence[Site]) -> None:
    """Serve the sites as often as that."""
    with contextlib.ExitStack() as stack:
        worlds = [stack.enter_context(serve(sites)) for _ in range(copies)]
        print(*(url for world in worlds for url in world.urls.values()), flush=True)
        for line in sys.stdin:
            for world in worlds:
                world.night = int(line)


def samples(names: Sequence[str]) -> list[Site]:
    """The named sample portals (all without names)."""
    return [site for site in sample_sites(None) if not names or site.name in names]


if __name__ == "__main__":
    if sys.argv[1] == "growing":
        main(1, growing_sites(*map(int, sys.argv[2:])))
    else:
        main(int(sys.argv[1]), samples(sys.argv[2:]))
