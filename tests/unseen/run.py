# ruff: noqa: T201
"""Crawl the unseen portals with the program as a user would, and say how well it read them.

python -m tests.unseen.run [SITE…] [--notes] [--keep DIR] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from phuongchi.demo.site import World, serve
from tests.unseen import furniture
from tests.unseen.base import Portal
from tests.unseen.score import Score, score
from tests.unseen.sites.catalogue import SITES, portals

COLUMNS = furniture.listed("recall,nonart,dup,title,day,minute,meta-day,para-R,para-P,byline,caption,files")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.unseen.run", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sites", nargs="*", metavar="SITE", help=f"of: {' '.join(SITES)}; all unless given")
    parser.add_argument("--notes", action="store_true", help="say what is wrong, article by article")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="make the archive here and leave it")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all counts and notes here")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for the crawl")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.sites if name not in SITES]:
        parser.error(f"no such site: {', '.join(unknown)}")
    sites = portals(chosen.sites)
    with (
        nullcontext(str(chosen.keep)) if chosen.keep else tempfile.TemporaryDirectory() as folder,
        serve(sites) as world,
    ):
        started = time.monotonic()
        articles = crawl(Path(folder) / "archive", world, sites, chosen.timeout)
        elapsed = time.monotonic() - started
    scores = {site.name: rate(site, world, articles) for site in sites}
    for site in sites:
        asked = [target for name, target, _ in world.requests if name == site.name and site.forbidden(target)]
        scores[site.name].notes += [f"astray: {target}" for target in asked]
    show(sites, world, scores)
    print(f"{len(world.requests)} requests, {elapsed:.0f} s")
    if chosen.notes:
        for name, result in scores.items():
            print(f"\n== {name}", *result.notes, sep="\n  ")
    if chosen.json:
        chosen.json.write_text(
            json.dumps({name: asdict(row) for name, row in scores.items()}, ensure_ascii=False, indent=1)
        )
    return 0


def crawl(
    folder: Path, world: World, sites: Sequence[Portal], timeout: float, *, strict: bool = False
) -> list[dict[str, Any]]:
    """Make an archive of the portals, visit them once, and give what it exports."""
    prepare(folder, world, sites, timeout)
    return visit(folder, folder.parent / "articles.jsonl", timeout, strict=strict)


def prepare(archive: Path, world: World, sites: Sequence[Portal], timeout: float) -> None:
    """Make an archive that knows the portals by address alone."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    program(["init", str(archive)], timeout)
    settings, rows = archive / "phuongchi.toml", archive / "portals.toml"
    settings.write_text(with_delay(settings.read_text(encoding="utf-8") if settings.exists() else ""), encoding="utf-8")
    known = rows.read_text(encoding="utf-8") if rows.exists() else ""
    added = "".join(f'\n[[portal]]\nurl = "{urljoin(world.urls[site.name], site.entry)}"\n' for site in sites)
    rows.write_text(known + added, encoding="utf-8")


def visit(
    archive: Path, target: Path, timeout: float, *, now: datetime = furniture.NOW, strict: bool = False
) -> list[dict[str, Any]]:
    """Visit the portals once, and give what the archive then exports to `target`.

    Raises SystemExit when a command fails; the crawl only if `strict`: its scores may be worth seeing nevertheless.
    """
    program(["-C", str(archive), "crawl"], timeout, now=now, may_fail=not strict)
    program(["-C", str(archive), "export", "jsonl", "-o", str(target)], timeout, now=now)
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines() if line]


def with_delay(text: str) -> str:
    """The settings with no pause between requests, whatever they said before."""
    lines = [line for line in text.splitlines() if not line.replace(" ", "").startswith("delay=")]
    if "[fetch]" in lines:
        lines.insert(lines.index("[fetch]") + 1, "delay = 0")
    else:
        lines += ["", "[fetch]", "delay = 0"]
    return "\n".join(lines) + "\n"


def program(arguments: Sequence[str], timeout: float, *, now: datetime = furniture.NOW, may_fail: bool = False) -> None:
    """Run one command of the program at the hour that the portals' clocks show; what it says is shown if it fails."""
    environment = os.environ | {"PHUONGCHI_NOW": f"{now.isoformat()}+07:00", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "phuongchi", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        print(
            f"phuongchi {' '.join(arguments)}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}",
            file=sys.stderr,
        )
        if not may_fail:
            raise SystemExit(done.returncode)


def rate(site: Portal, world: World, articles: Sequence[dict[str, Any]]) -> Score:
    """The score of one portal from the export of all."""
    base = world.urls[site.name]
    host = urlsplit(base).netloc
    own = [article for article in articles if urlsplit(str(article.get("url", ""))).netloc == host]
    return score(own, site.gold(1), base, site.tolerated)


def show(sites: Sequence[Portal], world: World, scores: dict[str, Score]) -> None:
    """One line for each portal and one for all."""
    asked = {site.name: [target for name, target, _ in world.requests if name == site.name] for site in sites}
    astray = {site.name: sum(site.forbidden(target) for target in asked[site.name]) for site in sites}
    print(
        f"{'site':17}{'gold':>5}{'asked':>6}",
        *(f"{name:>8}" for name in COLUMNS),
        "  wrong  leaks  unsigned  astray",
        sep="",
    )
    total = Score()
    for name, result in scores.items():
        total += result
        print(f"{name:17}{result.golds:>5}{len(asked[name]):>6}", _line(result), f"{astray[name]:>8}", sep="")
    print(f"{'TOTAL':17}{total.golds:>5}{len(world.requests):>6}", _line(total), f"{sum(astray.values()):>8}", sep="")


def _line(result: Score) -> str:
    cells = "".join(f"{result.ratios[name] * 100:>8.1f}" for name in COLUMNS)
    return f"{cells}{result.invented:>7}{result.leaks:>7}{result.signed_false:>10}"


if __name__ == "__main__":
    raise SystemExit(main())
