"""Reading + Known -> Verdict: what a page means beside what the archive holds.

Pure decisions. Nothing here reads a page, knows an address or writes a row; the caller looked everything up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from storage.records import EventKind, Known, Reading, Verdict
from storage.text import comparable, fold

GONE_STATUSES = frozenset({404, 410})
"""Answers by which a portal says that a page is not there. Anything else that fails says nothing about the page."""

WHOLE_STATUSES = frozenset({200, 203})
"""Answers that bring a page."""

MOVED_STATUSES = frozenset({301, 302, 303, 307, 308})
"""Answers that lead to another page."""

PASSING_REASONS = frozenset(
    {"maintenance", "error-page", "blocked", "closed", "moved", "hijacked", "login", "another-layout"}
)
"""What a reading is called that says something about the server or the portal of the moment, nothing about the page."""

GONE_REASONS = frozenset({"soft-404", "empty"})
"""What a reading of status 200 is called when the page says or shows that the article is not there."""

REMOVED_AFTER = 4
"""Negative answers in a row until an article counts as removed: the first, and the checks at +1, +4 and +8 days."""

REMOVED_IN = timedelta(days=7, hours=12)
"""Time from the first of them to the last; checks come up to half a day early."""

_HALF, _MOST = 0.5, 0.8
"""Shares of two texts' runs of words: so much is no chance, so much is one text."""

_BEFORE_A_STOP = re.compile(r" +(?=[,.;:!?…)\]”])")
"""White space that a page prints before a comma or the like on one night, and not on the next."""

_RUN = 5
"""Words of a run: one word that differs, such as a name in a form, spoils five of them."""

_LONG = 400
"""Characters of a text that says more than a form does; of a shorter one the day must be known, too."""

_OF_THE_PAGE = frozenset({"jsonld", "microdata", "meta", "head-line", "byline", "page-update"})
"""Date sources that stand on the page itself: only these can be edited by the portal. A feed line that falls out of the
feed, or an event date that was inferred from the text, is no edit of its own."""


def decide(reading: Reading, known: Known) -> Verdict:
    """What the archive should do with one reading of a page that answered.

    Two readings are compared only if the same reader version made them, or each the template of its own layout:
    `known.baseline` is the current revision as it is read today. What differs between that and the stored revision is the
    reader's doing (`reextracted`, or `redated` if only dates differ); what differs between it and `reading` is the portal's
    (`revised`).
    """
    if not reading.article:
        if known.article and reading.reason in GONE_REASONS:
            return Verdict("absent", known.article, detail=reading.reason)
        return Verdict("not-article", known.article, detail=reading.reason)
    if not known.article:
        if known.twin:
            return Verdict("copy", known.twin, events=("moved",) if known.moved else ())
        return Verdict("new", events=("created",))
    if known.newer:
        return Verdict("unchanged", known.article, detail="older than the current revision")
    stored = known.stored
    baseline = known.baseline or stored
    if stored is None or baseline is None:
        raise ValueError(f"article {known.article} is known without its current revision")
    events: list[EventKind] = ["returned"] if known.removed else []
    if known.moved:
        events.append("moved")
    reread = restated(stored, baseline)
    if reread:
        events.append("redated" if reread == ("dates",) else "reextracted")
    changed = edits(baseline, reading)
    if changed:
        events.append("revised")
    return Verdict("revised" if changed else "unchanged", known.article, changed=changed, events=tuple(events))


def edits(before: Reading, after: Reading) -> tuple[str, ...]:
    """Names of the fields that the portal changed between two readings of today."""
    changed = differences(before, after)
    if before.reader != after.reader:  # two layouts, each read by its own template: they share title and text alone
        return tuple(name for name in changed if name in ("title", "text"))
    return changed


def past_state(reading: Reading, before: Reading | None, after: Reading | None) -> tuple[str, ...] | None:
    """What a capture of the past adds to an article's history, between the states that are known before and after it.

    None if it shows one of them; else what differs from the one before (nothing if there is none).
    """
    changed = edits(before, reading) if before else ()
    if (before and not changed) or (after and not edits(reading, after)):
        return None
    return changed


@dataclass(frozen=True, slots=True)
class Answer:
    """An earlier answer for a page: its status, its verdict (empty when nobody read it), and when it came."""

    status: int
    verdict: str
    at: datetime


def in_a_row(at: datetime, earlier: Sequence[Answer]) -> tuple[int, datetime]:
    """How many negative answers a page gave in a row, one that came `at` included, and when the first of them came.

    `earlier` are the answers before it, newest first. Those that say nothing about the page (server trouble, maintenance, a
    redirect to another article) are passed over; one that showed the article ends the row.
    """
    count, first = 1, at
    for answer in earlier:
        if answer.verdict == "absent":
            count, first = count + 1, answer.at
        elif answer.verdict in ("new", "revised", "unchanged", "copy") and answer.status not in MOVED_STATUSES:
            break
    return count, first


def confirms_absence(earlier: Sequence[Answer]) -> bool:
    """Whether a 304 repeats a negative answer: the last whole page, which it says is still the same, was one."""
    return next((answer.verdict == "absent" for answer in earlier if answer.status in WHOLE_STATUSES), False)


def gone_to(purpose: str, read_as: str, *, home: bool) -> bool:
    """Whether a redirect from an article's address to a page of this purpose says that the article is not there.

    So it is with the home page, lists, and whatever was read as no article; of a page that nobody read yet it is not known.
    """
    listing = purpose in ("listing", "feed", "sitemap") and read_as not in ("article", "copy")
    return home or listing or read_as == "not-article"


def absent(article: str, *, negatives: int, since: timedelta, removed: bool, elsewhere: bool = False) -> Verdict:
    """What a negative answer (404, 410, soft 404, a redirect to a list) for a known article means.

    `negatives` counts the negative answers in a row, this one included, `since` is the time from the first of them. Removal is
    a fact about time: a single 404 is a bad night, and so are ten of them in one. `elsewhere`: another address of the article
    showed it since then.
    """
    gone = negatives >= REMOVED_AFTER and since >= REMOVED_IN and not elsewhere
    events: tuple[EventKind, ...] = ("removed",) if gone and not removed else ()
    return Verdict("absent", article, events=events)


def same_story(one: Reading, other: Reading) -> bool:
    """Whether two readings tell the same story: one title, or at least half of the shorter text in common.

    Asked before an address that is not an article's own may speak for it: canonicals lie, and copies are edited into other
    stories.
    """
    if fold(one.title) == fold(other.title):
        return True
    ours, theirs = ({fold(text) for text in reading.paragraphs} for reading in (one, other))
    return bool(ours and theirs) and 2 * len(ours & theirs) >= min(len(ours), len(theirs))


def near_copy(one: Reading, other: Reading) -> bool:
    """Whether two readings are one article on two pages, such as its print view: one title, nearly one text, no other day.

    Stricter than `same_story`, because nothing else speaks for it: notices of one form share title and half of their text.
    """
    if fold(one.title) != fold(other.title):
        return False
    ours, theirs = ({fold(text) for text in reading.paragraphs} for reading in (one, other))
    alike = bool(ours and theirs) and 5 * len(ours & theirs) >= 4 * max(len(ours), len(theirs))
    return alike and len(set(_days(one, other))) < 2


def carried_over(old: Reading, new: Reading, *, pointed: bool) -> float:
    """How sure it is that an article stands on its portal's new host as `new`, from 0 (it is another story) to 2.

    `pointed`: identity or path say so, and only an obviously other story speaks against it, because a new site may give the
    numbers of the old one once more. Otherwise title, day, text and files must all fit. Layouts differ between two hosts, so
    texts are compared by runs of words, not by paragraphs.
    """
    titled, days, common = fold(old.title) == fold(new.title), _days(old, new), _share(_runs(old), _runs(new))
    ours, theirs = ({fold(item.name) for item in reading.attachments} for reading in (old, new))
    files = _share(ours, theirs)
    if pointed:
        return 1.0 + common if common >= _HALF or (titled and len(set(days)) < 2) else 0.0
    other_files = bool(ours and theirs and not files)
    dated, long = len(days) == 2, min(len(old.text), len(new.text)) >= _LONG
    if not titled or len(set(days)) > 1 or not (dated or long) or (other_files and not long):
        return 0.0
    only_files = not old.paragraphs and not new.paragraphs and files == 1.0
    return common + files if only_files or common >= _MOST else 0.0


def _runs(reading: Reading) -> set[tuple[str, ...]]:
    words = fold(reading.text).split()
    return {tuple(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1))} if words else set()


def _share(ours: Set[object], theirs: Set[object]) -> float:
    """What part of the smaller set both have in common; 0 if one is empty."""
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0


def _days(*readings: Reading) -> list[str]:
    """The days on which the readings were published as far as they say so."""
    dates = (reading.dates.published for reading in readings)
    return [date.value[:10] for date in dates if date and date.basis != "inferred"]


def differences(old: Reading, new: Reading) -> tuple[str, ...]:
    """Names of the fields in which two readings differ beyond noise.

    Noise is white space (also before punctuation), tone placement (hoà, hòa), the order or query string of images, and
    dates that come from elsewhere than the page. Both readings must come from the same reader version to mean an edit.
    """
    pairs = {
        "title": ((old.title,), (new.title,)),
        "text": (old.paragraphs, new.paragraphs),
        "captions": (old.captions, new.captions),
        "byline": (old.authors + old.credits, new.authors + new.credits),
    }
    changed = [name for name, (before, after) in pairs.items() if before != after and _texts(before) != _texts(after)]
    if _dates(old) != _dates(new):
        changed.append("dates")
    if _other_files(old, new):
        changed.append("attachments")
    return tuple(changed)


def restated(stored: Reading, again: Reading) -> tuple[str, ...]:
    """Names of the fields in which one capture read again differs from what was stored of it.

    As `differences`, but any change of the date counts: none of it is noise of the portal, since the bytes are the same.
    """
    changed = [name for name in differences(stored, again) if name != "dates"]
    before, now = (
        (date.value, date.basis) if date else None for date in (stored.dates.published, again.dates.published)
    )
    return (*changed, "dates") if before != now else tuple(changed)


def _texts(parts: Sequence[str]) -> str:
    return _BEFORE_A_STOP.sub("", comparable("\n".join(parts)))


def _dates(reading: Reading) -> str:
    """The publication date that stands on the page. An update date that moved alone changed nothing anybody can read."""
    published = reading.dates.published
    return published.value if published and published.source in _OF_THE_PAGE else ""


def _other_files(old: Reading, new: Reading) -> bool:
    """Whether other files are offered. A host that gave way to another one also keeps them in folders of its own."""
    hosts, before = ({urlsplit(item.url).netloc for item in reading.attachments} for reading in (old, new))
    names = hosts.isdisjoint(before)
    files = [{("" if names else _file(item.url), comparable(item.name)) for item in reading.attachments}
             for reading in (old, new)]  # fmt: skip
    return files[0] != files[1]


def _file(url: str) -> str:
    """An attachment's address as far as it names the file: after a file name, a query only defeats caches."""
    path, _, _ = url.partition("?")
    return path if "." in path.rpartition("/")[2] else url
