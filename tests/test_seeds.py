"""The five real texts, end to end: served among the sample portals, crawled by command, and read as their notes say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from phuongchi.demo.articles import fold
from phuongchi.demo.seeds import find_seeds
from phuongchi.demo.site import serve
from phuongchi.demo.world import sample_sites
from tests.cli.conftest import NOW, Archive, phuongchi

pytestmark = pytest.mark.slow

SEEDS = find_seeds()
FIELDS = ("title", "paragraphs", "captions", "published_at", "published_precision", "published_source", "published_basis",
          "published_evidence", "event_date", "authors", "credits", "category")  # fmt: skip


def test_seeds_when_crawled_among_the_sample_portals_then_all_five_read_as_expected(tmp_path: Path) -> None:
    if SEEDS is None:
        pytest.skip("SKIPPED: the five real seeds (../shared/seeds) are not beside the project, NOT tested")
    lines = (SEEDS / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines if line]
    assert len(expected) == 5
    exported = _crawled(tmp_path)
    wrong = [fault for seed in expected for fault in _faults(seed, exported)]
    assert not wrong, "\n".join(wrong)


def _crawled(folder: Path) -> list[dict[str, Any]]:
    """All articles of the sample portals, as one night of the command exports them."""
    archive, target = Archive(folder / "kho"), folder / "articles.jsonl"
    made = phuongchi("init", archive.folder, PHUONGCHI_NOW=NOW)
    assert made.code == 0, made.err
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write("fetch.delay = 0.0\n")
    with serve(sample_sites(SEEDS)) as world:
        archive.add(*world.urls.values())
        crawled = archive.run("crawl")
    assert crawled.code == 0, crawled.err
    done = archive.run("export", "jsonl", "-o", target)
    assert done.code == 0, done.err
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines() if line]


def _faults(seed: Mapping[str, Any], exported: list[dict[str, Any]]) -> Iterator[str]:
    """What one seed's export has otherwise than its notes, in words."""
    found = [article for article in exported if article["title"] == seed["title"]]
    if len(found) != 1:
        yield f"{seed['file']}: {len(found)} articles of this title"
        return
    [article] = found
    for name in FIELDS:
        if article[name] != seed[name]:
            yield f"{seed['file']}: {name}: {article[name]!r} for {seed[name]!r}"
    foreign = {fold(line) for key in ("boilerplate", "head_lines", "byline_lines") for line in seed[key]}
    text = [*article["text"].splitlines(), *article["paragraphs"], *article["captions"], article["lead"] or ""]
    yield from (f"{seed['file']}: leaked {line!r}" for line in text if fold(line) in foreign)
