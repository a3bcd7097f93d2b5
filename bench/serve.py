"""The sample portals in a process of their own, so that a bench measures the crawler only.

    python -m bench.serve COPIES [NAME…]
    python -m bench.serve growing SEED [KB [WORLDS]]

Serves each portal COPIES times, or the portals of `bench.growing` (pages of KB thousand bytes; WORLDS of them, of SEED and the
numbers behind it), on a port each. Prints the addresses in one line and serves until its standard input is closed; a number on
it is the night that begins.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

from bench.growing import growing_sites
from phuongchi.demo.site import Site, serve
from phuongchi.demo.world import sample_sites


def main(worlds_of_sites: Sequence[Sequence[Site]]) -> None:
    """Serve the sites of each world; two worlds may have sites of one name."""
    with contextlib.ExitStack() as stack:
        worlds = [stack.enter_context(serve(sites)) for sites in worlds_of_sites]
        print(*(url for world in worlds for url in world.urls.values()), flush=True)
        for line in sys.stdin:
            for world in worlds:
                world.night = int(line)


def samples(names: Sequence[str]) -> list[Site]:
    """The named sample portals (all without names)."""
    return [site for site in sample_sites(None) if not names or site.name in names]


if __name__ == "__main__":
    if sys.argv[1] == "growing":
        told = dict(zip(("seed", "kb", "worlds"), map(int, sys.argv[2:]), strict=False))
        seeds = range(told["seed"], told["seed"] + told.get("worlds", 1))
        main([growing_sites(seed, told.get("kb", 0)) for seed in seeds])
    else:
        main([samples(sys.argv[2:])] * int(sys.argv[1]))
