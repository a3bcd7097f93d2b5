"""What a portal itself lists against what the archive has, by month, and why the rest is missing. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from storage.reader.listed import ListedPage

REASONS: Mapping[str, tuple[str, str]] = {
    "not-asked": ("chưa hỏi tới", "not asked yet"),
    "not-read": ("đã tải, chưa đọc", "fetched, not read yet"),
    "failed": ("tải lỗi", "could not be fetched"),
    "refused": ("bị từ chối hoặc robots.txt cấm", "refused, or forbidden by robots.txt"),
    "gone": ("không còn (404, 410)", "not there (404, 410)"),
    "elsewhere": ("chuyển sang trang khác", "redirects elsewhere"),
    "passing": (
        "lúc hỏi, trang hiện thông báo khác (bảo trì, chặn…)",
        "showed a notice instead (maintenance, block, …)",
    ),
    "barren": ("đọc ra không phải bài", "read as no article"),
}
"""Why a listed page is not stored, in words."""

REFETCHED = frozenset(("failed", "passing", "not-asked"))
"""Reasons for which a page is asked again, or for the first time, by itself."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """One month of one portal: articles that its lists show, those that the archive has, and why the others are `missing`.

    `month` is `2026-11`, or empty where neither list nor article says when it was published.
    """

    portal: str
    month: str
    listed: int
    stored: int
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def gaps(self) -> int:
        """How many are missing for a reason that asking again may end."""
        return sum(count for reason, count in self.missing.items() if reason in REFETCHED)


def by_month(
    pages: Iterable[ListedPage], stored: Mapping[tuple[str, str], int] | None = None
) -> tuple[Completeness, ...]:
    """Listed pages as lines by portal and month, the newest month first; pages without a month last.

    A page that was read as no article counts only if a list announced it as one: by a date, or in a feed. `stored` are other
    listed pages, by portal and month, that the archive has.
    """
    listed: Counter[tuple[str, str]] = Counter(stored)
    missing: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for page in pages:
        reason = reason_of(page)
        if reason == "barren" and not (page.dated or page.fed):
            continue
        listed[page.portal, page.month] += 1
        if reason:
            missing[page.portal, page.month][reason] += 1
    ordered = sorted(listed, key=lambda key: (key[0], key[1] == "", [-ord(char) for char in key[1]]))
    return tuple(
        Completeness(*key, listed[key], listed[key] - missing[key].total(), dict(missing[key])) for key in ordered
    )


def reason_of(page: ListedPage) -> str:
    """Why a listed page is not stored; empty if it is."""
    if page.stored:
        return ""
    if page.status is None:
        return "failed" if page.attempts else "refused" if page.asked else "not-asked"
    if page.status in (404, 410) or (page.negatives and page.read_as != "not-article"):
        return "gone"
    if page.attempts or page.status >= 500:
        return "failed"
    if page.status >= 400:
        return "refused"
    if 300 <= page.status < 400:
        return "elsewhere"
    if page.passing:
        return "passing"
    return "barren" if page.read_as == "not-article" else "not-read"
