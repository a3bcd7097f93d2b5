"""Verdicts as rows: what a reading means beside what the archive knows at that moment, written down.

Everything here happens inside the caller's transaction, and stands on its slate until that is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from crawler.ingest.decide import (
    GONE_STATUSES,
    MOVED_STATUSES,
    PASSING_REASONS,
    REMOVED_AFTER,
    Answer,
    absent,
    confirms_absence,
    decide,
    edits,
    gone_to,
    in_a_row,
    past_state,
    restated,
)
from crawler.ingest.driver.desk import Desk
from crawler.ingest.driver.finding import AWAY, addresses, find, has_left, has_moved, is_copy, is_past, twin_of
from crawler.ingest.marks import NOARCHIVE
from crawler.ingest.read import Captured
from storage.frontier import is_variant
from storage.records import Capture, Known, Reading, Verdict
from storage.redaction.readings import NOTHING_LEFT as REDACTED
from storage.writer import articles, history, queue, restriction
from storage.writer.articles import Stored
from storage.writer.slate import Slate

LOOKED_BACK = 30
"""Answers of a page before one that is negative."""


def store_reading(
    slate: Slate,
    desk: Desk,
    captured: Captured,
    reading: Reading,
    baselines: Mapping[tuple[str, int], Reading],
    *,
    number: Callable[[], int],
) -> Verdict:
    """Judge one reading beside what is known at this moment, and store the verdict. Returns it with its article."""
    capture = captured.capture
    if capture.truncated:
        return Verdict("failed", detail=f"truncated: {capture.truncated}")
    stored = find(slate, desk, capture, reading)
    if reading.reason == REDACTED or (stored and slate.standing(stored.id).visibility == "redacted"):
        return Verdict("not-article", detail=REDACTED)
    verdict = decide(reading, known(slate, desk, capture, reading, stored, baselines))
    foreign = capture.origin != "crawl"
    if verdict.kind in ("new", "copy") and not foreign:
        slate.detach(capture.key)
    if "moved" in verdict.events:
        articles.move(slate.settled(), verdict.article, cited(captured, reading))
    if verdict.kind == "new":
        url = cited(captured, reading)
        reading = of_its_own(slate, capture, reading)
        verdict = replace(verdict, article=slate.create(capture, reading, url=url, number=number()))
    elif verdict.kind == "absent":
        return store_absence(slate, desk, capture)
    elif stored and reading.article and is_past(stored, capture):
        verdict = store_past(slate, desk, capture, reading, stored, baselines)
    elif stored and verdict.kind in ("revised", "unchanged"):
        if verdict.kind == "revised" and is_copy(slate, desk, stored, capture):
            kept = tuple(kind for kind in verdict.events if kind != "revised")
            verdict = Verdict("unchanged", stored.id, events=kept, detail="a copy: its own address decides")
        store_state(slate, desk, capture, reading, stored, verdict, baselines)
    if verdict.kind in ("new", "revised", "unchanged") and not (
        stored and _speaks_for_another(slate, desk, stored, capture)
    ):
        verdict = _restricted(slate, reading, verdict)
    if reading.reason in PASSING_REASONS:
        return verdict  # it says nothing about the page: what is known of it stays
    known_as: list[str] = []
    if verdict.article and verdict.kind != "not-article":
        slate.add_address(capture, verdict.article)
        slate.seen(verdict.article, capture.fetched_at)
        known_as = addresses(slate, desk, verdict.article, capture)
    if foreign:
        return _since_when(slate, capture, verdict)
    copy = capture.key in known_as[1:]
    variant = copy and any(is_variant(capture.key, other) for other in known_as)
    slate.page_is(capture.key, article=reading.article, copy=copy, variant=variant)
    slate.negatives(capture.key, 0)
    return verdict


def _restricted(slate: Slate, reading: Reading, verdict: Verdict) -> Verdict:
    """The verdict with what the page's `noarchive`, or its going, means for who may see the article."""
    asked = NOARCHIVE in reading.flags
    if not restriction.changes(slate.standing(verdict.article).visibility, asked=asked):
        return verdict
    told = restriction.settle(slate.settled(), verdict.article, asked=asked)
    return replace(verdict, events=(*verdict.events, told)) if told else verdict


def _speaks_for_another(slate: Slate, desk: Desk, stored: Stored, capture: Capture) -> bool:
    """Whether a capture says nothing of how its article is today: it is old, of others, or of a copy."""
    return (
        capture.origin not in ("crawl", "rendered") or is_past(stored, capture) or is_copy(slate, desk, stored, capture)
    )


def store_past(
    slate: Slate,
    desk: Desk,
    capture: Capture,
    reading: Reading,
    stored: Stored,
    baselines: Mapping[tuple[str, int], Reading],
) -> Verdict:
    """A capture from before the current state: read again it may be one of the article's states, which is read anew with it.

    One of others may be a state that nobody knew. Ours were judged when they came.
    """
    as_before = Verdict("unchanged", stored.id, detail="older than the current revision")
    conn = slate.settled()
    if number := history.number_of(conn, stored.id, capture.entry):
        slate.restate(stored.id, number, reading)
        return as_before
    if capture.origin == "crawl":
        return as_before
    before, after = history.around(conn, stored.id, capture)
    read = [baselines.get((stored.id, state.number), state.reading) if state else None for state in (before, after)]
    changed = past_state(reading, *read)
    if changed is None:
        return as_before
    slate.add_state(stored.id, capture, reading, changed)
    if after and read[1]:
        history.differs(conn, stored.id, after.number, edits(reading, read[1]))
    return replace(as_before, changed=changed, events=("history-added",))


def _since_when(slate: Slate, capture: Capture, verdict: Verdict) -> Verdict:
    """The verdict on a capture of others, with what it says of the time since which its article is known."""
    if not verdict.article or verdict.kind == "not-article":
        return verdict
    if slate.standing(verdict.article).first_seen <= capture.fetched_at:
        return verdict
    history.began(slate.settled(), verdict.article, capture.fetched_at)
    return verdict if verdict.events else replace(verdict, events=("history-added",))


def store_state(
    slate: Slate,
    desk: Desk,
    capture: Capture,
    reading: Reading,
    stored: Stored,
    verdict: Verdict,
    baselines: Mapping[tuple[str, int], Reading],
) -> None:
    """What the verdict means for the article's current revision: read again, replaced by a new one, or left alone."""
    baseline = reading if stored.entry == capture.entry else baselines.get((stored.id, stored.revision))
    if baseline and (baseline.reader != stored.reading.reader or restated(stored.reading, baseline)):
        slate.reextract(stored, baseline)
    if verdict.kind == "revised":
        slate.revise(stored, capture, reading, verdict.changed)


def store_answer(slate: Slate, desk: Desk, capture: Capture) -> Verdict:
    """Judge an answer that needs no reading: it shows a known article as it was, says that it is not there, or nothing."""
    stored = slate.standing_at([capture.key])
    if stored is None:
        return Verdict("not-article", detail=f"http.{capture.status}")
    if stored.visibility == "redacted":
        return Verdict("not-article", detail=REDACTED)
    if capture.status in GONE_STATUSES:
        return store_absence(slate, desk, capture)
    if capture.status in MOVED_STATUSES:
        key = desk.key(capture.location) if capture.location else capture.key
        page = slate.page(key)
        purpose, read_as = (page.purpose, page.read_as) if page else ("", "")
        if key != capture.key and gone_to(purpose, read_as, home=key == desk.key(desk.portal.url)):
            return store_absence(slate, desk, capture)
        doubtful = not read_as and all(answer.status not in MOVED_STATUSES for answer in earlier(slate, capture)[:1])
        slate.negatives(capture.key, int(doubtful))  # where nobody read yet what it leads to, it is asked again soon
        return Verdict("unchanged", stored.id, detail=f"http.{capture.status}")
    if capture.status == 304 and confirms_absence(earlier(slate, capture)):
        return store_absence(slate, desk, capture)
    slate.add_address(capture, stored.id)
    slate.seen(stored.id, capture.fetched_at)
    slate.negatives(capture.key, 0)
    returned = stored.removed_at is not None and stored.removed_at < capture.fetched_at
    return Verdict("unchanged", stored.id, events=("returned",) if returned else ())


def store_absence(slate: Slate, desk: Desk, capture: Capture) -> Verdict:
    """Judge a negative answer for a page: it may be a known article's removal, unless its whole portal is silent."""
    stored = slate.standing_at([capture.key])
    if stored is None:
        return Verdict("not-article", detail=f"http.{capture.status}")
    if capture.origin != "crawl":
        return Verdict("not-article", stored.id, detail="import")
    count, first = in_a_row(capture.fetched_at, earlier(slate, capture))
    if not queue.awake(slate.connection, capture.portal, capture.fetched_at):
        slate.negatives(capture.key, count - 1)
        return Verdict("not-article", stored.id, detail="silent-portal")
    left = has_left(desk, stored.url, capture)
    verdict = absent(
        stored.id, negatives=count, since=capture.fetched_at - first, removed=stored.removed_at is not None,
        elsewhere=left or _seen_elsewhere(slate, stored.id, capture.key, first),
    )  # fmt: skip
    if count == AWAY and not left and (other := queue.another(slate.settled(), stored.id, capture)):
        slate.page_is(other.key, article=True)  # it speaks for the article now, and is asked soon
        slate.negatives(other.key, 1)
    if "removed" in verdict.events:
        articles.remove(slate.settled(), stored.id, first)
    settled = left or stored.removed_at is not None or "removed" in verdict.events
    slate.negatives(capture.key, count if settled else min(count, REMOVED_AFTER - 1))
    return verdict


def _seen_elsewhere(slate: Slate, article: str, key: str, since: datetime) -> bool:
    """Whether another address than `key` showed the article since then."""
    return any(address.key != key and address.last_seen > since for address in slate.addresses(article))


def earlier(slate: Slate, capture: Capture) -> list[Answer]:
    """The page's answers before this one, newest first."""
    answers = slate.answers_before(capture, capture.key, LOOKED_BACK)
    return [Answer(answer.status, answer.verdict, answer.at) for answer in answers]


def known(
    slate: Slate,
    desk: Desk,
    capture: Capture,
    reading: Reading,
    stored: Stored | None,
    baselines: Mapping[tuple[str, int], Reading],
) -> Known:
    """What the archive knows that matters for this reading."""
    if stored is None:
        twin = twin_of(slate, capture, reading) if reading.article else None
        return Known(twin=twin.id, moved=has_moved(slate, desk, twin.url, capture)) if twin else Known()
    same_capture = stored.entry == capture.entry
    newer = is_past(stored, capture)
    return Known(
        article=stored.id,
        stored=stored.reading,
        baseline=reading if same_capture else baselines.get((stored.id, stored.revision)),
        newer=newer,
        removed=stored.removed_at is not None and stored.removed_at < capture.fetched_at,
        moved=not newer and has_moved(slate, desk, stored.url, capture),
    )


def of_its_own(slate: Slate, capture: Capture, reading: Reading) -> Reading:
    """The reading of a new article, with another identity if that of its address belongs to another story already."""
    if not slate.has_identity(reading.identity):
        return reading
    return replace(reading, identity=f"{reading.identity}#{capture.entry}")


def cited(captured: Captured, reading: Reading) -> str:
    """The address an article is cited by: of those that lead to it, one without a query, then the shortest.

    The same page may have been met first under an address full of portlet parameters. Data is cited by the address that it
    gives for people.
    """
    own = captured.capture.url
    if "json" in captured.capture.media_type and reading.aliases:
        return reading.aliases[0]
    last = urlsplit(own).path.rstrip("/").rpartition("/")[2]
    named = (alias for alias in reading.aliases if last and urlsplit(alias).path.rstrip("/").endswith("/" + last))
    addresses = {own, *named, *(mention.url for mention in captured.sightings)}
    return min(addresses, key=lambda url: ("?" in url, len(url), url))
