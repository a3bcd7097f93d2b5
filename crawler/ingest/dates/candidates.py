"""Every date that the evidence offers, with the trust it deserves; nothing is decided here but what a date is of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import lru_cache

from crawler.ingest.dates.evidence import DateEvidence
from crawler.ingest.stamps.lines import Mention, glued_to, is_date_line, is_told, join_labels, mentions, stands_alone
from crawler.ingest.stamps.machine import name_role, read_address, read_machine
from crawler.ingest.stamps.words import RELATIVE_PART, find_relative
from storage.records import DateCandidate, Sighting
from storage.text import VIETNAM, day_text

_LONGEST_RELATIVE = 80
_UNPADDED = re.compile(r"(?<!\d)(?:[1-9]/\d{1,2}|\d{1,2}/[1-9])/\d{4}|\d:\d\d(?::\d\d)?\s?[AP]M\b")
_TIME = re.compile(r"(?<![\d:])(?=(?P<time>(?P<hour>\d{1,3})\s?[:hg]\s?(?P<minute>\d\d)(?![\d:])))")
_CLOSING = 2
"""Lines right behind the text among which a date line with time or counts is the page's own."""
_BESIDE = 120
"""Characters of the longest line on which the time stands apart from its day."""
_CROWD = 3
"""Pages that carry ids of one day before that is the day of an import."""


class Trust(IntEnum):
    """The order in which sources are believed about the publication, best first."""

    LABELLED = 0
    HEAD = 1
    TITLE = 2
    FOOT = 3
    MICRODATA = 4
    JSONLD = 5
    META = 6
    FEED = 7
    LISTING = 8
    UPDATE = 9
    MODIFIED = 10
    URL = 11
    EVENT = 12
    URL_VAGUE = 13
    SITEMAP = 14
    NEVER = 15


PRINTED = (Trust.LABELLED, Trust.HEAD, Trust.TITLE, Trust.FOOT)
EMBEDDED = (Trust.MICRODATA, Trust.JSONLD, Trust.META)


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate with its trust. `update` says that it dates a change; `asked_at` when the source was asked for it."""

    candidate: DateCandidate
    trust: Trust
    asked_at: datetime
    update: bool = False
    weekday: bool = False

    @property
    def day(self) -> str:
        """The local day, or less if less is known."""
        return self.candidate.value[:10]

    def reject(self, reason: str) -> Offer:
        """The same offer, rejected for `reason`."""
        it = self.candidate
        rejected = DateCandidate(it.value, it.precision, it.source, it.basis, it.evidence, reason)
        return Offer(rejected, self.trust, self.asked_at, self.update, self.weekday)


def gather(evidence: DateEvidence) -> list[Offer]:
    """All offers of the evidence but the event's, best trust first; some of them already rejected."""
    offers = [
        *_head(evidence),
        *_below(evidence),
        *_embedded(evidence),
        *_sighted(evidence),
        *_address(evidence),
        *_header(evidence),
    ]
    return sorted((_with_its_time(offer, offers, evidence) for offer in offers), key=lambda offer: offer.trust)


def _with_its_time(offer: Offer, offers: list[Offer], evidence: DateEvidence) -> Offer:
    """A printed day with the time that is printed apart from it, where an embedded date says that they belong together:
    `Thứ Năm, 16 tháng 10, 2025` above the headline, `Người đăng: … vào lúc 15:47` below the text.
    """
    candidate = offer.candidate
    if offer.trust not in PRINTED or candidate.rejected or candidate.precision != "day":
        return offer
    for other in offers:
        timed = other.candidate
        if other.trust not in EMBEDDED or other.day != offer.day or timed.rejected or "T" not in timed.value:
            continue
        for line in (*evidence.head_lines, *evidence.times, *evidence.below_lines):
            if len(line) <= _BESIDE and (found := _printed_time(line, timed.value)):
                whole = DateCandidate(
                    timed.value[:16] + ":00+07:00",
                    "minute",
                    candidate.source,
                    "printed",
                    f"{candidate.evidence} | {found}",
                )
                return replace(offer, candidate=whole)
    return offer


def _printed_time(line: str, value: str) -> str:
    """The time of a local instant as a line prints it, to the minute; empty if it does not."""
    hour, minute = str(int(value[11:13])), value[14:16]
    for found in _TIME.finditer(line) if minute in line else ():
        if found["minute"] == minute and found["hour"] in (hour, f"0{hour}"):
            return found["time"]
    return ""


def _printed(mention: Mention, trust: Trust, evidence: DateEvidence, source: str = "head-line") -> Offer:
    stamp = mention.stamp
    update = trust is Trust.UPDATE
    candidate = DateCandidate(
        stamp.value, stamp.precision, "page-update" if update else source, "printed", mention.evidence
    )
    return Offer(candidate, trust, evidence.fetched_at, update=update, weekday=not stamp.literal[:1].isdigit())


def _head(evidence: DateEvidence) -> Iterator[Offer]:
    yield from _clocks(evidence)
    lines = [(line, "head-line") for line in join_labels(evidence.head_lines)] + [
        (line, "byline") for line in evidence.byline_lines
    ]
    for line, source in lines:
        for mention in mentions(line, month_first=evidence.month_first):
            trust = {"publication": Trust.LABELLED, "update": Trust.UPDATE}.get(mention.role, Trust.HEAD)
            offer = _printed(mention, trust, evidence, source)
            if mention.role == "clock":
                yield _said_to_be_now(offer)
            elif mention.role == "document":
                yield offer.reject("its label says that it dates a document or a term")
            elif mention.role == "plain" and not stands_alone(line, mention):
                yield offer.reject("stands in running text")
            else:
                yield offer
        yield from _relative(line, source, evidence.fetched_at)
    for mention in mentions(evidence.title):
        offer = _printed(mention, Trust.TITLE, evidence)
        yield offer if glued_to(evidence.title, mention) else offer.reject("stands in running text")


def _clocks(evidence: DateEvidence) -> Iterator[Offer]:
    """What stands at a clock's place: the time of the fetch; a day far from it is no clock's, and there by another layout."""
    for line in evidence.clock_lines:
        for mention in mentions(line, month_first=evidence.month_first):
            offer = _printed(mention, Trust.HEAD, evidence)
            if mention.role == "clock":
                yield _said_to_be_now(offer)
            else:
                clock = _is_near(offer.day, evidence)
                yield offer.reject("clock: stands where all pages show the time of the fetch") if clock else offer


def _said_to_be_now(offer: Offer) -> Offer:
    """A date behind `Hôm nay` and its like: however old the page in a cache is, it dates no article."""
    return offer.reject("clock: the label says that it is the time now")


def _is_near(day: str, evidence: DateEvidence) -> bool:
    """Whether a whole day is that of the fetch or next to it."""
    if len(day) < 10:
        return False
    return abs(datetime.fromisoformat(day).date() - evidence.fetched_at.astimezone(VIETNAM).date()).days <= 1


def _below(evidence: DateEvidence) -> Iterator[Offer]:
    for order, line in enumerate(join_labels(evidence.below_lines)):
        for mention in mentions(line, month_first=evidence.month_first):
            if mention.role == "update":
                yield _printed(mention, Trust.UPDATE, evidence)
                continue
            if mention.role == "publication":
                yield _printed(mention, Trust.LABELLED, evidence)
            elif is_date_line(line):  # a date beside a text is that of another article
                offer = _printed(mention, Trust.FOOT, evidence)
                closing = order < _CLOSING and ("T" in mention.stamp.value or len(line) > len(mention.evidence) + 4)
                yield offer if closing else offer.reject("stands below the text without a label")


def _embedded(evidence: DateEvidence) -> Iterator[Offer]:
    groups = (
        ("microdata", Trust.MICRODATA, evidence.microdata),
        ("jsonld", Trust.JSONLD, evidence.jsonld),
        ("meta", Trust.META, evidence.meta),
    )
    for source, trust, pairs in groups:
        for name, value in pairs:
            role = name_role(name)
            timed = read_machine(value) if role else None
            if timed is None:
                continue
            update = role == "update"
            candidate = DateCandidate(*timed, source, "embedded", value.strip())
            offer = Offer(candidate, Trust.MODIFIED if update else trust, evidence.fetched_at, update=update)
            reason = _no_articles(f"{source} {name}", offer, evidence)
            yield offer.reject(reason) if reason else offer


def _no_articles(name: str, offer: Offer, evidence: DateEvidence) -> str:
    """Why an embedded date is none of the article, as the portal's pages prove together; empty if they do not."""
    claim = next((claim for claim in evidence.claims if claim.name == name), None)
    if claim is None:
        return ""
    if claim.says == "fetch":
        return "clock: follows the time of the fetch on all pages" if _is_near(offer.day, evidence) else ""
    if claim.says == "build":
        return (
            "the same on all pages: the time of their build"
            if claim.first <= offer.candidate.value <= claim.last
            else ""
        )
    return "contradicts the printed dates on this portal"


def _sighted(evidence: DateEvidence) -> Iterator[Offer]:
    seen: set[tuple[str, str]] = set()
    for sighting in sorted(evidence.sightings, key=lambda sighting: sighting.seen_at):
        text = sighting.date_text or (_glued(sighting.anchor) if sighting.source == "listing" else "")
        if text and (sighting.source, text) not in seen:
            seen.add((sighting.source, text))
            if sighting.source == "listing":
                yield from _listed(sighting, text, month_first=evidence.month_first)
            else:
                yield from _fed(sighting, text)


def _glued(anchor: str) -> str:
    """The date in brackets that a link's words end in."""
    return next((mention.evidence for mention in mentions(anchor) if glued_to(anchor, mention)), "")


def _fed(sighting: Sighting, text: str) -> Iterator[Offer]:
    timed = read_machine(text)
    if timed is not None:
        candidate = DateCandidate(*timed, sighting.source, "embedded", text)
        feed = sighting.source == "feed"
        yield Offer(candidate, Trust.FEED if feed else Trust.SITEMAP, sighting.seen_at)


def _listed(sighting: Sighting, text: str, *, month_first: bool) -> Iterator[Offer]:
    # The list is printed by the same system where it leaves out the zeros as well; what is padded was typed by somebody.
    found = mentions(text, month_first=month_first and _UNPADDED.search(text) is not None)
    for mention in found[:1]:
        stamp = mention.stamp
        trust = Trust.UPDATE if mention.role == "update" else Trust.LISTING
        offer = Offer(
            DateCandidate(stamp.value, stamp.precision, "listing", "printed", mention.evidence), trust, sighting.seen_at
        )
        if mention.role == "document":
            yield offer.reject("its label says that it dates a document or a term")
        else:
            yield offer.reject("stands in running text") if is_told(text, mention) else offer
    if not found:
        yield from _relative(text, "listing", sighting.seen_at)


def _relative(text: str, source: str, seen_at: datetime) -> Iterator[Offer]:
    """`2 giờ trước`, marked: the day it means depends on the moment of looking, so it dates nothing."""
    relative = find_relative(text) if len(text) <= _LONGEST_RELATIVE else None
    if relative and not mentions(text):
        day = _before(seen_at, relative["parts"])
        candidate = DateCandidate(day, "day", source, "inferred", relative[0], "relative to the moment of looking")
        yield Offer(candidate, Trust.NEVER, seen_at)


def _before(moment: datetime, parts: str) -> str:
    """The local day that `2 tháng 2 tuần` before `moment` was, roughly."""
    days = {
        "giây": 0.0,
        "phút": 1 / 1440,
        "giờ": 1 / 24,
        "tiếng": 1 / 24,
        "ngày": 1,
        "tuần": 7,
        "tháng": 30.4,
        "năm": 365.2,
    }
    back = sum(int(number) * days[unit.lower()] for number, unit in RELATIVE_PART.findall(parts))
    return day_text(moment - timedelta(days=back))


def _address(evidence: DateEvidence) -> Iterator[Offer]:
    until = day_text(evidence.fetched_at + timedelta(days=1))
    read = read_address(evidence.url, until=until)
    if read is not None:
        (value, precision), literal, imported = read
        vague = imported or precision in ("year", "month")
        candidate = DateCandidate(value, precision, "url", "inferred" if imported else "embedded", literal)
        offer = Offer(candidate, Trust.URL_VAGUE if vague else Trust.URL, evidence.fetched_at)
        crowd = imported and _imports(evidence.siblings, until)[value] >= _CROWD
        yield offer.reject("the time of an import: other pages carry it as well") if crowd else offer


@lru_cache(maxsize=64)
def _imports(urls: tuple[str, ...], until: str) -> Counter[str]:
    """How many of these addresses carry an import's time of each day."""
    read = (read_address(url, until=until) for url in urls)
    return Counter(found[0][0] for found in read if found is not None and found[2])


def _header(evidence: DateEvidence) -> Iterator[Offer]:
    timed = read_machine(evidence.last_modified) if evidence.last_modified else None
    if timed is not None:
        reason = "the server's word on the response, not on the article"
        candidate = DateCandidate(*timed, "http", "embedded", evidence.last_modified, reason)
        yield Offer(candidate, Trust.NEVER, evidence.fetched_at)
