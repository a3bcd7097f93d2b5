"""`make case FROM=page.html URL=https://…`: a new golden case, filled in with what the program reads today."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from crawler import platforms
from crawler.ingest.decoding import parse
from crawler.links.elements import Elements
from tests.cases.golden import ROOT, fields, reading

AGENT = "Mozilla/5.0 (compatible; PhuongChi golden case)"


def make(body: bytes, url: str, *, now: datetime, root: Path = ROOT) -> Path:
    """Write the folder of a new case and return it. The expectation holds today's reading: correct it by hand."""
    platform = platforms.recognise(url, Elements(parse(body)), {})
    meta = {"url": url, "platform": platform, "fetched_at": now.isoformat(timespec="seconds"), "sightings": []}
    folder = _free(root, platform or "page")
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(body)
    _write(folder / "meta.json", meta)
    _write(folder / "expected.json", fields(reading(body, meta), url))
    return folder


def _free(root: Path, name: str) -> Path:
    number = 1
    while (root / f"{name}-{number}").exists():
        number += 1
    return root / f"{name}-{number}"


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str], *, now: datetime) -> int:
    """The command. A saved page needs the address it came from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", help="a saved page, or the address of one")
    parser.add_argument("--url", default="", help="the address of a saved page")
    options = parser.parse_args(arguments)
    if options.source.startswith(("http://", "https://")):
        with urlopen(Request(options.source, headers={"User-Agent": AGENT}), timeout=60) as answer:
            body, url = answer.read(), answer.url
    elif options.url:
        body, url = Path(options.source).read_bytes(), options.url
    else:
        parser.error("a saved page needs URL=… , the address it came from")
    sys.stdout.write(
        f"{make(body, url, now=now)}\nCorrect expected.json by hand, then: python -m tests.cases.readings && make quick\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], now=datetime.now(UTC)))
