"""The sample portals in a process of their own, so that a bench measures the crawler only.

    python -m bench.serve [NAME…]

Prints the addresses in one line and serves until its standard input is closed.
"""

from __future__ import annotations

import sys

from phuongchi.demo.world import sample_sites

from phuongchi.demo.site import serve


def main(names: list[str]) -> None:
    """Serve the named sites (all without names)."""
    sites = [site for site in sample_sites(None) if not names or site.name in names]
    with serve(sites) as world:
        print(*world.urls.values(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
