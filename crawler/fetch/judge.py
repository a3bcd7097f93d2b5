"""What one answer makes of a page's row, and whether the reading half must see it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crawler.fetch.conditional import LISTS, Answer, after_reading, has_first_date, next_due, recheck
from crawler.fetch.failures import retried
from crawler.fetch.plans import priority_after
from crawler.items import Found, PortalPlan
from crawler.links.discover import parse_html
from crawler.links.patterns import PROVEN, record
from crawler.links.postbacks import MARK
from crawler.links.shells import is_blank
from storage.frontier import Due, Outcome
from storage.records import Capture, Purpose

RENDERED = "rendered"
"""Where the capture of a page that a browser drew comes from (`Capture.origin`)."""

LOOKS = 100
"""Pages of a portal that are drawn near in one night because they may have been taken for articles unseen."""

_TEXT = ("html", "xml", "text/plain", "rss", "atom")
_DOCUMENTS = (
    "pdf",
    "msword",
    "officedocument",
    "ms-excel",
    "ms-powerpoint",
    "opendocument",
    "zip",
    "rar",
    "octet-stream",
)


def has_links(capture: Capture) -> bool:
    """Whether links can be looked for in it: a whole page, feed, sitemap or plain text, or one of no declared kind."""
    text = not capture.media_type or any(part in capture.media_type for part in _TEXT)
    text = text or _list_of_data(capture) or is_data(capture)
    return text and capture.status in (200, 203) and not capture.truncated


def is_html(capture: Capture) -> bool:
    """Whether it can be an article's page."""
    return "html" in capture.media_type or not capture.media_type


def is_proven(due: Due, plan: PortalPlan) -> bool:
    """Whether a page is an article before anybody has looked at it: it was read as one, or a list announced it at an address of
    a shape whose pages are articles."""
    if due.paging or MARK in due.page.key:
        return False
    if due.read_as in ("article", "copy"):
        return True
    return due.page.purpose == "article" and not due.read_as and record(plan.patterns.get(due.shape)) > 0


def is_mistaken(due: Due, plan: PortalPlan) -> bool:
    """Whether a page that was read as no article may have been taken for one unseen: a topic page among the articles is a list,
    and a look has yet to tell. The others of its shape do not matter: it may be the one that made them too many."""
    if due.read_as != "not-article" or due.page.purpose != "article" or due.paging or MARK in due.page.key:
        return False
    stat = plan.patterns.get(due.shape)
    return stat is not None and stat.articles >= PROVEN and has_first_date(due)


def dates_after_reading(pages: Sequence[Due], plan: PortalPlan, now: datetime) -> dict[int, datetime]:
    """When pages are due that were read as no article of their own, by id. `LOOKS` of those that may have been taken for one
    unseen are now, the newest first, and the others of them at their next date as articles; what else is due is put off."""
    unseen = sorted((due for due in pages if is_mistaken(due, plan)), key=lambda due: -due.page.id)
    dates = {due.page.id: now for due in unseen[:LOOKS]}
    for due in unseen[LOOKS:]:
        dates[due.page.id] = recheck(due.first_seen or now, now, key=due.page.key)
    for due in pages:
        overdue = due.page.due_at is not None and due.page.due_at <= now
        if due.page.id not in dates and overdue and (at := after_reading(due)) is not None:
            dates[due.page.id] = at
    return dates


def is_same(due: Due, capture: Capture) -> bool:
    """Whether an article answered with the very bytes that it had when its links were looked for last."""
    return due.read_as in ("article", "copy") and due.page.payload_sha256 == capture.payload_sha256


def is_data(capture: Capture) -> bool:
    """Whether it can be an article as data: JSON where an article was asked for."""
    return "json" in capture.media_type and capture.purpose in ("article", "unknown")


def is_program(capture: Capture) -> bool:
    """Whether it is meant for scripts, or is one, and no page for people."""
    return "json" in capture.media_type or "javascript" in capture.media_type


def is_home(due: Due) -> bool:
    """Whether it is a page that a visit begins with."""
    return due.page.depth == 0 and not due.paging and due.page.purpose == "listing"


def is_document(capture: Capture) -> bool:
    """Whether it is a file that archivists want: documents and packed ones."""
    return any(part in capture.media_type for part in _DOCUMENTS)


def needs_browser(due: Due, found: Found) -> bool:
    """Whether a page is a shell that cannot be read, or leads nowhere, without a browser; feeds and sitemaps may be guesses."""
    leads = any(link.role not in ("feed", "sitemap") for link in found.links)
    return found.shell and (due.page.purpose in ("article", "unknown") or not leads)


def as_drawn(found: Found, html: bytes, charset: str) -> Found:
    """What was found on a page that a browser drew: a shell still if it shows nothing."""
    tree, _ = parse_html(html, charset)
    return replace(found, shell=tree is None or is_blank(tree))


def purpose_after(due: Due, found: Found | None) -> Purpose:
    """What a page is taken for after the spider saw it.

    The home page and the parts of a list stay lists; what the reading half read as an article stays one; a guessed feed that
    shows something else is nothing. A page that is called a list by its link stays one, when in doubt: asking it each night
    costs little, not asking it loses articles.
    """
    before = due.page.purpose
    seen: Purpose = found.purpose if found is not None else "unknown"
    if before in ("feed", "sitemap"):
        return seen if seen in ("feed", "sitemap") else "other"
    if (before == "listing" and due.page.depth == 0) or due.paging:
        return "listing"
    if due.read_as in ("article", "copy"):
        return "article"
    if seen in ("unknown", "other") and before in ("article", "listing"):
        return before
    return seen


def unread(due: Due, answer: Answer, capture: Capture, purpose: Purpose, *, shell: bool = False) -> bool:
    """Whether the reading half must see a capture.

    Pages that are or may be articles, when their bytes are new; lists only until they were read once, but the home page each
    time: it tells how the portal stands (maintenance, a block, another owner). Every answer of an article's address that says
    something about it: it was shown again, unchanged or not, or it is not there. Parts of lists that are asked by POST have no
    address to read them by. A `shell` says nothing of an article that a browser showed before.
    """
    if shell and due.read_as in ("article", "copy"):
        return False
    if MARK in due.page.key:
        return False
    if answer in ("gone", "moved"):
        return due.read_as == "article"
    if answer == "unchanged":
        return due.read_as in ("article", "copy")
    if answer == "page" and purpose == "attachment":
        return due.page.payload_sha256 != capture.payload_sha256
    if answer != "page" or capture.status not in (200, 203) or not (is_html(capture) or is_data(capture)):
        return False
    if due.page.payload_sha256 == capture.payload_sha256:
        return due.read_as in ("article", "copy")
    if purpose in ("article", "unknown"):
        return True
    return purpose == "listing" and (due.read_as in ("", "article") or is_home(due))


def outcome(
    due: Due, answer: Answer, capture: Capture | None, *, purpose: Purpose, at: datetime, url: str, shell: bool = False
) -> Outcome:
    """What the page's row becomes. `url` is the address that answered: it is asked at once next time.

    A web page in a file's place is no file: it says as little as a 404, and the file is asked for again as after one. A
    `shell` is no article's page: its bytes are not those that the article is known by (`is_same`).
    """
    instead = purpose == "attachment" and answer == "page" and capture is not None and "html" in capture.media_type
    told: Answer = "gone" if instead else answer
    negatives = due.negatives + 1 if told == "gone" else due.negatives if answer == "error" else 0
    attempts = due.page.attempts + 1 if answer == "error" else 0
    whole = capture is not None and answer == "page"
    empty = shell and due.read_as in ("article", "copy")
    return Outcome(
        page=due.page.id,
        at=at,
        due_at=next_due(due, told, at, purpose=purpose, negatives=negatives, attempts=attempts),
        answered=answer != "error",
        url=url if answer == "page" and url != due.page.url else "",
        purpose=purpose if purpose != due.page.purpose else None,
        priority=priority_after(purpose, due.paging),
        status=capture.status if capture is not None and answer != "unchanged" and not half(capture) else None,
        etag=capture.etag if capture is not None and whole else None,
        last_modified=capture.last_modified if capture is not None and whole else None,
        payload_sha256=capture.payload_sha256 if capture and whole and not (capture.truncated or empty) else "",
        attempts=attempts,
        negatives=negatives,
    )


def again(failure: str, purpose: Purpose) -> bool:
    """Whether asking again in the same run may help. A file that used up its minutes would use up as many, and be kept again
    as far as it came: it waits for the next run."""
    return retried(failure) and (failure, purpose) != ("timeout.total", "attachment")


def told(wrong: tuple[str, ...], sha256: str) -> str:
    """`Capture.tls`: what was wrong, then the certificate's digest; empty where nothing was."""
    return " ".join((*wrong, f"sha256:{sha256}")) if wrong else ""


def cut(failure: str) -> str:
    """The WARC-Truncated reason of a body that broke off with a failure; empty for none."""
    return ("time" if failure.startswith("timeout.") else "disconnect") if failure else ""


def half(capture: Capture) -> bool:
    """Whether the body broke off: it says nothing of its page, which is asked again."""
    return capture.truncated in ("disconnect", "time")


def _list_of_data(capture: Capture) -> bool:
    return capture.purpose in LISTS and any(part in capture.media_type for part in ("gzip", "json", "javascript"))
