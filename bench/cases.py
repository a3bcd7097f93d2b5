"""The golden cases as `bench.quality` counts them: each with its platform's data, and as a page of unknown software.

A case holds only the fields that it is about; what it does not say is not counted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from bench.scoring import bag, fold
from tests.cases.golden import Case, cases, fields, reading

FIELDS = ("article", "title", "published_at", "authors", "captions", "attachments", "kind", "identity")


class Tally:
    """How many of the cases have each field right, and the words of their texts."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.wrong: list[str] = []

    def add(self, case: Case, found: dict[str, Any]) -> None:
        """Compare one case."""
        for name in FIELDS:
            if name in case.expected and (found["article"] or name == "article"):
                right = self._same(case.expected[name], found.get(name))
                self.all[name] += 1
                self.right[name] += right
                if not right:
                    self.wrong.append(f"{case.name} {name}: {found.get(name)!r} for {case.expected[name]!r}"[:200])
        if "paragraphs" in case.expected:
            want, have = bag(case.expected["paragraphs"]), bag(found.get("paragraphs", ()))
            common = sum((want & have).values())
            self.right["recall"] += common
            self.right["precision"] += common
            self.all["recall"] += sum(want.values())
            self.all["precision"] += sum(have.values())

    @staticmethod
    def _same(want: Any, have: Any) -> bool:
        if isinstance(want, list) and isinstance(have, list):
            return sorted(map(str, want)) == sorted(map(str, have))
        return fold(want, case=True) == fold(have, case=True) if isinstance(want, str) and have else bool(want == have)

    def __str__(self) -> str:
        cells = []
        for name in ("article", "recall", "precision", *FIELDS[1:]):
            total = self.all[name]
            cells.append((f"{100 * self.right[name] / total:.1f}" if total else "–").rjust(11))
        return "".join(cells)


def read_cases() -> None:
    """Read all cases both ways and print a line for each group of them, then what is wrong without platform data."""
    known: dict[str, Tally] = defaultdict(Tally)
    unknown: dict[str, Tally] = defaultdict(Tally)
    counts: Counter[str] = Counter()
    for case in cases():
        group = re.sub(r"-\d+$", "", case.name) if case.meta.get("platform") else "no platform"
        url = case.meta["url"]
        with_data = fields(reading(case.body, case.meta), url)
        without = fields(reading(case.body, case.meta | {"platform": ""}), url)
        for name in (group, "all"):
            counts[name] += 1
            known[name].add(case, with_data)
            unknown[name].add(case, without)
    names = ("article", "recall", "precision", *FIELDS[1:])
    print(" " * 34 + "".join(name[:10].rjust(11) for name in names))
    for name in sorted(counts, key=lambda name: (name == "all", name)):
        print(f"{name[:22]} ({counts[name]})".ljust(28) + "known ".rjust(6) + str(known[name]))
        print(" " * 26 + "unknown " + str(unknown[name]))
    print("\nwrong as a page of unknown software:")
    print("\n".join(unknown["all"].wrong))
