"""Other ways over the same portals, each by processes of its own: the plain one (`bench.plain`) and the crawler of news-please.

news-please does not share our requirements, so it stands in an environment of its own, whose Python PHUONGCHI_BENCH_NEWSPLEASE
names. It is steered by its own configuration, all of it as news-please ships it but for four things:

* the recursive crawler, since the portals have no sitemap, kept to the host of loopback (`bench.newsplease_spider`);
* no `og:type` is asked for, since most portals have none and it would read nothing; its test by linked headlines decides;
* it asks as fast as we do: sixteen requests to a portal at a time;
* its state and what it stores stand in the folder of the run.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.running import Measured, timed

NEWSPLEASE = "PHUONGCHI_BENCH_NEWSPLEASE"

_ANSWERS = re.compile(r"'downloader/response_status_count/(\d+)': (\d+)")

_SHIPPED = "import newsplease, pathlib; print(pathlib.Path(newsplease.__file__).parent / 'config' / 'config.cfg')"

_OURS = {
    "default": "RecursiveCrawler",
    "number_of_parallel_crawlers": "2",
    "pass_heuristics_condition": '"linked_headlines or self_linked_headlines"',
    "working_path": "{folder}/repo",
    "LOG_LEVEL": "INFO",
    "SPIDER_MODULES": "['newsplease.crawler.spiders', 'newsplease_spider']",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "16",
}
"""Options of its configuration that are not as shipped."""


def plain(urls: Sequence[str], folder: Path, limit: int) -> Measured:
    """The plain way, with Scrapy and trafilatura of our environment; at most `limit` answers, 0 is all."""
    folder.mkdir()
    code = f"import bench.plain as p; p.main('plain.db', {list(urls)!r}, {limit})"
    ran = timed([sys.executable, "-c", code], folder)
    with contextlib.closing(sqlite3.connect(folder / "plain.db")) as database:
        [articles] = database.execute("SELECT count(*) FROM article").fetchone()
    pages, answers = json.loads(ran.out)
    return Measured(pages, answers, articles, ran.wall, ran.cpu)


def newsplease(urls: Sequence[str], folder: Path, limit: int) -> Measured:
    """The crawler of news-please, a process for each portal, two at a time; at most `limit` answers in all, 0 is all.

    Its launcher looks every ten seconds whether all are through: its time by the clock is too long by up to that.
    """
    python = os.environ[NEWSPLEASE]
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("newsplease_spider.py"), folder)
    shipped = Path(timed([python, "-c", _SHIPPED], folder, path=folder).out.strip()).read_text(encoding="utf-8")
    each = -(-limit // len(urls))
    (folder / "config.cfg").write_text(configured(shipped, folder, each), encoding="utf-8")
    sites = {"base_urls": [{"url": url, "crawler": "LoopbackCrawler"} for url in urls]}
    (folder / "sitelist.hjson").write_text(json.dumps(sites), encoding="utf-8")
    ran = timed([python, "-m", "newsplease", "-c", f"{folder}/"], folder, path=folder)
    found = [(status, int(count)) for status, count in _ANSWERS.findall(ran.err)]
    pages = sum(count for status, count in found if status == "200")
    articles = sum(1 for _ in (folder / "repo" / "data").rglob("*.json"))
    return Measured(pages, sum(count for _, count in found), articles, ran.wall, ran.cpu)


def configured(shipped: str, folder: Path, each: int) -> str:
    """The configuration as shipped, with our options in the place of its own; at most `each` answers a portal, 0 is all."""
    for name, value in _OURS.items():
        shipped, changed = re.subn(rf"(?m)^{name} ?=.*$", f"{name} = {value.format(folder=folder)}", shipped)
        if changed != 1:
            raise SystemExit(f"news-please's configuration has no single option {name}: another version? 1.6.16 has.")
    return shipped.replace("[Scrapy]", f"[Scrapy]\nCLOSESPIDER_PAGECOUNT = {each}", 1)
