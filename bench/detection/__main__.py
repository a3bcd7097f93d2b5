"""`python -m bench.detection --seeds 1 2 3`: simulated years through the real decisions of `monitoring`; figures for people.

Exit code 1 where fewer than 99 % of the breakages that show are found within two expected publications, or an operator has
more than one false alarm a week.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench.detection.score import Score, score, table
from bench.detection.world import make_world
from bench.detection.year import Year

BAR, FALSE = 0.99, 1.0


def main() -> int:
    """Live through the years of the given seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--portals", type=int, default=200)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--late", action="store_true", help="name what was found late")
    given = parser.parse_args()
    total, began = Score(), time.perf_counter()
    for seed in given.seeds:
        year = Year(make_world(seed, portals=given.portals, days=given.days))
        for _ in year.live():
            pass
        score(year, total)
        print(
            f"seed {seed}: {time.perf_counter() - began:.0f} s, {year.ledger.changes} changes of state", file=sys.stderr
        )
    print(table(total))
    if given.late:
        print("\n".join(total.late))
    return 0 if total.share(total.timely) >= BAR and total.false_per_week <= FALSE else 1


if __name__ == "__main__":
    sys.exit(main())
