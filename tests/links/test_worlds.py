"""Whole sample portals walked in memory: every article is reached, little else is asked for, and lists are known as lists.

The crawl here is the simplest that can be: no network, no database, every link followed once, articles first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest

from crawler.items import Found, PortalPlan
from crawler.links.discover import discover, seeds
from crawler.links.keys import absolute, page_key
from crawler.links.listings import ORDER
from crawler.links.patterns import allowed
from storage.records import Portal
from tests.unseen.base import Portal as Sample
from tests.unseen.sites.catalogue import SITES

HOST = "127.0.0.1:8801"
MOST_REQUESTS = 400


@dataclass
class Walk:
    """A crawl of one site: what each page turned out to be, and by which role its link was followed."""

    site: Sample
    plan: PortalPlan
    seen: dict[str, Found] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def run(self) -> Walk:
        waiting = {link.key: link for link in seeds(self.plan)}
        self.roles = {key: link.role for key, link in waiting.items()}
        while waiting and len(self.asked) < MOST_REQUESTS:
            link = min(waiting.values(), key=lambda link: ORDER.index(link.role))
            del waiting[link.key]
            found = self._ask(link.url)
            if found is None:
                continue
            self.plan = replace(self.plan, platform=self.plan.platform or found.platform)
            for child in found.links:
                if child.role != "attachment" and child.key not in self.roles:
                    self.roles[child.key] = child.role
                    waiting[child.key] = child
        return self

    def _ask(self, url: str, hops: int = 5) -> Found | None:
        target = url.partition(HOST)[2] or "/"
        self.asked.append(target)
        reply = self.site.reply(target, {"host": HOST}, night=1, hit=len(self.asked))
        headers = {name.lower(): value for name, value in reply.headers}
        if "location" in headers and hops:
            moved = absolute(headers["location"], url)
            known = moved is not None and page_key(moved, self.plan.platform) in self.seen
            return self._ask(moved, hops - 1) if moved and allowed(moved, self.plan) and not known else None
        if reply.status != 200:
            return None
        media_type, _, rest = headers.get("content-type", "").partition(";")
        found = discover(
            reply.body, url=url, media_type=media_type, charset=rest.partition("charset=")[2], plan=self.plan
        )
        self.seen[page_key(url, self.plan.platform)] = found
        return found


@cache
def walk(name: str) -> Walk:
    """The whole walk of a site; it is pure, so one serves every test."""
    site = SITES[name]()
    home = f"http://{HOST}{site.entry}"
    return Walk(site, PortalPlan("p", home, frozenset({HOST}), Portal("p", home).scope)).run()


@pytest.mark.slow
@pytest.mark.parametrize("name", SITES)
def test_discovery_when_the_system_is_unknown_then_reaches_its_articles(name: str) -> None:
    done = walk(name)
    site = done.site
    gold = {page_key(urljoin(done.plan.url, article.path), done.plan.platform) for article in site.gold(1)}
    assert len(gold & set(done.seen)) >= 0.95 * len(gold)
    led_as = [done.roles.get(key) for key in gold]
    assert led_as.count("article") >= 0.9 * len(gold)
    assert len(done.asked) <= 2 * len(gold) + 30
    assert not [target for target in done.asked if site.forbidden(urlsplit(target).path)]


@pytest.mark.parametrize("name", SITES)
def test_discovery_when_a_page_lists_articles_then_is_asked_again(name: str) -> None:
    """A list taken for an article would not be asked again, and the articles of tomorrow were lost."""
    done = walk(name)
    site = done.site
    gold = {page_key(urljoin(done.plan.url, article.path), done.plan.platform) for article in site.gold(1)}
    tolerated = {key for key in done.seen if site.tolerated(key.partition(HOST)[2])}
    others = {key: found for key, found in done.seen.items() if key not in gold | tolerated}
    paged = [found for found in others.values() if any(link.role == "paging" for link in found.links)]
    assert [found.url for found in paged if found.purpose != "listing"] == []
