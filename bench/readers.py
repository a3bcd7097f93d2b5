"""The readers that `bench.quality` compares: ours, plain trafilatura, and news-please if it is installed somewhere.

Each takes all pages of one portal, as bytes, and says what it sees in each.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import trafilatura

from bench.worlds.sample import Sample
from crawler.ingest import template as templates
from crawler.ingest.driver.learning import LEARN_FROM, LOOKED_AT, TRUSTED
from crawler.ingest.driver.readers import Reader
from crawler.ingest.read import Captured, read
from crawler.items import PortalPlan
from crawler.links.discover import discover
from crawler.links.patterns import page_key
from storage.records import Capture, Portal, Reading, RecordRef, Sighting, Template, portal_id

FETCHED_AT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
"""When the pages are fetched: the evening that the clocks of the generated portals show."""
NEWSPLEASE = "PHUONGCHI_BENCH_NEWSPLEASE"
"""Environment variable: a Python that can import news-please, where this one cannot."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader saw in one page. `article` is False where it abstained; `published` is local ISO to its precision.

    `updated` is the date of a label that speaks of an update, where the reader keeps it apart.
    """

    article: bool
    title: str = ""
    lines: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    inferred: bool = False
    files: tuple[str, ...] = ()
    why: str = ""


NOTHING = Seen(False, why="nothing")


def read_ours(samples: Sequence[Sample], *, platform: str = "") -> list[Seen]:
    """As the archive reads a new portal: lists are looked through, a template is learned, every page is read.

    The portal's software counts as unknown unless `platform` names it.
    """
    url = samples[0].url
    home = "{0.scheme}://{0.netloc}/".format(urlsplit(url))
    portal = Portal(portal_id(home), home, hosts=(urlsplit(url).netloc,), platform=platform)
    plan = PortalPlan(portal.id, home, frozenset(portal.hosts), portal.scope, platform)
    captured = _captured(samples, portal, plan)
    reader = Reader((template,) if (template := _template(list(captured.values()), portal)) else ())
    return [_seen(reader.read(captured[sample.url])) for sample in samples]


def _captured(samples: Sequence[Sample], portal: Portal, plan: PortalPlan) -> dict[str, Captured]:
    """The pages in the order in which a crawl meets them: lists first, then what they mention, then the rest."""
    mentions: dict[str, list[Sighting]] = defaultdict(list)
    purposes = {}
    order: dict[str, None] = {}
    for sample in samples:
        found = discover(sample.body, url=sample.url, media_type="text/html", charset="", plan=plan)
        purposes[sample.url] = found.purpose
        if not sample.lists:
            continue
        order[sample.url] = None
        for link in found.links:
            if link.role in ("article", "unknown"):
                mention = Sighting(
                    link.url, sample.url, "listing", link.position, link.anchor, link.date_text, FETCHED_AT
                )
                mentions[page_key(link.url, plan.platform)].append(mention)
    keys = {page_key(sample.url, plan.platform): sample for sample in samples}
    order.update({keys[key].url: None for key in mentions if key in keys})
    order.update({sample.url: None for sample in samples})
    by_url = {sample.url: sample for sample in samples}
    found_pages = {}
    for entry, url in enumerate(order, 1):
        record, sample = RecordRef("keep", "", 0, 0), by_url[url]
        capture = Capture(entry, portal.id, url, purposes[url], FETCHED_AT, 200, record, "text/html", "")
        found_pages[url] = Captured(capture, sample.body, portal, tuple(mentions.get(page_key(url, plan.platform), ())))
    return found_pages


def _template(pages: Sequence[Captured], portal: Portal) -> Template | None:
    """What the driver would learn: from the first pages that read as articles without it."""
    chosen: list[Captured] = []
    for page in pages[:LOOKED_AT]:
        if len(chosen) < LEARN_FROM and read(page, template=None).article:
            chosen.append(page)
    fetched = {page.capture.entry: page.capture.fetched_at for page in chosen}
    found = templates.learn([_learned(page) for page in chosen], portal=portal.id, version=1, fetched=fetched)
    right = sum(read(page, template=found).article for page in chosen)
    return found if chosen and right >= TRUSTED * len(chosen) else None


def _learned(page: Captured) -> tuple[int, str, bytes, str]:
    return page.capture.entry, page.capture.url, page.body, page.capture.charset


def _seen(reading: Reading) -> Seen:
    date = reading.dates.published or reading.dates.updated
    return Seen(
        reading.article,
        reading.title,
        reading.paragraphs,
        reading.captions,
        reading.authors,
        date.value if date else "",
        reading.dates.updated.value if reading.dates.updated else "",
        date is not None and date.basis == "inferred",
        tuple(file.url for file in reading.attachments),
        reading.reason,
    )


def read_trafilatura(samples: Sequence[Sample]) -> list[Seen]:
    """Plain trafilatura with metadata, as most people call it."""
    found = []
    for sample in samples:
        page = trafilatura.bare_extraction(sample.body, url=sample.url, with_metadata=True)
        found.append(
            NOTHING
            if page is None
            else Seen(
                True,
                page.title or "",
                tuple((page.text or "").splitlines()),
                authors=tuple(name.strip() for name in (page.author or "").split(";") if name.strip()),
                published=page.date or "",
            )
        )
    return found


def newsplease_python() -> str:
    """A Python that can import news-please: this one, or the one that the environment names; empty if there is none."""
    if importlib.util.find_spec("newsplease"):
        return sys.executable
    return os.environ.get(NEWSPLEASE, "")


def read_newsplease(samples: Sequence[Sample], python: str) -> list[Seen]:
    """news-please's extractor over the same pages, in a process of its own: its requirements are not ours."""
    pages = "".join(
        json.dumps({"url": sample.url, "html": sample.body.decode(sample.charset)}) + "\n" for sample in samples
    )
    worker = Path(__file__).with_name("newsplease_worker.py")
    done = subprocess.run([python, str(worker)], input=pages, capture_output=True, text=True, check=True)
    found = []
    for line in done.stdout.splitlines():
        page = json.loads(line)
        lines = tuple((page["text"] or "").splitlines())
        found.append(
            Seen(bool(lines), page["title"] or "", lines, (), tuple(page["authors"]), page["date"] or "")
            if page["text"] or page["title"]
            else NOTHING
        )
    return found
