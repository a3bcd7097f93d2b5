"""Verdicts as rows: what a reading means beside what the archive knows at that moment, written down.

Everything here happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    gone_to,
    in_a_row,
    near_copy,
    restated,
    same_story,
)
from crawler.ingest.driver.desk import Desk
from crawler.ingest.read import Captured
from storage.engine import Transaction
from storage.frontier import is_variant
from storage.records import Capture, Known, Reading, Verdict
from storage.writer import articles, queue


def store_reading(
    conn: Transaction,
    desk: Desk,
    captured: Captured,
    reading: Reading,
    baselines: Mapping[tuple[str, int], Reading],
    *,
    number: int,
) -> Verdict:
    """Judge one reading beside what is known at this moment, and store the verdict. Returns it with its article."""
    capture = captured.capture
    if capture.truncated:
        return Verdict("failed", detail=f"truncated: {capture.truncated}")
    stored = find(conn, desk, capture, reading)
    verdict = decide(reading, known(conn, capture, reading, stored, baselines))
    if verdict.kind in ("new", "copy"):
        articles.detach(conn, capture.portal, capture.key)
    if verdict.kind == "new":
        url = cited(captured, reading)
        verdict = replace(verdict, article=articles.create(conn, capture, desk.key, reading, url=url, number=number))
    elif verdict.kind == "absent":
        return store_absence(conn, desk, capture)
    elif stored and verdict.kind in ("revised", "unchanged"):
        if verdict.kind == "revised" and is_copy(conn, stored, capture):
            verdict = Verdict("unchanged", stored.id, detail="a copy: its own address decides")
        store_state(conn, desk, capture, reading, stored, verdict, baselines)
    if reading.reason in PASSING_REASONS:
        return verdict  # it says nothing about the page: what is known of it stays
    known_as: list[str] = []
    if verdict.article and verdict.kind != "not-article":
        articles.add_address(conn, capture, verdict.article)
        articles.seen(conn, verdict.article, capture.fetched_at)
        known_as = articles.addresses(conn, verdict.article)
    copy = capture.key in known_as[1:]
    variant = copy and any(is_variant(capture.key, other) for other in known_as)
    articles.note_page(conn, capture.portal, capture.key, article=reading.article, copy=copy, variant=variant)
    queue.note_negatives(conn, capture, 0)
    return verdict


def store_state(
    conn: Transaction,
    desk: Desk,
    capture: Capture,
    reading: Reading,
    stored: articles.Stored,
    verdict: Verdict,
    baselines: Mapping[tuple[str, int], Reading],
) -> None:
    """What the verdict means for the article's current revision: read again, replaced by a new one, or left alone."""
    baseline = reading if stored.entry == capture.entry else baselines.get((stored.id, stored.revision))
    if baseline and (baseline.reader != stored.reading.reader or restated(stored.reading, baseline)):
        articles.reextract(conn, stored, desk.key, baseline)
    if verdict.kind == "revised":
        articles.revise(conn, stored, capture, desk.key, reading, verdict)


def store_answer(conn: Transaction, desk: Desk, capture: Capture) -> Verdict:
    """Judge an answer that needs no reading: it shows a known article as it was, says that it is not there, or nothing."""
    stored = articles.find(conn, desk.portal.id, [capture.key])
    if stored is None:
        return Verdict("not-article", detail=f"http.{capture.status}")
    if capture.status in GONE_STATUSES:
        return store_absence(conn, desk, capture)
    if capture.status in MOVED_STATUSES:
        key = desk.key(capture.location) if capture.location else capture.key
        purpose, read_as = queue.taken_for(conn, capture.portal, key)
        if key != capture.key and gone_to(purpose, read_as, home=key == desk.key(desk.portal.url)):
            return store_absence(conn, desk, capture)
        doubtful = not read_as and all(answer.status not in MOVED_STATUSES for answer in earlier(conn, capture)[:1])
        queue.note_negatives(
            conn, capture, int(doubtful)
        )  # where nobody read yet what it leads to, it is asked again soon
        return Verdict("unchanged", stored.id, detail=f"http.{capture.status}")
    if capture.status == 304 and confirms_absence(earlier(conn, capture)):
        return store_absence(conn, desk, capture)
    articles.add_address(conn, capture, stored.id)
    articles.seen(conn, stored.id, capture.fetched_at)
    queue.note_negatives(conn, capture, 0)
    returned = stored.removed_at is not None and stored.removed_at < capture.fetched_at
    return Verdict("unchanged", stored.id, events=("returned",) if returned else ())


def store_absence(conn: Transaction, desk: Desk, capture: Capture) -> Verdict:
    """Judge a negative answer for a page: it may be a known article's removal, unless its whole portal is silent."""
    stored = articles.find(conn, desk.portal.id, [capture.key])
    if stored is None:
        return Verdict("not-article", detail=f"http.{capture.status}")
    count, first = in_a_row(capture.fetched_at, earlier(conn, capture))
    if not queue.awake(conn, capture.portal, capture.fetched_at):
        queue.note_negatives(conn, capture, count - 1)
        return Verdict("not-article", stored.id, detail="silent-portal")
    verdict = absent(
        stored.id, negatives=count, since=capture.fetched_at - first, removed=stored.removed_at is not None,
        elsewhere=queue.seen_elsewhere(conn, stored.id, capture.key, first),
    )  # fmt: skip
    if "removed" in verdict.events:
        articles.remove(conn, stored.id, first)
    settled = stored.removed_at is not None or "removed" in verdict.events
    queue.note_negatives(conn, capture, count if settled else min(count, REMOVED_AFTER - 1))
    return verdict


def earlier(conn: Transaction, capture: Capture) -> list[Answer]:
    """The page's answers before this one, newest first."""
    return [Answer(*row) for row in queue.answers_before(conn, capture)]


def find(conn: Transaction, desk: Desk, capture: Capture, reading: Reading) -> articles.Stored | None:
    """The article that a reading is about: by its address or identity, or by an address that the page gives for itself.

    The latter only if it tells the same story. A page that was a copy of an article and tells another story now is not about
    it any more.
    """
    portal = desk.portal.id
    stored = articles.find(conn, portal, [capture.key], reading.identity if reading.article else "")
    if stored and reading.article and is_copy(conn, stored, capture) and not same_story(stored.reading, reading):
        stored = None
    if stored or not reading.article:
        return stored
    for url in reading.aliases:
        other = articles.find(conn, portal, [desk.key(url)])
        if other and same_story(other.reading, reading):
            return other
    return None


def is_copy(conn: Transaction, stored: articles.Stored, capture: Capture) -> bool:
    """Whether the capture's page shows the article only beside the page where it was seen first."""
    known_as = articles.addresses(conn, stored.id)
    return capture.key in known_as[1:]


def known(
    conn: Transaction,
    capture: Capture,
    reading: Reading,
    stored: articles.Stored | None,
    baselines: Mapping[tuple[str, int], Reading],
) -> Known:
    """What the archive knows that matters for this reading."""
    if stored is None:
        return Known(twin=twin_of(conn, capture, reading) if reading.article else "")
    same_capture = stored.entry == capture.entry
    return Known(
        article=stored.id,
        stored=stored.reading,
        baseline=reading if same_capture else baselines.get((stored.id, stored.revision)),
        newer=stored.entry > capture.entry,
        removed=stored.removed_at is not None and stored.removed_at < capture.fetched_at,
    )


def twin_of(conn: Transaction, capture: Capture, reading: Reading) -> str:
    """The id of another article of the portal that this page shows once more, whole or nearly so; or nothing."""
    twin = articles.find_twin(conn, capture.portal, reading)
    titled = () if twin else articles.find_titled(conn, capture.portal, reading.title)
    return twin or next((stored.id for stored in titled if near_copy(stored.reading, reading)), "")


def cited(captured: Captured, reading: Reading) -> str:
    """The address an article is cited by: of those that lead to it, one without a query, then the shortest.

    The same page may have been met first under an address full of portlet parameters.
    """
    own = captured.capture.url
    last = urlsplit(own).path.rstrip("/").rpartition("/")[2]
    named = (alias for alias in reading.aliases if last and urlsplit(alias).path.rstrip("/").endswith("/" + last))
    addresses = {own, *named, *(mention.url for mention in captured.sightings)}
    return min(addresses, key=lambda url: ("?" in url, len(url), url))
