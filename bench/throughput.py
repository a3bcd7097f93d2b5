"""Processor time of the whole job, beside a plain crawler and news-please on the same portals, in one run.

    python -m bench.throughput [--rounds 3] [--copies 5] [--sites hanoi,hue,…]     first visits of the sample portals
    python -m bench.throughput --proven SEED [--kb 60] [--worlds 1] [--rounds 3]   two nights of growing portals

Serves portals in a process of its own, crawls them with `phuongchi crawl` (fetch, WARC, links, reading, dates, SQL, search
index, change feed) and as `bench.peers` does, in turn; prints medians, and how often ours is in the others' processor time a
page. A page is an answer of status 200 with a body, on each side; processor time is that of all processes. Figures of
different runs do not compare.

`--proven` visits the portals of `bench.growing` (14 layouts, pages of 30 to 150 KB; with `--kb 60` all of about 60; with
`--worlds 4` of four seeds, so that a run's start weighs as little as on a night of many portals): on the first night nothing is
known, on the second the template is, and most articles are new. The others remember nothing, they read all of the portal each
night. news-please takes part where PHUONGCHI_BENCH_NEWSPLEASE names the Python of its environment.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bench import peers
from bench.running import NIGHTS, Measured, crawl, prepare, served

Night = dict[str, Measured]


def main() -> None:
    """Measure in turn, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=5, help="how often each sample portal is served")
    parser.add_argument("--sites", default="", help="names of sample portals, with commas; all of them without it")
    parser.add_argument("--proven", type=int, metavar="SEED", help="two nights of the growing portals of this seed")
    parser.add_argument("--kb", type=int, default=0, help="size of all pages of growing portals; 0: 30 to 150")
    parser.add_argument(
        "--worlds", type=int, default=1, help="so many times 14 growing portals, of the seeds behind it"
    )
    parser.add_argument("--alone", action="store_true", help="without the others")
    options = parser.parse_args()
    growing = options.proven is not None
    names = [name for name in options.sites.split(",") if name]
    what = (
        ["growing", *map(str, (options.proven, options.kb, options.worlds))]
        if growing
        else [str(options.copies), *names]
    )
    with served(*what) as (urls, begin):
        rounds = [_round(urls, begin if growing else None, alone=options.alone) for _ in range(options.rounds)]
    if not options.alone and peers.NEWSPLEASE not in os.environ:
        print(f"without news-please: {peers.NEWSPLEASE} does not name its Python (docs/benchmarks.md)", file=sys.stderr)
    print(
        f"{len(urls)} portals, {options.rounds} rounds, {os.cpu_count()} cores; medians; pages are answers of status 200"
    )
    for number, name in enumerate(("first night", "second night") if growing else ("first visit",)):
        print(*_table(name, [nights[number] for nights in rounds]), sep="\n")


def _round(urls: Sequence[str], begin: Callable[[int], None] | None, *, alone: bool) -> list[Night]:
    """Each side once, on each of two nights if `begin` begins them; ours is one archive for both."""
    nights = []
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "phuongchi"
        prepare(folder, urls)
        for number, now in enumerate(NIGHTS if begin else ("",)):
            if begin:
                begin(number + 1)
            night = {"phuongchi": crawl(folder, now)}
            limit = 0 if begin else night["phuongchi"].answers  # sample portals have calendars without an end
            if not alone:
                night["plain"] = peers.plain(urls, Path(room) / f"plain-{number}", limit)
            if not alone and peers.NEWSPLEASE in os.environ:
                night["news-please"] = peers.newsplease(urls, Path(room) / f"newsplease-{number}", limit)
            print({name: f"{one.a_page:.1f} ms" for name, one in night.items()}, file=sys.stderr, flush=True)
            nights.append(night)
    return nights


def _table(name: str, nights: Sequence[Mapping[str, Measured]]) -> Iterator[str]:
    yield f"{name:14}{'CPU s':>8}{'answers':>9}{'pages':>7}{'CPU ms a page':>15}{'pages/s':>9}{'items':>7}{'costs':>8}"
    for side in nights[0]:
        runs = [night[side] for night in nights]
        ratio = statistics.median(night[side].a_page / night["phuongchi"].a_page for night in nights)
        cpu, cost = (statistics.median(values) for values in ([r.cpu for r in runs], [r.a_page for r in runs]))
        speed = statistics.median(run.pages / run.wall for run in runs)
        last = runs[-1]
        yield (
            f"{side:14}{cpu:>8.1f}{last.answers:>9}{last.pages:>7}{cost:>15.1f}{speed:>9.1f}{last.articles:>7}{ratio:>7.2f}x"
        )


if __name__ == "__main__":
    main()
