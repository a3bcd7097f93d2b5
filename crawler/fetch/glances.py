"""Pages whose links need no look, because whatever they name is known: most article pages of a portal that was visited before.

the same bytes as before -> nothing new | bytes whose links are all known -> nothing new | else -> the spider
"""

from __future__ import annotations

from typing import Final

from scrapy.http import Response

from crawler.fetch import judge
from crawler.fetch.crawl import Crawl
from crawler.fetch.visit import Visit
from storage import frontier
from storage.frontier import Discovery, Due
from storage.records import Capture, Purpose

_SURE: Final[frozenset[Purpose]] = frozenset(("article", "attachment", "feed", "sitemap"))
"""What a page is taken for of which a further mention says nothing more."""


def leads_nowhere_new(crawl: Crawl, visit: Visit, due: Due, capture: Capture, response: Response) -> bool:
    """Whether an article's page names nothing that the frontier does not know.

    What a list announced and reading will judge is not judged here; what is not sure is looked at whole, and with `--full`
    everything is.
    """
    if crawl.batch.full or not judge.is_proven(due, visit.plan) or not judge.is_html(capture):
        return False
    if judge.is_same(due, capture):
        return True
    familiar = visit.familiar
    familiar.met(due.page.key)
    keys = familiar.unknown(response.body, response.url, visit.plan)
    if not keys:
        return keys is not None
    with crawl.db.read() as conn:
        familiar.met(*frontier.known_keys(conn, visit.portal.id, keys))
    return familiar.knows(keys)


def remember(visit: Visit, url: str, discovery: Discovery) -> None:
    """Note what the page at `url`, which was looked at whole, names: its rows are stored before those of what comes next."""
    sure = (mention.page.key for mention in discovery.mentions if mention.page.purpose in _SURE)
    visit.familiar.looked_at(url, sure)
