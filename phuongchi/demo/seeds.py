"""Real page texts served in the markup of their platforms, where a folder of them stands beside the project.

The texts are not part of the project. Each keeps its own lines, indentation and slips; what each line is comes from the
folder's `expected.jsonl`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phuongchi.demo.articles import Article, Block, fold

SITES = {"000": "vinh", "001": "hanoi", "002": "hue", "003": "thanhhoa", "004": "quangngai"}
"""Which site serves the seed whose file name begins so."""

SECTIONS = {"vinh": "kinh-te-xa-hoi", "hanoi": "tin-tuc-su-kien", "hue": "tin-hoat-dong", "thanhhoa": "kinh-te",
            "quangngai": "chinh-tri-xa-hoi"}  # fmt: skip

IDS = {"vinh": 390, "hanoi": 7203390, "hue": 1533, "thanhhoa": 5109, "quangngai": 12174408}

COUNTER = re.compile(r"\d[\d.]*$")


@dataclass(frozen=True, slots=True)
class Seed:
    """One real text as an article of the site `site`, and what a perfect reader finds in it."""

    site: str
    article: Article
    expected: Mapping[str, Any]


def find_seeds() -> Path | None:
    """`../shared/seeds` beside the project folder, None in a clone that has no such neighbour."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "seeds"
    return folder if (folder / "expected.jsonl").is_file() else None


def load_seeds(folder: Path) -> list[Seed]:
    """The seeds of a folder in the order of its `expected.jsonl`. A line that is in neither raises ValueError."""
    lines = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [_seed(folder, json.loads(line)) for line in lines if line]


def _seed(folder: Path, expected: Mapping[str, Any]) -> Seed:
    raw = (folder / expected["file"]).read_text(encoding="utf-8").split("\n")
    site = SITES[expected["file"][:3]]
    titles, heads = {expected["title"]}, set(expected["head_lines"])
    printed = [line for line in raw if fold(line)]
    head = next((line for line in printed if fold(line) in heads), None)
    rest = [line for line in printed if fold(line) not in titles | heads | set(expected["boilerplate"])]
    published = expected["published_at"] if expected["published_source"] != "event" else None
    article = Article(
        id=IDS[site],
        section=SECTIONS[site],
        title=next(line for line in printed if fold(line) in titles),
        blocks=tuple(_blocks(rest, expected)),
        posted=published[:16] if published else None,
        event=expected["event_date"],
        authors=tuple(expected["authors"]),
        credits=tuple(expected["credits"]),
        head=head,
        label=expected["category"],
        counters=tuple(line for line in expected["boilerplate"] if COUNTER.search(line)),
        boilerplate=tuple(
            dict.fromkeys([*expected["boilerplate"], *expected["head_lines"], *expected["byline_lines"]])
        ),
    )
    return Seed(site, article, expected)


def _blocks(lines: list[str], expected: Mapping[str, Any]) -> list[Block]:
    """Body lines as blocks: paragraphs as they are, captions under a picture (one may stand over two lines), bylines."""
    paragraphs, captions, bylines = (set(expected[key]) for key in ("paragraphs", "captions", "byline_lines"))
    blocks: list[Block] = []
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        text = fold(" ".join(waiting))
        if text in captions:
            blocks.append(Block("img", tuple(waiting), alt=expected["ward"]))
        elif text in bylines:
            blocks.append(Block("by", tuple(waiting)))
        elif text in paragraphs:
            blocks.append(Block("p", tuple(waiting)))
        else:
            continue
        waiting = []
    if waiting:
        raise ValueError(f"{expected['file']}: no reading for the line {waiting[0]!r}")
    return blocks
