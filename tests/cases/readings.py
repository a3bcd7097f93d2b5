"""`python -m tests.cases.readings`: how the golden cases are read by this version of the extractor, kept beside them.

Archives compare two readings only if one version made both (docs/decisions.md). So a change in what any case reads as needs a new
`EXTRACTOR` in `crawler.ingest.read`; this file knows what the last version read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from crawler.ingest.read import EXTRACTOR
from tests.cases.golden import ROOT, Case, cases, fields, reading

PATH = ROOT / "readings.json"
CURE = "run: python -m tests.cases.readings"


@dataclass(frozen=True, slots=True)
class Kept:
    """What one version of the extractor read: by case the digests of what is read and of its reading."""

    extractor: str
    cases: Mapping[str, tuple[str, str]]


def today() -> Kept:
    """What this version reads."""
    return Kept(EXTRACTOR, {case.name: (_digest(_source(case)), _digest(_read(case))) for case in cases()})


def load(path: Path = PATH) -> Kept:
    """What was kept."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Kept(found["extractor"], {name: (source, read) for name, (source, read) in found["cases"].items()})


def changed(before: Kept, now: Kept) -> list[str]:
    """The cases that are the same as before and are read otherwise."""
    return [
        name
        for name, (source, read) in before.cases.items()
        if now.cases.get(name, ("", ""))[0] == source and now.cases[name][1] != read
    ]


def complaint(before: Kept, now: Kept) -> str:
    """What is to be done before `now` may be kept; empty if nothing is."""
    found = changed(before, now)
    if found and before.extractor == now.extractor:
        return f"read otherwise than by version {now.extractor}: {', '.join(found)}; raise EXTRACTOR in crawler/ingest/read.py"
    return ""


def _source(case: Case) -> bytes:
    return case.body + json.dumps(case.meta, sort_keys=True).encode()


def _read(case: Case) -> bytes:
    found: dict[str, Any] = fields(reading(case.body, case.meta), case.meta["url"])
    return json.dumps(found, sort_keys=True).encode()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def main() -> int:
    """Keep what is read today, unless the version should have been raised."""
    now = today()
    said = complaint(load(), now) if PATH.exists() else ""
    if said:
        sys.stderr.write(f"{said}\n")
        return 1
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(both)}" for name, both in sorted(now.cases.items()))
    PATH.write_text(f'{{"extractor": {json.dumps(now.extractor)}, "cases": {{\n{rows}\n}}}}\n', encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
