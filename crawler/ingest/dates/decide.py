"""Evidence in, one decision out: which date is the publication, which the update, and why not the others.

Nothing is invented: an offer is taken as it stands or rejected with a reason, and when none is left the date is unknown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.ingest.dates.candidates import EMBEDDED, PRINTED, Offer, Trust, gather
from crawler.ingest.dates.events import Event, find_event
from crawler.ingest.dates.evidence import DateEvidence
from storage.records import DateCandidate, Dates, Precision
from storage.text import VIETNAM, day_text

_FIRST_YEAR = "1997"
"""The web came to Vietnam in November 1997."""
_JUST_NOW = timedelta(minutes=5)
_FAST = timedelta(hours=1)
"""How far a portal's own clock may be ahead."""
_SLACK = timedelta(days=1)
"""How late a date with a label may be: it was written by a person or a machine that counts days in another zone."""
_OLD_NEWS = timedelta(days=60)
_DRAFT = timedelta(days=3)
_FINENESS: tuple[Precision, ...] = ("year", "month", "day", "minute", "second")


def decide_dates(evidence: DateEvidence) -> Dates:
    """What is known of an article's time.

    Believed in this order: the printed line near the title or the byline; microdata, JSON-LD, meta; feed; listing line; the
    printed update label; the time in the address; the event of the first sentence (inferred); a sitemap's lastmod. A later
    source never replaces an earlier one, however precise. Dates after the capture, before the web and those of a clock are
    rejected.
    """
    offers = [_plausible(offer, evidence.fetched_at) for offer in gather(evidence)]
    offers = [_not_clock(offer, offers, evidence) for offer in offers]
    offers = [_not_padded(offer, offers) for offer in offers]
    best = _best(offers)
    until = evidence.fetched_at.astimezone(VIETNAM).date()
    known = best.candidate.value if best and best.trust < Trust.EVENT else ""
    event = find_event(evidence.paragraphs, title=evidence.title, published=known, until=until)
    if event:
        offers = sorted([*_not_imported(offers, event), *_stand_in(event, evidence)], key=lambda offer: offer.trust)
        best = _best(offers)
    updated, refused = _updated(offers, best)
    losers = [offer for offer in offers if offer is not best and offer is not updated]
    return Dates(
        published=best.candidate if best else None,
        updated=updated.candidate if updated else None,
        event_date=event.day if event else "",
        rejected=tuple((refused.get(id(offer)) or _beaten(offer, best)).candidate for offer in losers),
    )


def _plausible(offer: Offer, fetched_at: datetime) -> Offer:
    if offer.candidate.rejected:
        return offer
    if offer.candidate.value < _FIRST_YEAR:
        return offer.reject("before the web came to Vietnam")
    labelled = offer.trust in (Trust.LABELLED, Trust.UPDATE)
    # Without a label a date in the head that is later than its own capture is that of a fast clock.
    unlabelled = offer.trust in (Trust.HEAD, Trust.TITLE, Trust.FOOT)
    limit = fetched_at + (_SLACK if labelled else _JUST_NOW if unlabelled else _FAST)
    late = _instant(offer) > limit if "T" in offer.candidate.value else offer.candidate.value > day_text(limit)
    return offer.reject("lies after the capture") if late else offer


def _instant(offer: Offer) -> datetime:
    return datetime.fromisoformat(offer.candidate.value)


def _not_clock(offer: Offer, offers: list[Offer], evidence: DateEvidence) -> Offer:
    """Rejects the day of the capture where other evidence is older: a clock, or a page that dates itself anew."""
    if offer.candidate.rejected:
        return offer
    asked = offer.asked_at.astimezone(VIETNAM)
    today = day_text(asked)
    if offer.update and "T" in offer.candidate.value and abs(_instant(offer) - asked) <= _JUST_NOW:
        return offer.reject("clock: the moment of the capture")
    if offer.day != today or offer.trust in (Trust.LABELLED, Trust.UPDATE, Trust.URL):
        return offer
    if offer.trust is Trust.SITEMAP:
        return offer.reject("clock: the sitemap was dated on the day it was asked for")
    if not offer.update and not any(_proves(other, offer, asked) for other in offers):
        if any(_was_clock(value, at) and value[:10] != today for value, at in evidence.others):
            return offer.reject("clock: another capture says the day of that capture")
        if any(day_text(sighting.seen_at) < today for sighting in evidence.sightings):
            return offer.reject("clock: the day of the capture, but the page was seen on a listing before")
        older = next((other for other in offers if _contradicts(other, asked)), None)
        if older is not None:
            return offer.reject(
                f"clock: the day of the capture, but {older.candidate.source} says {older.candidate.value}"
            )
    if any(
        other.day == today and other.candidate.source != offer.candidate.source and not other.candidate.rejected
        for other in offers
    ):
        return offer
    return _unconfirmed(offer, asked, evidence)


def _proves(other: Offer, offer: Offer, asked: datetime) -> bool:
    """Whether an independent source says the same of the publication, so that it is no clock although it is today's.

    Times must agree to the minute, and be none of the moment of the capture; a day alone is repeated by a listing or a feed.
    """
    if other.candidate.rejected or other.update or other.candidate.source == offer.candidate.source:
        return False
    if other.day != offer.day:
        return False
    one, two = other.candidate.value, offer.candidate.value
    if "T" in one and "T" in two:
        return one[:16] == two[:16] and abs(_instant(offer) - asked) > _JUST_NOW
    return Trust.LISTING in (other.trust, offer.trust) or Trust.FEED in (other.trust, offer.trust)


def _was_clock(value: str, at: datetime) -> bool:
    """Whether a date that another capture says is the day of that capture."""
    return value[:10] == day_text(at)


def _contradicts(other: Offer, asked: datetime) -> bool:
    """Whether another offer shows that the article is older than the day it was asked for."""
    vague = other.trust in (Trust.EVENT, Trust.URL_VAGUE, Trust.NEVER) or len(other.candidate.value) < 10
    if other.candidate.rejected or vague:
        return False
    margin = _DRAFT if other.trust is Trust.URL else timedelta()
    return other.day < day_text(asked - margin)


def _unconfirmed(offer: Offer, asked: datetime, evidence: DateEvidence) -> Offer:
    """Nothing else says the day of the capture: rejected if it looks like a clock, or the text tells of things long past."""
    if "T" in offer.candidate.value and abs(_instant(offer) - asked) <= _JUST_NOW:
        return offer.reject("clock: the moment of the capture")
    if offer.trust is Trust.HEAD and offer.weekday and offer.candidate.precision == "day":
        return offer.reject("clock: weekday and day of the capture, without a label or a second source")
    event = find_event(evidence.paragraphs, title=evidence.title, published=offer.day, until=asked.date())
    if (
        event
        and event.dated
        and asked.date() - datetime.fromisoformat(event.day).date() > _OLD_NEWS
        and not offer.update
    ):
        return offer.reject(f"clock: the day of the capture, but the text tells of {event.day}")
    return offer


def _not_padded(offer: Offer, offers: list[Offer]) -> Offer:
    """A machine's 1 January without a time, where anything else says another day, was filled in."""
    machine = offer.trust in (*EMBEDDED, Trust.FEED)
    if offer.candidate.rejected or not machine or offer.candidate.precision != "day" or offer.day[5:] != "01-01":
        return offer
    doubted = any(
        other.day != offer.day and not other.candidate.rejected and len(other.day) == 10 and other.trust < Trust.SITEMAP
        for other in offers
    )
    return offer.reject("1 January without a time looks filled in") if doubted else offer


def _best(offers: list[Offer]) -> Offer | None:
    """The most trusted offer; among the printed ones of its day the most precise."""
    good = [offer for offer in offers if not offer.candidate.rejected]
    if not good:
        return None
    best = good[0]
    if best.trust not in PRINTED:
        return best
    same = [offer for offer in good if offer.trust in PRINTED and offer.day == best.day]
    return max(same, key=lambda offer: _FINENESS.index(offer.candidate.precision))


def _not_imported(offers: list[Offer], event: Event) -> list[Offer]:
    """An ObjectId's time is that of an import when the event is long past by then."""
    return [
        offer.reject(f"the time of an import: the text tells of {event.day}")
        if offer.trust is Trust.URL_VAGUE and offer.candidate.precision == "day" and not offer.candidate.rejected
        and datetime.fromisoformat(offer.day) - datetime.fromisoformat(event.day) > _OLD_NEWS
        else offer
        for offer in offers
    ]  # fmt: skip


def _stand_in(event: Event, evidence: DateEvidence) -> list[Offer]:
    if not event.dated:
        return []
    candidate = DateCandidate(event.day, "day", "event", "inferred", event.evidence)
    offer = Offer(candidate, Trust.EVENT, evidence.fetched_at)
    return [offer if event.leading else offer.reject("named in passing, not what the sentence opens with")]


def _updated(offers: list[Offer], best: Offer | None) -> tuple[Offer | None, dict[int, Offer]]:
    """The update, printed before embedded, and the update offers that were refused against the publication."""
    refused: dict[int, Offer] = {}
    for offer in offers:
        if not offer.update or offer.candidate.rejected:
            continue
        if best is None or offer is best:
            return offer, refused
        value = min(len(best.day), len(offer.day))
        if offer.day[:value] < best.day[:value]:
            refused[id(offer)] = offer.reject("an update earlier than the publication")
        elif offer.candidate.value == best.candidate.value:
            refused[id(offer)] = offer.reject("an update that repeats the publication")
        else:
            return offer, refused
    return None, refused


def _beaten(offer: Offer, best: Offer | None) -> Offer:
    if offer.candidate.rejected or best is None:
        return offer
    source = best.candidate.source
    other = "another " if source == offer.candidate.source else ""
    agrees = ", and says the same day" if offer.day == best.day else ""
    return offer.reject(f"{other}{source} is trusted more{agrees}")
