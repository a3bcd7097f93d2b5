"""Which article a page is about: by address, by identity, by its story; and where an article stands since its portal moved.

A portal has moved when its row has another address and the old id (`portals move`). Its articles follow one by one, as each is
met at its new address; until then, and for ever if the new site lacks them, they are cited by the old one.

A page has given way to another one of its article when it redirects there, or is found absent night after night while that one
shows the article: then that one decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.ingest.decide import MOVED_STATUSES, carried_over, near_copy, same_story
from crawler.ingest.driver.desk import Desk
from crawler.links.keys import bare_host, host_of
from storage.records import Capture, Reading
from storage.writer.articles import Stored
from storage.writer.slate import Slate

COMPARED = 5
"""Articles of one title, the newest, that may be the same story at another address."""

ELSEWHERE = 20
"""Articles of one title, cited on a former host, that may be the same story after a move."""

AWAY = 2
"""Negative answers in a row after which another page that shows the article speaks for it. One is a bad night; to be called
removed takes more."""


def find(slate: Slate, desk: Desk, capture: Capture, reading: Reading) -> Stored | None:
    """The article that a reading is about: by its address or identity, or by an address that the page gives for itself.

    The latter only if it tells the same story. A page that was a copy of an article and tells another story now is not about
    it any more; nor is one on another host that has only the identity in common. Last, an article of the portal's former
    host may stand here now.
    """
    stored = slate.find([capture.key])
    if not reading.article:
        return stored
    if stored and is_copy(slate, desk, stored, capture) and not same_story(stored.reading, reading):
        stored = None
    elif stored is None:
        stored = _identical(slate, capture, reading)
    if stored:
        return stored
    for url in reading.aliases:
        other = slate.find([desk.key(url)])
        if other and same_story(other.reading, reading):
            return other
    return _left_behind(slate, desk, capture, reading) if at_home(desk, capture.url) else None


def is_past(stored: Stored, capture: Capture) -> bool:
    """Whether a capture shows the past of an article, and says nothing about its current state.

    Our own captures came in the order of their numbers, those of others at any time: of them only one counts that is later
    than whatever is known of the article.
    """
    if capture.origin == "crawl" or stored.entry == capture.entry:
        return stored.entry > capture.entry
    return (capture.fetched_at, capture.entry) < (max(stored.seen_at, stored.last_seen), stored.entry)


def twin_of(slate: Slate, capture: Capture, reading: Reading) -> Stored | None:
    """Another article of the portal that this page shows once more, whole or nearly so."""
    if twin := slate.find_twin(reading):
        return slate.load(twin)
    titled = (slate.load(article.id) for article in slate.titled(reading.title)[:COMPARED])
    return next((stored for stored in titled if near_copy(stored.reading, reading)), None)


def is_copy(slate: Slate, desk: Desk, stored: Stored, capture: Capture) -> bool:
    """Whether the capture's page shows the article only beside the page that it belongs to."""
    return capture.key in addresses(slate, desk, stored.id, capture)[1:] or has_left(desk, stored.url, capture)


def addresses(slate: Slate, desk: Desk, article: str, capture: Capture) -> list[str]:
    """The keys of all pages that showed an article until `capture` came: its own before the others.

    Its own is the one that showed it first, of those where its portal is now and which have not given way.
    """
    known_as = [(address.key, at_home(desk, address.url)) for address in slate.addresses(article)]
    keys = [key for key, _ in sorted(known_as, key=lambda address: not address[1])]
    home = sum(here for _, here in known_as)
    first = next((n for n in range(home) if not _gave_way(slate, desk, keys[n], keys, capture)), 0)
    return [*keys[first:home], *keys[:first], *keys[home:]]


def at_home(desk: Desk, url: str) -> bool:
    """Whether an address lies where its portal is now, and not on another of its hosts, such as the one it has left."""
    return _host(url) == _host(desk.portal.url)


def has_moved(slate: Slate, desk: Desk, cited: str, capture: Capture) -> bool:
    """Whether an article that is cited elsewhere was met where its portal is now, or at a page to which its own gave way."""
    if not at_home(desk, capture.url):
        return False
    return not at_home(desk, cited) or _gave_way(slate, desk, desk.key(cited), [capture.key], capture)


def has_left(desk: Desk, cited: str, capture: Capture) -> bool:
    """Whether the capture comes from elsewhere, while the article is cited where its portal is now."""
    return at_home(desk, cited) and not at_home(desk, capture.url)


def _gave_way(slate: Slate, desk: Desk, key: str, others: Sequence[str], capture: Capture) -> bool:
    """Whether a page, asked last before `capture`, redirected to one of `others`, or was absent `AWAY` times in a row."""
    if key == capture.key or len({key, *others}) == 1:
        return False
    last = slate.answers_before(capture, key, AWAY)
    if last and last[0].status in MOVED_STATUSES:
        return desk.key(last[0].location) in others and desk.key(last[0].location) != key
    return len(last) == AWAY and all(answer.verdict == "absent" for answer in last)


def _identical(slate: Slate, capture: Capture, reading: Reading) -> Stored | None:
    """The article with this page's identity; one of another host only with its story, since a new site counts anew."""
    stored = slate.find((), reading.identity)
    if stored is None or _host(stored.url) == _host(capture.url):
        return stored
    return stored if carried_over(stored.reading, reading, pointed=True) else None


def _left_behind(slate: Slate, desk: Desk, capture: Capture, reading: Reading) -> Stored | None:
    """The article of a former host that stands here now: under its old path, or under another one with title, day and text."""
    home = capture.key.partition("/")[0]
    stored = slate.find(former_keys(desk, capture))
    if stored and not at_home(desk, stored.url) and carried_over(stored.reading, reading, pointed=True):
        return stored
    here = tuple(f"{scheme}://{www}{home}/" for scheme in ("http", "https") for www in ("", "www."))
    day = reading.dates.published.value[:10] if reading.dates.published else ""
    elsewhere = slate.titled_elsewhere(reading.title, here=here, day=day, limit=ELSEWHERE)
    likely = [slate.load(article.id) for article in elsewhere]
    sure = {number: carried_over(stored.reading, reading, pointed=False) for number, stored in enumerate(likely)}
    best = max(sure, key=lambda number: sure[number], default=None)
    return likely[best] if best is not None and sure[best] else None


def former_keys(desk: Desk, capture: Capture) -> list[str]:
    """The keys that a capture's page would have on the hosts that its portal has left."""
    home, _, path = capture.key.partition("/")
    former = {_host(f"//{host}") for host in desk.portal.hosts} - {home}
    return [f"{host}/{path}" for host in sorted(former)] if path else []


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    return bare_host(host_of(urlsplit(url)))
