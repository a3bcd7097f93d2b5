"""The reading half against gold, beside plain trafilatura and news-please, on portals that it was not tuned to, in one run.

    python -m bench.quality [--seed 1] [--layout NAME] [--ours] [--cases] [--faults DIR] [--markdown FILE]

Generates the portals of `bench.worlds` (14 layouts, 40 articles each) from the seed and reads them as portals of unknown
software: no platform data, a template learned as the archive learns it. `--cases` reads the golden cases instead, with and
without the data of their platforms. `--faults` writes what is wrong, the most general first, and keeps the pages. news-please
is read if this Python can import it, or the one that PHUONGCHI_BENCH_NEWSPLEASE names.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bench.cases import read_cases
from bench.readers import Seen, newsplease_python, read_newsplease, read_ours, read_trafilatura
from bench.scoring import Fault, Score, mean, score, worst
from bench.worlds.design import FLAVOURS, MEANINGLESS
from bench.worlds.sample import Sample
from bench.worlds.world import build

BARS: Mapping[str, float] = {
    "recall": 0.99,
    "precision": 0.99,
    "leaked": -0.005,
    "title": 0.99,
    "day": 0.995,
    "minute": 0.99,
    "invented": -0.0,
    "byline": 0.95,
    "nobody": -0.005,
    "captions": 0.98,
    "files": 0.99,
}
"""What must be reached: at least so much, or, if negative, at most."""
F1_BAR = 0.985
SHOWN = (*BARS, "abstained", "refused")
HEADS = {"nobody": "byline?", "invented": "date?", "refused": "others"}

Read = Callable[[Sequence[Sample]], list[Seen]]


def readers(*, ours_only: bool) -> dict[str, tuple[Read, bool]]:
    """The readers by name, and whether they keep captions apart."""
    found: dict[str, tuple[Read, bool]] = {"phuongchi": (read_ours, True)}
    if ours_only:
        return found
    found["trafilatura"] = (read_trafilatura, False)
    python = newsplease_python()
    if python:
        found["news-please"] = (lambda samples: read_newsplease(samples, python), False)
    else:
        print("news-please is not installed here: left out (docs/benchmarks.md says how to add it)")
    return found


def missed(measure: str, value: float | None) -> bool:
    """Whether a measure is under its bar."""
    bar = BARS.get(measure)
    if bar is None or value is None:
        return False
    return value > -bar if str(bar).startswith("-") else value < bar


def row(name: str, found: Score) -> str:
    """One line of the table; what is under its bar carries a mark."""
    cells = []
    for measure in SHOWN:
        value = found.share(measure)
        text = "–" if value is None else f"{100 * value:.1f}"
        cells.append(f"{text}{'!' if missed(measure, value) else ''}".rjust(8))
    f1 = found.worst_f1
    cells.insert(2, ("–" if f1 is None else f"{f1:.3f}{'!' if f1 < F1_BAR else ''}").rjust(8))
    return name.ljust(24) + "".join(cells)


def head() -> str:
    """The table's first line."""
    names = [HEADS.get(measure, measure) for measure in SHOWN]
    names.insert(2, "F1 min")
    return " " * 24 + "".join(name[:8].rjust(8) for name in names)


def by_sort(scores: Mapping[str, Score]) -> str:
    """Mean token F1 of each sort of article, a line a reader."""
    sorts = sorted({sort for found in scores.values() for sort in found.f1})
    lines = [" " * 24 + "".join(sort.rjust(10) for sort in sorts)]
    for name, found in scores.items():
        lines.append(name.ljust(24) + "".join(f"{mean(found.f1[sort]):10.3f}" for sort in sorts))
    return "\n".join(lines)


def worlds(names: Sequence[str], seed: int, *, ours_only: bool) -> dict[str, dict[str, Score]]:
    """Read and print each layout; returns the scores by reader and layout."""
    found: dict[str, dict[str, Score]] = defaultdict(dict)
    known = readers(ours_only=ours_only)
    print(head())
    for name in names:
        samples = build(name, seed)
        for reader, (read, split) in known.items():
            found[reader][name] = score(samples, read(samples), split=split)
            mark = "*" if FLAVOURS[name] in MEANINGLESS else " "
            print(row(f"{name}{mark} {reader}"[:24], found[reader][name]), flush=True)
    totals = {reader: _sum(scores.values()) for reader, scores in found.items()}
    for reader, one in totals.items():
        print(row(f"all {reader}", one))
    print(f"\n{by_sort(totals)}")
    return found


def markdown(found: Mapping[str, Mapping[str, Score]], seed: int) -> str:
    """The tables of `docs/benchmarks.md`: all layouts by reader, then each layout."""
    names = (
        "recall",
        "precision",
        "leaked",
        "title",
        "day",
        "minute",
        "invented",
        "byline",
        "nobody",
        "captions",
        "files",
    )
    totals = {reader: _sum(scores.values()) for reader, scores in found.items()}
    lines = [
        f"Seed {seed}, {len(next(iter(found.values())))} layouts, 40 articles each.",
        "",
        "| % | " + " | ".join((*names[:2], "lowest F1 of a sort", *names[2:], "abstained")) + " |",
        "|---" * (len(names) + 3) + "|",
    ]
    rows = [(f"**{reader}**", score) for reader, score in totals.items()]
    rows += [
        (f"{layout}{' *' if FLAVOURS[layout] in MEANINGLESS else ''}: {reader}", found[reader][layout])
        for layout in next(iter(found.values()))
        for reader in found
    ]
    for name, one in rows:
        cells = [_percent(one.share(measure)) for measure in (*names, "abstained")]
        cells.insert(2, f"{one.worst_f1 or 0:.3f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    sorts = sorted({sort for one in totals.values() for sort in one.f1})
    lines += ["", "| token F1 | " + " | ".join(sorts) + " |", "|---" * (len(sorts) + 1) + "|"]
    lines += [
        f"| {reader} | " + " | ".join(f"{mean(one.f1[sort]):.3f}" for sort in sorts) + " |"
        for reader, one in totals.items()
    ]
    return "\n".join(lines) + "\n"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for one in scores:
        total.add(one)
    return total


def write_faults(scores: Mapping[str, Score], folder: Path) -> None:
    """What is wrong, by measure, the one that most layouts miss first; three examples each, their pages kept beside."""
    folder.mkdir(parents=True, exist_ok=True)
    under: dict[str, list[str]] = defaultdict(list)
    for name, found in scores.items():
        for measure in BARS:
            if missed(measure, found.share(measure)):
                under[measure].append(f"{name} {100 * (found.share(measure) or 0):.1f} %")
        for sort, values in found.f1.items():
            if mean(values) < F1_BAR:
                under[f"text/{sort}"].append(f"{name} F1 {mean(values):.3f}")
        if found.share("abstained"):
            under["abstained"].append(f"{name} {100 * (found.share('abstained') or 0):.1f} %")
        if (found.share("refused") or 1) < 1:
            under["refused"].append(f"{name} {100 * (found.share('refused') or 0):.1f} %")
    lines = ["# Under the bar, most general first", ""]
    for measure, names in sorted(under.items(), key=lambda item: -len(item[1])):
        lines += [f"## {measure}: {len(names)} layouts", "", ", ".join(names), ""]
        lines += [f"- {text}" for text in _examples(scores, measure, folder)]
        lines.append("")
    (folder / "faults.md").write_text("\n".join(lines), encoding="utf-8")


def _examples(scores: Mapping[str, Score], measure: str, folder: Path) -> list[str]:
    kind, _, sort = measure.partition("/")
    held: list[tuple[str, Fault]] = []
    for name, found in scores.items():
        # Words that are lost or too many show in the text's faults.
        wanted = "text" if kind in ("recall", "precision") else kind
        held += [(name, fault) for fault in list(worst(found.faults, wanted, sort))[:3]]
    lines = []
    for name, fault in held[:36]:
        page = folder / f"{name}-{abs(hash_of(fault.sample.url)) % 10**6:06}.html"
        page.write_bytes(fault.sample.body)
        lines.append(f"{name} ({fault.sort}): {fault.what} — {page}")
    return lines


def hash_of(url: str) -> int:
    """A number for a page's address, the same in every run."""
    return sum(ord(char) * 31**place for place, char in enumerate(url[-40:]))


def main(arguments: Sequence[str]) -> None:
    """Read, print, and write the faults if asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", default="", help="names with commas")
    parser.add_argument("--ours", action="store_true", help="leave the other readers out")
    parser.add_argument("--cases", action="store_true", help="the golden cases instead of the generated world")
    parser.add_argument("--faults", type=Path, help="folder for faults.md and the pages it speaks of")
    parser.add_argument("--markdown", type=Path, help="file for the tables of docs/benchmarks.md")
    options = parser.parse_args(arguments)
    if options.cases:
        read_cases()
        return
    names = [name for name in options.layout.split(",") if name] or list(FLAVOURS)
    found = worlds(names, options.seed, ours_only=options.ours)
    if options.markdown:
        options.markdown.write_text(markdown(found, options.seed), encoding="utf-8")
    if options.faults:
        write_faults(found["phuongchi"], options.faults)


if __name__ == "__main__":
    main(sys.argv[1:])
