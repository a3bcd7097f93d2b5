# ruff: noqa: T201
"""Crawl the hold-out portals for two nights with the program as a user would, and say how well it read them.

python -m tests.holdout.run [SITE…] [--notes] [--keep DIR] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from phuongchi.demo.site import World, serve
from tests.holdout.edition import TwoNights
from tests.holdout.sites.catalogue import SITES, portals
from tests.unseen import furniture
from tests.unseen.run import COLUMNS, prepare, visit
from tests.unseen.score import Score, score

Articles = list[dict[str, Any]]


@dataclass
class Changes:
    """What the second night brought, against what it should have brought."""

    added: int = 0
    found: int = 0
    edited: int = 0
    noticed: int = 0
    false: int = 0
    removed: int = 0
    asked: int = 0
    notes: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.holdout.run", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sites", nargs="*", metavar="SITE", help=f"of: {' '.join(SITES)}; all unless given")
    parser.add_argument("--notes", action="store_true", help="say what is wrong, article by article")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="make the archive here and leave it")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all counts and notes here")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for each crawl")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.sites if name not in SITES]:
        parser.error(f"no such site: {', '.join(unknown)}")
    sites = portals(chosen.sites)
    exports: list[Articles] = []
    asked: list[dict[str, list[str]]] = []
    with nullcontext(str(chosen.keep)) if chosen.keep else tempfile.TemporaryDirectory() as name, serve(sites) as world:
        folder = Path(name)
        prepare(folder / "archive", world, sites, chosen.timeout)
        for night in (1, 2):
            world.night, before, started = night, len(world.requests), time.monotonic()
            exports.append(crawl(folder, night, chosen.timeout))
            asked.append(
                {site.name: [t for name, t, _ in world.requests[before:] if name == site.name] for site in sites}
            )
            print(f"night {night}: {len(world.requests) - before} requests, {time.monotonic() - started:.0f} s")
    nights = [{site.name: rate(site, world, exports[at], at + 1) for site in sites} for at in (0, 1)]
    changed = {site.name: changes(site, world, exports, len(asked[1][site.name])) for site in sites}
    for number, scores in enumerate(nights, 1):
        show(number, scores, asked[number - 1])
    show_changes(changed)
    if chosen.notes:
        for site in sites:
            print(f"\n== {site.name}", *nights[0][site.name].notes, *changed[site.name].notes, sep="\n  ")
    if chosen.json:
        rows = {site.name: {"nights": [asdict(night[site.name]) for night in nights], "changes": asdict(changed[site.name]),
                            "asked": [part[site.name] for part in asked]} for site in sites}  # fmt: skip
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def crawl(folder: Path, night: int, timeout: float, *, strict: bool = False) -> Articles:
    """Visit the portals once, at the hour of that night, and give what the archive then exports."""
    now = furniture.NOW + timedelta(days=night - 1)
    return visit(folder / "archive", folder / f"night{night}.jsonl", timeout, now=now, strict=strict)


def of_site(site: TwoNights, world: World, articles: Articles) -> Articles:
    """The exported articles of one portal."""
    host = urlsplit(world.urls[site.name]).netloc
    return [article for article in articles if urlsplit(str(article.get("url", ""))).netloc == host]


def rate(site: TwoNights, world: World, articles: Articles, night: int) -> Score:
    """The score of one portal on one night."""
    return score(of_site(site, world, articles), site.gold(night), world.urls[site.name], site.tolerated)


def changes(site: TwoNights, world: World, exports: Sequence[Articles], asked: int) -> Changes:
    """What changed in the archive between the nights, held against what changed on the portal."""
    added, edited = site.changed()
    titles = {gold.path: gold.title for gold in site.gold(2)}
    before, after = ({row["id"]: row for row in of_site(site, world, rows)} for rows in exports)
    result = Changes(len(added), 0, len(edited), 0, asked=asked)

    def is_one(row: dict[str, Any], paths: Sequence[str]) -> bool:
        if row.get("title") in {titles[path] for path in paths}:
            return True
        own = {unquote(urlsplit(url).path + "?" + urlsplit(url).query).rstrip("?").casefold() for url in row["urls"]}
        return bool(own & {path.casefold() for path in paths})

    for path in added:
        hit = any(is_one(row, [path]) for name, row in after.items() if name not in before)
        result.found += hit
        if not hit:
            result.notes.append(f"night 2: new article not found: {path}")
    for path in edited:
        hit = any(
            is_one(row, [path]) and row["revisions"] > before[name]["revisions"]
            for name, row in after.items()
            if name in before
        )
        result.noticed += hit
        if not hit:
            result.notes.append(f"night 2: edit missed: {path}")
    for name, row in after.items():
        old = before.get(name)
        if old and row["revisions"] > old["revisions"] and not is_one(row, edited):
            result.false += 1
            fields = [key for key in ("title", "paragraphs", "captions", "authors", "published_at", "attachments",
                                      "category") if row.get(key) != old.get(key)]  # fmt: skip
            result.notes.append(f"night 2: false revision: {row['url']} {row.get('title')!r} in {fields}")
        if row.get("removed_at") and not (old and old.get("removed_at")):
            result.removed += 1
            result.notes.append(f"night 2: called removed: {row['url']}")
    return result


def show(night: int, scores: dict[str, Score], asked: dict[str, list[str]]) -> None:
    """One line for each portal and one for all."""
    head = "".join(f"{name:>9}" for name in COLUMNS)
    print(f"\nnight {night}\n{'site':12}{'gold':>5}{'asked':>6}{head}  wrong leaks unsigned")
    total = Score()
    for name, result in scores.items():
        total += result
        print(f"{name:12}{result.golds:>5}{len(asked[name]):>6}{_line(result)}")
    print(f"{'TOTAL':12}{total.golds:>5}{sum(map(len, asked.values())):>6}{_line(total)}")


def show_changes(rows: dict[str, Changes]) -> None:
    """The second night's own lines."""
    print(f"\n{'site':12}{'new':>5}{'found':>6}{'edits':>6}{'noticed':>8}{'false':>6}{'removed':>8}{'asked':>6}")
    for name, row in rows.items():
        print(
            f"{name:12}{row.added:>5}{row.found:>6}{row.edited:>6}{row.noticed:>8}{row.false:>6}{row.removed:>8}{row.asked:>6}"
        )
    sums = [sum(getattr(row, key) for row in rows.values()) for key in ("added", "found", "edited", "noticed", "false")]
    print("TOTAL       {:>5}{:>6}{:>6}{:>8}{:>6}".format(*sums))


def _line(result: Score) -> str:
    cells = "".join(f"{result.ratios[name] * 100:>9.1f}" for name in COLUMNS)
    return f"{cells}{result.invented:>7}{result.leaks:>6}{result.signed_false:>9}"


if __name__ == "__main__":
    raise SystemExit(main())
