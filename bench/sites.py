"""The reading half against the gold of the sample worlds, without network, database or crawl.

    python -m bench.sites [--site NAME] [--differences] [--bare | --unknown]

Collects all pages of each site from its `reply` function, learns a template from ten article-like pages, reads every page
and prints per site: articles found, titles exact, paragraph words recalled and precise, captions, dates, bylines, leaks,
and pages wrongly taken for articles. `--unknown` reads each site as one of unknown software, `--bare` without template too.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from crawler import platforms
from crawler.ingest.decoding import parse
from crawler.ingest.read import Captured, read
from crawler.ingest.template import learn
from crawler.items import Found, Link, PortalPlan
from crawler.links.discover import discover, seeds
from crawler.links.elements import Elements
from crawler.links.patterns import allowed, is_document, page_key
from phuongchi.demo import furniture
from phuongchi.demo.compare import Comparison, compare
from phuongchi.demo.seeds import find_seeds
from phuongchi.demo.site import Gold, Site
from phuongchi.demo.world import sample_sites
from storage.records import Capture, Portal, Reading, RecordRef, Sighting, Template, portal_id

UNSEEN_DAY = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
"""The day on which the unseen systems of the tests print their clocks."""
LIMIT = 600


@dataclass(slots=True)
class Fetched:
    """One page of a site: its address, body, and where it was mentioned."""

    url: str
    body: bytes
    purpose: Literal["unknown", "article", "listing", "feed", "sitemap", "other"] = "unknown"
    charset: str = ""
    sightings: list[Sighting] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """The figures of one site."""

    name: str
    comparison: Comparison
    recall: float
    precision: float
    captions: tuple[int, int]
    false: list[tuple[str, str]]
    missed: list[tuple[str, str]]
    milliseconds: float
    unsure: Counter[str]


def sites() -> Iterator[Site]:
    """All sample sites: the demo world, and the unseen systems of the tests."""
    yield from sample_sites(find_seeds())
    try:
        package = importlib.import_module("tests.unseen.sites")
    except ModuleNotFoundError:
        return
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"tests.unseen.sites.{found.name}")
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__ and getattr(value, "name", None):
                yield value()


def moment(site: Site) -> datetime:
    """When the pages of a site are fetched: the day that its own clock shows."""
    if type(site).__module__.startswith("phuongchi.demo"):
        return datetime.combine(furniture.today(1), time_of_day(16, 5), UTC)
    return UNSEEN_DAY


def collect(site: Site, plan: PortalPlan) -> dict[str, Fetched]:
    """Every HTML page that discovery finds, best first, with the mentions that feeds, sitemaps and list pages make of it."""
    pages: dict[str, Fetched] = {}
    queue = deque(link.url for link in seeds(plan))
    seen = set(queue)
    mentions: dict[str, list[Sighting]] = {}
    while queue and len(pages) < LIMIT:
        url = queue.popleft()
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        reply = site.reply(target, {"host": parts.netloc}, night=1, hit=len(pages) + 1)
        headers = {name.lower(): value for name, value in reply.headers}
        if location := headers.get("location"):
            queue.extend(moved for moved in [urljoin(url, location)] if moved not in seen and allowed(moved, plan))
            seen.update(queue)
            continue
        if reply.status != 200:
            continue
        media = headers.get("content-type", "").partition(";")[0]
        found = discover(reply.body, url=url, media_type=media, charset="", plan=plan)
        if "html" in media:
            pages[url] = Fetched(url, reply.body, found.purpose)
        for link in found.links:
            mentions.setdefault(page_key(link.url, plan.platform), []).extend(_sighting(link, found, moment(site)))
            if link.role not in ("other", "attachment") and link.url not in seen and not is_document(link.url):
                seen.add(link.url)
                queue.append(link.url)
    for page in pages.values():
        page.sightings = mentions.get(page_key(page.url, plan.platform), [])
    return pages


def _sighting(link: Link, found: Found, seen_at: datetime) -> Iterator[Sighting]:
    """The mention as the fetching half would store it: only lists, feeds and sitemaps mention pages."""
    source = "listing" if found.purpose in ("listing", "unknown") else found.purpose
    if source in ("listing", "feed", "sitemap") and link.role in ("article", "unknown"):
        yield Sighting(link.url, found.url, source, link.position, link.anchor, link.date_text, seen_at)


def read_site(site: Site, *, bare: bool, unknown: bool = False, port: int = 8800) -> Result:
    """Collect, learn, read and compare one site."""
    base = f"http://127.0.0.1:{port}/"
    url = urljoin(base, getattr(site, "entry", "/"))
    platform = "" if bare or unknown else _platform(site, url)
    portal = Portal(portal_id(url), url, hosts=(f"127.0.0.1:{port}",), platform=platform)
    plan = PortalPlan(portal.id, url, frozenset(portal.hosts), portal.scope, platform)
    pages = collect(site, plan)
    template = None if bare else _template(pages.values(), portal)
    readings: dict[str, Reading] = {}
    started = time.perf_counter()
    for entry, page in enumerate(pages.values()):
        readings[page.url] = read(
            Captured(_capture(entry, page, portal, moment(site)), page.body, portal, tuple(page.sightings)),
            template=template,
        )
    spent = (time.perf_counter() - started) / max(len(pages), 1) * 1000
    return _result(site, base, readings, spent)


def _platform(site: Site, url: str) -> str:
    for _ in range(4):
        parts = urlsplit(url)
        reply = site.reply(parts.path or "/", {"host": parts.netloc}, night=1, hit=1)
        location = next((value for name, value in reply.headers if name.lower() == "location"), "")
        if not location:
            return platforms.recognise(url, Elements(parse(reply.body)), {})
        url = urljoin(url, location)
    return ""


def _template(pages: Iterable[Fetched], portal: Portal) -> Template:
    """From ten pages that a list mentions with the words of a headline, as the driver would choose them."""
    likely = [page for page in pages if any(len(sighting.anchor.split()) >= 6 for sighting in page.sightings)][:10]
    return learn([(n, page.url, page.body, page.charset) for n, page in enumerate(likely)], portal=portal.id, version=1)


def _capture(entry: int, page: Fetched, portal: Portal, fetched_at: datetime) -> Capture:
    ref = RecordRef("keep", "", 0, 0)
    return Capture(entry, portal.id, page.url, page.purpose, fetched_at, 200, ref, "text/html", page.charset)


def exported(reading: Reading, url: str) -> dict[str, Any]:
    """The reading in the words of the export, as far as the comparison looks at it."""
    published = reading.dates.published or reading.dates.updated
    return {
        "url": url,
        "title": reading.title,
        "paragraphs": list(reading.paragraphs),
        "captions": list(reading.captions),
        "authors": list(reading.authors),
        "credits": list(reading.credits),
        "category": reading.category,
        "event_date": reading.dates.event_date,
        "attachments": [{"url": file.url} for file in reading.attachments],
        "published_at": published.value if published else None,
        "published_precision": published.precision if published else None,
        "published_source": published.source if published else None,
        "published_basis": published.basis if published else None,
    }


def _result(site: Site, base: str, readings: Mapping[str, Reading], spent: float) -> Result:
    gold = list(site.gold(1))
    one_each: dict[str, tuple[str, Reading]] = {}
    for url, reading in readings.items():
        if reading.article:
            kept = one_each.get(reading.identity)
            if kept is None or any(urljoin(base, wanted.path) == url for wanted in gold):
                one_each[reading.identity] = (url, reading)
    articles = _without_copies([exported(reading, url) for url, reading in one_each.values()], gold, base)
    comparison = compare(articles, gold, base)
    tolerated = getattr(site, "tolerated", lambda path: False)
    false = [(url, "") for url in comparison.extra if not tolerated(url.removeprefix(base.rstrip("/")))]
    missed = [(path, _why(urljoin(base, path), readings)) for path in comparison.missing]
    recall, precision = _words(articles, gold, base)
    captions = (comparison.exact["captions"], comparison.found)
    unsure = Counter(flag for _, reading in one_each.values() for flag in reading.flags)
    return Result(site.name, comparison, recall, precision, captions, false, missed, spent, unsure)


def _without_copies(articles: Sequence[dict[str, Any]], gold: Sequence[Gold], base: str) -> list[dict[str, Any]]:
    """Articles of one title and text once, as the decision about copies would have it."""
    known = {urljoin(base, wanted.path) for wanted in gold}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for article in sorted(articles, key=lambda article: article["url"] not in known):
        found.setdefault((article["title"], " ".join(article["paragraphs"])), article)
    return list(found.values())


def _why(url: str, readings: Mapping[str, Reading]) -> str:
    reading = readings.get(url)
    return "not fetched" if reading is None else reading.reason or "same identity as another"


def _words(articles: Sequence[Mapping[str, Any]], gold: Sequence[Gold], base: str) -> tuple[float, float]:
    """Word recall and precision of the text over all articles that were found by address or title."""
    by_title = {(str(article["title"]), str(article["url"])): article for article in articles}
    hit = wanted_total = found_total = 0
    for wanted in gold:
        address = urljoin(base, wanted.path)
        article = next((a for (title, url), a in by_title.items() if url == address), None) or next(
            (a for (title, _), a in by_title.items() if title == wanted.title), None
        )
        if article is None:
            continue
        words = Counter(" ".join(wanted.paragraphs).split())
        found = Counter(" ".join(article["paragraphs"]).split())
        hit += sum((words & found).values())
        wanted_total += sum(words.values())
        found_total += sum(found.values())
    return hit / (wanted_total or 1), hit / (found_total or 1)


def show(result: Result, *, differences: bool) -> None:
    """One line a site, and what differs if asked for."""
    found, exact = result.comparison.found, result.comparison.exact
    print(
        f"{result.name:14} {found:3}/{result.comparison.total:<3} title {exact['title']:3} text {exact['paragraphs']:3}"
        f" R {result.recall:6.2%} P {result.precision:6.2%} capt {exact['captions']:3}"
        f" day {exact['published_at']:3}"
        f" by {exact['authors']:3} cred {exact['credits']:3} cat {exact['category']:3} files {exact['attachments']:3}"
        f" leaks {len(result.comparison.leaks):2} false {len(result.false):2} {result.milliseconds:5.1f} ms"
        f" {dict(result.unsure)}"
    )
    if not differences:
        return
    for path, why in result.missed:
        print("   MISSED", path, why)
    for path, why in result.false:
        print("   FALSE ", path, why)
    for leak in result.comparison.leaks:
        print("   LEAK  ", leak.path[-60:], "|", leak.string)
    for difference in result.comparison.differences:
        print("   ", difference.field, difference.path[-60:])
        print(*_unlike(difference.expected, difference.found), sep="\n")


def _unlike(expected: object, found: object) -> Iterator[str]:
    if isinstance(expected, tuple) and isinstance(found, tuple):
        yield from (f"        - {value!s:.150}" for value in expected if value not in found)
        yield from (f"        + {value!s:.150}" for value in found if value not in expected)
        if sorted(expected) == sorted(found) and expected != found:
            yield "        other order"
    else:
        yield f"        - {expected!s:.150}"
        yield f"        + {found!s:.150}"


def main(arguments: Sequence[str]) -> None:
    """Run over all sites, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="")
    parser.add_argument("--differences", action="store_true")
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--unknown", action="store_true")
    options = parser.parse_args(arguments)
    results = []
    for site in sites():
        if options.site in ("", site.name):
            results.append(read_site(site, bare=options.bare, unknown=options.unknown))
            show(results[-1], differences=options.differences)
    total = sum(result.comparison.total for result in results) or 1
    print(
        f"all: {sum(result.comparison.found for result in results)}/{total}, false {sum(len(r.false) for r in results)}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
